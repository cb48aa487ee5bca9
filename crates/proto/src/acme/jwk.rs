//! Public keys of accounts as JSON: RFC 7517, RFC 7518 section 6, RFC 8037; their thumbprints, RFC 7638.
//!
//! Only keys that are strong enough exist here: reading refuses the others with `badPublicKey`.

mod spki;

use std::fmt;

use aws_lc_rs::rsa::PublicKeyComponents;
use aws_lc_rs::signature::{self, ParsedPublicKey};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value};

use super::base64url;
use super::problem::{Problem, ProblemType};
use super::validation::sha256;

/// The fewest bits of an RSA modulus.
pub const MIN_RSA_BITS: usize = 2048;

/// The most bits of an RSA modulus: verifying grows with it, and whoever asks chooses it.
pub const MAX_RSA_BITS: usize = 8192;

/// A public key.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Jwk(Material);

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Material {
    /// The uncompressed point, with its leading 4.
    Ec { curve: Curve, point: Vec<u8> },
    /// Big-endian, without leading zeros.
    Rsa { modulus: Vec<u8>, exponent: Vec<u8> },
    /// RFC 8032.
    Ed25519 { point: [u8; 32] },
}

/// A curve for ECDSA.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Curve {
    /// NIST P-256.
    P256,
    /// NIST P-384.
    P384,
    /// NIST P-521.
    P521,
}

impl Curve {
    const ALL: [Self; 3] = [Self::P256, Self::P384, Self::P521];

    fn name(self) -> &'static str {
        match self {
            Self::P256 => "P-256",
            Self::P384 => "P-384",
            Self::P521 => "P-521",
        }
    }

    /// Octets of one coordinate, RFC 7518 section 6.2.1.2.
    fn octets(self) -> usize {
        match self {
            Self::P256 => 32,
            Self::P384 => 48,
            Self::P521 => 66,
        }
    }
}

/// What a key can sign with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyKind {
    /// ECDSA on this curve.
    Ec(Curve),
    /// RSA.
    Rsa,
    /// Ed25519.
    Ed25519,
}

/// SHA-256 over the canonical form, RFC 7638: what an account is known by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Thumbprint(pub [u8; 32]);

impl fmt::Display for Thumbprint {
    /// base64url, as in a key authorization.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&base64url::encode(&self.0))
    }
}

impl Jwk {
    /// Read a key. Members that are not of the key itself are passed over.
    ///
    /// # Errors
    /// `malformed` when it is no key, `badPublicKey` when it is weak, of an unsupported kind, or private.
    pub fn read(value: &Value) -> Result<Self, Problem> {
        let object = value.as_object().ok_or_else(|| Problem::malformed("expected a JWK as an object"))?;
        if ["d", "p", "q", "dp", "dq", "qi", "oth", "k"].iter().any(|member| object.contains_key(*member)) {
            return Err(bad("the JWK holds a private key, which nobody else should have seen"));
        }
        let kind = text(object, "kty")?;
        match kind {
            "EC" => read_ec(object),
            "RSA" => read_rsa(object),
            "OKP" => read_okp(object),
            _ => Err(bad(format!("the key type `{kind}` is not supported: expected `EC`, `RSA` or `OKP`"))),
        }
        .map(Self)
    }

    /// Of an uncompressed point (SEC 1 section 2.3.3).
    ///
    /// # Errors
    /// `badPublicKey` when it is not on the curve.
    pub fn of_ec_point(curve: Curve, point: &[u8]) -> Result<Self, Problem> {
        if point.first() != Some(&4) {
            return Err(bad("the point is not uncompressed"));
        }
        let (x, y) = coordinates(curve, point);
        ec(curve, x, y).map(Self)
    }

    /// Of modulus and exponent, big-endian without leading zeros.
    ///
    /// # Errors
    /// `badPublicKey` when it is weak.
    pub fn of_rsa(modulus: &[u8], exponent: &[u8]) -> Result<Self, Problem> {
        rsa(modulus.to_vec(), exponent.to_vec()).map(Self)
    }

    /// Of the 32 octets of an Ed25519 key.
    pub fn of_ed25519(point: [u8; 32]) -> Self {
        Self(Material::Ed25519 { point })
    }

    /// What it can sign with.
    pub fn kind(&self) -> KeyKind {
        match &self.0 {
            Material::Ec { curve, .. } => KeyKind::Ec(*curve),
            Material::Rsa { .. } => KeyKind::Rsa,
            Material::Ed25519 { .. } => KeyKind::Ed25519,
        }
    }

    /// The members that make the key, in order and without blanks (RFC 7638 section 3).
    pub fn canonical(&self) -> String {
        match &self.0 {
            Material::Ec { curve, point } => {
                let (x, y) = coordinates(*curve, point);
                let (x, y) = (base64url::encode(x), base64url::encode(y));
                format!(r#"{{"crv":"{}","kty":"EC","x":"{x}","y":"{y}"}}"#, curve.name())
            }
            Material::Rsa { modulus, exponent } => {
                let (e, n) = (base64url::encode(exponent), base64url::encode(modulus));
                format!(r#"{{"e":"{e}","kty":"RSA","n":"{n}"}}"#)
            }
            Material::Ed25519 { point } => {
                let x = base64url::encode(point);
                format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{x}"}}"#)
            }
        }
    }

    /// What the account is known by.
    pub fn thumbprint(&self) -> Thumbprint {
        Thumbprint(sha256(self.canonical().as_bytes()))
    }

    /// As DER `SubjectPublicKeyInfo` (RFC 5280 section 4.1.2.7), to compare with the key of a certificate or request.
    pub fn to_spki(&self) -> Vec<u8> {
        spki::write(&self.0)
    }

    /// Whether the signature over `message` is by this key, with the one algorithm of its kind.
    pub(super) fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        match &self.0 {
            Material::Ec { curve, point } => verifies(ecdsa(*curve), point, message, signature),
            Material::Ed25519 { point } => verifies(&signature::ED25519, point, message, signature),
            Material::Rsa { modulus, exponent } => PublicKeyComponents { n: modulus, e: exponent }
                .verify(&signature::RSA_PKCS1_2048_8192_SHA256, message, signature)
                .is_ok(),
        }
    }
}

impl Serialize for Jwk {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let value: Value = serde_json::from_str(&self.canonical()).map_err(serde::ser::Error::custom)?;
        value.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Jwk {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::read(&Value::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

fn ecdsa(curve: Curve) -> &'static dyn signature::VerificationAlgorithm {
    match curve {
        Curve::P256 => &signature::ECDSA_P256_SHA256_FIXED,
        Curve::P384 => &signature::ECDSA_P384_SHA384_FIXED,
        Curve::P521 => &signature::ECDSA_P521_SHA512_FIXED,
    }
}

fn verifies(
    algorithm: &'static dyn signature::VerificationAlgorithm,
    key: &[u8],
    message: &[u8],
    octets: &[u8],
) -> bool {
    signature::UnparsedPublicKey::new(algorithm, key).verify(message, octets).is_ok()
}

/// The two halves of an uncompressed point.
fn coordinates(curve: Curve, point: &[u8]) -> (&[u8], &[u8]) {
    let both = point.get(1..).unwrap_or_default();
    both.split_at_checked(curve.octets()).unwrap_or_default()
}

fn read_ec(object: &Map<String, Value>) -> Result<Material, Problem> {
    let name = text(object, "crv")?;
    let curve = Curve::ALL.into_iter().find(|curve| curve.name() == name).ok_or_else(|| {
        bad(format!("the curve `{name}` is not supported: expected `P-256`, `P-384` or `P-521`"))
    })?;
    ec(curve, &octets(object, "x")?, &octets(object, "y")?)
}

fn ec(curve: Curve, x: &[u8], y: &[u8]) -> Result<Material, Problem> {
    let name = curve.name();
    for (member, coordinate) in [("x", x), ("y", y)] {
        let (found, expected) = (coordinate.len(), curve.octets());
        if found != expected {
            return Err(bad(format!("`{member}` has {found} octets: {name} has {expected}")));
        }
    }
    let point = [&[4], x, y].concat();
    ParsedPublicKey::new(ecdsa(curve), &point).map_err(|_| bad(format!("the point is not on {name}")))?;
    Ok(Material::Ec { curve, point })
}

fn read_okp(object: &Map<String, Value>) -> Result<Material, Problem> {
    let name = text(object, "crv")?;
    if name != "Ed25519" {
        return Err(bad(format!("the curve `{name}` is not supported: expected `Ed25519`")));
    }
    let point = octets(object, "x")?;
    let point =
        point.try_into().map_err(|_| bad("`x` has another length than Ed25519 has: expected 32 octets"))?;
    Ok(Material::Ed25519 { point })
}

fn read_rsa(object: &Map<String, Value>) -> Result<Material, Problem> {
    rsa(octets(object, "n")?, octets(object, "e")?)
}

fn rsa(modulus: Vec<u8>, exponent: Vec<u8>) -> Result<Material, Problem> {
    for (member, number) in [("n", &modulus), ("e", &exponent)] {
        if number.first().is_none_or(|first| *first == 0) {
            return Err(bad(format!("`{member}` is not in the fewest octets (RFC 7518 section 6.3.1)")));
        }
    }
    let leading = modulus.first().map_or(0, |first| usize::try_from(first.leading_zeros()).unwrap_or(0));
    let bits = modulus.len().saturating_mul(8) - leading;
    if !(MIN_RSA_BITS..=MAX_RSA_BITS).contains(&bits) {
        return Err(bad(format!(
            "the RSA modulus has {bits} bits: expected {MIN_RSA_BITS} to {MAX_RSA_BITS}"
        )));
    }
    if modulus.last().is_none_or(|last| last % 2 == 0) {
        return Err(bad("the RSA modulus is even"));
    }
    check_exponent(&exponent)?;
    Ok(Material::Rsa { modulus, exponent })
}

/// Odd, at least 65537, at most 32 bits: smaller ones have been broken by bad padding, larger ones only cost time.
fn check_exponent(exponent: &[u8]) -> Result<(), Problem> {
    let number = exponent
        .iter()
        .try_fold(0_u32, |number, octet| number.checked_mul(256).map(|shifted| shifted | u32::from(*octet)));
    match number {
        Some(number) if number >= 65_537 && number % 2 == 1 => Ok(()),
        Some(number) => Err(bad(format!("the RSA exponent is {number}: expected 65537"))),
        None => Err(bad("the RSA exponent has more than 32 bits: expected 65537")),
    }
}

fn text<'v>(object: &'v Map<String, Value>, member: &str) -> Result<&'v str, Problem> {
    let missing = || Problem::malformed(format!("expected `{member}` in the JWK as a text"));
    object.get(member).and_then(Value::as_str).ok_or_else(missing)
}

fn octets(object: &Map<String, Value>, member: &str) -> Result<Vec<u8>, Problem> {
    let fault = || Problem::malformed(format!("expected `{member}` in the JWK in base64url without padding"));
    base64url::decode(text(object, member)?).ok_or_else(fault)
}

fn bad(detail: impl AsRef<str>) -> Problem {
    Problem::new(ProblemType::BadPublicKey, detail)
}

#[cfg(test)]
pub(super) mod tests;
