//! Hands in the audit chain are found.

use std::path::Path;

use super::open;
use crate::audit::{AuditRow, ChainFault, ChainHead, ChainReport, row_hash, verify};
use crate::conformance::material::{intent, issue};
use crate::{AuditLog, StoreError};

async fn after(sql: &str, checkpoint: Option<ChainHead>) -> Result<ChainReport, StoreError> {
    let directory = tempfile::tempdir().unwrap();
    let store = open(directory.path());
    for number in 1..=5 {
        issue(&store, &intent(number)).await?;
    }
    drop(store);
    edit(directory.path(), sql);
    verify(&open(directory.path()), checkpoint).await
}

fn edit(directory: &Path, sql: &str) {
    let db = rusqlite::Connection::open(directory.join("handfast.db")).unwrap();
    db.execute_batch(sql).unwrap();
}

#[tokio::test]
async fn an_untouched_chain_is_intact() {
    let report = after("", None).await.unwrap();
    assert!(report.is_intact());
    assert_eq!(report.rows, 10);
}

#[tokio::test]
async fn every_kind_of_touch_is_found() {
    use ChainFault as F;
    let cases: [(&str, ChainFault); 8] = [
        ("UPDATE audit SET event = replace(event, 'conformance', 'somebody') WHERE sequence = 4", F::Edited { sequence: 4 }),
        ("DELETE FROM audit WHERE sequence = 4", F::Removed { first: 4, last: 4 }),
        ("DELETE FROM audit WHERE sequence BETWEEN 1 AND 3", F::Removed { first: 1, last: 3 }),
        ("DELETE FROM audit WHERE sequence > 7", F::Truncated { found: 7, expected: 10 }),
        ("DELETE FROM audit", F::Truncated { found: 0, expected: 10 }),
        (
            "INSERT INTO audit SELECT 11, hash, event, hash FROM audit WHERE sequence = 10",
            F::BeyondHead { sequence: 11 },
        ),
        ("UPDATE head SET hash = zeroblob(32)", F::HeadDiffers { sequence: 10 }),
        (
            "UPDATE audit SET sequence = -1 WHERE sequence = 3; UPDATE audit SET sequence = 3 WHERE sequence = 4;
             UPDATE audit SET sequence = 4 WHERE sequence = -1",
            F::Inserted { sequence: 3 },
        ),
    ];
    for (sql, expected) in cases {
        let report = after(sql, None).await.unwrap();
        assert!(report.faults.contains(&expected), "{sql}: {:?}", report.faults);
        assert!(!expected.to_string().is_empty());
    }
}

#[tokio::test]
async fn a_checkpoint_shows_a_chain_that_was_cut_with_its_head() {
    let cut = "DELETE FROM audit WHERE sequence > 6;
               UPDATE head SET count = 6, hash = (SELECT hash FROM audit WHERE sequence = 6)";
    assert!(after(cut, None).await.unwrap().is_intact(), "without a checkpoint this is out of reach");
    let checkpoint = ChainHead { count: 10, hash: [9; 32] };
    let report = after(cut, Some(checkpoint)).await.unwrap();
    assert_eq!(report.faults, [ChainFault::Truncated { found: 6, expected: 10 }]);
}

#[tokio::test]
async fn a_checkpoint_shows_a_rewritten_history() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(directory.path());
    for number in 1..=3 {
        issue(&store, &intent(number)).await.unwrap();
    }
    let checkpoint = store.audit_head().await.unwrap();
    let rows = store.audit_rows(0, 100).await.unwrap();
    drop(store);
    rewrite(directory.path(), rows);
    let store = open(directory.path());
    assert!(verify(&store, None).await.unwrap().is_intact(), "every hash was computed anew");
    let report = verify(&store, Some(checkpoint)).await.unwrap();
    assert_eq!(report.faults, [ChainFault::CheckpointDiffers { sequence: 6 }]);
}

/// What somebody with the database and this source can do.
fn rewrite(directory: &Path, rows: Vec<AuditRow>) {
    let db = rusqlite::Connection::open(directory.join("handfast.db")).unwrap();
    let mut previous = [0; 32];
    for row in rows {
        let event = row.event.replace("conformance", "somebody");
        let hash = row_hash(row.sequence, &previous, &event);
        db.execute(
            "UPDATE audit SET previous = ?2, event = ?3, hash = ?4 WHERE sequence = ?1",
            rusqlite::params![row.sequence, previous, event, hash],
        )
        .unwrap();
        previous = hash;
    }
    db.execute("UPDATE head SET hash = ?1", [previous]).unwrap();
}
