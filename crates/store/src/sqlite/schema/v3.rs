//! Version 3 of the schema: what an ACME server keeps on record. Orders are in a database of their own.

/// The tables.
///
/// * `acme_account`, `eab`: listed in the order of `number`. `names` and `profiles` are JSON.
/// * `renewal_window`: `scope` is JSON, one window each.
/// * `acme_file`: one row, from when the database of the orders was made.
pub(super) const SQL: &str = "
CREATE TABLE acme_account(
  number INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  authority TEXT NOT NULL,
  thumbprint BLOB NOT NULL,
  status TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  eab TEXT,
  revision INTEGER NOT NULL,
  body TEXT NOT NULL
);
CREATE UNIQUE INDEX acme_account_key ON acme_account(thumbprint, authority);
CREATE TABLE eab(
  number INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  authority TEXT NOT NULL,
  secret BLOB NOT NULL,
  names TEXT NOT NULL,
  profiles TEXT NOT NULL,
  trusted INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  expires INTEGER,
  used_by TEXT,
  used_at INTEGER,
  revoked_at INTEGER
);
CREATE TABLE renewal_window(
  number INTEGER PRIMARY KEY,
  authority TEXT NOT NULL,
  scope TEXT NOT NULL,
  issued_before INTEGER NOT NULL,
  start INTEGER NOT NULL,
  end INTEGER NOT NULL,
  explanation_url TEXT,
  set_at INTEGER NOT NULL
);
CREATE UNIQUE INDEX renewal_window_scope ON renewal_window(authority, scope);
CREATE TABLE acme_file(id INTEGER PRIMARY KEY CHECK (id = 1), made INTEGER NOT NULL);
INSERT INTO acme_file VALUES (1, 0);
";
