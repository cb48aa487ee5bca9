//! Certificates of different shards: each is judged by its own list alone.

use std::path::PathBuf;

use super::{BAD, GOOD, Lab, SERVER};
use crate::program::{finish, succeed, text};

/// The address of the list that an instance's certificate names.
fn address(lab: &Lab, instance: &str) -> String {
    let certificate = lab.file(instance, "cert.pem");
    let shown = succeed("openssl", |command| {
        command.args(["x509", "-noout", "-ext", "crlDistributionPoints", "-in"]).arg(certificate);
    });
    shown.lines().find_map(|line| line.trim().strip_prefix("URI:")).unwrap().to_owned()
}

/// The list at an address, PEM.
fn list(lab: &Lab, address: &str) -> PathBuf {
    let path = address.strip_prefix(&format!("http://{}", lab.plain)).unwrap();
    let der = lab.fetch(path);
    let pem = der.with_extension("pem");
    succeed("openssl", |command| {
        command.args(["crl", "-inform", "DER", "-in"]).arg(der).arg("-out").arg(&pem);
    });
    pem
}

fn verify(lab: &Lab, instance: &str, list: &PathBuf) -> (bool, String) {
    let output = finish("openssl", |command| {
        command.args(["verify", "-x509_strict", "-crl_check", "-CRLfile"]).arg(list);
        command.arg("-CAfile").arg(lab.file(SERVER, "roots.pem"));
        command.arg("-untrusted").arg(lab.file(instance, "fullchain.pem"));
        command.arg(lab.file(instance, "cert.pem"));
    });
    (output.status.success(), text(&output.stdout) + &text(&output.stderr))
}

#[test]
fn openssl_takes_the_list_of_the_shard_and_no_other() {
    let lab = Lab::with("crl_shard = 1\n");
    let mut addresses = [SERVER, GOOD, BAD].map(|instance| (address(&lab, instance), instance));
    addresses.sort();
    let base = format!("http://{}/crl/services", lab.plain);
    let expected = [".crl", "/1.crl", "/2.crl"].map(|end| format!("{base}{end}"));
    let mut found: Vec<&str> = addresses.iter().map(|(address, _)| address.as_str()).collect();
    found.sort_unstable();
    let mut wanted: Vec<&str> = expected.iter().map(String::as_str).collect();
    wanted.sort_unstable();
    assert_eq!(found, wanted);
    lab.revoke_and_list(BAD, "superseded");
    for (address, instance) in &addresses {
        let own = list(&lab, address);
        let (ok, said) = verify(&lab, instance, &own);
        assert_eq!(ok, *instance != BAD, "{instance}: {said}");
        assert_eq!(said.contains("certificate revoked"), *instance == BAD, "{instance}: {said}");
        // The complete list is good for all of them.
        let (ok, _) = verify(&lab, instance, &list(&lab, &expected[0]));
        assert_eq!(ok, *instance != BAD, "{instance}");
        if *address == expected[0] {
            continue;
        }
        let shown = succeed("openssl", |command| {
            command.args(["crl", "-noout", "-text", "-in"]).arg(&own);
        });
        assert!(shown.contains("X509v3 Issuing Distribution Point: critical"), "{shown}");
        assert!(shown.contains(&format!("URI:{address}")), "{shown}");
        // An attacker on the way sends the list of another shard: it says nothing about this certificate.
        for (other, _) in addresses.iter().filter(|(other, _)| other != address && *other != expected[0]) {
            let (ok, said) = verify(&lab, instance, &list(&lab, other));
            assert!(!ok && !said.contains("certificate revoked"), "{instance} by {other}: {said}");
        }
    }
}

/// A list that was signed in the second of another one has its date when that second is over.
fn dated(head: impl Fn() -> String) -> String {
    let mut heads = (0..50).map(|_| head());
    let found = heads.find(|head| {
        let is_dated = head.contains("\nlast-modified: ");
        if !is_dated {
            std::thread::sleep(std::time::Duration::from_millis(100));
        }
        is_dated
    });
    found.expect("no list has a date")
}

#[test]
fn validators_and_methods_are_those_of_http() {
    let lab = Lab::with("crl_shard = 1\n");
    let get = |words: &[&str], path: &str| text(&lab.served.curl("plain", path, words).stdout);
    for path in ["/crl/services.crl", "/crl/services/1.crl"] {
        let head = dated(|| get(&["--head"], path));
        assert!(head.starts_with("HTTP/1.1 200"), "{head}");
        let field = |name: &str| {
            let line = head.lines().find_map(|line| line.strip_prefix(&format!("{name}: ")));
            line.unwrap_or_else(|| panic!("no `{name}`: {head}")).trim().to_owned()
        };
        assert_eq!(field("content-type"), "application/pkix-crl");
        let length = std::fs::metadata(lab.fetch(path)).unwrap().len();
        assert_eq!(field("content-length"), length.to_string());
        assert!(field("cache-control").starts_with("public, max-age=300"), "{head}");
        let tag = format!("If-None-Match: {}", field("etag"));
        assert!(get(&["--head", "--header", &tag], path).starts_with("HTTP/1.1 304"));
        let since = format!("If-Modified-Since: {}", field("last-modified"));
        assert!(get(&["--head", "--header", &since], path).starts_with("HTTP/1.1 304"), "{since}");
    }
    for path in ["/crl/services/0.crl", "/crl/services/99.crl", "/crl/services/x.crl", "/crl/nobody/1.crl"] {
        assert!(get(&[], path).starts_with("HTTP/1.1 404"), "{path}");
    }
}
