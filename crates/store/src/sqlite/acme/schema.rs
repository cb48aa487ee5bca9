//! What `acme.db` holds. Times are seconds since 1970, UTC.

use rusqlite::Connection;

use crate::StoreError;
use crate::sqlite::fault::Faults;
use crate::sqlite::schema::Layout;

/// The database: `HFAC`.
pub(super) const LAYOUT: Layout = Layout { application_id: 0x4846_4143, migrations: &[V1, V2] };

/// Version 1.
///
/// * `acme_order`, `acme_authorization`: `number` rises, so new rows lie together, whatever their identifiers.
/// * `order_account`: orders by the hash of their account. As with the certificates' terms, the rows of 8,192 orders
///   lie together (`epoch`), so that adding one touches a small part of the table.
/// * `wake`: when an authorization is to be worked on next; the later one of `due` and `lease_until`.
/// * `usable`: the latest valid authorization of an account for a name, by the hash of both.
const V1: &str = "
CREATE TABLE acme_order(
  number INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  authority TEXT NOT NULL,
  account TEXT NOT NULL,
  status TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  expires INTEGER NOT NULL,
  keep_until INTEGER NOT NULL,
  names TEXT NOT NULL,
  replaces TEXT,
  serial BLOB,
  revision INTEGER NOT NULL,
  body TEXT NOT NULL
);
CREATE INDEX acme_order_status ON acme_order(status);
CREATE INDEX acme_order_keep_until ON acme_order(keep_until);
CREATE INDEX acme_order_replaces ON acme_order(replaces) WHERE replaces IS NOT NULL;
CREATE INDEX acme_order_serial ON acme_order(serial) WHERE serial IS NOT NULL;
CREATE TABLE order_account(
  epoch INTEGER NOT NULL,
  hash INTEGER NOT NULL,
  number INTEGER NOT NULL,
  PRIMARY KEY (epoch, hash, number)
) WITHOUT ROWID;
CREATE TABLE acme_authorization(
  number INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  authority TEXT NOT NULL,
  account TEXT NOT NULL,
  identifier TEXT NOT NULL,
  wildcard INTEGER NOT NULL,
  status TEXT NOT NULL,
  expires INTEGER NOT NULL,
  due INTEGER,
  lease_until INTEGER,
  wake INTEGER,
  revision INTEGER NOT NULL,
  body TEXT NOT NULL
);
CREATE INDEX acme_authorization_expires ON acme_authorization(expires);
CREATE INDEX acme_authorization_wake ON acme_authorization(wake) WHERE wake IS NOT NULL;
CREATE TABLE usable(
  hash INTEGER NOT NULL,
  wildcard INTEGER NOT NULL,
  authorization INTEGER NOT NULL,
  PRIMARY KEY (hash, wildcard)
) WITHOUT ROWID;
";

/// Version 2: an order that failed replaces nothing, so it is not looked at any more, however many there were for one
/// certificate.
const V2: &str = "
DROP INDEX acme_order_replaces;
CREATE INDEX acme_order_replaces ON acme_order(replaces) WHERE replaces IS NOT NULL AND status <> 'invalid';
";

/// Read the ends of the tables: a database whose end is missing shows here, not at some later time.
pub(super) fn check_ends(db: &Connection, faults: &Faults) -> Result<(), StoreError> {
    let last = |sql: &str| db.query_row(sql, [], |row| row.get::<_, Option<i64>>(0));
    last("SELECT max(number) FROM acme_order")
        .and_then(|_| last("SELECT max(number) FROM acme_authorization"))
        .map(|_| ())
        .map_err(faults.database("read the ends of the tables"))
}
