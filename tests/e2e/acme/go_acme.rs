//! golang.org/x/crypto/acme, the library of Go, as Debian has it.

use std::path::Path;

use super::ca::{Ca, run};
use super::matrix::{self, Does, GO_ACME, Row};
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
    assert_eq!((row.renew, row.revoke, row.key_change), (Does::Yes, Does::Yes, Does::Yes));
    assert!(said.starts_with("issued\nkey changed\nrenewed\nrevoked\n"), "{said}");
    let file = |name: &str| folder.join(name);
    let first = ca.check(&file("first.pem"), &file("first.pem"), row.name);
    let second = ca.check(&file("second.pem"), &file("second.pem"), row.name);
    assert_ne!(first, second);
    // Both ways to revoke: as the key of the certificate, and as the account.
    assert_eq!((ca.state(&first).as_str(), ca.state(&second).as_str()), ("revoked", "revoked"));
}
