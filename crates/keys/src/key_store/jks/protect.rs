//! The encryption of private keys in JKS: a stream of SHA-1 digests of password and salt.

use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::digest::{Context, Digest, SHA1_FOR_LEGACY_USE_ONLY};
use hf_core::random::Random;
use hf_core::secret::Secret;

use super::{DIGEST_LENGTH, KeyStoreError};
use crate::error::KeyError;
use crate::oid;
use crate::tlv::{self, NULL, OBJECT_IDENTIFIER, OCTET_STRING, Reader};

/// The `EncryptedPrivateKeyInfo` of a key.
pub(super) fn encrypt(pkcs8: &[u8], password: &[u8], random: &dyn Random) -> Result<Vec<u8>, KeyStoreError> {
    let mut salt = [0_u8; DIGEST_LENGTH];
    random.fill(&mut salt).map_err(|_| KeyError::Unavailable { action: "deliver random octets" })?;
    let mut hidden = pkcs8.to_vec();
    apply_stream(&mut hidden, password, &salt);
    let check = hash(&[password, pkcs8]);
    let algorithm = tlv::sequence(&[
        &tlv::element(OBJECT_IDENTIFIER, &[oid::JKS_KEY_PROTECTOR]),
        &tlv::element(NULL, &[]),
    ]);
    let octets = tlv::element(OCTET_STRING, &[&salt, &hidden, check.as_ref()]);
    Ok(tlv::sequence(&[&algorithm, &octets]).to_vec())
}

/// The PKCS#8 in it; `None` when the password is another one.
pub(super) fn decrypt(der: &[u8], password: &[u8]) -> Result<Option<Secret<Vec<u8>>>, KeyStoreError> {
    let mut inside = Reader::whole_sequence(der, "EncryptedPrivateKeyInfo")?;
    let mut algorithm = inside.sequence("EncryptedPrivateKeyInfo.encryptionAlgorithm")?;
    let found = algorithm.expect(OBJECT_IDENTIFIER, "EncryptedPrivateKeyInfo.encryptionAlgorithm")?;
    let octets = inside.expect(OCTET_STRING, "EncryptedPrivateKeyInfo.encryptedData")?;
    inside.finish("EncryptedPrivateKeyInfo")?;
    if found != oid::JKS_KEY_PROTECTOR {
        return Err(KeyError::UnsupportedEncryption { found: oid::dotted(found) }.into());
    }
    let (salt, rest) = octets.split_at_checked(DIGEST_LENGTH).unwrap_or_default();
    let Some(length) = rest.len().checked_sub(DIGEST_LENGTH) else { return Ok(None) };
    let (hidden, check) = rest.split_at_checked(length).unwrap_or_default();
    let mut plain = hidden.to_vec();
    apply_stream(&mut plain, password, salt);
    let fits = verify_slices_are_equal(hash(&[password, &plain]).as_ref(), check).is_ok();
    let plain = Secret::new(plain);
    Ok(fits.then_some(plain))
}

/// Exclusive or with SHA-1(password, salt), SHA-1(password, that), and so on.
fn apply_stream(octets: &mut [u8], password: &[u8], salt: &[u8]) {
    let mut last = hash(&[password, salt]);
    for chunk in octets.chunks_mut(DIGEST_LENGTH) {
        for (octet, mask) in chunk.iter_mut().zip(last.as_ref()) {
            *octet ^= mask;
        }
        last = hash(&[password, last.as_ref()]);
    }
}

fn hash(parts: &[&[u8]]) -> Digest {
    let mut context = Context::new(&SHA1_FOR_LEGACY_USE_ONLY);
    for part in parts {
        context.update(part);
    }
    context.finish()
}
