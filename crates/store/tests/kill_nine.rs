//! A process that is killed at any moment loses nothing that it acknowledged.
//!
//! The test runs its own binary again as the victim: it issues and revokes, and writes a line for what was
//! acknowledged. It is killed while it works; then the store is opened, and every line is held against it.

#![expect(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]

mod victim;

use std::path::PathBuf;
use std::sync::Arc;

use hf_core::reason::RevocationReason::Superseded;
use hf_store::audit::verify;
use hf_store::conformance::material::{AUTHORITY, begin, finish, intent, origin, revoke, serial};
use hf_store::record::Body;
use hf_store::sqlite::{OpenOptions, SqliteStore};
use hf_store::{IssuanceStore, RevocationStore};

use victim::{STRIDE, kill_after, play, say, start};

/// What is acknowledged of a certificate.
const WORDS: [&str; 3] = ["begun", "finished", "revoked"];

/// The victim's part: a test that does nothing in any other process.
#[test]
fn victim() {
    play(work);
}

async fn work(directory: PathBuf, first: u64) {
    let store = Arc::new(SqliteStore::open(&directory, OpenOptions::default()).unwrap());
    store.close_open_intents(origin()).await.unwrap();
    let tasks = (0..8).map(|task| {
        let store = Arc::clone(&store);
        tokio::spawn(async move {
            for number in (first + task..first + STRIDE).step_by(8) {
                let wanted = intent(number);
                begin(&*store, &wanted).await.unwrap();
                say(&format!("begun {number}"));
                if number % 7 == 0 {
                    continue;
                }
                finish(&*store, &wanted).await.unwrap();
                say(&format!("finished {number}"));
                if number % 5 == 0 {
                    revoke(&*store, &wanted, 1, Superseded).await.unwrap();
                    say(&format!("revoked {number}"));
                }
            }
        })
    });
    for task in tasks.collect::<Vec<_>>() {
        task.await.unwrap();
    }
}

async fn hold_against(store: &SqliteStore, word: &str, number: u64, finished: bool) {
    let found = store.find_by_serial(AUTHORITY, &serial(number)).await.unwrap();
    let found = found.unwrap_or_else(|| panic!("{word} {number} was acknowledged and is lost"));
    match word {
        "begun" if !finished => {}
        "revoked" => {
            assert!(store.revocation(AUTHORITY, &serial(number)).await.unwrap().is_some(), "{word} {number}");
        }
        _ => assert!(matches!(found.body, Body::Issued(_)), "{word} {number}"),
    }
}

#[tokio::test]
async fn what_was_acknowledged_is_there_after_kill_9() {
    let directory = tempfile::tempdir().unwrap();
    let mut all = Vec::new();
    for (life, lines) in [1, 2, 3, 10, 57, 200, 1_100, 3_000].into_iter().enumerate() {
        let life = u64::try_from(life).unwrap();
        let said = kill_after(lines, start(life, directory.path()), &WORDS);
        all.extend(said.into_iter().map(|(word, number)| (WORDS[word], number)));
        let store = SqliteStore::open(directory.path(), OpenOptions::default()).unwrap();
        store.close_open_intents(origin()).await.unwrap();
        let report = verify(&store, None).await.unwrap();
        assert!(report.is_intact(), "{:?}", report.faults);
        let finished: std::collections::HashSet<u64> =
            all.iter().filter(|(word, _)| *word != "begun").map(|(_, number)| *number).collect();
        for (word, number) in &all {
            hold_against(&store, word, *number, finished.contains(number)).await;
        }
    }
}
