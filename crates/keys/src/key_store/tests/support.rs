//! A small hierarchy, and the programs of others.

use std::path::{Path, PathBuf};
use std::process::Command;

use hf_core::algorithm::KeyAlgorithm;
use hf_core::secret::Secret;
use hf_core::serial::Serial;
use hf_core::time::{Lifetime, Timestamp, Validity};
use hf_x509::certificate::Certificate;
use hf_x509::distinguished_name::DistinguishedName;
use hf_x509::ext::{BasicConstraints, KeyUsage};
use hf_x509::tbs::{Extensions, TbsCertificate};

use super::super::{Content, Entry, KeyStore, StoredKey};
use crate::private_key::PrivateKey;
use crate::random::SystemRandom;
use crate::signing_key::SigningKey as _;

/// A leaf's key with its chain: leaf, intermediate, root.
pub(super) struct Chain {
    pub(super) key: PrivateKey,
    pub(super) certificates: Vec<Certificate>,
}

impl Chain {
    pub(super) fn new(algorithm: KeyAlgorithm) -> Self {
        let keys = [algorithm; 3].map(|algorithm| PrivateKey::generate(algorithm).unwrap());
        let [root_key, intermediate_key, key] = keys;
        let root = sign(("Root", &root_key), ("Root", &root_key));
        let intermediate = sign(("Intermediate", &intermediate_key), ("Root", &root_key));
        let leaf = sign(("a.example", &key), ("Intermediate", &intermediate_key));
        Self { key, certificates: vec![leaf, intermediate, root] }
    }

    pub(super) fn root(&self) -> &Certificate {
        &self.certificates[2]
    }

    pub(super) fn key_store(&self, alias: &str) -> KeyStore {
        KeyStore { entries: vec![Entry::key(alias, &self.key, &self.certificates).unwrap()] }
    }

    pub(super) fn trust_store(&self, alias: &str) -> KeyStore {
        KeyStore { entries: vec![Entry::trusted(alias, self.root()).unwrap()] }
    }

    /// Key and chain in one PEM text, as `openssl pkcs12 -export` wants them.
    pub(super) fn pem(&self) -> String {
        let chain: String = self.certificates.iter().map(Certificate::to_pem).collect();
        format!("{}{chain}", self.key.to_pem().expose())
    }

    /// The store holds exactly this chain, and its key, under one alias.
    pub(super) fn assert_in(&self, store: &KeyStore, alias: Option<&str>) {
        assert_eq!(store.entries.len(), 1);
        let entry = &store.entries[0];
        if let Some(alias) = alias {
            assert_eq!(entry.alias, alias);
        }
        let Content::Key { key, chain } = &entry.content else { panic!("`{}` is no key", entry.alias) };
        assert_eq!(key.private_key().unwrap().public_key(), self.key.public_key());
        let expected: Vec<&[u8]> = self.certificates.iter().map(Certificate::der).collect();
        assert_eq!(chain.iter().map(Vec::as_slice).collect::<Vec<_>>(), expected);
    }

    /// The store holds exactly the root, trusted.
    pub(super) fn assert_root_trusted_in(&self, store: &KeyStore, alias: &str) {
        let found: Vec<_> =
            store.entries.iter().map(|entry| (entry.alias.as_str(), certificate_of(entry))).collect();
        assert_eq!(found, [(alias, Some((self.root().der(), true)))]);
    }
}

/// An entry's certificate and whether it is trusted.
pub(super) fn certificate_of(entry: &Entry) -> Option<(&[u8], bool)> {
    match &entry.content {
        Content::Certificate { der, trusted } => Some((der, *trusted)),
        Content::Key { .. } => None,
    }
}

pub(super) fn is_locked(entry: &Entry) -> bool {
    matches!(&entry.content, Content::Key { key: StoredKey::Locked, .. })
}

fn sign(subject: (&str, &PrivateKey), issuer: (&str, &PrivateKey)) -> Certificate {
    let now = Timestamp::from_unix_seconds(1_798_761_600);
    let mut extensions = Extensions::new(issuer.1.public_key().key_identifier());
    let ca = subject.0 != "a.example";
    extensions.basic_constraints = BasicConstraints { ca, path_length: None };
    extensions.key_usage = if ca { KeyUsage::KEY_CERT_SIGN } else { KeyUsage::DIGITAL_SIGNATURE };
    let tbs = TbsCertificate {
        serial: Serial::generate(now, &SystemRandom).unwrap(),
        signature_algorithm: issuer.1.signature_algorithm(),
        issuer: DistinguishedName::common(issuer.0),
        validity: Validity::starting(now, Lifetime::from_days(3650)),
        subject: DistinguishedName::common(subject.0),
        public_key: subject.1.public_key().clone(),
        extensions,
    };
    let tbs = tbs.finalize().unwrap();
    tbs.assemble_certificate(&issuer.1.sign(&tbs).unwrap()).unwrap()
}

/// A directory that goes away, with short names for files in it.
pub(super) struct Folder(tempfile::TempDir);

impl Folder {
    pub(super) fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub(super) fn put(&self, name: &str, octets: &[u8]) {
        std::fs::write(self.path(name), octets).unwrap();
    }

    pub(super) fn take(&self, name: &str) -> Vec<u8> {
        std::fs::read(self.path(name)).unwrap()
    }

    pub(super) fn openssl(&self, arguments: &str) -> String {
        run("openssl", arguments, self.0.path())
    }

    /// Run keytool in English, whatever the machine speaks.
    pub(super) fn keytool(&self, arguments: &str) -> String {
        run("keytool", &format!("-J-Duser.language=en {arguments}"), self.0.path())
    }
}

fn run(program: &str, arguments: &str, folder: &Path) -> String {
    let output = Command::new(program)
        .args(arguments.split_whitespace())
        .current_dir(folder)
        .output()
        .unwrap_or_else(|error| panic!("`{program}` is installed by the test command: {error}"));
    let (out, errors) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{program} {arguments}: {out}{errors}");
    out.into_owned()
}

pub(super) fn passphrase(text: &str) -> Secret<String> {
    Secret::new(text.to_owned())
}
