//! CFSSL's certificate database, in a file of SQLite and in a PostgreSQL server, in both forms of its schema.

#![expect(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]

mod cluster;

use cluster::Cluster;
use hf_core::time::{Lifetime, Timestamp};
use hf_store::certdb::{CertDb, CertDbError, CertRow, CertStatus, OcspRow, RevokedBy};

/// 2027-01-01T00:00:00Z.
fn now() -> Timestamp {
    Timestamp::from_unix_seconds(1_798_761_600)
}

fn days(days: i64) -> Timestamp {
    if days < 0 { now().minus(Lifetime::from_days(-days)) } else { now().plus(Lifetime::from_days(days)) }
}

/// The certificate number `number`; every third has expired.
fn row(number: u64) -> CertRow {
    CertRow {
        serial: number.to_string(),
        aki: "0f3c".to_owned(),
        ca_label: if number.is_multiple_of(2) { "even" } else { "odd" }.to_owned(),
        status: CertStatus::Good,
        reason: 0,
        expiry: days(if number.is_multiple_of(3) { -1 } else { 90 }),
        revoked_at: None,
        pem: format!("-----BEGIN CERTIFICATE-----\n{number}\n-----END CERTIFICATE-----\n"),
        issued_at: Some(days(-10)),
        not_before: Some(days(-11)),
        metadata: Some(r#"{"team": "shop"}"#.to_owned()),
        sans: vec![format!("host{number}.shop.internal")],
        common_name: Some("host".to_owned()),
    }
}

/// As the schema of 2016 keeps it.
fn old(number: u64) -> CertRow {
    let (issued_at, not_before, metadata, common_name) = (None, None, None, None);
    CertRow { issued_at, not_before, metadata, common_name, sans: Vec::new(), ..row(number) }
}

async fn is_used(db: &CertDb, row: fn(u64) -> CertRow) {
    assert_eq!(db.find("1", "0f3c").await.unwrap(), None);
    for number in 1..=9 {
        db.insert(row(number)).await.unwrap();
    }
    let again = db.insert(row(1)).await.unwrap_err();
    assert!(matches!(&again, CertDbError::Exists { serial, .. } if serial == "1"), "{again}");
    let mut other_issuer = row(1);
    "aa".clone_into(&mut other_issuer.aki);
    db.insert(other_issuer.clone()).await.unwrap();
    assert_eq!(db.find("1", "0f3c").await.unwrap(), Some(row(1)));
    assert_eq!(db.find("1", "aa").await.unwrap(), Some(other_issuer));
    assert_eq!(db.find("10", "0f3c").await.unwrap(), None);

    revocations(db).await;
    pages(db).await;
    responses(db).await;
}

async fn revocations(db: &CertDb) {
    let unknown = db.revoke("77", "0f3c", 1, now()).await.unwrap_err();
    assert!(matches!(&unknown, CertDbError::NotFound { serial, .. } if serial == "77"), "{unknown}");
    for (number, reason) in [("2", 4), ("3", 1), ("5", 1)] {
        db.revoke(number, "0f3c", reason, days(-2)).await.unwrap();
    }
    let found = db.find("2", "0f3c").await.unwrap().unwrap();
    assert_eq!((found.status, found.reason, found.revoked_at), (CertStatus::Revoked, 4, Some(days(-2))));
    let revoked = async |by| {
        let page = db.revoked_unexpired(now(), by, None, 100).await.unwrap();
        assert!(page.next.is_none());
        page.rows.into_iter().map(|row| row.serial).collect::<Vec<_>>()
    };
    assert_eq!(revoked(RevokedBy::Anyone).await, ["2", "5"], "3 has expired");
    assert_eq!(revoked(RevokedBy::Label("odd".to_owned())).await, ["5"]);
    assert_eq!(revoked(RevokedBy::Label("neither".to_owned())).await, [""; 0]);
    assert_eq!(revoked(RevokedBy::Issuer("0f3c".to_owned())).await, ["2", "5"]);
    assert_eq!(revoked(RevokedBy::Issuer("aa".to_owned())).await, [""; 0]);
}

async fn pages(db: &CertDb) {
    let (mut after, mut all) = (None, Vec::new());
    loop {
        let page = db.rows(after, 3).await.unwrap();
        assert!(page.rows.len() <= 3);
        all.extend(page.rows.into_iter().map(|row| (row.serial, row.aki)));
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(all.len(), 10);
    all.sort();
    all.dedup();
    assert_eq!(all.len(), 10, "a row was on two pages");
    let live = db.unexpired(now(), None, 100).await.unwrap().rows;
    assert_eq!(live.len(), 7);
    assert!(live.iter().all(|row| !["3", "6", "9"].contains(&row.serial.as_str())));
    assert_eq!(db.unexpired(days(91), None, 100).await.unwrap().rows, []);
}

async fn responses(db: &CertDb) {
    // Not text: what is stored is DER.
    let mut response = OcspRow {
        serial: "2".to_owned(),
        aki: "0f3c".to_owned(),
        body: vec![0x30, 0xff, 0],
        expiry: days(4),
    };
    assert_eq!(db.ocsp("2", "0f3c").await.unwrap(), None);
    db.upsert_ocsp(response.clone()).await.unwrap();
    response.body.push(0x80);
    db.upsert_ocsp(response.clone()).await.unwrap();
    assert_eq!(db.ocsp("2", "0f3c").await.unwrap(), Some(response.clone()));
    assert_eq!(db.ocsp_of_any_issuer("2").await.unwrap(), [response.clone()]);
    assert_eq!(db.ocsp_of_any_issuer("3").await.unwrap(), []);
    assert_eq!(db.unexpired_ocsp(now(), None, 10).await.unwrap().rows, [response.clone()]);
    assert_eq!(db.unexpired_ocsp(days(5), None, 10).await.unwrap().rows, []);
    "77".clone_into(&mut response.serial);
    let unknown = db.upsert_ocsp(response).await.unwrap_err();
    assert!(matches!(&unknown, CertDbError::NotFound { serial, .. } if serial == "77"), "{unknown}");
}

const OLD_SQLITE: &str = "
CREATE TABLE certificates (serial_number blob NOT NULL, authority_key_identifier blob NOT NULL, ca_label blob,
  status blob NOT NULL, reason int, expiry timestamp, revoked_at timestamp, pem blob NOT NULL,
  PRIMARY KEY(serial_number, authority_key_identifier));
CREATE TABLE ocsp_responses (serial_number blob NOT NULL, authority_key_identifier blob NOT NULL, body blob NOT NULL,
  expiry timestamp, PRIMARY KEY(serial_number, authority_key_identifier),
  FOREIGN KEY(serial_number, authority_key_identifier)
    REFERENCES certificates(serial_number, authority_key_identifier));";

#[tokio::test]
async fn a_file_is_read_and_written() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("certs.db");
    let missing = CertDb::open("sqlite3", file.to_str().unwrap()).await.unwrap_err();
    assert!(matches!(missing, CertDbError::Database { operation: "open", .. }), "{missing}");
    assert!(!file.exists(), "a mistyped name made a database");
    let db = CertDb::create("sqlite3", file.to_str().unwrap()).await.unwrap();
    is_used(&db, row).await;
    drop(db);
    let again = CertDb::create("sqlite3", file.to_str().unwrap()).await.unwrap();
    assert_eq!(again.find("1", "0f3c").await.unwrap(), Some(row(1)));
}

#[tokio::test]
async fn a_file_of_2016_is_read_and_written() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("certs.db");
    rusqlite::Connection::open(&file).unwrap().execute_batch(OLD_SQLITE).unwrap();
    let source = format!("file:{}?cache=shared", file.display());
    is_used(&CertDb::open("sqlite3", &source).await.unwrap(), old).await;
}

#[tokio::test]
async fn rows_as_go_writes_them_are_read_and_others_named() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("certs.db");
    let source = file.to_str().unwrap();
    let db = CertDb::create("sqlite3", source).await.unwrap();
    let go = rusqlite::Connection::open(&file).unwrap();
    go.execute_batch(
        "INSERT INTO certificates VALUES ('17', 'ab', 'primary', 'revoked', 1, '2027-03-01 12:00:00+00:00',
           CURRENT_TIMESTAMP, 'PEM', '2026-12-01 00:00:00.123456789+00:00', '2026-12-01 02:00:00+02:00', 'null',
           '[\"a.shop.internal\"]', 'a');",
    )
    .unwrap();
    let found = db.find("17", "ab").await.unwrap().unwrap();
    assert_eq!((found.issued_at, found.not_before), (Some(days(-31)), Some(days(-31))));
    assert_eq!((found.metadata, found.sans), (None, vec!["a.shop.internal".to_owned()]));
    assert!(found.revoked_at.is_some());
    let written: String = {
        db.revoke("17", "ab", 4, now()).await.unwrap();
        go.query_row("SELECT revoked_at FROM certificates", [], |row| row.get(0)).unwrap()
    };
    assert_eq!(written, "2027-01-01 00:00:00+00:00");
    go.execute_batch("UPDATE certificates SET status = 'lost'").unwrap();
    let page = db.rows(None, 10).await.unwrap();
    assert_eq!((page.rows.len(), page.unreadable.len()), (0, 1));
    db.unexpired(now(), None, 10).await.unwrap_err();
    let fault = db.find("17", "ab").await.unwrap_err().to_string();
    assert_eq!(fault, "certificate 17 of the certificate database cannot be read: its status is `lost`");
}

#[tokio::test]
async fn a_locked_file_is_named() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("certs.db");
    let db = CertDb::create("sqlite3", file.to_str().unwrap()).await.unwrap();
    let other = rusqlite::Connection::open(&file).unwrap();
    other.execute_batch("BEGIN EXCLUSIVE").unwrap();
    let late = db.insert(row(1)).await.unwrap_err();
    assert!(matches!(late, CertDbError::Locked { operation: "record a certificate" }), "{late}");
    other.execute_batch("ROLLBACK").unwrap();
    db.insert(row(1)).await.unwrap();
}

#[tokio::test]
async fn sources_that_cannot_be_used_are_refused_without_their_password() {
    let bad = [
        ("mysql", "root:secret@/certs", "MySQL is not supported"),
        ("sqlite3", "", "names no file"),
        ("postgres", "postgres://u:secret@localhost/certs?sslmode=require", "needs TLS"),
        ("postgres", "password=secret nonsense", "data source"),
    ];
    for (driver, source, words) in bad {
        let error = CertDb::open(driver, source).await.unwrap_err();
        let cause = std::error::Error::source(&error).map(ToString::to_string).unwrap_or_default();
        let said = format!("{error}: {cause} {error:?}");
        assert!(said.contains(words) && !said.contains("secret"), "{said}");
    }
}

#[tokio::test]
async fn a_postgresql_server_is_read_and_written() {
    let cluster = Cluster::start();
    let db = CertDb::create("postgres", &cluster.source("postgres")).await.unwrap();
    is_used(&db, row).await;
    drop(db);
    let again = CertDb::create("postgresql", &cluster.source("postgres")).await.unwrap();
    assert_eq!(again.find("1", "0f3c").await.unwrap(), Some(row(1)));

    cluster.sql("CREATE DATABASE old");
    cluster.sql_in("old", &OLD_SQLITE.replace("blob", "bytea").replace("timestamp", "timestamptz"));
    is_used(&CertDb::open("postgres", &cluster.source("old")).await.unwrap(), old).await;

    // Rows as psql writes them, and a connection that the server ends.
    cluster
        .sql("UPDATE certificates SET metadata = 'null', sans = NULL, revoked_at = '0001-01-01 00:00:00+00'");
    cluster.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'handfast'");
    let found = again.find("1", "0f3c").await;
    assert_eq!(found.unwrap(), Some(CertRow { metadata: None, sans: Vec::new(), ..row(1) }));
    let none = CertDb::open("postgres", &cluster.source("nobody")).await.unwrap_err();
    assert!(matches!(none, CertDbError::Database { operation: "connect", .. }), "{none}");
}
