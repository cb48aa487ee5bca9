//! Writing PKCS#8, RFC 5958, also encrypted.

use hf_core::random::Random;
use hf_core::secret::Secret;

use crate::encryption::Algorithm;
use crate::encryption::pbes2;
use crate::error::KeyError;
use crate::tlv::{self, CONTEXT_0, CONTEXT_1, OBJECT_IDENTIFIER, OCTET_STRING, Reader};
use crate::{oid, pem};

/// Rounds of PBKDF2 with HMAC-SHA-256 for keys that we encrypt: OWASP's recommendation, about a fifth of a second.
const ROUNDS: u32 = 600_000;

pub(super) fn pem(pkcs8: &Secret<Vec<u8>>) -> Secret<String> {
    pem::write("PRIVATE KEY", pkcs8.expose())
}

/// The key inside the PKCS#8, as it was written before there was PKCS#8. The curve, which PKCS#8 states outside, is put
/// in (RFC 5915 section 3 wants it there when the key stands alone).
pub(super) fn traditional_pem(pkcs8: &Secret<Vec<u8>>) -> Result<Secret<String>, KeyError> {
    let mut outside = Reader::whole_sequence(pkcs8.expose(), "PrivateKeyInfo")?;
    outside.small("PrivateKeyInfo.version")?;
    let mut algorithm = Algorithm::read(&mut outside, "PrivateKeyInfo.privateKeyAlgorithm")?;
    let key = outside.expect(OCTET_STRING, "PrivateKeyInfo.privateKey")?;
    match algorithm.oid {
        oid::RSA_ENCRYPTION => Ok(pem::write("RSA PRIVATE KEY", key)),
        oid::EC_PUBLIC_KEY => {
            let curve = algorithm.parameters.expect(OBJECT_IDENTIFIER, "ECParameters.namedCurve")?;
            let mut inside = Reader::whole_sequence(key, "ECPrivateKey")?;
            inside.small("ECPrivateKey.version")?;
            let scalar = inside.expect(OCTET_STRING, "ECPrivateKey.privateKey")?;
            inside.optional(CONTEXT_0, "ECPrivateKey.parameters")?;
            let public = inside.optional(CONTEXT_1, "ECPrivateKey.publicKey")?;
            let public = public.map(|content| tlv::element(CONTEXT_1, &[content]));
            let named = tlv::element(CONTEXT_0, &[&tlv::element(OBJECT_IDENTIFIER, &[curve])]);
            let alone = tlv::sequence(&[
                &tlv::integer(1),
                &tlv::element(OCTET_STRING, &[scalar]),
                &named,
                public.as_ref().map_or(&[], |public| public.as_slice()),
            ]);
            Ok(pem::write("EC PRIVATE KEY", &alone))
        }
        _ => Ok(pem(pkcs8)),
    }
}

pub(super) fn encrypted_pem(
    pkcs8: &Secret<Vec<u8>>,
    passphrase: &Secret<String>,
    random: &dyn Random,
) -> Result<Secret<String>, KeyError> {
    if passphrase.expose().is_empty() {
        return Err(KeyError::PassphraseEmpty);
    }
    let encrypted = pbes2::encrypt(pkcs8.expose(), passphrase, ROUNDS, random)?;
    let ciphertext = tlv::element(OCTET_STRING, &[&encrypted.ciphertext]);
    Ok(pem::write("ENCRYPTED PRIVATE KEY", &tlv::sequence(&[&encrypted.algorithm, &ciphertext])))
}
