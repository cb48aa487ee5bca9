//! Go, Python and Java refuse a peer whose certificate our published list names.

use std::path::{Path, PathBuf};

use super::{BAD, GOOD, Lab, SERVER};
use crate::program::{finish, succeed, text};

fn source(file: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("e2e/revocation").join(file)
}

/// Where compiled programs go.
fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("revocation").join(name);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

/// What `run` says of a certificate: whether it accepts it, and why not.
fn both(run: impl Fn(&str) -> (bool, String), word: &str) {
    let (accepted, said) = run(GOOD);
    assert!(accepted, "{said}");
    let (accepted, said) = run(BAD);
    assert!(!accepted && said.contains(word), "{said}");
}

#[test]
fn go_refuses_a_revoked_client_in_the_handshake() {
    let lab = Lab::start();
    let program = folder("go").join("peer");
    succeed("go", |command| {
        command.args(["build", "-o"]).arg(&program).arg(source("peer.go"));
    });
    // It fetches the list from the address in the certificate.
    both(
        |instance| {
            let output = finish(&program, |command| {
                command.arg(lab.served.domain.trust(SERVER)).arg(lab.served.domain.trust(instance));
            });
            (output.status.success(), text(&output.stdout) + &text(&output.stderr))
        },
        "is revoked",
    );
}

#[test]
fn python_refuses_a_revoked_client_in_the_handshake() {
    let lab = Lab::start();
    let lists = lab.lists();
    both(
        |instance| {
            let output = finish("python3", |command| {
                command.arg(source("peer.py")).arg(lab.served.domain.trust(SERVER));
                command.arg(lab.served.domain.trust(instance)).arg(&lists);
            });
            (output.status.success(), text(&output.stdout) + &text(&output.stderr))
        },
        "certificate revoked",
    );
}

#[test]
fn java_refuses_a_revoked_certificate_with_revocation_on() {
    let lab = Lab::start();
    let classes = folder("java");
    succeed("javac", |command| {
        command.arg("-d").arg(&classes).arg(source("Check.java"));
    });
    // PKIX fetches the lists of the whole chain from the addresses in the certificates.
    both(
        |instance| {
            let output = finish("java", |command| {
                command.args(["-XX:TieredStopAtLevel=1", "-Dcom.sun.security.enableCRLDP=true", "-cp"]);
                command.arg(&classes).arg("Check").arg(lab.file(SERVER, "roots.pem"));
                command.arg(lab.file(instance, "fullchain.pem"));
            });
            (output.status.success(), text(&output.stdout) + &text(&output.stderr))
        },
        "REVOKED",
    );
}
