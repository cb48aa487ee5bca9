//! acme-tiny, as Debian has it: it proves and downloads, and leaves keys and requests to openssl.

use super::ca::{Ca, run};
use super::matrix::{self, ACME_TINY, Challenge, Does, HOST};
use super::web;
use crate::program::succeed;

#[test]
fn acme_tiny() {
    matrix::each(ACME_TINY, |row| {
        assert_eq!((row.challenge, row.name, row.bound), (Challenge::Http01, HOST, false));
        let ca = Ca::start();
        let folder = ca.folder("acme-tiny");
        web::serve(ca.http, &folder);
        let file = |name: &str| folder.join(name);
        succeed("openssl", |command| {
            command.args(["genrsa", "-out"]).arg(file("account.key")).arg("2048");
        });
        succeed("openssl", |command| {
            command.args(["req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]);
            command.args(["-subj", "/", "-addext", &format!("subjectAltName=DNS:{HOST}")]);
            command.arg("-keyout").arg(file("tls.key")).arg("-out").arg(file("tls.csr"));
        });
        let order = || {
            let chain = run("/usr/bin/acme-tiny", |command| {
                command.args(["--quiet", "--disable-check", "--directory-url", &ca.directory()]);
                command.arg("--account-key").arg(file("account.key")).arg("--csr").arg(file("tls.csr"));
                command.arg("--acme-dir").arg(&folder).env("SSL_CERT_FILE", ca.roots());
            });
            std::fs::write(file("chain.pem"), chain).unwrap();
            ca.check(&file("chain.pem"), &file("chain.pem"), HOST)
        };
        let first = order();
        assert_eq!(row.renew, Does::Yes);
        let second = order();
        assert_ne!(first, second);
        assert_eq!(ca.state(&second), "valid");
        assert_eq!((row.revoke, row.key_change), (Does::Cannot, Does::Cannot));
    });
}
