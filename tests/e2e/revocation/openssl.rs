//! `openssl crl` reads what is published, and `openssl verify -crl_check` acts on it.

use super::{BAD, GOOD, Lab, SERVER};
use crate::program::{finish, succeed, text};

/// What `openssl verify` says of an instance's certificate, with the lists of the whole chain.
fn verify(lab: &Lab, instance: &str) -> (bool, String) {
    let output = finish("openssl", |command| {
        command.args(["verify", "-x509_strict", "-crl_check_all", "-CRLfile"]).arg(lab.lists());
        command.arg("-CAfile").arg(lab.file(SERVER, "roots.pem"));
        command.arg("-untrusted").arg(lab.file(instance, "fullchain.pem"));
        command.arg(lab.file(instance, "cert.pem"));
    });
    (output.status.success(), text(&output.stdout) + &text(&output.stderr))
}

#[test]
fn openssl_refuses_what_the_published_list_names_and_nothing_else() {
    let lab = Lab::with("");
    let (ok, said) = verify(&lab, BAD);
    assert!(ok, "before it is revoked: {said}");
    lab.revoke_and_list(BAD, "superseded");
    let (ok, said) = verify(&lab, BAD);
    assert!(!ok && said.contains("certificate revoked"), "{said}");
    let (ok, said) = verify(&lab, GOOD);
    assert!(ok, "{said}");
    let shown = lab.published("services");
    assert!(shown.contains("Superseded") && shown.contains("X509v3 CRL Number"), "{shown}");
    let roots = lab.file(SERVER, "roots.pem");
    let list = lab.fetch("/crl/root.crl");
    succeed("openssl", |command| {
        command.args(["crl", "-inform", "DER", "-noout", "-CAfile"]).arg(roots).arg("-in").arg(list);
    });
}

#[test]
fn certificates_say_where_lists_issuers_and_status_are() {
    let lab = Lab::with("");
    let show = |what: &[&str], file: std::path::PathBuf| {
        succeed("openssl", |command| {
            command.args(["x509", "-noout", "-ext", "crlDistributionPoints,authorityInfoAccess"]);
            command.args(what).arg("-in").arg(file);
        })
    };
    let base = format!("http://{}", lab.plain);
    let leaf = show(&[], lab.file(GOOD, "cert.pem"));
    for url in ["crl/services.crl", "ca/services.crt", "ocsp/services"] {
        assert!(leaf.contains(&format!("URI:{base}/{url}\n")), "{leaf}");
    }
    // That of the intermediate points to its parent; that of the root to nobody.
    let intermediate = show(&["-inform", "DER"], lab.fetch("/ca/services.crt"));
    for url in ["crl/root.crl", "ca/root.crt", "ocsp/root"] {
        assert!(intermediate.contains(&format!("URI:{base}/{url}\n")), "{intermediate}");
    }
    let root = show(&["-inform", "DER"], lab.fetch("/ca/root.crt"));
    assert!(!root.contains("URI:"), "{root}");
}
