//! OpenSSL and keytool read everything that `handfast apply` writes.

use std::fs;
use std::path::Path;

use tempfile::TempDir;

use crate::domain::{Domain, every_example};
use crate::identity::split_first;
use crate::program::succeed;

#[test]
fn openssl_accepts_every_chain_of_every_example_in_order() {
    for example in every_example() {
        let domain = Domain::example(&example);
        let roots = domain.path().join("every-root.pem");
        let instances = domain.instances();
        fs::write(&roots, instances.iter().map(|name| domain.read(name, "roots.pem")).collect::<String>())
            .unwrap();
        // An external party is given roots only: its certificate is not ours.
        for instance in instances.iter().filter(|name| domain.trust(name).join("cert.pem").exists()) {
            accepts_chain(&domain.trust(instance), &roots, &format!("{example}: {instance}"));
        }
    }
}

/// `openssl verify` builds from the leaf just the chain that is in `fullchain.pem`, and a root above it.
fn accepts_chain(trust: &Path, roots: &Path, what: &str) {
    for purpose in purposes(&trust.join("cert.pem")) {
        let shown = succeed("openssl", |command| {
            command.args([
                "verify",
                "-show_chain",
                "-x509_strict",
                "-purpose",
                purpose,
                "-nameopt",
                "RFC2253",
            ]);
            command.arg("-CAfile").arg(roots).arg("-untrusted").arg(trust.join("fullchain.pem"));
            command.arg(trust.join("cert.pem"));
        });
        assert!(shown.contains("cert.pem: OK\n"), "{what}: {shown}");
        let names = shown.lines().filter_map(|line| line.strip_prefix("depth=")?.split_once(": "));
        let built: Vec<&str> = names.map(|(_, name)| name.trim_end_matches(" (untrusted)")).collect();
        let written = subjects(&trust.join("fullchain.pem"));
        assert_eq!(built.len(), written.len() + 1, "{what}: {shown}");
        assert_eq!(built[..written.len()], written, "{what}");
    }
}

/// What the leaf may be used for, as `openssl verify -purpose` says it; at least one thing.
fn purposes(leaf: &Path) -> Vec<&'static str> {
    let shown = succeed("openssl", |command| {
        command.args(["x509", "-noout", "-ext", "extendedKeyUsage", "-in"]).arg(leaf);
    });
    let usages =
        [("TLS Web Server Authentication", "sslserver"), ("TLS Web Client Authentication", "sslclient")];
    let purposes = usages.iter().filter(|(usage, _)| shown.contains(usage)).map(|(_, purpose)| *purpose);
    let purposes: Vec<&str> = purposes.collect();
    assert!(!purposes.is_empty(), "{}: {shown}", leaf.display());
    purposes
}

/// The subjects of the certificates in a file, in its order.
fn subjects(file: &Path) -> Vec<String> {
    let folder = TempDir::new().unwrap();
    let one = folder.path().join("one.pem");
    let mut rest = fs::read_to_string(file).unwrap();
    let mut subjects = Vec::new();
    while !rest.is_empty() {
        let (first, others) = split_first(&rest);
        fs::write(&one, first).unwrap();
        let shown = succeed("openssl", |command| {
            command.args(["x509", "-noout", "-subject", "-nameopt", "RFC2253", "-in"]).arg(&one);
        });
        subjects.push(shown.trim().strip_prefix("subject=").unwrap().to_owned());
        rest = others;
    }
    subjects
}

#[test]
fn openssl_and_keytool_read_every_file_of_every_kind() {
    let domain = Domain::declared(
        r#"
[trust]
domain = "example.internal"
[authority.root]
[authority.services]
parent = "root"
[service.a]
instances = ["a.example.internal"]
calls = ["b"]
keystore = ["pem", "p12", "jks"]
[service.b]
instances = ["b.example.internal"]
keystore = ["jks", "p12"]
"#,
    );
    for instance in domain.instances() {
        let trust = domain.trust(&instance);
        let mut names: Vec<String> = fs::read_dir(&trust)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .filter(|name| !name.starts_with('.'))
            .collect();
        names.sort();
        for wanted in ["keystore.p12", "truststore.p12", "keystore.jks", "truststore.jks"] {
            assert!(names.iter().any(|name| name == wanted), "{instance}: no {wanted} in {names:?}");
        }
        for name in &names {
            is_readable(&trust, name);
        }
    }
    for authority in ["root", "services"] {
        succeed("openssl", |command| {
            command.args(["pkey", "-noout", "-check", "-in"]).arg(domain.authority_key(authority));
        });
    }
}

fn is_readable(trust: &Path, name: &str) {
    let file = trust.join(name);
    let found = |objects: usize| {
        let shown = succeed("openssl", |command| {
            command.args(["storeutl", "-noout"]).arg(&file);
        });
        assert!(shown.contains(&format!("Total found: {objects}\n")), "{}: {shown}", file.display());
    };
    match name {
        "key.pem" => {
            succeed("openssl", |command| {
                command.args(["pkey", "-noout", "-check", "-in"]).arg(&file);
            });
        }
        "cert.pem" | "roots.pem" => found(1),
        "fullchain.pem" => found(2),
        "fullchain-and-key.pem" => found(3),
        "keystore.p12" | "truststore.p12" => {
            openssl_reads_pkcs12(trust, name);
            keytool_lists(trust, name);
        }
        "keystore.jks" | "truststore.jks" => keytool_lists(trust, name),
        "keystore.password" => assert_eq!(fs::read_to_string(&file).unwrap().lines().count(), 1),
        _ => assert!(is_for_a_peer(name), "{name}: a new kind of file; say here who reads it"),
    }
}

/// The short files that are to be pasted into the configuration of a peer; other tests run those peers.
fn is_for_a_peer(name: &str) -> bool {
    [".conf", ".cfg", ".yaml", ".properties", ".txt"].iter().any(|ending| name.ends_with(ending))
}

fn openssl_reads_pkcs12(trust: &Path, name: &str) {
    let password = format!("file:{}", trust.join("keystore.password").display());
    let shown = succeed("openssl", |command| {
        command.args(["pkcs12", "-noenc", "-passin", &password, "-in"]).arg(trust.join(name));
    });
    let (keys, certificates) = if name == "keystore.p12" { (1, 2) } else { (0, 1) };
    assert_eq!(shown.matches("-----BEGIN PRIVATE KEY-----").count(), keys, "{name}");
    assert_eq!(shown.matches("-----BEGIN CERTIFICATE-----").count(), certificates, "{name}");
}

fn keytool_lists(trust: &Path, name: &str) {
    let shown = succeed("keytool", |command| {
        command.args(["-J-Duser.language=en", "-list", "-keystore"]).arg(trust.join(name));
        command.arg("-storepass:file").arg(trust.join("keystore.password"));
    });
    let entry = if name.starts_with("keystore") { "PrivateKeyEntry" } else { "trustedCertEntry" };
    assert_eq!(shown.matches(entry).count(), 1, "{name}: {shown}");
}
