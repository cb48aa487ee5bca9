//! `handfast inspect` reads what OpenSSL, Java's keytool and Go write.
//!
//! The scripts in `foreign/` write the files, with whatever versions are installed.

use std::path::{Path, PathBuf};

use serde_json::Value;
use tempfile::TempDir;

use crate::domain::handfast;
use crate::program::succeed;

const PASSWORD: &str = "open sesame";

/// File, its format, and what is in it.
type Row = (&'static str, &'static str, &'static [&'static str]);

const OPENSSL: &[Row] = &[
    ("bundle.p7b", "pem", &["certificate"]),
    ("bundle.p7c", "pkcs7", &["certificate"]),
    ("cert-with-text.pem", "pem", &["certificate"]),
    ("cert.der", "der", &["certificate"]),
    ("cert.pem", "pem", &["certificate"]),
    ("certificates.p12", "pkcs12", &["key-store", "certificate"]),
    ("crl.der", "der", &["crl"]),
    ("crl.pem", "pem", &["crl"]),
    ("ed25519.pem", "pem", &["key"]),
    ("legacy.p12", "pkcs12", &["key-store", "certificate"]),
    ("modern.p12", "pkcs12", &["key-store", "certificate"]),
    ("p256-encrypted.pem", "pem", &["key"]),
    ("p256-public.pem", "pem", &["key"]),
    ("p256-scrypt.pem", "pem", &["key"]),
    ("p256-sec1.pem", "pem", &["key"]),
    ("p256.pem", "pem", &["key"]),
    ("p384.der", "der", &["key"]),
    ("request.der", "der", &["request"]),
    ("request.pem", "pem", &["request"]),
    ("rsa-pkcs1.der", "der", &["key"]),
    ("rsa-pkcs1.pem", "pem", &["key"]),
    ("rsa.pem", "pem", &["key"]),
];

const KEYTOOL: &[Row] = &[
    ("java-crl.der", "der", &["crl"]),
    ("java-request.pem", "pem", &["request"]),
    ("java-trust.jks", "jks", &["key-store", "certificate"]),
    ("java-trust.p12", "pkcs12", &["key-store", "certificate"]),
    ("java.der", "der", &["certificate"]),
    ("java.jks", "jks", &["key-store", "certificate"]),
    ("java.p12", "pkcs12", &["key-store", "certificate"]),
    ("java.pem", "pem", &["certificate"]),
];

const GO: &[Row] = &[
    ("go-cert.pem", "pem", &["certificate"]),
    ("go-crl.pem", "pem", &["crl"]),
    ("go-ec-sec1.pem", "pem", &["key"]),
    ("go-ec.pem", "pem", &["key"]),
    ("go-ed25519.pem", "pem", &["key"]),
    ("go-request.pem", "pem", &["request"]),
    ("go-rsa-pkcs1.pem", "pem", &["key"]),
    ("go-rsa.pem", "pem", &["key"]),
];

#[test]
fn files_of_openssl_are_read() {
    reads(&written_by("sh", "openssl.sh"), OPENSSL);
}

#[test]
fn files_of_keytool_are_read() {
    reads(&written_by("sh", "keytool.sh"), KEYTOOL);
}

#[test]
fn files_of_go_are_read() {
    let folder = TempDir::new().unwrap();
    let program = folder.path().join("write");
    succeed("go", |command| {
        command.args(["build", "-o"]).arg(&program).arg(script("write.go"));
    });
    succeed(&program, |command| {
        command.current_dir(&folder);
    });
    reads(&folder, GO);
}

fn script(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("e2e/foreign").join(name)
}

fn written_by(shell: &str, name: &str) -> TempDir {
    let folder = TempDir::new().unwrap();
    succeed(shell, |command| {
        command.arg(script(name)).current_dir(&folder);
    });
    folder
}

fn reads(folder: &TempDir, rows: &[Row]) {
    for (file, format, kinds) in rows {
        let shown = succeed(handfast(), |command| {
            command.args(["inspect", "--format", "json", file]).current_dir(folder);
            command.env("HANDFAST_KEYSTORE_PASSWORD", PASSWORD).env("HANDFAST_PASSPHRASE", PASSWORD);
        });
        let answer: Value = serde_json::from_str(&shown).unwrap();
        assert_eq!(answer["format"], *format, "{file}: {shown}");
        let items = answer["items"].as_array().unwrap();
        let found: Vec<&str> = items.iter().map(|item| item["kind"].as_str().unwrap()).collect();
        assert_eq!(found, *kinds, "{file}: {shown}");
    }
}
