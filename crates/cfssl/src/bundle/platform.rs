//! Platforms whose trust stores decide which chain works on most of them: CFSSL's `ubiquity`.

use hf_proto::cfssl::code::{CfsslError, ErrorKind};
use hf_proto::cfssl::go_json;
use hf_x509::certificate::Certificate;
use hf_x509::public_key::{Curve, KeyKind};
use hf_x509::signature::SignatureAlgorithm;
use serde::Deserialize;

use crate::failure;

/// The most platforms in a metadata file.
const MAX_PLATFORMS: usize = 200;

/// One entry of the metadata file.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Entry {
    name: String,
    weight: i64,
    hash_algo: String,
    key_algo: String,
    keystore: String,
}

/// A platform: how much it counts, what it can verify, and which roots it trusts.
#[derive(Clone, Debug)]
pub struct Platform {
    /// Its name.
    pub name: String,
    /// How much it counts.
    pub weight: i64,
    hash: HashUbiquity,
    key: KeyUbiquity,
    roots: Vec<Certificate>,
}

/// How widely the digest of a signature is understood; the greater the more widely.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum HashUbiquity {
    /// Anything else.
    #[default]
    Unknown,
    /// SHA-2, and what needs no separate digest.
    Sha2,
    /// SHA-1.
    Sha1,
    /// MD5.
    Md5,
}

/// How widely keys of a kind are understood; the greater the more widely.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum KeyUbiquity {
    /// Anything else.
    #[default]
    Unknown,
    /// ECDSA on P-521.
    Ecdsa521,
    /// ECDSA on P-384.
    Ecdsa384,
    /// ECDSA on P-256.
    Ecdsa256,
    /// RSA.
    Rsa,
}

/// Read a metadata file. `keystore` reads the PEM file of that name, relative to the metadata file.
///
/// # Errors
/// Code 5200 for a file that is none, 4001 to 4003 for a key store.
pub fn read_metadata(
    json: &[u8],
    mut keystore: impl FnMut(&str) -> Result<String, CfsslError>,
) -> Result<Vec<Platform>, CfsslError> {
    let entries: Vec<Entry> =
        go_json::from_slice(json).map_err(|error| failure::because(ErrorKind::PolicyInvalid, &error))?;
    if entries.len() > MAX_PLATFORMS {
        let text = format!("{} platforms: expected at most {MAX_PLATFORMS}", entries.len());
        return Err(failure::saying(ErrorKind::PolicyInvalid, text));
    }
    entries.into_iter().map(|entry| platform(entry, &mut keystore)).collect()
}

fn platform(
    entry: Entry,
    keystore: &mut impl FnMut(&str) -> Result<String, CfsslError>,
) -> Result<Platform, CfsslError> {
    let roots = if entry.keystore.is_empty() {
        Vec::new()
    } else {
        Certificate::many_from_pem(&keystore(&entry.keystore)?)
            .map_err(|error| failure::because(ErrorKind::RootParse, &error))?
    };
    let hash = match entry.hash_algo.as_str() {
        "SHA1" => HashUbiquity::Sha1,
        "SHA2" => HashUbiquity::Sha2,
        _ => HashUbiquity::Unknown,
    };
    let key = match entry.key_algo.as_str() {
        "RSA" => KeyUbiquity::Rsa,
        "ECDSA256" => KeyUbiquity::Ecdsa256,
        "ECDSA384" => KeyUbiquity::Ecdsa384,
        "ECDSA521" => KeyUbiquity::Ecdsa521,
        _ => KeyUbiquity::Unknown,
    };
    let usable = entry.weight > 0 && hash != HashUbiquity::Unknown && key != KeyUbiquity::Unknown;
    if !usable || entry.name.is_empty() {
        let text = format!("platform `{}` is not usable", entry.name.escape_debug());
        return Err(failure::saying(ErrorKind::PolicyInvalid, text));
    }
    Ok(Platform { name: entry.name, weight: entry.weight, hash, key, roots })
}

impl Platform {
    /// Whether the platform verifies the chain: it knows the digests and keys, and trusts the root (any root, when it
    /// names no key store).
    pub(super) fn trusts(&self, chain: &[Certificate]) -> bool {
        let root = chain.last().is_some_and(|root| self.roots.is_empty() || self.roots.contains(root));
        root && chain_hash(chain) >= self.hash && chain_key(chain) >= self.key
    }
}

/// The least widely understood digest of the signatures below the root.
pub(super) fn chain_hash(chain: &[Certificate]) -> HashUbiquity {
    below_root(chain).map(hash_of).min().unwrap_or_default()
}

/// The least widely understood key of the chain.
pub(super) fn chain_key(chain: &[Certificate]) -> KeyUbiquity {
    chain.iter().map(key_of).min().unwrap_or_default()
}

/// The certificates whose signature somebody verifies.
pub(super) fn below_root(chain: &[Certificate]) -> impl Iterator<Item = &Certificate> {
    chain.iter().take(chain.len().saturating_sub(1).max(1))
}

pub(super) fn hash_of(certificate: &Certificate) -> HashUbiquity {
    match certificate.signature_algorithm() {
        Ok(SignatureAlgorithm::RsaPkcs1Md5) => HashUbiquity::Md5,
        Ok(SignatureAlgorithm::EcdsaSha1 | SignatureAlgorithm::RsaPkcs1Sha1) => HashUbiquity::Sha1,
        Ok(_) => HashUbiquity::Sha2,
        Err(_) => HashUbiquity::Unknown,
    }
}

pub(super) fn key_of(certificate: &Certificate) -> KeyUbiquity {
    match certificate.public_key().kind() {
        KeyKind::Rsa => KeyUbiquity::Rsa,
        KeyKind::Ec(Curve::P256) => KeyUbiquity::Ecdsa256,
        KeyKind::Ec(Curve::P384) => KeyUbiquity::Ecdsa384,
        KeyKind::Ec(Curve::P521) => KeyUbiquity::Ecdsa521,
        KeyKind::Ed25519
        | KeyKind::UnsupportedCurve { .. }
        | KeyKind::Unsupported { .. }
        | KeyKind::Malformed { .. } => KeyUbiquity::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_metadata_file_is_read_and_bad_entries_refused() {
        let good = br#"[{"name":"Old","weight":10,"hash_algo":"SHA1","key_algo":"RSA","keystore":""}]"#;
        let platforms = read_metadata(good, |_| Err(ErrorKind::RootRead.into())).unwrap();
        assert_eq!((platforms[0].name.as_str(), platforms[0].weight), ("Old", 10));
        let named = br#"[{"name":"Old","weight":10,"hash_algo":"SHA1","key_algo":"RSA","keystore":"x.pem"}]"#;
        assert_eq!(read_metadata(named, |_| Err(ErrorKind::RootRead.into())).unwrap_err().code, 4001);
        let bad = br#"[{"name":"Old","weight":0,"hash_algo":"SHA1","key_algo":"RSA"}]"#;
        assert_eq!(read_metadata(bad, |_| Ok(String::new())).unwrap_err().code, 5200);
        assert_eq!(read_metadata(b"{}", |_| Ok(String::new())).unwrap_err().code, 5200);
    }
}
