//! PBES2, RFC 8018 section 6.2 and appendix A.4; scrypt in it: RFC 7914 section 7.

use hf_core::random::Random;
use hf_core::secret::Secret;
use zeroize::Zeroizing;

use super::cipher::{self, Cipher};
use super::derive::{self, Digest, Scrypt};
use super::{Algorithm, Budget, MAX_ROUNDS};
use crate::error::KeyError;
use crate::oid;
use crate::tlv::{
    self, DerFault, DerProblem, INTEGER, NULL, OBJECT_IDENTIFIER, OCTET_STRING, Reader, SEQUENCE,
};

/// Open `ciphertext` with the `PBES2-params` in `parameters`.
pub(crate) fn decrypt(
    mut parameters: Reader<'_>,
    ciphertext: &[u8],
    passphrase: &Secret<String>,
    budget: &mut Budget,
) -> Result<Secret<Vec<u8>>, KeyError> {
    let mut inside = parameters.sequence("PBES2-params")?;
    parameters.finish("PBES2-params")?;
    let derivation = Algorithm::read(&mut inside, "PBES2-params.keyDerivationFunc")?;
    let scheme = Algorithm::read(&mut inside, "PBES2-params.encryptionScheme")?;
    inside.finish("PBES2-params")?;
    let cipher = read_cipher(scheme)?;
    let key = derive_key(derivation, passphrase, cipher.key_length(), budget)?;
    cipher.decrypt(&key, ciphertext)
}

/// The key of `length` octets that `derivation` gives. PBMAC1 uses it as well.
pub(crate) fn derive_key(
    derivation: Algorithm<'_>,
    passphrase: &Secret<String>,
    length: usize,
    budget: &mut Budget,
) -> Result<Zeroizing<Vec<u8>>, KeyError> {
    let mut parameters = derivation.parameters;
    match derivation.oid {
        oid::PBKDF2 => {
            let mut inside = parameters.sequence("PBKDF2-params")?;
            let salt = inside.expect(OCTET_STRING, "PBKDF2-params.salt")?;
            let rounds = inside.small("PBKDF2-params.iterationCount")?;
            check_length(&mut inside, length, "PBKDF2-params.keyLength")?;
            let digest = read_prf(&mut inside)?;
            inside.finish("PBKDF2-params")?;
            derive::pbkdf2(digest, rounds, salt, passphrase, length, budget)
        }
        oid::SCRYPT => {
            let mut inside = parameters.sequence("scrypt-params")?;
            let salt = inside.expect(OCTET_STRING, "scrypt-params.salt")?;
            let parameters = Scrypt {
                cost: inside.small("scrypt-params.costParameter")?,
                block_size: inside.small("scrypt-params.blockSize")?,
                parallelization: inside.small("scrypt-params.parallelizationParameter")?,
            };
            check_length(&mut inside, length, "scrypt-params.keyLength")?;
            inside.finish("scrypt-params")?;
            derive::scrypt(parameters, salt, passphrase, length, budget)
        }
        other => {
            Err(KeyError::UnsupportedEncryption { found: format!("key derivation {}", oid::dotted(other)) })
        }
    }
}

/// A `keyLength` may be there; it says what the cipher says.
fn check_length(inside: &mut Reader<'_>, length: usize, field: &'static str) -> Result<(), KeyError> {
    if inside.peek() == Some(INTEGER) && usize::try_from(inside.small(field)?) != Ok(length) {
        return Err(DerFault::new(field, DerProblem::Value).into());
    }
    Ok(())
}

fn read_prf(inside: &mut Reader<'_>) -> Result<Digest, KeyError> {
    if inside.peek() != Some(SEQUENCE) {
        // DEFAULT algid-hmacWithSHA1
        return Ok(Digest::Sha1);
    }
    let prf = Algorithm::read(inside, "PBKDF2-params.prf")?;
    Digest::of_hmac_oid(prf.oid).ok_or_else(|| KeyError::UnsupportedEncryption {
        found: format!("PBKDF2 with {}", oid::dotted(prf.oid)),
    })
}

fn read_cipher(scheme: Algorithm<'_>) -> Result<Cipher, KeyError> {
    let mut parameters = scheme.parameters;
    let field = "PBES2-params.encryptionScheme";
    let key_length = match scheme.oid {
        oid::AES128_CBC => 16,
        oid::AES192_CBC => 24,
        oid::AES256_CBC => 32,
        oid::DES_EDE3_CBC => {
            return Ok(Cipher::TripleDes { iv: array(parameters.expect(OCTET_STRING, field)?, field)? });
        }
        other => {
            return Err(KeyError::UnsupportedEncryption { found: format!("cipher {}", oid::dotted(other)) });
        }
    };
    Ok(Cipher::Aes { key_length, iv: array(parameters.expect(OCTET_STRING, field)?, field)? })
}

fn array<const LENGTH: usize>(octets: &[u8], field: &'static str) -> Result<[u8; LENGTH], DerFault> {
    octets.try_into().map_err(|_| DerFault::new(field, DerProblem::Value))
}

/// An `AlgorithmIdentifier` and the ciphertext that belongs to it.
pub(crate) struct Encrypted {
    /// DER.
    pub(crate) algorithm: Vec<u8>,
    pub(crate) ciphertext: Vec<u8>,
}

/// Encrypt with AES-256-CBC under a key from PBKDF2 with HMAC-SHA-256.
pub(crate) fn encrypt(
    plain: &[u8],
    passphrase: &Secret<String>,
    rounds: u32,
    random: &dyn Random,
) -> Result<Encrypted, KeyError> {
    let failed = |_| KeyError::Unavailable { action: "deliver random octets" };
    let (mut salt, mut iv) = ([0_u8; 16], [0_u8; 16]);
    random.fill(&mut salt).map_err(failed)?;
    random.fill(&mut iv).map_err(failed)?;
    let derived =
        derive::pbkdf2(Digest::Sha256, rounds, &salt, passphrase, 32, &mut Budget::new(MAX_ROUNDS))?;
    let mut key = Zeroizing::new([0; 32]);
    key.copy_from_slice(&derived);
    let prf =
        tlv::sequence(&[&tlv::element(OBJECT_IDENTIFIER, &[oid::HMAC_SHA256]), &tlv::element(NULL, &[])]);
    let kdf_parameters = tlv::sequence(&[&tlv::element(OCTET_STRING, &[&salt]), &tlv::integer(rounds), &prf]);
    let kdf = tlv::sequence(&[&tlv::element(OBJECT_IDENTIFIER, &[oid::PBKDF2]), &kdf_parameters]);
    let scheme = tlv::sequence(&[
        &tlv::element(OBJECT_IDENTIFIER, &[oid::AES256_CBC]),
        &tlv::element(OCTET_STRING, &[&iv]),
    ]);
    let algorithm =
        tlv::sequence(&[&tlv::element(OBJECT_IDENTIFIER, &[oid::PBES2]), &tlv::sequence(&[&kdf, &scheme])]);
    Ok(Encrypted { algorithm: algorithm.to_vec(), ciphertext: cipher::encrypt_aes_256(&key, iv, plain)? })
}
