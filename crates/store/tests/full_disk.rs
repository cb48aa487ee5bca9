//! The system itself refuses to let files grow: nothing acknowledged is lost, and the next start needs no repair.
//!
//! The test runs its own binary again under a limit on the size of files, with the signal that goes with it ignored,
//! so that writing fails as on a full disk, wherever the store happens to write.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails where it stands")]

use std::path::Path;
use std::process::Command;

use hf_store::audit::verify;
use hf_store::conformance::material::{AUTHORITY, crl, intent, issue, origin, publish, serial, time};
use hf_store::record::{Body, COMPLETE, NewCrl};
use hf_store::sqlite::{OpenOptions, SqliteStore};
use hf_store::{IssuanceStore, RevocationStore, Store};

/// Where the victim finds its directory.
const DIRECTORY: &str = "HANDFAST_TEST_FULL";

/// The victim's part: a test that does nothing unless it is told where.
#[tokio::test]
#[expect(clippy::disallowed_methods, reason = "the victim is told by the environment what it is")]
async fn victim() {
    let Ok(directory) = std::env::var(DIRECTORY) else { return };
    let store = SqliteStore::open(Path::new(&directory), OpenOptions::default()).unwrap();
    for number in 1.. {
        let outcome = issue(&store, &intent(number)).await;
        let folded = if number % 50 == 0 { store.flush().await } else { Ok(()) };
        if outcome.is_ok() {
            println!("finished {number}");
        }
        if let Err(error) = outcome.and(folded) {
            println!("definite {}", error.is_definite());
            break;
        }
    }
}

async fn refused_at(blocks: u32) {
    let directory = tempfile::tempdir().unwrap();
    let script = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" --exact victim --nocapture");
    let output = Command::new("sh")
        .args(["-c", &script])
        .arg(std::env::current_exe().unwrap())
        .env(DIRECTORY, directory.path())
        .output()
        .unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    assert!(said.contains("definite true"), "nothing was refused: {said}");

    let store = SqliteStore::open(directory.path(), OpenOptions::default()).unwrap();
    store.close_open_intents(origin()).await.unwrap();
    let finished = said.lines().filter_map(|line| line.split_once("finished ")?.1.parse().ok());
    for number in finished {
        let found = store.find_by_serial(AUTHORITY, &serial(number)).await.unwrap();
        assert!(found.is_some_and(|found| matches!(found.body, Body::Issued(_))), "{number} is lost");
    }
    assert!(verify(&store, None).await.unwrap().is_intact());
    issue(&store, &intent(1_000_000)).await.unwrap();
}

#[tokio::test]
async fn nothing_acknowledged_is_lost_when_files_cannot_grow() {
    for blocks in [700, 1_100, 2_000] {
        refused_at(blocks).await;
    }
}

/// The victim's part for lists: larger and larger ones, until one does not fit.
#[tokio::test]
#[expect(clippy::disallowed_methods, reason = "the victim is told by the environment what it is")]
async fn victim_of_lists() {
    let Ok(directory) = std::env::var(DIRECTORY) else { return };
    let store = SqliteStore::open(Path::new(&directory), OpenOptions::default()).unwrap();
    for number in 1..=8 {
        let der = vec![7; 300_000 << number].into();
        match publish(&store, NewCrl { der, ..crl(number, time(0), 0, 0) }).await {
            Ok(()) => println!("published {number}"),
            Err(error) => {
                println!("definite {}", error.is_definite());
                let latest = store.latest_crl(AUTHORITY, COMPLETE).await.unwrap().unwrap();
                println!("latest {}", latest.number);
                return;
            }
        }
    }
}

#[tokio::test]
async fn a_list_that_does_not_fit_leaves_the_one_before() {
    let directory = tempfile::tempdir().unwrap();
    let output = Command::new("sh")
        .args(["-c", "trap '' XFSZ; ulimit -f 16000; exec \"$0\" --exact victim_of_lists --nocapture"])
        .arg(std::env::current_exe().unwrap())
        .env(DIRECTORY, directory.path())
        .output()
        .unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    assert!(said.contains("definite true"), "nothing was refused: {said}");
    let number = |word: &str| {
        let found = said.lines().filter_map(|line| line.split_once(word)?.1.parse::<u64>().ok());
        found.max().unwrap_or(0)
    };
    let published = number("published ");
    assert!(published > 0 && number("latest ") == published, "{said}");

    let store = SqliteStore::open(directory.path(), OpenOptions::default()).unwrap();
    let latest = store.latest_crl(AUTHORITY, COMPLETE).await.unwrap().unwrap();
    assert_eq!((latest.number, latest.der.len()), (published, 300_000 << published));
    // The pieces of the one that did not fit are in nobody's way, and go.
    for number in published + 2..published + 5 {
        publish(&store, crl(number, time(0), 0, 0)).await.unwrap();
    }
    let latest = store.latest_crl(AUTHORITY, COMPLETE).await.unwrap().unwrap();
    assert_eq!(latest.der, format!("CRL {}", published + 4).into_bytes());
}
