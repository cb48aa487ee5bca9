//! Verification, by aws-lc-rs.

use aws_lc_rs::signature::{self as lc, UnparsedPublicKey, VerificationAlgorithm};

use super::{Signature, SignatureAlgorithm as Algorithm, SignatureError};
use crate::public_key::{Curve, KeyKind, PublicKey};

/// Whether `signature` over `message` was made with the private key of `key`.
pub(crate) fn verify(
    key: &PublicKey,
    algorithm: Algorithm,
    message: &[u8],
    signature: &Signature,
) -> Result<(), SignatureError> {
    if algorithm.is_broken() {
        return Err(SignatureError::Broken { algorithm });
    }
    let verifier = verifier(algorithm, key.kind())
        .ok_or_else(|| SignatureError::WrongKey { algorithm, key: key.kind().to_string() })?;
    if let (KeyKind::Rsa, Some(bits)) = (key.kind(), key.key_bits())
        && !(2048..=8192).contains(&bits)
    {
        return Err(SignatureError::KeySize { bits });
    }
    let result = if goes_with_the_key(algorithm, key.kind()) {
        let parsed = key.parsed().ok_or(SignatureError::Mismatch)?;
        parsed.verify_sig(message, signature.as_bytes())
    } else {
        UnparsedPublicKey::new(verifier, key.key_octets()).verify(message, signature.as_bytes())
    };
    result.map_err(|_| SignatureError::Mismatch)
}

/// Whether it is the algorithm that keys of this kind are parsed for.
fn goes_with_the_key(algorithm: Algorithm, key: &KeyKind) -> bool {
    matches!(
        (algorithm, key),
        (Algorithm::EcdsaSha256, KeyKind::Ec(Curve::P256))
            | (Algorithm::EcdsaSha384, KeyKind::Ec(Curve::P384))
            | (Algorithm::EcdsaSha512, KeyKind::Ec(Curve::P521))
            | (Algorithm::Ed25519, KeyKind::Ed25519)
    )
}

fn verifier(algorithm: Algorithm, key: &KeyKind) -> Option<&'static dyn VerificationAlgorithm> {
    Some(match (algorithm, key) {
        (Algorithm::EcdsaSha256, KeyKind::Ec(Curve::P256)) => &lc::ECDSA_P256_SHA256_ASN1,
        (Algorithm::EcdsaSha384, KeyKind::Ec(Curve::P256)) => &lc::ECDSA_P256_SHA384_ASN1,
        (Algorithm::EcdsaSha512, KeyKind::Ec(Curve::P256)) => &lc::ECDSA_P256_SHA512_ASN1,
        (Algorithm::EcdsaSha256, KeyKind::Ec(Curve::P384)) => &lc::ECDSA_P384_SHA256_ASN1,
        (Algorithm::EcdsaSha384, KeyKind::Ec(Curve::P384)) => &lc::ECDSA_P384_SHA384_ASN1,
        (Algorithm::EcdsaSha512, KeyKind::Ec(Curve::P384)) => &lc::ECDSA_P384_SHA512_ASN1,
        (Algorithm::EcdsaSha256, KeyKind::Ec(Curve::P521)) => &lc::ECDSA_P521_SHA256_ASN1,
        (Algorithm::EcdsaSha384, KeyKind::Ec(Curve::P521)) => &lc::ECDSA_P521_SHA384_ASN1,
        (Algorithm::EcdsaSha512, KeyKind::Ec(Curve::P521)) => &lc::ECDSA_P521_SHA512_ASN1,
        (Algorithm::Ed25519, KeyKind::Ed25519) => &lc::ED25519,
        (Algorithm::RsaPkcs1Sha256, KeyKind::Rsa) => &lc::RSA_PKCS1_2048_8192_SHA256,
        (Algorithm::RsaPkcs1Sha384, KeyKind::Rsa) => &lc::RSA_PKCS1_2048_8192_SHA384,
        (Algorithm::RsaPkcs1Sha512, KeyKind::Rsa) => &lc::RSA_PKCS1_2048_8192_SHA512,
        (Algorithm::RsaPssSha256, KeyKind::Rsa) => &lc::RSA_PSS_2048_8192_SHA256,
        (Algorithm::RsaPssSha384, KeyKind::Rsa) => &lc::RSA_PSS_2048_8192_SHA384,
        (Algorithm::RsaPssSha512, KeyKind::Rsa) => &lc::RSA_PSS_2048_8192_SHA512,
        _ => return None,
    })
}
