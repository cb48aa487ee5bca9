//! A key as shown. Of a private key only the public half leaves this file.

use hf_keys::private_key::PrivateKey;
use hf_keys::signing_key::SigningKey;
use hf_x509::public_key::{KeyKind, PublicKey};
use serde::Serialize;

use super::{Sheet, hex};

/// What is shown of a key.
#[derive(Debug, Serialize)]
pub(crate) struct KeyView {
    /// Whether the file holds the private half.
    pub(crate) private: bool,
    /// For example `ecdsa-p256`, or the words for a key that Handfast does not make.
    pub(crate) algorithm: String,
    /// Size in bits, where it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) bits: Option<u32>,
    /// SHA-256 of the `SubjectPublicKeyInfo`, lower-case hexadecimal.
    pub(crate) spki_sha256: String,
}

impl KeyView {
    /// Of a private key.
    pub(crate) fn of_private(key: &PrivateKey) -> Self {
        Self { private: true, ..Self::of_public(key.public_key()) }
    }

    /// Of a public key.
    pub(crate) fn of_public(key: &PublicKey) -> Self {
        Self {
            private: false,
            algorithm: algorithm(key),
            bits: key.key_bits(),
            spki_sha256: hex(&key.spki_sha256()),
        }
    }

    /// Kind and size in words.
    pub(crate) fn words(&self) -> String {
        match self.algorithm.as_str() {
            "ecdsa-p256" => "ECDSA on P-256".to_owned(),
            "ecdsa-p384" => "ECDSA on P-384".to_owned(),
            "ed25519" => "Ed25519".to_owned(),
            "rsa-2048" | "rsa-3072" | "rsa-4096" => format!("RSA, {} bits", self.bits.unwrap_or_default()),
            other => other.to_owned(),
        }
    }

    pub(super) fn sheet(&self, full: bool) -> Sheet {
        let mut sheet = Sheet::new(if self.private { "Private key" } else { "Public key" });
        sheet.line("kind", self.words());
        sheet.line("identity", format!("SHA-256 of the public half {}", self.spki_sha256));
        if self.private && !full {
            sheet.note("whoever has this file can speak for whoever it was made for: keep it where it is");
        }
        sheet
    }
}

/// The name that Handfast gives the algorithm, else what the key is.
fn algorithm(key: &PublicKey) -> String {
    match (key.key_algorithm(), key.kind()) {
        (Some(algorithm), _) => algorithm.to_string(),
        (None, KeyKind::Rsa) => format!("an RSA key of {} bits", key.key_bits().unwrap_or_default()),
        (None, kind) => kind.to_string(),
    }
}
