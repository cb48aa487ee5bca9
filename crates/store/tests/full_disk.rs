//! The system itself refuses to let files grow: nothing acknowledged is lost, and the next start needs no repair.
//!
//! The test runs its own binary again under a limit on the size of files, with the signal that goes with it ignored,
//! so that writing fails as on a full disk, wherever the store happens to write.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails where it stands")]

use std::path::Path;
use std::process::Command;

use hf_store::audit::verify;
use hf_store::conformance::material::{AUTHORITY, intent, issue, origin, serial};
use hf_store::record::Body;
use hf_store::sqlite::{OpenOptions, SqliteStore};
use hf_store::{IssuanceStore, Store};

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
