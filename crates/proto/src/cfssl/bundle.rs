//! A certificate with its path: what `bundle` answers. Keys in the order of their names.

use serde::{Deserialize, Serialize};

/// A certificate with its path.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Bundle {
    /// PEM of the path from the certificate up, without a line feed at the end.
    pub bundle: String,
    /// Whether the certificate names a CRL.
    pub crl_support: bool,
    /// PEM of the certificate.
    pub crt: String,
    /// First end of validity in the path, RFC 3339.
    pub expires: String,
    /// Common name and DNS names.
    pub hostnames: Option<Vec<String>>,
    /// Issuer, `/Country=US/…`.
    pub issuer: String,
    /// PEM of the private key, or nothing.
    pub key: String,
    /// Bits of the key; 32 for Ed25519.
    pub key_size: u32,
    /// For example `2048-bit RSA`, `256-bit ECDSA`, `Ed25519`.
    pub key_type: String,
    /// End of validity of the certificate, RFC 3339.
    pub leaf_expires: String,
    /// OCSP responders of the certificate.
    pub ocsp: Option<Vec<String>>,
    /// Whether the certificate names an OCSP responder.
    pub ocsp_support: bool,
    /// PEM of the root, or nothing.
    pub root: String,
    /// Algorithm of the certificate's signature, as `certinfo` writes it.
    pub signature: String,
    /// What is to be known about the path.
    pub status: BundleStatus,
    /// Subject, `/Country=US/…`.
    pub subject: String,
}

/// What is to be known about a path.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct BundleStatus {
    /// Whether the path differs from what was given.
    pub rebundled: bool,
    /// Subject key identifiers of what ends within 30 days, upper-case hexadecimal.
    #[serde(rename = "expiring_SKIs")]
    pub expiring_skis: Option<Vec<String>>,
    /// Platforms that do not trust the root.
    pub untrusted_root_stores: Option<Vec<String>>,
    /// For people.
    pub messages: Option<Vec<String>>,
    /// Bits of [`BundleStatus::EXPIRING`] and [`BundleStatus::NOT_UBIQUITOUS`].
    pub code: i64,
}

impl BundleStatus {
    /// Something ends within 30 days.
    pub const EXPIRING: i64 = 1;
    /// Some platform does not trust it.
    pub const NOT_UBIQUITOUS: i64 = 2;
}

/// Which path is wanted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Flavor {
    /// The one that most platforms trust.
    #[default]
    Ubiquitous,
    /// The shortest and strongest.
    Optimal,
    /// The one that is given, if it is one.
    Force,
}

impl Flavor {
    /// The flavour of that name. CFSSL treats other names as `ubiquitous`; here they are an error of the caller's.
    pub fn parse(name: &str) -> Option<Self> {
        match name {
            "" | "ubiquitous" => Some(Self::Ubiquitous),
            "optimal" => Some(Self::Optimal),
            "force" => Some(Self::Force),
            _ => None,
        }
    }
}

/// A platform of a metadata file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Platform {
    /// Its name.
    pub name: String,
    /// How much it counts.
    pub weight: i64,
    /// `SHA1` or `SHA2`: the strongest hash that it knows.
    pub hash_algo: String,
    /// `RSA`, `ECDSA256`, `ECDSA384` or `ECDSA521`: the strongest key that it knows.
    pub key_algo: String,
    /// PEM file of its roots, relative to the metadata file.
    pub keystore: String,
}

#[cfg(test)]
mod tests {
    use super::super::go_json::to_value;
    use super::*;

    #[test]
    fn keys_are_in_the_order_of_their_names() {
        let super::super::go_json::GoValue::Object(fields) = to_value(&Bundle::default()) else {
            panic!("no object")
        };
        assert!(fields.windows(2).all(|pair| pair[0].0 < pair[1].0));
        assert_eq!(Flavor::parse(""), Some(Flavor::Ubiquitous));
        assert_eq!(Flavor::parse("Force"), None);
    }
}
