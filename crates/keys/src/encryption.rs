//! Encryption by passphrase: PBES2 of PKCS#5 version 2 (RFC 8018), both ways, and the schemes of PKCS#12 version 1 (RFC 7292
//! appendix C) and of OpenSSL's old PEM, read only.
//!
//! The cost of every derivation is counted before it begins, over all parts of one file together, so that no file can keep
//! us busy for more than a few seconds.

pub(crate) mod cipher;
pub(crate) mod derive;
pub(crate) mod old_pem;
pub(crate) mod pbes2;
pub(crate) mod pkcs12;

use hf_core::secret::Secret;

use crate::error::KeyError;
use crate::oid;
use crate::tlv::{OBJECT_IDENTIFIER, Reader};

/// The most rounds of key derivation for one file: about four seconds of one processor. Files in use ask for 2,048 (OpenSSL) to
/// 1,200,000.
pub const MAX_ROUNDS: u64 = 10_000_000;

/// The rounds that one file may cost, and those it has cost so far.
pub(crate) struct Budget {
    max: u64,
    spent: u64,
}

impl Budget {
    pub(crate) fn new(max: u64) -> Self {
        Self { max, spent: 0 }
    }

    /// Count `rounds` before they are spent.
    pub(crate) fn charge(&mut self, rounds: u64) -> Result<(), KeyError> {
        self.spent = self.spent.saturating_add(rounds);
        if self.spent > self.max {
            return Err(KeyError::DerivationTooCostly { found: self.spent, max: self.max });
        }
        Ok(())
    }
}

/// An `AlgorithmIdentifier`.
#[derive(Clone, Copy)]
pub(crate) struct Algorithm<'a> {
    pub(crate) oid: &'a [u8],
    pub(crate) parameters: Reader<'a>,
}

impl<'a> Algorithm<'a> {
    /// Read the next element of `reader`.
    pub(crate) fn read(reader: &mut Reader<'a>, field: &'static str) -> Result<Self, KeyError> {
        let mut inside = reader.sequence(field)?;
        Ok(Self { oid: inside.expect(OBJECT_IDENTIFIER, field)?, parameters: inside })
    }
}

/// Open `ciphertext`. What comes out is one DER element at least in form; a wrong passphrase is told apart from damage only
/// by chance, so both are one error.
pub(crate) fn decrypt(
    algorithm: Algorithm<'_>,
    ciphertext: &[u8],
    passphrase: Option<&Secret<String>>,
    budget: &mut Budget,
) -> Result<Secret<Vec<u8>>, KeyError> {
    let passphrase = passphrase.ok_or(KeyError::PassphraseMissing)?;
    let plain = match algorithm.oid {
        oid::PBES2 => pbes2::decrypt(algorithm.parameters, ciphertext, passphrase, budget)?,
        oid::PBE_SHA_3DES | oid::PBE_SHA_RC2_128 | oid::PBE_SHA_RC2_40 => {
            pkcs12::decrypt(algorithm, ciphertext, passphrase, budget)?
        }
        other if other.starts_with(oid::PKCS5) => {
            let scheme = format!("PBES1 of PKCS#5 version 1.5 ({})", oid::dotted(other));
            return Err(KeyError::LegacyEncryption { scheme });
        }
        other if other.starts_with(oid::PKCS12_PBE) => {
            let scheme =
                format!("a stream cipher or 2-key triple DES of PKCS#12 version 1 ({})", oid::dotted(other));
            return Err(KeyError::LegacyEncryption { scheme });
        }
        other => return Err(KeyError::UnsupportedEncryption { found: oid::dotted(other) }),
    };
    Reader::whole_sequence(plain.expose(), "decrypted content").map_err(|_| KeyError::PassphraseWrong)?;
    Ok(plain)
}
