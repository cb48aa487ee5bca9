//! acme-client, the package of npm.

use std::path::Path;

use super::ca::{Ca, run};
use super::matrix::{self, ACME_CLIENT, Row};
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
    let [first, second] = ca.of_whole_way(row, &said, &folder);
    assert_eq!((ca.state(&first).as_str(), ca.state(&second).as_str()), ("valid", "revoked"));
}
