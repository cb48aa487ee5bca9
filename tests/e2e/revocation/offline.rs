//! A root whose key is kept elsewhere: nobody can answer for it, so nobody is sent there; its list is there all the same.

use std::path::PathBuf;

use super::{GOOD, Lab};
use crate::domain::handfast;
use crate::program::{finish, succeed, text};

const TRUST: &str = r#"[trust]
domain = "shop.internal"

[authority.root]
offline = true

[authority.services]
parent = "root"

[service.web]
instances = ["web.shop.internal"]

[service.client]
instances = ["good.shop.internal"]
calls     = ["web"]
"#;

/// Served, with the key of the root taken away.
fn taken_away() -> (Lab, PathBuf) {
    let lab = Lab::of(TRUST, "");
    let (key, away) =
        (lab.served.domain.path().join("root.key"), lab.served.domain.path().join("taken-away"));
    std::fs::rename(key, &away).unwrap();
    (lab, away)
}

/// What the command says of a certificate, and its exit code.
fn status(file: &PathBuf) -> (Option<i32>, String) {
    let output = finish(handfast(), |command| {
        command.arg("status").arg(file);
    });
    (output.status.code(), text(&output.stdout) + &text(&output.stderr))
}

#[test]
fn an_intermediate_of_an_offline_root_names_a_list_and_no_responder() {
    let (lab, _) = taken_away();
    let intermediate = lab.authority("services");
    let shown = succeed("openssl", |command| {
        command.args(["x509", "-noout", "-text", "-in"]).arg(&intermediate);
    });
    assert!(!shown.contains("OCSP - URI"), "{shown}");
    for url in ["crl/root.crl", "ca/root.crt"] {
        assert!(shown.contains(&format!("URI:http://{}/{url}\n", lab.plain)), "{shown}");
    }
    // The key of `services` is here: who has its certificates is sent to its responder.
    let leaf = succeed("openssl", |command| {
        command.args(["x509", "-noout", "-ocsp_uri", "-in"]).arg(lab.file(GOOD, "cert.pem"));
    });
    assert_eq!(leaf.trim(), lab.responder());
    // The list of the root was signed while its key was here. It is good for a year.
    let (exit, said) = status(&intermediate);
    assert_eq!(exit, Some(0), "{said}");
    assert!(said.contains("CRL") && !said.contains("OCSP"), "{said}");
    let lists = lab.lists();
    succeed("openssl", |command| {
        command.args(["verify", "-x509_strict", "-crl_check_all", "-CRLfile"]).arg(lists);
        command.arg("-CAfile").arg(lab.file(GOOD, "roots.pem")).arg("-untrusted").arg(&intermediate);
        command.arg(lab.file(GOOD, "cert.pem"));
    });
    assert!(lab.served.get("admin", "/readyz").starts_with("HTTP/1.1 200"));
}

#[test]
fn whoever_asks_all_the_same_is_told_that_nobody_answers() {
    for lines in ["", "[server.ocsp]\nresponder = \"delegate\"\n"] {
        let lab = Lab::of(TRUST, lines);
        let roots = lab.file(GOOD, "roots.pem");
        let said = finish("openssl", |command| {
            command.args(["ocsp", "-noverify", "-issuer"]).arg(&roots);
            command.arg("-cert").arg(lab.authority("services"));
            command.args(["-url", &format!("http://{}/ocsp/root", lab.plain)]);
        });
        let said = text(&said.stdout) + &text(&said.stderr);
        assert!(said.contains("unauthorized"), "not `try later`, which would never end: {said}");
    }
}

#[test]
fn the_key_of_the_root_is_brought_to_sign_a_list() {
    let (lab, away) = taken_away();
    let intermediate = lab.authority("services");
    lab.served.good(&format!("revoke {} --reason cACompromise", intermediate.display()));
    let without = lab.served.handfast("crl root");
    assert_eq!(without.status.code(), Some(1));
    assert!(text(&without.stderr).contains("handfast crl root --key FILE"), "{}", text(&without.stderr));
    let words = format!("crl root --key {} --lifetime 365d --out list.pem", away.display());
    lab.served.handfast(&words).status.success().then_some(()).unwrap();
    // The server reads it from the record, and publishes it.
    let mut said = String::new();
    let seen = (0..super::TRIES).any(|_| {
        let (exit, now) = status(&intermediate);
        said = now;
        exit == Some(1) && said.contains(": revoked at ")
    });
    assert!(seen, "{said}");
    assert!(said.contains("cACompromise"), "{said}");
    // A key that is not that of the root signs nothing.
    let wrong = lab.served.handfast(&format!("crl root --key {}", lab.file(GOOD, "key.pem").display()));
    assert_eq!(wrong.status.code(), Some(1), "{wrong:?}");
}
