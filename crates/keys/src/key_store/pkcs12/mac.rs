//! The code at the end of a PKCS#12 file that proves who wrote it knew the passphrase, RFC 7292 section 4, and its newer form
//! with PBMAC1, RFC 9579.

use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::hmac::{self, HMAC_SHA1_FOR_LEGACY_USE_ONLY, HMAC_SHA256, HMAC_SHA384, HMAC_SHA512};
use hf_core::random::Random;
use hf_core::secret::Secret;

use crate::encryption::derive::{self, Digest, Purpose};
use crate::encryption::{Algorithm, Budget, MAX_ROUNDS, pbes2};
use crate::error::KeyError;
use crate::key_store::KeyStoreError;
use crate::oid;
use crate::tlv::{self, INTEGER, NULL, OBJECT_IDENTIFIER, OCTET_STRING, Reader};

/// The `MacData` for `content`, HMAC with SHA-256.
pub(super) fn write(
    content: &[u8],
    passphrase: &Secret<String>,
    rounds: u32,
    random: &dyn Random,
) -> Result<Vec<u8>, KeyStoreError> {
    let mut salt = [0_u8; 20];
    random.fill(&mut salt).map_err(|_| KeyError::Unavailable { action: "deliver random octets" })?;
    let password = derive::bmp_password(passphrase);
    let digest = Digest::Sha256;
    let key =
        derive::pkcs12(digest, Purpose::Mac, rounds, &salt, &password, 32, &mut Budget::new(MAX_ROUNDS))?;
    let code = hmac::sign(&hmac::Key::new(HMAC_SHA256, &key), content);
    let algorithm =
        tlv::sequence(&[&tlv::element(OBJECT_IDENTIFIER, &[oid::SHA256]), &tlv::element(NULL, &[])]);
    let info = tlv::sequence(&[&algorithm, &tlv::element(OCTET_STRING, &[code.as_ref()])]);
    Ok(tlv::sequence(&[&info, &tlv::element(OCTET_STRING, &[&salt]), &tlv::integer(rounds)]).to_vec())
}

/// Check the `MacData` whose inside is `data` over `content`.
pub(super) fn verify(
    data: &[u8],
    content: &[u8],
    passphrase: &Secret<String>,
    budget: &mut Budget,
) -> Result<(), KeyStoreError> {
    let mut data = Reader::new(data);
    let mut info = data.sequence("MacData.mac")?;
    let salt = data.expect(OCTET_STRING, "MacData.macSalt")?;
    let rounds = if data.peek() == Some(INTEGER) { data.small("MacData.iterations")? } else { 1 };
    data.finish("MacData")?;
    let algorithm = Algorithm::read(&mut info, "MacData.mac.digestAlgorithm")?;
    let code = info.expect(OCTET_STRING, "MacData.mac.digest")?;
    info.finish("MacData.mac")?;
    if algorithm.oid == oid::PBMAC1 {
        return verify_pbmac1(algorithm.parameters, code, content, passphrase, budget);
    }
    let digest = Digest::of_oid(algorithm.oid).ok_or_else(|| unsupported(algorithm.oid))?;
    let mut fits = |password: &[u8]| -> Result<bool, KeyStoreError> {
        let length = digest.algorithm().output_len();
        let key = derive::pkcs12(digest, Purpose::Mac, rounds, salt, password, length, budget)?;
        Ok(matches(digest, &key, content, code))
    };
    // An empty passphrase is two zero octets for some programs and nothing for others.
    if fits(&derive::bmp_password(passphrase))? || (passphrase.expose().is_empty() && fits(&[])?) {
        Ok(())
    } else {
        Err(KeyStoreError::PassphraseWrong)
    }
}

/// RFC 9579: the key comes from PBKDF2; salt and rounds of `MacData` mean nothing.
fn verify_pbmac1(
    mut parameters: Reader<'_>,
    code: &[u8],
    content: &[u8],
    passphrase: &Secret<String>,
    budget: &mut Budget,
) -> Result<(), KeyStoreError> {
    let mut inside = parameters.sequence("PBMAC1-params")?;
    let derivation = Algorithm::read(&mut inside, "PBMAC1-params.keyDerivationFunc")?;
    let scheme = Algorithm::read(&mut inside, "PBMAC1-params.messageAuthScheme")?;
    let digest = Digest::of_hmac_oid(scheme.oid).ok_or_else(|| unsupported(scheme.oid))?;
    let length = digest.algorithm().output_len();
    let key = pbes2::derive_key(derivation, passphrase, length, budget)?;
    if matches(digest, &key, content, code) { Ok(()) } else { Err(KeyStoreError::PassphraseWrong) }
}

fn matches(digest: Digest, key: &[u8], content: &[u8], code: &[u8]) -> bool {
    let algorithm = match digest {
        Digest::Sha1 => HMAC_SHA1_FOR_LEGACY_USE_ONLY,
        Digest::Sha256 => HMAC_SHA256,
        Digest::Sha384 => HMAC_SHA384,
        Digest::Sha512 => HMAC_SHA512,
    };
    let own = hmac::sign(&hmac::Key::new(algorithm, key), content);
    verify_slices_are_equal(own.as_ref(), code).is_ok()
}

fn unsupported(algorithm: &[u8]) -> KeyStoreError {
    KeyStoreError::Unsupported { found: format!("a key store authenticated with {}", oid::dotted(algorithm)) }
}
