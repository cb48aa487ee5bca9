//! Go, with nothing but its standard library: refuses whom our list names, and reads our staple out of the handshake.

use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use super::nginx::{stapling, until_stapled};
use super::{GOOD, Lab, SERVER, both, folder, source};
use crate::program::{finish, succeed, text};

/// A program of this folder, built with what both begin with. One after the other: the second finds what the first compiled of the standard library.
fn built(name: &str) -> PathBuf {
    static ONE: Mutex<()> = Mutex::new(());
    let _one = ONE.lock().unwrap_or_else(PoisonError::into_inner);
    let program = folder("go").join(name);
    succeed("go", |command| {
        let sources = [source(&format!("{name}.go")), source("load.go")];
        command.args(["build", "-o"]).arg(&program).args(sources);
    });
    program
}

#[test]
fn go_refuses_a_revoked_client_in_the_handshake() {
    let lab = Lab::start();
    let program = built("peer");
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
fn go_reads_our_answer_out_of_the_handshake() {
    let program = built("staple");
    let lab = Lab::with("");
    let (_nginx, address) = stapling(&lab);
    until_stapled(&lab, address);
    let output = finish(&program, |command| {
        command.arg(lab.served.domain.trust(GOOD)).arg(address.to_string());
    });
    let said = text(&output.stdout) + &text(&output.stderr);
    assert!(output.status.success() && said.contains("good"), "{said}");
}
