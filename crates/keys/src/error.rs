//! Why a private key was not read, made or written.

use crate::pem::PemError;
use crate::tlv::DerFault;

/// Why a private key was not read, made or written. No variant holds key material.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// Larger than any private key.
    #[error("{octets} octets long, at most {max} are allowed")]
    TooLarge {
        /// How many octets.
        octets: usize,
        /// The most allowed.
        max: usize,
    },
    /// The text is not well-formed PEM.
    #[error("the PEM text is damaged")]
    Pem(#[source] PemError),
    /// The text holds no private key.
    #[error("no private key is in it, found {}", list(found))]
    NoPrivateKey {
        /// Labels of the PEM blocks that are there instead.
        found: Vec<String>,
    },
    /// The text holds several private keys.
    #[error("{count} private keys are in it, expected one")]
    SeveralPrivateKeys {
        /// How many.
        count: usize,
    },
    /// The octets are not the DER they should be.
    #[error("the key is not well-formed")]
    Der(#[source] DerFault),
    /// Not PKCS#8, SEC 1 or PKCS#1.
    #[error("found no known form of private key, expected PKCS#8, SEC 1 or PKCS#1 in PEM or DER")]
    UnknownForm,
    /// Encrypted, and no passphrase was given.
    #[error("the key is encrypted and no passphrase was given")]
    PassphraseMissing,
    /// A key is to be encrypted with nothing.
    #[error("the passphrase is empty: a key encrypted with it would be open to everybody")]
    PassphraseEmpty,
    /// The passphrase does not open it.
    #[error("the passphrase does not open the key, or the key is damaged")]
    PassphraseWrong,
    /// An encryption that is too weak or too old to be supported.
    #[error(
        "the key is encrypted with {scheme}, which is not supported: expected PBES2 of PKCS#5 version 2, or AES or triple DES in old PEM"
    )]
    LegacyEncryption {
        /// The scheme found.
        scheme: String,
    },
    /// An encryption that is not supported.
    #[error("encrypted with {found}, which is not supported")]
    UnsupportedEncryption {
        /// The part that is not supported.
        found: String,
    },
    /// Deriving the decryption key would take too long.
    #[error("opening it would cost {found} rounds of key derivation, at most {max} are allowed")]
    DerivationTooCostly {
        /// How many rounds the file asks for, all its parts together.
        found: u64,
        /// The most allowed.
        max: u64,
    },
    /// Not one of the algorithms that Handfast uses.
    #[error(
        "found {found}, expected ECDSA P-256, P-384 or P-521, Ed25519, or RSA with 2048, 3072, 4096 or 8192 bits"
    )]
    UnsupportedAlgorithm {
        /// The algorithm found.
        found: String,
    },
    /// The numbers of the private key contradict each other or are out of range.
    #[error("the numbers of the {algorithm} key are out of range or contradict each other")]
    Inconsistent {
        /// The algorithm.
        algorithm: &'static str,
    },
    /// The public key beside the private key is another one's.
    #[error("the public key stored with the private key does not belong to it")]
    PublicKeyMismatch,
    /// The cryptographic module could not do it.
    #[error("the cryptographic module could not {action}")]
    Unavailable {
        /// What it was asked for.
        action: &'static str,
    },
}

impl KeyError {
    /// What to do: a command.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::LegacyEncryption { .. } => {
                Some(
                    "convert it: `openssl pkcs8 -topk8 -provider legacy -provider default -in OLD.pem -out NEW.pem` asks for \
                     both passphrases"
                        .to_owned(),
                )
            }
            Self::UnsupportedEncryption { .. } | Self::DerivationTooCostly { .. } => {
                Some("encrypt it anew: `openssl pkcs8 -topk8 -v2 aes-256-cbc -in OLD.pem -out NEW.pem`".to_owned())
            }
            Self::NoPrivateKey { found } if found.iter().any(|label| label == "OPENSSH PRIVATE KEY") => {
                Some("convert it: `ssh-keygen -p -m PKCS8 -f KEY` rewrites the file in place".to_owned())
            }
            Self::TooLarge { .. }
            | Self::Pem(_)
            | Self::NoPrivateKey { .. }
            | Self::SeveralPrivateKeys { .. }
            | Self::Der(_)
            | Self::UnknownForm
            | Self::PassphraseMissing
            | Self::PassphraseEmpty
            | Self::PassphraseWrong
            | Self::UnsupportedAlgorithm { .. }
            | Self::Inconsistent { .. }
            | Self::PublicKeyMismatch
            | Self::Unavailable { .. } => None,
        }
    }
}

impl From<DerFault> for KeyError {
    fn from(fault: DerFault) -> Self {
        Self::Der(fault)
    }
}

/// Labels for a sentence.
fn list(labels: &[String]) -> String {
    if labels.is_empty() {
        return "no PEM block".to_owned();
    }
    labels.iter().map(|label| format!("`{label}`")).collect::<Vec<_>>().join(", ")
}
