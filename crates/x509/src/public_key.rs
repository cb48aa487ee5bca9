//! Public keys, RFC 5280 section 4.1.2.7, RFC 3279 (RSA), RFC 5480 (EC), RFC 8410 (Ed25519).

mod spki;

use std::fmt;
use std::sync::{Arc, OnceLock};

use aws_lc_rs::signature::{self as lc, ParsedPublicKey, VerificationAlgorithm};

use hf_core::algorithm::KeyAlgorithm;

use crate::asn1::{DerError, Oid, Span};
use crate::digest::{sha1, sha256};
use crate::ext::KeyIdentifier;
use crate::limits;
use crate::signature::{self, Signature, SignatureAlgorithm, SignatureError};

/// A named curve.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Curve {
    /// NIST P-256, `secp256r1`.
    P256,
    /// NIST P-384, `secp384r1`.
    P384,
    /// NIST P-521, `secp521r1`.
    P521,
}

impl Curve {
    /// The size of its field in bits.
    pub fn bits(self) -> u32 {
        match self {
            Self::P256 => 256,
            Self::P384 => 384,
            Self::P521 => 521,
        }
    }
}

/// What kind of key it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyKind {
    /// RSA with readable modulus and exponent.
    Rsa,
    /// A point on a named curve; whether it lies on the curve is not known yet.
    Ec(Curve),
    /// Ed25519.
    Ed25519,
    /// A curve that is not supported, or written out by its parameters.
    UnsupportedCurve {
        /// The curve's identifier; `None` for explicit parameters, which RFC 5480 section 2.1.1 forbids.
        curve: Option<Oid>,
    },
    /// An algorithm that is not supported.
    Unsupported {
        /// The algorithm's identifier.
        algorithm: Oid,
    },
    /// A supported algorithm whose key cannot be read.
    Malformed {
        /// The algorithm's identifier.
        algorithm: Oid,
        /// What is wrong.
        fault: DerError,
    },
}

impl fmt::Display for KeyKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rsa => f.write_str("an RSA key"),
            Self::Ec(curve) => write!(f, "an EC key on P-{}", curve.bits()),
            Self::Ed25519 => f.write_str("an Ed25519 key"),
            Self::UnsupportedCurve { curve: Some(curve) } => {
                write!(f, "an EC key on the unsupported curve {curve}")
            }
            Self::UnsupportedCurve { curve: None } => f.write_str("an EC key with explicit curve parameters"),
            Self::Unsupported { algorithm } => write!(f, "a key of the unsupported algorithm {algorithm}"),
            Self::Malformed { algorithm, .. } => {
                write!(f, "a key of the algorithm {algorithm} that cannot be read")
            }
        }
    }
}

/// A `SubjectPublicKeyInfo`. Cheap to clone. Equality is that of the octets.
#[derive(Clone)]
pub struct PublicKey(Arc<Inner>);

struct Inner {
    spki: Box<[u8]>,
    kind: KeyKind,
    /// The octets of the BIT STRING, its first octet (unused bits) left out.
    key: Span,
    /// Magnitudes of modulus and public exponent.
    rsa: Option<(Span, Span)>,
    /// What the cryptographic module makes of it, asked once.
    parsed: OnceLock<Option<ParsedPublicKey>>,
}

/// How a key identifier is made of a key. It proves nothing, so a broken digest does no harm.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum KeyIdentifierMethod {
    /// RFC 7093 section 2 method 1: the leftmost 160 bits of SHA-256 of the BIT STRING.
    #[default]
    Sha256,
    /// RFC 5280 section 4.2.1.2 method 1: SHA-1 of the BIT STRING, as OpenSSL, Go and CFSSL have it.
    Sha1,
}

impl PublicKey {
    /// From the DER of a `SubjectPublicKeyInfo`. A key that is malformed is refused; one of an unsupported algorithm is
    /// not, since certificates of others may hold it.
    pub fn from_spki_der(der: &[u8]) -> Result<Self, DerError> {
        limits::check(der, "SubjectPublicKeyInfo", limits::MAX_OBJECT)?;
        let key = Self::from_checked(der)?;
        if let KeyKind::Malformed { fault, .. } = &key.0.kind {
            return Err(fault.clone());
        }
        Ok(key)
    }

    /// From DER that passed the pre-check. A malformed key becomes [`KeyKind::Malformed`].
    pub(crate) fn from_checked(der: &[u8]) -> Result<Self, DerError> {
        let read = spki::read(der)?;
        Ok(Self(Arc::new(Inner {
            spki: der.into(),
            kind: read.kind,
            key: read.key,
            rsa: read.rsa,
            parsed: OnceLock::new(),
        })))
    }

    /// The `SubjectPublicKeyInfo` for an uncompressed or compressed point on a named curve.
    pub fn from_ec_point(curve: Curve, point: &[u8]) -> Result<Self, DerError> {
        Self::from_spki_der(&spki::write_ec(curve, point))
    }

    /// The `SubjectPublicKeyInfo` for the 32 octets of an Ed25519 key.
    pub fn from_ed25519(key: &[u8; 32]) -> Result<Self, DerError> {
        Self::from_spki_der(&spki::write_ed25519(key))
    }

    /// The `SubjectPublicKeyInfo` for the DER of an `RSAPublicKey` (RFC 8017 appendix A.1.1).
    pub fn from_rsa_public_key_der(der: &[u8]) -> Result<Self, DerError> {
        Self::from_spki_der(&spki::write_rsa(der))
    }

    /// The `SubjectPublicKeyInfo` in DER.
    pub fn spki_der(&self) -> &[u8] {
        &self.0.spki
    }

    /// SHA-256 of the `SubjectPublicKeyInfo`; block lists hold it.
    pub fn spki_sha256(&self) -> [u8; 32] {
        sha256(&self.0.spki)
    }

    /// What kind of key it is.
    pub fn kind(&self) -> &KeyKind {
        &self.0.kind
    }

    /// The algorithm, when it is one that Handfast issues for.
    pub fn key_algorithm(&self) -> Option<KeyAlgorithm> {
        match (&self.0.kind, self.key_bits()) {
            (KeyKind::Ec(Curve::P256), _) => Some(KeyAlgorithm::EcdsaP256),
            (KeyKind::Ec(Curve::P384), _) => Some(KeyAlgorithm::EcdsaP384),
            (KeyKind::Ec(Curve::P521), _) => Some(KeyAlgorithm::EcdsaP521),
            (KeyKind::Ed25519, _) => Some(KeyAlgorithm::Ed25519),
            (KeyKind::Rsa, Some(2048)) => Some(KeyAlgorithm::Rsa2048),
            (KeyKind::Rsa, Some(3072)) => Some(KeyAlgorithm::Rsa3072),
            (KeyKind::Rsa, Some(4096)) => Some(KeyAlgorithm::Rsa4096),
            (KeyKind::Rsa, Some(8192)) => Some(KeyAlgorithm::Rsa8192),
            _ => None,
        }
    }

    /// Bits of the modulus (RSA) or of the field (EC, Ed25519).
    pub fn key_bits(&self) -> Option<u32> {
        match &self.0.kind {
            KeyKind::Rsa => {
                let modulus = self.rsa_modulus()?;
                let leading = modulus.first()?.leading_zeros();
                u32::try_from(modulus.len()).ok()?.checked_mul(8)?.checked_sub(leading)
            }
            KeyKind::Ec(curve) => Some(curve.bits()),
            KeyKind::Ed25519 => Some(256),
            KeyKind::UnsupportedCurve { .. } | KeyKind::Unsupported { .. } | KeyKind::Malformed { .. } => {
                None
            }
        }
    }

    /// The octets of the BIT STRING: an EC point, an `RSAPublicKey` in DER, 32 octets of Ed25519.
    pub fn key_octets(&self) -> &[u8] {
        self.0.key.of(&self.0.spki)
    }

    /// The RSA modulus, big-endian without leading zeros.
    pub fn rsa_modulus(&self) -> Option<&[u8]> {
        self.0.rsa.map(|(modulus, _)| modulus.of(&self.0.spki))
    }

    /// The RSA public exponent, big-endian without leading zeros.
    pub fn rsa_exponent(&self) -> Option<&[u8]> {
        self.0.rsa.map(|(_, exponent)| exponent.of(&self.0.spki))
    }

    /// The curve and the point as written (SEC 1 section 2.3.3).
    pub fn ec_point(&self) -> Option<(Curve, &[u8])> {
        if let KeyKind::Ec(curve) = &self.0.kind { Some((*curve, self.key_octets())) } else { None }
    }

    /// Whether it is a point on a curve that is written compressed, so that the same key has another encoding.
    pub fn is_compressed(&self) -> bool {
        self.ec_point().is_some_and(|(_, point)| point.first() != Some(&spki::UNCOMPRESSED))
    }

    /// Whether both are one key, in whichever form a point on a curve is written: compressed or not (SEC 1 section 2.3.3).
    /// Keys of other kinds have one encoding.
    pub fn is_same_key(&self, other: &Self) -> bool {
        match (self.ec_point(), other.ec_point()) {
            (Some((curve, point)), Some((other_curve, other_point))) => {
                curve == other_curve && spki::compressed(point) == spki::compressed(other_point)
            }
            _ => self == other,
        }
    }

    /// Whether the point of an EC key lies on its curve and is not the point at infinity (SEC 1 section 3.2.2); of a
    /// key of another kind, `false`.
    pub fn has_valid_point(&self) -> bool {
        matches!(self.0.kind, KeyKind::Ec(_)) && self.parsed().is_some()
    }

    /// The key as the cryptographic module reads it, with the algorithm that goes with its curve; checked once for all
    /// signatures that it verifies. `None` for RSA keys and those that the module refuses.
    pub(crate) fn parsed(&self) -> Option<&ParsedPublicKey> {
        let algorithm: &'static dyn VerificationAlgorithm = match self.0.kind {
            KeyKind::Ec(Curve::P256) => &lc::ECDSA_P256_SHA256_ASN1,
            KeyKind::Ec(Curve::P384) => &lc::ECDSA_P384_SHA384_ASN1,
            KeyKind::Ec(Curve::P521) => &lc::ECDSA_P521_SHA512_ASN1,
            KeyKind::Ed25519 => &lc::ED25519,
            KeyKind::Rsa
            | KeyKind::UnsupportedCurve { .. }
            | KeyKind::Unsupported { .. }
            | KeyKind::Malformed { .. } => return None,
        };
        self.0.parsed.get_or_init(|| ParsedPublicKey::new(algorithm, self.key_octets()).ok()).as_ref()
    }

    /// The key identifier that we give it where nothing else is asked for: [`KeyIdentifierMethod::Sha256`].
    pub fn key_identifier(&self) -> KeyIdentifier {
        self.key_identifier_by(KeyIdentifierMethod::Sha256)
    }

    /// The key identifier by this method.
    pub fn key_identifier_by(&self, method: KeyIdentifierMethod) -> KeyIdentifier {
        match method {
            KeyIdentifierMethod::Sha256 => {
                KeyIdentifier::new(sha256(self.key_octets()).get(..20).unwrap_or_default())
            }
            KeyIdentifierMethod::Sha1 => KeyIdentifier::new(&sha1(self.key_octets())),
        }
    }

    /// Whether `signature` over `message` was made with the private key that belongs to this key.
    pub fn verify(
        &self,
        algorithm: SignatureAlgorithm,
        message: &[u8],
        signature: &Signature,
    ) -> Result<(), SignatureError> {
        signature::verify(self, algorithm, message, signature)
    }
}

impl PartialEq for PublicKey {
    fn eq(&self, other: &Self) -> bool {
        self.0.spki == other.0.spki
    }
}

impl Eq for PublicKey {}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({})", self.0.kind)
    }
}

#[cfg(test)]
mod tests;
