//! Names of the files that are written for an instance, under `trust/<instance>/`.

use crate::declared::KeyStore;

/// Directory, beside `handfast.toml`, that holds a directory for each instance.
pub const TRUST_DIRECTORY: &str = "trust";

/// Private key, PKCS#8 in PEM.
pub const KEY: &str = "key.pem";

/// The instance's certificate alone, PEM.
pub const CERTIFICATE: &str = "cert.pem";

/// The instance's certificate, then each intermediate towards the root, without the root: what a server sends (RFC 8446
/// section 4.4.2).
pub const FULL_CHAIN: &str = "fullchain.pem";

/// The trust anchors, PEM.
pub const ROOTS: &str = "roots.pem";

/// The certificate, the intermediates and the private key in one PEM file, for peers that want it so (HAProxy).
pub const COMBINED: &str = "fullchain-and-key.pem";

/// The password of the key stores, one line.
pub const KEY_STORE_PASSWORD: &str = "keystore.password";

/// A short file for each kind of peer, to be pasted as it is.
pub const PEERS: [&str; 11] = [
    "nginx.conf",
    "haproxy.cfg",
    "envoy.yaml",
    "postgresql.conf",
    "pg_hba.conf",
    "pg_ident.conf",
    "java.properties",
    "java.txt",
    "go.txt",
    "python.txt",
    "node.txt",
];

/// PKCS#12 file with key and chain.
pub const KEY_STORE_P12: &str = "keystore.p12";

/// PKCS#12 file with the trust anchors.
pub const TRUST_STORE_P12: &str = "truststore.p12";

/// Java key store with key and chain.
pub const KEY_STORE_JKS: &str = "keystore.jks";

/// Java key store with the trust anchors.
pub const TRUST_STORE_JKS: &str = "truststore.jks";

/// The files of a service's instance, PEM first, those for peers last.
pub fn files(keystore: &[KeyStore]) -> Vec<&'static str> {
    let mut files = vec![KEY, CERTIFICATE, FULL_CHAIN, ROOTS, COMBINED];
    if keystore.contains(&KeyStore::P12) {
        files.extend([KEY_STORE_P12, TRUST_STORE_P12]);
    }
    if keystore.contains(&KeyStore::Jks) {
        files.extend([KEY_STORE_JKS, TRUST_STORE_JKS]);
    }
    if keystore.iter().any(|form| *form != KeyStore::Pem) {
        files.push(KEY_STORE_PASSWORD);
    }
    files.extend(PEERS);
    files
}

/// Whether a file of an instance holds its private key.
pub fn holds_key(file: &str) -> bool {
    [KEY, COMBINED, KEY_STORE_P12, KEY_STORE_JKS].contains(&file)
}

/// The trust store that a service reads first: of the first form in its list.
pub fn trust_store(keystore: &[KeyStore]) -> &'static str {
    match keystore.first() {
        Some(KeyStore::P12) => TRUST_STORE_P12,
        Some(KeyStore::Jks) => TRUST_STORE_JKS,
        Some(KeyStore::Pem) | None => ROOTS,
    }
}

/// Path of a file of an instance, relative to the directory of `handfast.toml`.
pub fn path(instance: &str, file: &str) -> String {
    format!("{TRUST_DIRECTORY}/{instance}/{file}")
}
