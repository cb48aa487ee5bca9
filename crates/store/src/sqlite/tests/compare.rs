//! Hands in the tables, which leave the audit chain alone, are found.

use hf_core::audit::AuditAction;
use hf_core::reason::RevocationReason::{KeyCompromise, Superseded};
use hf_core::right::Right;
use hf_core::time::{Lifetime, Validity};

use super::open;
use crate::audit::{RecordFault, compare, verify};
use crate::conformance::material::{
    AUTHORITY, authority, begin, event, intent, issue, origin, publish, revoke, time,
};
use crate::conformance::material::{crl, serial};
use crate::contract::{
    BlockListStore as _, CredentialStore as _, IssuanceStore as _, IssuerStore as _, RetentionStore as _,
};
use crate::record::{CredentialLimits, CredentialRecord};
use crate::sqlite::SqliteStore;

/// Certificates 1 to 5, of which 2 is revoked and 3 is as well, for a reason that was raised; 6 was possibly signed, 7 is under
/// way; a blocked key, an authority, two credentials, one of them revoked.
async fn filled(store: &SqliteStore) {
    for number in 1..=5 {
        issue(store, &intent(number)).await.unwrap();
    }
    begin(store, &intent(6)).await.unwrap();
    store.close_open_intents(origin()).await.unwrap();
    begin(store, &intent(7)).await.unwrap();
    revoke(store, &intent(2), 1, Superseded).await.unwrap();
    revoke(store, &intent(3), 1, Superseded).await.unwrap();
    revoke(store, &intent(3), 2, KeyCompromise).await.unwrap();
    publish(store, crl(1, origin().at, 0, 0)).await.unwrap();
    let blocked = AuditAction::KeyBlocked { spki_sha256: "0".repeat(64) };
    store.block_key([0; 32], event(blocked)).await.unwrap();
    let certificate_sha256 =
        crate::audit::hex(aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, b"own").as_ref());
    let added = AuditAction::AuthorityAdded { authority: AUTHORITY.to_owned(), certificate_sha256 };
    store.add_authority(authority(AUTHORITY), event(added)).await.unwrap();
    for id in ["in-force", "gone"] {
        store.add_credential(credential(id), event(created(id))).await.unwrap();
    }
    let revoked = AuditAction::CredentialRevoked { id: "gone".to_owned() };
    store.revoke_credential("gone", event(revoked)).await.unwrap();
}

fn credential(id: &str) -> CredentialRecord {
    CredentialRecord {
        id: id.to_owned(),
        name: id.to_owned(),
        secret_sha256: [9; 32],
        rights: vec![Right::Issue],
        limits: CredentialLimits::default(),
        created: time(0),
        expires: None,
        revoked_at: None,
    }
}

fn created(id: &str) -> AuditAction {
    AuditAction::CredentialCreated {
        id: id.to_owned(),
        name: id.to_owned(),
        rights: vec!["issue".to_owned()],
    }
}

/// What is found after this was done to the database.
async fn after(sql: &str) -> Vec<RecordFault> {
    let directory = tempfile::tempdir().unwrap();
    let store = open(directory.path());
    filled(&store).await;
    drop(store);
    let db = rusqlite::Connection::open(directory.path().join("handfast.db")).unwrap();
    db.execute_batch(sql).unwrap();
    drop(db);
    let store = open(directory.path());
    assert!(verify(&store, None).await.unwrap().is_intact(), "the chain itself was left alone");
    compare(&store).await.unwrap()
}

#[tokio::test]
async fn tables_that_nobody_touched_agree() {
    assert_eq!(after("").await, []);
    let directory = tempfile::tempdir().unwrap();
    let store = open(directory.path());
    assert_eq!(compare(&store).await.unwrap(), [], "an empty record");
    filled(&store).await;
    issue(&store, &intent(8)).await.unwrap();
    assert_eq!(compare(&store).await.unwrap(), [], "what lies in the journal is looked up there");
}

#[tokio::test]
async fn every_kind_of_touch_is_found() {
    let one = "serial = (SELECT serial FROM certificate WHERE id = 1)";
    let cases = [
        ("DELETE FROM revoked", "is not revoked: row"),
        ("DELETE FROM certificate", "is missing: row 2 recorded it"),
        (&format!("DELETE FROM certificate WHERE {one}"), "is missing: row 2 recorded it"),
        ("UPDATE certificate SET body = x'3000' WHERE id = 1", "is not the one that row 2 recorded"),
        ("UPDATE certificate SET possibly_signed = 1 WHERE id = 1", "is not the one that row 2 recorded"),
        ("UPDATE revoked SET reason = 5 WHERE reason = 4", "is revoked as cessationOfOperation: row"),
        ("UPDATE revoked SET retired = 1", "is kept off CRLs"),
        (
            "INSERT INTO revoked SELECT issuer, serial, id, 0, 4, 1, not_after, 0 FROM certificate WHERE id = 1",
            "is revoked, but row 1, which it names, does not say so",
        ),
        ("DELETE FROM blocked WHERE spki = zeroblob(32)", "is not on the block list"),
        ("INSERT INTO blocked VALUES (x'01')", "there are 3 blocked keys: the rows account for 2"),
        ("DELETE FROM intent", "there are 0 issuances under way: the rows account for 1"),
        ("UPDATE credential SET revoked_at = NULL", "credential `gone` is not as row"),
        ("UPDATE credential SET rights = '[\"administer\"]' WHERE id = 'in-force'", "credential `in-force`"),
        ("DELETE FROM authority", "authority `services` is not as"),
        ("UPDATE authority SET name = 'other'", "authority `other` is not as"),
    ];
    for (sql, expected) in cases {
        let faults: Vec<String> = after(sql).await.iter().map(ToString::to_string).collect();
        assert!(faults.iter().any(|fault| fault.contains(expected)), "{sql}: {faults:#?}");
    }
}

#[tokio::test]
async fn a_certificate_that_was_put_in_is_found() {
    let sql = "INSERT INTO certificate SELECT 100, issuer, x'7001', 0, not_before, not_after, requested_at, profile, snapshot,
                 subject, names, spki, NULL, body FROM certificate WHERE id = 1";
    let expected = RecordFault::Count { what: "certificates", found: 7, expected: 6 };
    assert_eq!(after(sql).await, [expected]);
}

#[tokio::test]
async fn what_left_after_its_end_is_not_missed_and_what_was_taken_beside_it_is() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(directory.path());
    filled(&store).await;
    let mut later = intent(9);
    later.requested_at = time(0).plus(Lifetime::from_days(100));
    later.validity = Validity::starting(later.requested_at, Lifetime::from_days(90));
    issue(&store, &later).await.unwrap();
    let removed = store.remove_expired(later.requested_at, None, 100, origin()).await.unwrap();
    assert_eq!(removed.removed, 4, "all but the two that are revoked and were on no list since");
    assert_eq!(compare(&store).await.unwrap(), []);
    drop(store);
    let db = rusqlite::Connection::open(directory.path().join("handfast.db")).unwrap();
    db.execute("DELETE FROM certificate WHERE serial = ?1", [serial(9).as_unsigned()]).unwrap();
    drop(db);
    let faults = compare(&open(directory.path())).await.unwrap();
    assert!(faults.contains(&RecordFault::CertificatesGone { gone: 5, removed: 4 }), "{faults:?}");
}
