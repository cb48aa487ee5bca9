//! Reading private keys in the three forms in use, strictly: nothing left over, named curves only, numbers of the right size.

use aws_lc_rs::signature::{EcdsaKeyPair, Ed25519KeyPair, KeyPair as _, RsaKeyPair};
use hf_core::algorithm::KeyAlgorithm;
use hf_core::secret::Secret;

use super::{MAX_KEY, Pair, PrivateKey, ecdsa};
use crate::encryption::{self, Algorithm, Budget};
use crate::error::KeyError;
use crate::tlv::{
    self, CONTEXT_0, CONTEXT_1, CONTEXT_1_PRIMITIVE, DerFault, DerProblem, INTEGER, NULL, OBJECT_IDENTIFIER,
    OCTET_STRING, Reader, SEQUENCE,
};
use crate::{oid, pem};

/// What opens an encrypted key.
pub(super) struct Opener<'a> {
    pub(super) passphrase: Option<&'a Secret<String>>,
    pub(super) budget: Budget,
}

pub(super) fn from_pem(text: &[u8], opener: Opener<'_>) -> Result<PrivateKey, KeyError> {
    check_size(text)?;
    let blocks = pem::read(text).map_err(KeyError::Pem)?;
    let is_key = |label: &str| label.ends_with("PRIVATE KEY") && label != "OPENSSH PRIVATE KEY";
    let mut keys = blocks.iter().filter(|block| is_key(&block.label));
    let Some(block) = keys.next() else {
        return Err(KeyError::NoPrivateKey { found: blocks.into_iter().map(|block| block.label).collect() });
    };
    let more = keys.count();
    if more > 0 {
        return Err(KeyError::SeveralPrivateKeys { count: more + 1 });
    }
    if block.label == "DSA PRIVATE KEY" {
        return Err(KeyError::UnsupportedAlgorithm { found: "a DSA key".to_owned() });
    }
    match &block.encrypted_by_header {
        Some(dek_info) => {
            let plain = encryption::old_pem::decrypt(dek_info, block.der.expose(), opener.passphrase)?;
            from_der(plain.expose(), opener)
        }
        None => from_der(block.der.expose(), opener),
    }
}

pub(super) fn from_der(der: &[u8], opener: Opener<'_>) -> Result<PrivateKey, KeyError> {
    check_size(der)?;
    let (first, second) = shape(der).ok_or(KeyError::UnknownForm)?;
    match (first, second) {
        (SEQUENCE, OCTET_STRING) => from_pkcs8(decrypt(der, opener)?.expose()),
        (INTEGER, SEQUENCE) => from_pkcs8(der),
        (INTEGER, INTEGER) => from_pkcs1(der),
        (INTEGER, OCTET_STRING) => from_sec1(der, None),
        _ => Err(KeyError::UnknownForm),
    }
}

fn check_size(octets: &[u8]) -> Result<(), KeyError> {
    if octets.len() > MAX_KEY {
        return Err(KeyError::TooLarge { octets: octets.len(), max: MAX_KEY });
    }
    Ok(())
}

/// The types of the first two elements, by which the forms differ.
fn shape(der: &[u8]) -> Option<(u8, u8)> {
    let mut inside = Reader::whole_sequence(der, "private key").ok()?;
    let first = inside.any("private key").ok()?;
    // PKCS#12 begins like PKCS#8, but with version 3.
    let version_fits = first.tag != INTEGER || matches!(first.content, [0 | 1]);
    version_fits.then_some((first.tag, inside.peek()?))
}

/// `EncryptedPrivateKeyInfo`, RFC 5958 section 3.
fn decrypt(der: &[u8], mut opener: Opener<'_>) -> Result<Secret<Vec<u8>>, KeyError> {
    let mut inside = Reader::whole_sequence(der, "EncryptedPrivateKeyInfo")?;
    let algorithm = Algorithm::read(&mut inside, "EncryptedPrivateKeyInfo.encryptionAlgorithm")?;
    let ciphertext = inside.expect(OCTET_STRING, "EncryptedPrivateKeyInfo.encryptedData")?;
    inside.finish("EncryptedPrivateKeyInfo")?;
    encryption::decrypt(algorithm, ciphertext, opener.passphrase, &mut opener.budget)
}

/// `OneAsymmetricKey`, RFC 5958 section 2, of version 1 or 2.
fn from_pkcs8(der: &[u8]) -> Result<PrivateKey, KeyError> {
    let mut inside = Reader::whole_sequence(der, "PrivateKeyInfo")?;
    let version = inside.small("PrivateKeyInfo.version")?;
    let algorithm = Algorithm::read(&mut inside, "PrivateKeyInfo.privateKeyAlgorithm")?;
    let key = inside.expect(OCTET_STRING, "PrivateKeyInfo.privateKey")?;
    inside.optional(CONTEXT_0, "PrivateKeyInfo.attributes")?;
    let public = inside.optional(CONTEXT_1_PRIMITIVE, "PrivateKeyInfo.publicKey")?;
    inside.finish("PrivateKeyInfo")?;
    if version > 1 {
        return Err(DerFault::new("PrivateKeyInfo.version", DerProblem::Value).into());
    }
    let parsed = match algorithm.oid {
        oid::EC_PUBLIC_KEY => from_sec1(key, Some(read_curve(algorithm.parameters)?)),
        oid::ED25519 => from_ed25519(algorithm, key),
        oid::RSA_ENCRYPTION => {
            let mut parameters = algorithm.parameters;
            parameters.optional(NULL, "PrivateKeyInfo.privateKeyAlgorithm")?;
            parameters.finish("PrivateKeyInfo.privateKeyAlgorithm")?;
            from_pkcs1(key)
        }
        other => {
            return Err(KeyError::UnsupportedAlgorithm {
                found: format!("the algorithm {}", oid::dotted(other)),
            });
        }
    }?;
    match public.map(|content| Reader::bit_octets(content, "PrivateKeyInfo.publicKey")).transpose()? {
        Some(public) if public != parsed.public_key.key_octets() => Err(KeyError::PublicKeyMismatch),
        _ => Ok(parsed),
    }
}

/// A named curve; parameters written out are refused (RFC 5480 section 2.1.1).
fn read_curve(mut parameters: Reader<'_>) -> Result<KeyAlgorithm, KeyError> {
    if parameters.peek() == Some(SEQUENCE) {
        return Err(KeyError::UnsupportedAlgorithm {
            found: "an EC key with explicit curve parameters".to_owned(),
        });
    }
    let curve = parameters.expect(OBJECT_IDENTIFIER, "ECParameters.namedCurve")?;
    parameters.finish("ECParameters")?;
    match curve {
        oid::P256 => Ok(KeyAlgorithm::EcdsaP256),
        oid::P384 => Ok(KeyAlgorithm::EcdsaP384),
        oid::P521 => Ok(KeyAlgorithm::EcdsaP521),
        other => Err(KeyError::UnsupportedAlgorithm {
            found: format!("an EC key on curve {}", oid::dotted(other)),
        }),
    }
}

/// `ECPrivateKey`, RFC 5915 section 3. `outside` is the curve in the PKCS#8 around it.
fn from_sec1(der: &[u8], outside: Option<KeyAlgorithm>) -> Result<PrivateKey, KeyError> {
    let mut inside = Reader::whole_sequence(der, "ECPrivateKey")?;
    let version = inside.small("ECPrivateKey.version")?;
    let scalar = inside.expect(OCTET_STRING, "ECPrivateKey.privateKey")?;
    let parameters = inside.optional(CONTEXT_0, "ECPrivateKey.parameters")?;
    let public = inside.optional(CONTEXT_1, "ECPrivateKey.publicKey")?;
    inside.finish("ECPrivateKey")?;
    if version != 1 {
        return Err(DerFault::new("ECPrivateKey.version", DerProblem::Value).into());
    }
    let named = parameters.map(|content| read_curve(Reader::new(content))).transpose()?;
    let algorithm = match (outside, named) {
        (Some(outside), Some(named)) if outside != named => {
            return Err(KeyError::Inconsistent { algorithm: "ECDSA" });
        }
        (Some(algorithm), _) | (None, Some(algorithm)) => algorithm,
        (None, None) => {
            return Err(KeyError::UnsupportedAlgorithm {
                found: "an EC key that does not name its curve".to_owned(),
            });
        }
    };
    let key = from_scalar(algorithm, scalar)?;
    let Some(public) = public else { return Ok(key) };
    let mut public = Reader::new(public);
    let bits = public.expect(tlv::BIT_STRING, "ECPrivateKey.publicKey")?;
    public.finish("ECPrivateKey.publicKey")?;
    check_point(Reader::bit_octets(bits, "ECPrivateKey.publicKey")?, &key)?;
    Ok(key)
}

/// The key of a scalar; the module computes the public key.
fn from_scalar(algorithm: KeyAlgorithm, scalar: &[u8]) -> Result<PrivateKey, KeyError> {
    let inconsistent = || KeyError::Inconsistent { algorithm: "ECDSA" };
    let (length, curve): (usize, _) = match algorithm {
        KeyAlgorithm::EcdsaP384 => (48, oid::P384),
        KeyAlgorithm::EcdsaP521 => (66, oid::P521),
        KeyAlgorithm::EcdsaP256
        | KeyAlgorithm::Ed25519
        | KeyAlgorithm::Rsa2048
        | KeyAlgorithm::Rsa3072
        | KeyAlgorithm::Rsa4096
        | KeyAlgorithm::Rsa8192 => (32, oid::P256),
    };
    // Some programs write leading zeros too many, some too few.
    let zeros = scalar.iter().take_while(|octet| **octet == 0).count();
    let digits = scalar.get(zeros..).unwrap_or_default();
    let padding = vec![0; length.checked_sub(digits.len()).ok_or_else(inconsistent)?];
    let inner = tlv::sequence(&[&tlv::integer(1), &tlv::element(OCTET_STRING, &[&padding, digits])]);
    let identifier = tlv::sequence(&[
        &tlv::element(OBJECT_IDENTIFIER, &[oid::EC_PUBLIC_KEY]),
        &tlv::element(OBJECT_IDENTIFIER, &[curve]),
    ]);
    let pkcs8 = tlv::sequence(&[&tlv::integer(0), &identifier, &tlv::element(OCTET_STRING, &[&inner])]);
    let alone = EcdsaKeyPair::from_pkcs8(ecdsa(algorithm), &pkcs8).map_err(|_| inconsistent())?;
    // A pair made from the scalar alone is written without the public key, which some programs need (RFC 5958 section 2
    // leaves it optional); made from both it is written as a generated one.
    let scalar = Secret::new([padding.as_slice(), digits].concat());
    let point = alone.public_key().as_ref();
    let pair = EcdsaKeyPair::from_private_key_and_public_key(ecdsa(algorithm), scalar.expose(), point)
        .map_err(|_| inconsistent())?;
    PrivateKey::from_pair(Pair::Ecdsa(pair), algorithm)
}

/// The stored point is the key's: uncompressed, or compressed with the right sign (SEC 1 section 2.3.3).
fn check_point(stored: &[u8], key: &PrivateKey) -> Result<(), KeyError> {
    let own = key.public_key.key_octets();
    let (x, y) = own.get(1..).map(|both| both.split_at(both.len() / 2)).unwrap_or_default();
    let sign = 2 | (y.last().copied().unwrap_or_default() & 1);
    let same = match stored.split_first() {
        Some((first, rest)) if *first == sign => rest == x,
        _ => stored == own,
    };
    if same { Ok(()) } else { Err(KeyError::PublicKeyMismatch) }
}

/// `CurvePrivateKey`, RFC 8410 section 7.
fn from_ed25519(algorithm: Algorithm<'_>, key: &[u8]) -> Result<PrivateKey, KeyError> {
    algorithm.parameters.finish("PrivateKeyInfo.privateKeyAlgorithm")?;
    let mut inside = Reader::new(key);
    let seed = inside.expect(OCTET_STRING, "CurvePrivateKey")?;
    inside.finish("CurvePrivateKey")?;
    let inconsistent = || KeyError::Inconsistent { algorithm: "Ed25519" };
    if seed.len() != 32 {
        return Err(inconsistent());
    }
    let pair = Ed25519KeyPair::from_seed_unchecked(seed).map_err(|_| inconsistent())?;
    PrivateKey::from_pair(Pair::Ed25519(pair), KeyAlgorithm::Ed25519)
}

/// `RSAPrivateKey`, RFC 8017 appendix A.1.2, with two primes. The module checks the numbers against each other.
fn from_pkcs1(der: &[u8]) -> Result<PrivateKey, KeyError> {
    let inconsistent = || KeyError::Inconsistent { algorithm: "RSA" };
    let mut inside = Reader::whole_sequence(der, "RSAPrivateKey")?;
    if inside.small("RSAPrivateKey.version")? != 0 {
        return Err(KeyError::UnsupportedAlgorithm {
            found: "an RSA key of more than two primes".to_owned(),
        });
    }
    let modulus = inside.unsigned("RSAPrivateKey.modulus")?;
    let algorithm = match modulus.len() * 8 - leading_zeros(modulus) {
        2048 => KeyAlgorithm::Rsa2048,
        3072 => KeyAlgorithm::Rsa3072,
        4096 => KeyAlgorithm::Rsa4096,
        8192 => KeyAlgorithm::Rsa8192,
        bits => return Err(KeyError::UnsupportedAlgorithm { found: format!("an RSA key of {bits} bits") }),
    };
    for field in RSA_FIELDS {
        if inside.unsigned(field)?.len() > modulus.len() {
            return Err(inconsistent());
        }
    }
    inside.finish("RSAPrivateKey")?;
    let pair = RsaKeyPair::from_der(der).map_err(|_| inconsistent())?;
    PrivateKey::from_pair(Pair::Rsa(pair), algorithm)
}

fn leading_zeros(number: &[u8]) -> usize {
    number.first().map_or(0, |first| first.leading_zeros() as usize)
}

const RSA_FIELDS: [&str; 7] = [
    "RSAPrivateKey.publicExponent",
    "RSAPrivateKey.privateExponent",
    "RSAPrivateKey.prime1",
    "RSAPrivateKey.prime2",
    "RSAPrivateKey.exponent1",
    "RSAPrivateKey.exponent2",
    "RSAPrivateKey.coefficient",
];
