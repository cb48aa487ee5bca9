//! golang.org/x/crypto/acme, the library of Go, as Debian has it.

use std::path::Path;

use super::ca::{Ca, run};
use super::matrix::{self, GO_ACME, Row};
use super::tools;

#[test]
fn go_acme() {
    matrix::each(GO_ACME, try_row);
}

fn try_row(row: &Row) {
    let ca = Ca::start();
    let folder = ca.folder("go");
    let program = folder.join("acme");
    tools::build_go(&Path::new(env!("CARGO_MANIFEST_DIR")).join("e2e/acme/acme.go"), &program);
    let said = run(&program, |command| {
        command.arg(ca.directory()).arg(ca.roots()).args([&row.challenge.to_string(), row.name]);
        command.arg(ca.zone()).args([ca.http.to_string(), ca.tls.to_string()]);
        if let Some(binding) = ca.binding(row) {
            command.args([binding.kid, binding.hmac]);
        }
        command.current_dir(&folder);
    });
    let [first, second] = ca.of_whole_way(row, &said, &folder);
    // Both ways to revoke: as the key of the certificate, and as the account.
    assert_eq!((ca.state(&first).as_str(), ca.state(&second).as_str()), ("revoked", "revoked"));
}
