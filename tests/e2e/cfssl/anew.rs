//! Authorities of stock CFSSL and of OpenSSL that are certified anew by ours, with the keys that they have: what they signed
//! before must lead to the new certificates, and what is signed now to the old ones.

use std::fs;
use std::path::Path;

use tempfile::TempDir;

use super::programs::Programs;
use crate::program::{succeed, text};

fn place() -> TempDir {
    let folder = TempDir::new().unwrap();
    let write = |name: &str, content: &str| fs::write(folder.path().join(name), content).unwrap();
    write("ca.json", r#"{"CN":"Old Root","names":[{"O":"Shop"}],"ca":{"expiry":"87600h"}}"#);
    write("inter.json", r#"{"CN":"Old Intermediate"}"#);
    write("csr.json", r#"{"CN":"a.example","hosts":["a.example"]}"#);
    write(
        "config.json",
        r#"{"signing":{"default":{"usages":["cert sign","crl sign"],"expiry":"8760h","ca_constraint":{"is_ca":true}}}}"#,
    );
    folder
}

fn verify(at: &Path, words: &str) {
    succeed("openssl", |command| {
        command.current_dir(at).arg("verify").args(words.split(' '));
    });
}

fn key_identifier(at: &Path, certificate: &str) -> String {
    succeed("openssl", |command| {
        let words = ["x509", "-noout", "-ext", "subjectKeyIdentifier", "-in", certificate];
        command.current_dir(at).args(words);
    })
}

#[test]
fn what_stock_cfssl_certified_is_certified_anew_with_the_same_key_identifier() {
    let (stock, ours) = (Programs::stock(), Programs::ours());
    let folder = place();
    let at = folder.path();
    stock.split(at, "gencert -initca ca.json", "ca");
    let below = "gencert -ca ca.pem -ca-key ca-key.pem -config config.json inter.json";
    stock.split(at, below, "inter");
    stock.split(at, "gencert -ca inter.pem -ca-key inter-key.pem csr.json", "leaf");

    ours.split(at, "gencert -renewca -ca ca.pem -ca-key ca-key.pem", "renewed");
    ours.split(at, "gencert -initca -ca-key ca-key.pem ca.json", "again");
    ours.split(at, "sign -ca ca.pem -ca-key ca-key.pem -config config.json inter.csr", "anew");
    let root = key_identifier(at, "ca.pem");
    assert_eq!([key_identifier(at, "renewed.pem"), key_identifier(at, "again.pem")], [root.clone(), root]);
    assert_eq!(key_identifier(at, "anew.pem"), key_identifier(at, "inter.pem"));

    ours.split(at, "gencert -ca anew.pem -ca-key inter-key.pem csr.json", "new");
    for root in ["ca", "renewed", "again"] {
        for (between, leaf) in [("inter", "leaf"), ("anew", "leaf"), ("inter", "new"), ("anew", "new")] {
            verify(at, &format!("-CAfile {root}.pem -untrusted {between}.pem {leaf}.pem"));
        }
    }
}

#[test]
fn a_root_signed_with_sha1_is_refused_and_the_command_that_is_named_mends_it() {
    let ours = Programs::ours();
    let folder = place();
    let at = folder.path();
    for words in [
        "genrsa -traditional -out key.pem 2048",
        "req -x509 -new -key key.pem -out old.pem -subj /CN=Ancient -days 1000 -sha1",
        "req -new -key key.pem -out leaf.csr -subj /CN=a.example",
    ] {
        succeed("openssl", |command| {
            command.current_dir(at).args(words.split(' '));
        });
    }
    let refused = ours.cfssl(at, "gencert -ca old.pem -ca-key key.pem csr.json");
    let said = text(&refused.stderr);
    assert!(
        !refused.status.success() && said.contains("SHA-1") && said.contains("gencert -renewca"),
        "{said}"
    );

    ours.split(at, "gencert -renewca -ca old.pem -ca-key key.pem", "ca");
    ours.split(at, "gencert -ca ca.pem -ca-key key.pem csr.json", "leaf");
    for root in ["ca.pem", "old.pem"] {
        verify(at, &format!("-CAfile {root} leaf.pem"));
    }
}
