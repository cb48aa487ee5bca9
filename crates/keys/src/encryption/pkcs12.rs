//! The encryption schemes of PKCS#12 version 1, RFC 7292 appendix C: what OpenSSL before 3 and Java before 8u301 wrote. Read
//! only; their ciphers are too weak to write.

use hf_core::secret::Secret;

use super::cipher::Cipher;
use super::derive::{self, Digest, Purpose};
use super::{Algorithm, Budget};
use crate::error::KeyError;
use crate::oid;
use crate::tlv::OCTET_STRING;

/// Open `ciphertext`.
pub(crate) fn decrypt(
    algorithm: Algorithm<'_>,
    ciphertext: &[u8],
    passphrase: &Secret<String>,
    budget: &mut Budget,
) -> Result<Secret<Vec<u8>>, KeyError> {
    let mut parameters = algorithm.parameters;
    let mut inside = parameters.sequence("pkcs-12PbeParams")?;
    parameters.finish("pkcs-12PbeParams")?;
    let salt = inside.expect(OCTET_STRING, "pkcs-12PbeParams.salt")?;
    let rounds = inside.small("pkcs-12PbeParams.iterations")?;
    inside.finish("pkcs-12PbeParams")?;
    let password = derive::bmp_password(passphrase);
    let mut derive =
        |purpose, length| derive::pkcs12(Digest::Sha1, purpose, rounds, salt, &password, length, budget);
    let mut iv = [0; 8];
    iv.copy_from_slice(&derive(Purpose::InitializationVector, 8)?);
    let cipher = match algorithm.oid {
        oid::PBE_SHA_RC2_40 => Cipher::Rc2 { key_length: 5, iv },
        oid::PBE_SHA_RC2_128 => Cipher::Rc2 { key_length: 16, iv },
        _ => Cipher::TripleDes { iv },
    };
    cipher.decrypt(&derive(Purpose::Encryption, cipher.key_length())?, ciphertext)
}
