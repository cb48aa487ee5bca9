//! Kill -9 at every step of the spine, in a child process over a real store.
//!
//! What must hold afterwards: everything that the key signed is on record; everything that was handed out is on record as
//! issued; the next start needs no repair and issues; no serial number is used twice.
//!
//! The child is this program again. Its key writes what it signs to a file before it returns the signature, and the child
//! writes what it hands out, each line synced: the files say what the world outside may have seen.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test with a `main` of its own: a panic is a failure, and the harness reads what it prints"
)]

#[expect(dead_code, reason = "it uses a part of what the other tests use")]
#[path = "whole/common.rs"]
mod common;

use std::collections::BTreeSet;
use std::fs::{File, OpenOptions};
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};

use common::{House, request};
use hf_ca::authority::Authority;
use hf_core::algorithm::KeyAlgorithm;
use hf_core::serial::Serial;
use hf_core::time::Timestamp;
use hf_keys::private_key::PrivateKey;
use hf_keys::signing_key::{SignError, SigningKey};
use hf_store::list::ListFilter;
use hf_store::record::Body;
use hf_testkit::ManualClock;
use hf_x509::digest::sha256;
use hf_x509::public_key::PublicKey;
use hf_x509::signature::Signature;
use hf_x509::tbs::{ToBeSigned, ToBeSignedKind};

/// Where the child stops and waits to be killed.
const STEPS: [&str; 5] = ["before-record", "before-signature", "after-signature", "after-answer", "anywhere"];

/// How many times each step is tried; `anywhere` is killed after a growing number of certificates.
const ROUNDS: usize = 4;

fn main() {
    let words: Vec<String> = std::env::args().collect();
    if let Some(place) = words.iter().position(|word| word == "--child") {
        child(&words[place + 1], Path::new(&words[place + 2]));
        return;
    }
    // The harness of the other tests: a list, or only tests whose name holds a word.
    let filters: Vec<&String> = words.iter().skip(1).filter(|word| !word.starts_with('-')).collect();
    let meant = filters.is_empty() || filters.iter().any(|word| "killed".contains(word.as_str()));
    if words.iter().any(|word| word == "--list") || !meant {
        return;
    }
    for step in STEPS {
        kill_at(step);
        println!("killed {step}: everything signed is on record ... ok");
    }
}

/// One house, killed several times at the same step.
fn kill_at(step: &str) {
    let house = House::new();
    block_on(async { drop(house.found().await) });
    for round in 0..ROUNDS {
        let mut child = start_child(step, house.path());
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let wanted = if step == "anywhere" { 5 + 37 * round } else { 1 };
        for _ in 0..wanted {
            assert!(lines.next().is_some(), "the child ended by itself at {step}");
        }
        child.kill().unwrap();
        child.wait().unwrap();
        check(&house, step);
    }
}

fn start_child(step: &str, directory: &Path) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--child", step])
        .arg(directory)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap()
}

/// The invariants, and that the next start works without anybody's help.
fn check(house: &House, step: &str) {
    block_on(async {
        let (authority, report) = house.start_over(house.store()).await;
        assert_eq!(report.findings, [], "{step}");
        assert_eq!(authority.store().open_intents(10).await.unwrap(), [], "{step}");
        let (signed, issued) = on_record(&authority).await;
        let traces = lines(&house.path().join("signed"));
        assert_eq!(traces.is_empty(), step.starts_with("before"), "{step}: the test reached its step");
        for line in traces {
            assert!(signed.contains(&line), "{step}: signed, but not on record: {line}");
        }
        for line in lines(&house.path().join("handed-out")) {
            assert!(issued.contains(&line), "{step}: handed out, but not on record: {line}");
        }
        let issued = authority.issue(request(&["next.shop.internal"])).await.unwrap();
        issued.certificate.verify_signed_by(issued.chain[0].public_key()).unwrap();
    });
}

/// SHA-256 of every recorded `TBSCertificate`, and of every recorded certificate.
async fn on_record(authority: &Authority) -> (BTreeSet<String>, BTreeSet<String>) {
    let (mut signed, mut issued) = (BTreeSet::new(), BTreeSet::new());
    let mut serials: BTreeSet<(String, Serial)> = BTreeSet::new();
    let mut after = None;
    loop {
        let page = authority.store().list(ListFilter::default(), after, 500).await.unwrap();
        for record in page.items {
            assert!(
                serials.insert((record.authority.clone(), record.serial.clone())),
                "a serial number twice"
            );
            match &record.body {
                Body::PossiblySigned(tbs) => {
                    signed.insert(hex(tbs));
                }
                Body::Issued(der) => {
                    let certificate = hf_x509::certificate::Certificate::from_der(der).unwrap();
                    signed.insert(hex(certificate.tbs_der()));
                    issued.insert(hex(der));
                }
            }
        }
        match page.next {
            Some(next) => after = Some(next),
            None => return (signed, issued),
        }
    }
}

/// Issues one certificate after the other and stops at `step`.
fn child(step: &str, directory: &Path) {
    let house = ExistingHouse(directory.to_owned());
    block_on(async {
        let authority = house.start().await;
        let record = authority.store().authority("services").await.unwrap().unwrap();
        let file = record.key.unwrap();
        let file = directory.join("keys").join(file.strip_prefix("file:").unwrap());
        let inner = hf_keys::file::read_private_key(&file, None).unwrap();
        let journal = Mutex::new(append(&directory.join("signed")));
        let key = WitnessedKey { inner, journal, stop: step.to_owned() };
        authority.lend_key("services", Arc::new(key)).await.unwrap();
        if step == "before-record" {
            reached();
        }
        let mut handed_out = append(&directory.join("handed-out"));
        loop {
            let issued = authority.issue(request(&["a.shop.internal"])).await.unwrap();
            write_line(&mut handed_out, &hex(issued.certificate.der()));
            match step {
                "after-answer" => reached(),
                _ => say(),
            }
        }
    });
}

/// A key that leaves a trace of each certificate that it signs.
struct WitnessedKey {
    inner: PrivateKey,
    journal: Mutex<File>,
    stop: String,
}

impl SigningKey for WitnessedKey {
    fn public_key(&self) -> &PublicKey {
        self.inner.public_key()
    }

    fn key_algorithm(&self) -> KeyAlgorithm {
        self.inner.key_algorithm()
    }

    fn sign(&self, message: &ToBeSigned) -> Result<Signature, SignError> {
        if message.kind() != ToBeSignedKind::Certificate {
            return self.inner.sign(message);
        }
        if self.stop == "before-signature" {
            reached();
        }
        let signature = self.inner.sign(message);
        write_line(&mut self.journal.lock().unwrap(), &hex(message.bytes()));
        if self.stop == "after-signature" {
            reached();
        }
        signature
    }
}

/// The house of the parent process, seen from the child.
struct ExistingHouse(PathBuf);

impl ExistingHouse {
    async fn start(&self) -> Authority {
        // The clock stands a second further on for each start, like any clock.
        let clock = Arc::new(ManualClock::at(Timestamp::from_unix_seconds(ManualClock::START)));
        common::start_in(&self.0, clock, common::PATIENT, common::store_in(&self.0)).await.0
    }
}

/// Say that the step is reached and wait for the end.
fn reached() -> ! {
    say();
    loop {
        std::thread::park();
    }
}

/// One line to the parent.
fn say() {
    println!("here");
    std::io::stdout().flush().unwrap();
}

fn append(path: &Path) -> File {
    OpenOptions::new().create(true).append(true).open(path).unwrap()
}

fn write_line(file: &mut File, line: &str) {
    file.write_all(format!("{line}\n").as_bytes()).unwrap();
    file.sync_data().unwrap();
}

fn lines(path: &Path) -> Vec<String> {
    let text = std::fs::read_to_string(path).unwrap_or_default();
    // A line that was cut off by the kill was not finished before anybody could see its effect.
    text.split_inclusive('\n').filter_map(|line| line.strip_suffix('\n')).map(str::to_owned).collect()
}

fn hex(octets: &[u8]) -> String {
    hf_store::audit::hex(&sha256(octets))
}

fn block_on<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap().block_on(work)
}
