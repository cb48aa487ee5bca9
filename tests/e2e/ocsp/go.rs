//! A Go client reads the staple of nginx and checks it with nothing but the standard library.

use super::nginx::{stapling, until_stapled};
use super::{GOOD, Lab, folder, source};
use crate::program::{finish, succeed, text};

#[test]
fn go_reads_our_answer_out_of_the_handshake() {
    let program = folder("go").join("staple");
    succeed("go", |command| {
        command.args(["build", "-o"]).arg(&program).arg(source("staple.go"));
    });
    let lab = Lab::with("");
    let (_nginx, address) = stapling(&lab);
    until_stapled(&lab, address);
    let output = finish(&program, |command| {
        command.arg(lab.served.domain.trust(GOOD)).arg(address.to_string());
    });
    let said = text(&output.stdout) + &text(&output.stderr);
    assert!(output.status.success() && said.contains("good"), "{said}");
}
