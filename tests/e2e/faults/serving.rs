//! What happens to a server that runs: its disk fills up, its clock jumps.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};

use crate::domain::{Domain, handfast};
use crate::program::{finish, succeed, text};
use crate::serve::Served;

const TRUST: &str = r#"[trust]
domain = "shop.internal"

[service.web]
instances = ["web.shop.internal"]
calls     = ["orders"]

[service.orders]
instances = ["orders.shop.internal"]

[server]
listen = ["127.0.0.1:0"]
admin = ["127.0.0.1:0"]

[server.cfssl]
listen = ["127.0.0.1:0"]
enable = ["sign"]
"#;

/// How often a server is asked before it must have come round again.
const TRIES: u32 = 200;

/// A request for a certificate, made once.
fn request(place: &Path) -> Value {
    succeed("openssl", |command| {
        let words = "req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout k -out r -subj /CN=a.shop.internal";
        command.current_dir(place).args(words.split(' '));
    });
    json!({ "certificate_request": fs::read_to_string(place.join("r")).unwrap() })
}

/// Status and body of an endpoint of CFSSL.
fn ask(served: &Served, endpoint: &str, body: Option<&Value>) -> (String, String) {
    let address = served.address("cfssl");
    let output = finish("curl", |command| {
        command.args(["--silent", "--show-error", "--max-time", "29", "--write-out", "\n%{http_code}"]);
        if let Some(body) = body {
            command.arg("--data").arg(body.to_string());
        }
        command.arg(format!("http://{address}/api/v1/cfssl/{endpoint}"));
    });
    let said = text(&output.stdout);
    let (body, status) = said.rsplit_once('\n').unwrap_or_else(|| panic!("{}", text(&output.stderr)));
    (status.to_owned(), body.to_owned())
}

/// It signs nothing and says so, and goes on with everything else.
#[track_caller]
fn refuses_only_to_sign(served: &Served, request: &Value) {
    let refused = ask(served, "sign", Some(request));
    assert!(refused.0 == "503" && !refused.1.contains("BEGIN CERTIFICATE"), "{refused:?}");
    assert!(refused.1.contains("the log of the server says why"), "{refused:?}");
    assert_eq!(ask(served, "info", Some(&json!({}))).0, "200");
    assert_eq!(ask(served, "health", None).0, "200");
    assert!(served.get("api", "/livez").contains("ok"));
}

/// It signs again by itself.
#[track_caller]
fn signs_again(served: &Served, request: &Value) {
    for _ in 0..TRIES {
        if ask(served, "sign", Some(request)).0 == "200" {
            return;
        }
    }
    panic!("it does not sign again: {:?}", ask(served, "sign", Some(request)));
}

/// It says so before anything was asked of it, so that whoever sends requests elsewhere sends them here again.
#[track_caller]
fn is_ready_again(served: &Served) {
    let mut last = String::new();
    for _ in 0..TRIES {
        last = text(&served.curl("admin", "/readyz", &[]).stdout);
        if last.contains("\"ready\":true") {
            return;
        }
    }
    panic!("it is not ready again: {last}");
}

/// How many certificates for the request are on record, as a command beside the server finds them.
fn recorded(file: &Path) -> usize {
    let listed = succeed(handfast(), |command| {
        command
            .args(["list", "--name", "a.shop.internal", "--limit", "1000", "--format", "json", "-f"])
            .arg(file);
    });
    let listed: Value = serde_json::from_str(&listed).unwrap();
    listed["certificates"].as_array().unwrap().len()
}

fn library() -> PathBuf {
    let folders = fs::read_dir("/usr/lib").unwrap().map(|entry| entry.unwrap().path());
    let mut files = folders.map(|folder| folder.join("faketime/libfaketimeMT.so.1"));
    files.find(|file| file.exists()).expect("`cargo xtask packages` installs faketime")
}

#[test]
fn a_clock_that_jumps_back_stops_signing_until_it_is_right_again() {
    let domain = Domain::declared(TRUST);
    let clock = domain.path().join("clock");
    let turn = |offset: &str| {
        // In one step, so that no half of it is read.
        fs::write(domain.path().join("clock.new"), offset).unwrap();
        fs::rename(domain.path().join("clock.new"), domain.path().join("clock")).unwrap();
    };
    turn("+0");
    let request = request(domain.path());
    let file = domain.path().join("handfast.toml");
    let folder = domain.path().to_owned();
    let served = Served::start(domain, |command| {
        command.env("LD_PRELOAD", library()).env("FAKETIME_TIMESTAMP_FILE", &clock);
        command.env("FAKETIME_NO_CACHE", "1").env("FAKETIME_DONT_FAKE_MONOTONIC", "1");
    });
    let turn = |offset: &str| {
        fs::write(folder.join("clock.new"), offset).unwrap();
        fs::rename(folder.join("clock.new"), folder.join("clock")).unwrap();
    };
    assert_eq!(ask(&served, "sign", Some(&request)).0, "200");
    for behind in ["-1h", "-3000d"] {
        turn(behind);
        refuses_only_to_sign(&served, &request);
        turn("+0");
        signs_again(&served, &request);
    }
    // A jump ahead makes certificates that begin later; what comes after it back in time is behind the record.
    turn("+2d");
    signs_again(&served, &request);
    turn("+0");
    refuses_only_to_sign(&served, &request);
    turn("+2d");
    signs_again(&served, &request);
    assert_eq!(recorded(&file), 5);
    assert!(served.good("audit verify").contains("intact"));
}

/// Moves the domain onto a small disk that only this server sees. Words: folder, program.
const SMALL_DISK: &str = r#"
set -eu
mkdir "$1/disk"; mount -t tmpfs -o size=12m disk "$1/disk"
cp -a "$1/handfast.toml" "$1/.handfast" "$1/trust" "$1/disk"
head -c "$3" /dev/zero > "$1/disk/.handfast/store/handfast.journal"
cd "$1/disk"; exec "$2" serve -f handfast.toml
"#;

/// A server whose disk is small, with so much room in the journal, and where that disk is seen.
fn on_a_small_disk(in_the_journal: &str) -> (Served, Value, PathBuf) {
    let may = |words: &[&str]| Command::new("unshare").args(words).arg("true").status().unwrap().success();
    // Root makes a mount namespace; others need one of users around it.
    let namespace = if may(&["-m"]) { "-m" } else { "-rm" };
    let domain = Domain::declared(TRUST);
    let request = request(domain.path());
    let folder = domain.path().to_owned();
    let served = Served::start(domain, |command| {
        *command = Command::new("unshare");
        let words = [namespace, "sh", "-c", SMALL_DISK, "sh"];
        command.args(words).arg(&folder).arg(handfast()).arg(in_the_journal);
    });
    let disk = PathBuf::from(format!("/proc/{}/root{}/disk", served.program.id(), folder.display()));
    (served, request, disk)
}

/// Not ready, because of the record; no file is named to whoever asks.
#[track_caller]
fn says_that_nothing_is_recorded(served: &Served) {
    let ready = text(&served.curl("admin", "/readyz", &[]).stdout);
    assert!(ready.contains("\"ready\":false"), "{ready}");
    assert!(ready.contains("could not be recorded: there is no space left\""), "{ready}");
}

/// Certificates go on in the room that the journal has; what must be in the database does not.
#[test]
fn a_full_disk_is_told_while_the_journal_has_room() {
    let (served, request, disk) = on_a_small_disk("2m");
    let key = |number: u32| {
        finish(handfast(), |command| {
            command.args(["credential", "create", &format!("k{number}"), "--right", "read", "-f"]);
            command.arg(disk.join("handfast.toml"));
        })
    };
    assert!(key(0).status.success(), "{}", text(&key(0).stderr));
    fill(&disk.join("fill"));
    // What was allotted before the disk was full may still be used up.
    let refused = (1..500).map(key).find(|made| !made.status.success()).expect("a disk that is full");
    assert!(text(&refused.stderr).contains("no space left"), "{}", text(&refused.stderr));
    assert_eq!(ask(&served, "sign", Some(&request)).0, "200");
    // Long enough for what was found out once to be found out again.
    for _ in 0..TRIES {
        says_that_nothing_is_recorded(&served);
    }
    fs::remove_file(disk.join("fill")).unwrap();
    is_ready_again(&served);
    assert!(key(1_000).status.success());
}

#[test]
fn a_full_disk_stops_signing_until_there_is_room() {
    let (served, request, disk) = on_a_small_disk("0");
    assert_eq!(ask(&served, "sign", Some(&request)).0, "200");
    let mut acknowledged = 1;
    for _ in 0..2 {
        fill(&disk.join("fill"));
        // What was allotted before the disk was full may still be used up.
        let mut last = ask(&served, "sign", Some(&request));
        while last.0 == "200" {
            acknowledged += 1;
            last = ask(&served, "sign", Some(&request));
        }
        refuses_only_to_sign(&served, &request);
        says_that_nothing_is_recorded(&served);
        fs::remove_file(disk.join("fill")).unwrap();
        is_ready_again(&served);
        signs_again(&served, &request);
        acknowledged += 1;
    }
    assert_eq!(recorded(&disk.join("handfast.toml")), acknowledged);
    let verified = succeed(handfast(), |command| {
        command.args(["audit", "verify", "-f"]).arg(disk.join("handfast.toml"));
    });
    assert!(verified.contains("intact"), "{verified}");
}

/// Takes all the room that there is.
fn fill(file: &Path) {
    let mut file = fs::File::create(file).unwrap();
    for size in [64 * 1024, 4096, 1] {
        while file.write_all(&vec![0; size]).is_ok() {}
    }
}
