//! Version 4 of the schema: shards of CRLs, and how far each stored CRL goes.

/// The tables.
///
/// * `shard`: sets of certificates with a list of their own, with the state of its CRLs as in `issuer`. The number of such a
///   list in `crl`, `crl_piece` and `crl_mark` is `-id`, that of the complete list of an authority its number as issuer.
/// * `shard_entry`: which shard a revoked certificate belongs to, where it belongs to one.
/// * `crl_mark`: up to which mark the latest CRL of a list goes.
pub(super) const SQL: &str = "
CREATE TABLE shard(
  id INTEGER PRIMARY KEY,
  issuer INTEGER NOT NULL,
  number INTEGER NOT NULL,
  url TEXT NOT NULL,
  opened_at INTEGER NOT NULL,
  crl_taken INTEGER NOT NULL DEFAULT 0,
  crl_stored INTEGER NOT NULL DEFAULT 0,
  revoked_position INTEGER NOT NULL DEFAULT 0,
  revoked_entries INTEGER NOT NULL DEFAULT 0
);
CREATE UNIQUE INDEX shard_number ON shard(issuer, number);
CREATE INDEX shard_url ON shard(url);
CREATE TABLE shard_entry(
  issuer INTEGER NOT NULL,
  serial BLOB NOT NULL,
  shard INTEGER NOT NULL,
  PRIMARY KEY (issuer, serial)
) WITHOUT ROWID;
CREATE INDEX shard_entry_shard ON shard_entry(shard, serial);
CREATE TABLE crl_mark(
  list INTEGER PRIMARY KEY,
  up_to INTEGER NOT NULL
);
";
