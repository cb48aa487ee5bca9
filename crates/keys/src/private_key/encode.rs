//! Writing PKCS#8, RFC 5958, also encrypted.

use hf_core::random::Random;
use hf_core::secret::Secret;

use crate::encryption::pbes2;
use crate::error::KeyError;
use crate::pem;
use crate::tlv::{self, OCTET_STRING};

/// Rounds of PBKDF2 with HMAC-SHA-256 for keys that we encrypt: OWASP's recommendation, about a fifth of a second.
const ROUNDS: u32 = 600_000;

pub(super) fn pem(pkcs8: &Secret<Vec<u8>>) -> Secret<String> {
    pem::write("PRIVATE KEY", pkcs8.expose())
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
