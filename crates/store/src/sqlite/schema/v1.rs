//! Version 1 of the schema. Times are seconds since 1970, UTC; digests are 32 octets.

/// The tables.
///
/// * `head`: one row, the end of the audit chain, and the latest time at which something was about to be signed.
/// * `issuer`: authorities as issuers, numbered, with the state of their CRLs. Rows are made at first use.
/// * `certificate`: issued certificates and possibly signed bytes, in the order of recording.
/// * `dedup`: certificates by the hash of their deduplication key. A table, because SQLite compiles a query anew
///   whenever a value is bound that decides on a partial index.
/// * `term`: what certificates are found by. Rows of 8,192 certificates lie together (`epoch`), so that adding one
///   touches a small part of the table, however large it has grown; a search looks into each epoch once.
/// * `crl_piece`: the DER of a CRL in pieces, in the order of `id`, so that one of a million entries is not held whole.
/// * `revoked`: keyed as CRLs are written. `position` is the audit event that revoked it; `retired` entries expired
///   and have been on a CRL since.
pub(super) const SQL: &str = "
CREATE TABLE head(
  id INTEGER PRIMARY KEY CHECK (id = 1),
  count INTEGER NOT NULL,
  hash BLOB NOT NULL,
  last_signing INTEGER
);
INSERT INTO head VALUES (1, 0, zeroblob(32), NULL);
CREATE TABLE audit(
  sequence INTEGER PRIMARY KEY,
  previous BLOB NOT NULL,
  event TEXT NOT NULL,
  hash BLOB NOT NULL
);
CREATE TABLE issuer(
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  crl_taken INTEGER NOT NULL DEFAULT 0,
  crl_stored INTEGER NOT NULL DEFAULT 0,
  revoked_position INTEGER NOT NULL DEFAULT 0,
  revoked_entries INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE intent(
  issuer INTEGER NOT NULL,
  serial BLOB NOT NULL,
  requested_at INTEGER NOT NULL,
  dedup_hash INTEGER,
  row BLOB NOT NULL,
  PRIMARY KEY (issuer, serial)
) WITHOUT ROWID;
CREATE INDEX intent_dedup ON intent(dedup_hash);
CREATE TABLE certificate(
  id INTEGER PRIMARY KEY,
  issuer INTEGER NOT NULL,
  serial BLOB NOT NULL,
  possibly_signed INTEGER NOT NULL,
  not_before INTEGER NOT NULL,
  not_after INTEGER NOT NULL,
  requested_at INTEGER NOT NULL,
  profile TEXT NOT NULL,
  snapshot BLOB NOT NULL,
  subject TEXT NOT NULL,
  names TEXT NOT NULL,
  spki BLOB NOT NULL,
  dedup_key TEXT,
  body BLOB NOT NULL
);
CREATE UNIQUE INDEX certificate_serial ON certificate(serial, issuer);
CREATE INDEX certificate_expiry ON certificate(not_after);
CREATE INDEX certificate_possibly_signed ON certificate(id) WHERE possibly_signed = 1;
CREATE TABLE dedup(
  hash INTEGER NOT NULL,
  certificate INTEGER NOT NULL,
  PRIMARY KEY (hash, certificate)
) WITHOUT ROWID;
CREATE TABLE term(
  epoch INTEGER NOT NULL,
  hash INTEGER NOT NULL,
  certificate INTEGER NOT NULL,
  PRIMARY KEY (epoch, hash, certificate)
) WITHOUT ROWID;
CREATE TABLE revoked(
  issuer INTEGER NOT NULL,
  serial BLOB NOT NULL,
  certificate INTEGER NOT NULL,
  at INTEGER NOT NULL,
  reason INTEGER NOT NULL,
  position INTEGER NOT NULL,
  not_after INTEGER NOT NULL,
  retired INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (issuer, serial)
) WITHOUT ROWID;
CREATE UNIQUE INDEX revoked_certificate ON revoked(certificate);
CREATE INDEX revoked_expiry ON revoked(issuer, not_after) WHERE retired = 0;
CREATE TABLE crl(
  issuer INTEGER NOT NULL,
  number INTEGER NOT NULL,
  this_update INTEGER NOT NULL,
  next_update INTEGER NOT NULL,
  entries INTEGER NOT NULL,
  octets INTEGER NOT NULL,
  PRIMARY KEY (issuer, number)
) WITHOUT ROWID;
CREATE TABLE crl_piece(
  id INTEGER PRIMARY KEY,
  issuer INTEGER NOT NULL,
  number INTEGER NOT NULL,
  der BLOB NOT NULL
);
CREATE INDEX crl_piece_crl ON crl_piece(issuer, number);
CREATE TABLE authority(
  name TEXT PRIMARY KEY,
  parent TEXT,
  chain BLOB NOT NULL,
  key TEXT,
  state TEXT NOT NULL,
  added_at INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE snapshot(
  id BLOB PRIMARY KEY,
  profile TEXT NOT NULL,
  text TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE blocked(spki BLOB PRIMARY KEY) WITHOUT ROWID;
";
