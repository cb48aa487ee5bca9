//! Version 2 of the schema: credentials.

/// The table. `rights` and `limits` are JSON; credentials are listed in the order of `number`.
pub(super) const SQL: &str = "
CREATE TABLE credential(
  number INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  secret BLOB NOT NULL,
  rights TEXT NOT NULL,
  limits TEXT NOT NULL,
  created INTEGER NOT NULL,
  expires INTEGER,
  revoked_at INTEGER
);
";
