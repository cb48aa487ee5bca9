//! lego, as Debian has it.

use std::path::PathBuf;

use super::ca::{Binding, Ca, run};
use super::matrix::{self, Challenge, Does, LEGO, Row, WILDCARD};

#[test]
fn lego() {
    matrix::each(LEGO, try_row);
}

struct Lego<'a> {
    ca: &'a Ca,
    row: &'a Row,
    folder: PathBuf,
    hook: PathBuf,
    binding: Option<Binding>,
}

impl Lego<'_> {
    fn run(&self, words: &[&str]) {
        let (ca, row) = (self.ca, self.row);
        run("/usr/bin/lego", |command| {
            command.args(["--server", &ca.directory(), "--accept-tos", "--email", "ops@shop.internal"]);
            command.arg("--path").arg(&self.folder).args(["-d", row.name]);
            match row.challenge {
                Challenge::Http01 => command.args(["--http", "--http.port", &ca.http.to_string()]),
                Challenge::TlsAlpn01 => command.args(["--tls", "--tls.port", &ca.tls.to_string()]),
                Challenge::Dns01 => command
                    .args(["--dns", "exec", "--dns.disable-cp", "--dns.resolvers", &ca.resolver.to_string()])
                    .env("EXEC_PATH", &self.hook)
                    .env("EXEC_POLLING_INTERVAL", "1"),
            };
            if let Some(binding) = &self.binding {
                command.args(["--eab", "--kid", &binding.kid, "--hmac", &binding.hmac]);
            }
            command.args(words).env("LEGO_CA_CERTIFICATES", ca.roots());
        });
    }

    fn file(&self) -> PathBuf {
        let name = if self.row.name == WILDCARD { "_.shop.internal" } else { self.row.name };
        self.folder.join(format!("certificates/{name}.crt"))
    }
}

fn try_row(row: &Row) {
    use std::os::unix::fs::PermissionsExt as _;
    let ca = Ca::start();
    let folder = ca.folder("lego");
    // lego calls a program with `present NAME VALUE` and `cleanup NAME VALUE`.
    let hook = folder.join("hook");
    std::fs::write(&hook, format!("#!/bin/sh\nexec {} \"$@\"\n", ca.hook())).unwrap();
    std::fs::set_permissions(&hook, std::fs::Permissions::from_mode(0o755)).unwrap();
    let lego = Lego { ca: &ca, row, folder, hook, binding: ca.binding(row) };
    lego.run(&["run"]);
    let first = ca.check(&lego.file(), &lego.file(), row.name);
    assert_eq!(row.renew, Does::Yes);
    lego.run(&["renew", "--days", "1000", "--no-random-sleep"]);
    let second = ca.check(&lego.file(), &lego.file(), row.name);
    assert_ne!(first, second);
    assert_eq!(row.revoke, Does::Yes);
    lego.run(&["revoke", "--reason", "4"]);
    assert_eq!(ca.state(&second), "revoked");
    assert_eq!(row.key_change, Does::Cannot);
}
