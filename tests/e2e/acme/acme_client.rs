//! acme-client, the package of npm.

use std::path::Path;

use super::ca::{Ca, run};
use super::matrix::{self, ACME_CLIENT, Does, Row};
use super::tools;

#[test]
fn acme_client() {
    matrix::each(ACME_CLIENT, try_row);
}

fn try_row(row: &Row) {
    let ca = Ca::start();
    let folder = ca.folder("acme-client");
    let modules = tools::of_npm("acme-client", "5.4.0");
    let said = run("node", |command| {
        command.arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("e2e/acme/acme-client.cjs"));
        command.args([&ca.directory(), &row.challenge.to_string(), row.name]).arg(ca.zone());
        command.args([ca.http.port().to_string(), ca.tls.port().to_string()]);
        if let Some(binding) = ca.binding(row) {
            command.args([binding.kid, binding.hmac]);
        }
        command.current_dir(&folder).env("NODE_PATH", modules).env("NODE_EXTRA_CA_CERTS", ca.roots());
    });
    assert_eq!((row.renew, row.revoke, row.key_change), (Does::Yes, Does::Yes, Does::Yes));
    assert!(said.starts_with("issued\nkey changed\nrenewed\nrevoked\n"), "{said}");
    let file = |name: &str| folder.join(name);
    let first = ca.check(&file("first.pem"), &file("first.pem"), row.name);
    let second = ca.check(&file("second.pem"), &file("second.pem"), row.name);
    assert_ne!(first, second);
    assert_eq!((ca.state(&first).as_str(), ca.state(&second).as_str()), ("valid", "revoked"));
}
