//! A database of an older version is brought up to date with everything that it holds.

use std::path::Path;

use hf_core::audit::AuditAction;
use hf_core::reason::RevocationReason::Superseded;
use hf_core::right::Right;
use rusqlite::Connection;

use super::open;
use crate::audit::verify;
use crate::conformance::material::acme::{account, authorization, make_account, order};
use crate::conformance::material::{
    AUTHORITY, crl, event, intent, issue, open_shard, publish, revoke, revoke_in, time,
};
use crate::contract::{AcmeAccountStore, AcmeOrderStore, CredentialStore, IssuanceStore, RevocationStore};
use crate::record::{COMPLETE, CredentialLimits, CredentialRecord, NewCrl};

fn database(directory: &Path) -> Connection {
    Connection::open(directory.join("handfast.db")).unwrap()
}

/// Put the database into the state in which version 1 left it.
fn as_version_1(directory: &Path) {
    let db = as_version_2(directory);
    db.execute_batch("DROP TABLE credential;").unwrap();
    as_written(&db, 1);
}

/// Put the database into the state in which version 2 left it.
fn as_version_2(directory: &Path) -> Connection {
    let db = as_version_3(directory);
    db.execute_batch(
        "DROP TABLE acme_account; DROP TABLE eab; DROP TABLE renewal_window; DROP TABLE acme_file;",
    )
    .unwrap();
    as_written(&db, 2);
    db
}

/// Put the database into the state in which version 3 left it.
fn as_version_3(directory: &Path) -> Connection {
    let db = database(directory);
    db.execute_batch("DROP TABLE shard; DROP TABLE shard_entry; DROP TABLE crl_mark;").unwrap();
    as_written(&db, 3);
    db
}

/// Hold the tables against what this version made, and say that it did.
fn as_written(db: &Connection, version: usize) {
    db.pragma_update(None, "user_version", version).unwrap();
    let fresh = Connection::open_in_memory().unwrap();
    for migration in &crate::sqlite::schema::MAIN.migrations[..version] {
        fresh.execute_batch(migration).unwrap();
    }
    let tables = |db: &Connection| -> Vec<(String, Option<String>)> {
        let mut statement = db.prepare("SELECT name, sql FROM sqlite_schema ORDER BY name").unwrap();
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
        rows.map(Result::unwrap).collect()
    };
    assert_eq!(tables(db), tables(&fresh), "this is not what version {version} wrote");
}

#[tokio::test]
async fn version_1_becomes_the_latest_with_all_that_it_holds() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(directory.path());
    for number in 1..=20 {
        issue(&store, &intent(number)).await.unwrap();
    }
    revoke(&store, &intent(7), 1, Superseded).await.unwrap();
    drop(store);
    as_version_1(directory.path());

    let store = open(directory.path());
    for number in 1..=20 {
        let wanted = intent(number);
        assert!(store.find_by_serial(&wanted.authority, &wanted.serial).await.unwrap().is_some());
    }
    let revoked = intent(7);
    assert!(store.revocation(&revoked.authority, &revoked.serial).await.unwrap().is_some());
    let record = CredentialRecord {
        id: "k1".to_owned(),
        name: "ci".to_owned(),
        secret_sha256: [1; 32],
        rights: vec![Right::Issue],
        limits: CredentialLimits::default(),
        created: time(0),
        expires: None,
        revoked_at: None,
    };
    let created = AuditAction::CredentialCreated {
        id: record.id.clone(),
        name: record.name.clone(),
        rights: vec!["issue".to_owned()],
    };
    store.add_credential(record.clone(), event(created)).await.unwrap();
    issue(&store, &intent(21)).await.unwrap();
    assert_eq!(store.credentials().await.unwrap(), [record]);
    let report = verify(&store, None).await.unwrap();
    assert!(report.is_intact() && report.rows == 44, "{:?}", report.faults);
    drop(store);
    let version: u32 =
        database(directory.path()).pragma_query_value(None, "user_version", |row| row.get(0)).unwrap();
    assert_eq!(version, 4);
}

#[tokio::test]
async fn version_2_takes_accounts_and_orders() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(directory.path());
    issue(&store, &intent(1)).await.unwrap();
    drop(store);
    as_version_2(directory.path());

    let store = open(directory.path());
    let wanted = intent(1);
    assert!(store.find_by_serial(&wanted.authority, &wanted.serial).await.unwrap().is_some());
    assert_eq!(store.account("a1").await.unwrap(), None);
    assert!(!directory.path().join("acme.db").exists(), "the file is made with the first order");
    make_account(&store, &account(1)).await.unwrap();
    store.create_order(order(1), vec![authorization(1)]).await.unwrap();
    drop(store);
    let store = open(directory.path());
    assert!(store.account(&account(1).id).await.unwrap().is_some());
    assert!(store.order(&order(1).id).await.unwrap().is_some());
    assert!(verify(&store, None).await.unwrap().is_intact());
}

#[tokio::test]
async fn version_3_takes_shards_and_keeps_its_lists() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(directory.path());
    for number in 1..=2 {
        issue(&store, &intent(number)).await.unwrap();
    }
    revoke(&store, &intent(1), 1, Superseded).await.unwrap();
    let mark = store.crl_position(AUTHORITY, COMPLETE).await.unwrap().up_to;
    publish(&store, crl(7, time(2), mark, 1)).await.unwrap();
    drop(store);
    drop(as_version_3(directory.path()));

    let store = open(directory.path());
    let kept = store.latest_crl(AUTHORITY, COMPLETE).await.unwrap().unwrap();
    assert_eq!((kept.number, kept.entries, kept.up_to), (7, 1, 0), "its mark was not kept");
    open_shard(&store, 1).await.unwrap();
    revoke_in(&store, &intent(2), 1, 3, Superseded).await.unwrap();
    let mark = store.crl_position(AUTHORITY, 1).await.unwrap().up_to;
    publish(&store, NewCrl { shard: 1, ..crl(1, time(4), mark, 1) }).await.unwrap();
    publish(&store, crl(8, time(4), mark, 2)).await.unwrap();
    assert_eq!(store.latest_crl(AUTHORITY, COMPLETE).await.unwrap().unwrap().up_to, mark);
    assert!(verify(&store, None).await.unwrap().is_intact());
}
