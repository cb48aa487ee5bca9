//! Key stores: PKCS#12 (RFC 7292) and Java's JKS, read and written.
//!
//! One model for both: entries with an alias, each a private key with its chain or a certificate. Formats and their quirks stay
//! in their modules.

pub mod jks;
pub mod pkcs12;

use hf_core::secret::Secret;
use hf_x509::certificate::Certificate;

use crate::error::KeyError;
use crate::private_key::PrivateKey;
use crate::signing_key::SigningKey as _;
use crate::tlv::{DerFault, Reader};

/// The largest key store, in octets. The trust store of a Java runtime has about 200,000.
pub const MAX_STORE: usize = 8 * 1024 * 1024;

/// The most entries, certificates of chains counted as well. The trust store of a Java runtime has about 150.
pub const MAX_ENTRIES: usize = 2_048;

/// The most certificates in one chain.
pub const MAX_CHAIN: usize = 32;

/// A key store.
#[derive(Default)]
pub struct KeyStore {
    /// Entries in the order of the file.
    pub entries: Vec<Entry>,
}

impl KeyStore {
    /// The certificates that are entries of their own, DER, in the order of the file.
    pub fn certificates(&self) -> impl Iterator<Item = &[u8]> {
        self.entries.iter().filter_map(|entry| match &entry.content {
            Content::Certificate { der, .. } => Some(der.as_slice()),
            Content::Key { .. } => None,
        })
    }

    /// The certificates, DER, that stand with this private key, if the key is here and open.
    pub fn chain_of(&self, key: &PrivateKey) -> Option<&[Vec<u8>]> {
        let wanted = key.to_pkcs8_der();
        self.entries.iter().find_map(|entry| match &entry.content {
            Content::Key { key, chain } => {
                let same = key.private_key().is_ok_and(|key| key.to_pkcs8_der().expose() == wanted.expose());
                same.then_some(chain.as_slice())
            }
            Content::Certificate { .. } => None,
        })
    }
}

/// One entry.
pub struct Entry {
    /// The name under which Java finds it (`friendlyName` in PKCS#12). Java ignores case.
    pub alias: String,
    /// What it is.
    pub content: Content,
}

/// What an entry is.
pub enum Content {
    /// A private key with its certificates.
    Key {
        /// The private key.
        key: StoredKey,
        /// Certificates in DER, the key's own first. May be empty in stores of others.
        chain: Vec<Vec<u8>>,
    },
    /// A certificate.
    Certificate {
        /// DER.
        der: Vec<u8>,
        /// Whether the store marks it as trusted. Java shows no others.
        trusted: bool,
    },
}

/// A private key in a store.
pub enum StoredKey {
    /// PKCS#8, DER.
    Open(Secret<Vec<u8>>),
    /// Encrypted with a passphrase that was not given.
    Locked,
}

impl StoredKey {
    /// The private key, checked as every key that is read.
    pub fn private_key(&self) -> Result<PrivateKey, KeyError> {
        match self {
            Self::Open(pkcs8) => PrivateKey::from_der(pkcs8.expose(), None),
            Self::Locked => Err(KeyError::PassphraseMissing),
        }
    }
}

impl Entry {
    /// A private key with its chain, its own certificate first, each later one the issuer of the one before.
    pub fn key(alias: &str, key: &PrivateKey, chain: &[Certificate]) -> Result<Self, KeyStoreError> {
        let alias = checked_alias(alias)?;
        let leaf = chain.first().ok_or_else(|| KeyStoreError::NoCertificate { alias: alias.clone() })?;
        if leaf.public_key() != key.public_key() {
            return Err(KeyStoreError::OtherKey { alias });
        }
        let chain = chain.iter().map(|certificate| certificate.der().to_vec()).collect();
        Ok(Self { alias, content: Content::Key { key: StoredKey::Open(key.to_pkcs8_der()), chain } })
    }

    /// A certificate to trust.
    pub fn trusted(alias: &str, certificate: &Certificate) -> Result<Self, KeyStoreError> {
        let content = Content::Certificate { der: certificate.der().to_vec(), trusted: true };
        Ok(Self { alias: checked_alias(alias)?, content })
    }
}

/// The format of a key store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// PKCS#12.
    Pkcs12,
    /// Java's old format.
    Jks,
}

/// The format of `octets`, if they look like a key store at all.
pub fn format_of(octets: &[u8]) -> Option<Format> {
    if octets.starts_with(&jks::MAGIC) || octets.starts_with(&jks::JCEKS_MAGIC) {
        return Some(Format::Jks);
    }
    let mut inside = Reader::new(octets).sequence("PFX").ok()?;
    (inside.small("PFX.version").ok()? == pkcs12::VERSION).then_some(Format::Pkcs12)
}

/// Read a key store of either format.
pub fn read(octets: &[u8], passphrase: Option<&Secret<String>>) -> Result<KeyStore, KeyStoreError> {
    match format_of(octets) {
        Some(Format::Jks) => jks::read(octets, passphrase),
        Some(Format::Pkcs12) => pkcs12::read(octets, passphrase),
        None => Err(KeyStoreError::Unknown),
    }
}

/// Why a key store was not read or written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyStoreError {
    /// Larger than any key store.
    #[error("{octets} octets long, at most {max} are allowed")]
    TooLarge {
        /// How many octets.
        octets: usize,
        /// The most allowed.
        max: usize,
    },
    /// Neither PKCS#12 nor JKS.
    #[error("found neither PKCS#12 nor JKS")]
    Unknown,
    /// A format or part that is not supported.
    #[error("found {found}, which is not supported")]
    Unsupported {
        /// What was found.
        found: String,
    },
    /// The octets are not the DER they should be.
    #[error("the key store is not well-formed")]
    Der(#[source] DerFault),
    /// The octets end too early, or a text is none.
    #[error("the key store is damaged at octet {at}: {problem}")]
    Damaged {
        /// Octet, counted from 0.
        at: usize,
        /// What is wrong there.
        problem: &'static str,
    },
    /// Too many entries, or too long a chain.
    #[error("more than {max} {what}")]
    TooMany {
        /// What there is too much of.
        what: &'static str,
        /// The most allowed.
        max: usize,
    },
    /// Protected, and no passphrase was given.
    #[error("the key store is encrypted and no passphrase was given")]
    PassphraseMissing,
    /// The passphrase does not fit.
    #[error("the passphrase does not open the key store, or the key store was changed")]
    PassphraseWrong,
    /// A passphrase that Java's tools do not accept.
    #[error(
        "the passphrase has {found} characters, expected at least {min}, which Java's `keytool` asks for"
    )]
    PassphraseTooShort {
        /// How many characters.
        found: usize,
        /// The fewest allowed.
        min: usize,
    },
    /// A key cannot be opened or encrypted.
    #[error("a private key in it cannot be used")]
    Key(#[source] KeyError),
    /// A name that one of the formats cannot hold.
    #[error(
        "`{alias}` cannot be an alias: expected 1 to {max} characters of Unicode's basic plane, none a control"
    )]
    Alias {
        /// The name, escaped.
        alias: String,
        /// The longest allowed.
        max: usize,
    },
    /// Two entries of one name.
    #[error("two entries have the alias `{alias}`: Java ignores case and would lose one")]
    SameAlias {
        /// The name.
        alias: String,
    },
    /// A key without a certificate.
    #[error("the key `{alias}` has no certificate")]
    NoCertificate {
        /// The entry's name.
        alias: String,
    },
    /// A certificate for another key.
    #[error("the first certificate of `{alias}` is for another key")]
    OtherKey {
        /// The entry's name.
        alias: String,
    },
    /// A key that is still encrypted cannot be written.
    #[error("the key `{alias}` is locked")]
    Locked {
        /// The entry's name.
        alias: String,
    },
}

impl KeyStoreError {
    /// What to do: a command.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Unsupported { .. } => Some(
                "convert it: `keytool -importkeystore -srckeystore OLD -destkeystore NEW.p12 -deststoretype PKCS12`".to_owned(),
            ),
            Self::Der(_) => Some(
                "if another program reads it, write it anew: `openssl pkcs12 -in OLD.p12 -nodes -out ALL.pem` and \
                 `openssl pkcs12 -export -in ALL.pem -out NEW.p12`"
                    .to_owned(),
            ),
            Self::Key(KeyError::LegacyEncryption { .. } | KeyError::UnsupportedEncryption { .. }) => Some(
                "write it anew: `openssl pkcs12 -legacy -in OLD.p12 -nodes -out ALL.pem` and \
                 `openssl pkcs12 -export -in ALL.pem -out NEW.p12`"
                    .to_owned(),
            ),
            Self::Key(error) => error.hint(),
            Self::TooLarge { .. }
            | Self::Unknown
            | Self::Damaged { .. }
            | Self::TooMany { .. }
            | Self::PassphraseMissing
            | Self::PassphraseWrong
            | Self::PassphraseTooShort { .. }
            | Self::Alias { .. }
            | Self::SameAlias { .. }
            | Self::NoCertificate { .. }
            | Self::OtherKey { .. }
            | Self::Locked { .. } => None,
        }
    }
}

impl From<DerFault> for KeyStoreError {
    fn from(fault: DerFault) -> Self {
        Self::Der(fault)
    }
}

impl From<KeyError> for KeyStoreError {
    fn from(error: KeyError) -> Self {
        if error == KeyError::PassphraseMissing {
            Self::PassphraseMissing
        } else if error == KeyError::PassphraseWrong {
            Self::PassphraseWrong
        } else if let KeyError::Der(fault) = error {
            Self::Der(fault)
        } else {
            Self::Key(error)
        }
    }
}

fn check_size(octets: &[u8]) -> Result<(), KeyStoreError> {
    if octets.len() > MAX_STORE {
        return Err(KeyStoreError::TooLarge { octets: octets.len(), max: MAX_STORE });
    }
    Ok(())
}

/// Before writing: names that stay apart, a passphrase that Java takes, no more than can be read again.
fn check_to_write(store: &KeyStore, passphrase: &Secret<String>) -> Result<(), KeyStoreError> {
    let found = passphrase.expose().chars().count();
    if found < MIN_PASSPHRASE {
        return Err(KeyStoreError::PassphraseTooShort { found, min: MIN_PASSPHRASE });
    }
    let mut aliases = std::collections::HashSet::new();
    let mut certificates = 0;
    for entry in &store.entries {
        let alias = checked_alias(&entry.alias)?;
        if !aliases.insert(alias.to_lowercase()) {
            return Err(KeyStoreError::SameAlias { alias });
        }
        certificates += match &entry.content {
            Content::Key { chain, .. } if chain.len() > MAX_CHAIN => {
                return Err(KeyStoreError::TooMany { what: "certificates in a chain", max: MAX_CHAIN });
            }
            Content::Key { chain, .. } => chain.len() + 1,
            Content::Certificate { .. } => 1,
        };
    }
    if certificates > MAX_ENTRIES {
        return Err(KeyStoreError::TooMany { what: "entries", max: MAX_ENTRIES });
    }
    Ok(())
}

/// An alias that both formats can hold: UTF-16 without surrogates in one, two octets of length in the other.
fn checked_alias(alias: &str) -> Result<String, KeyStoreError> {
    let length = alias.chars().count();
    let fits = (1..=MAX_ALIAS).contains(&length)
        && alias.chars().all(|character| !character.is_control() && u32::from(character) <= 0xffff);
    if fits {
        return Ok(alias.to_owned());
    }
    let shown = alias.chars().take(80).flat_map(char::escape_debug).collect();
    Err(KeyStoreError::Alias { alias: shown, max: MAX_ALIAS })
}

const MAX_ALIAS: usize = 256;
const MIN_PASSPHRASE: usize = 6;

#[cfg(test)]
mod tests;
