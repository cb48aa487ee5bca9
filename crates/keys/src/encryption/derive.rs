//! Key derivation: PBKDF2 (RFC 8018 section 5.2), scrypt (RFC 7914), and the function of PKCS#12 (RFC 7292 appendix B).

use std::num::NonZeroU32;

use aws_lc_rs::digest::{self, Context};
use aws_lc_rs::pbkdf2::{self, PBKDF2_HMAC_SHA1, PBKDF2_HMAC_SHA256, PBKDF2_HMAC_SHA384, PBKDF2_HMAC_SHA512};
use hf_core::secret::Secret;
use zeroize::Zeroizing;

use super::Budget;
use crate::error::KeyError;
use crate::oid;

/// The most memory for scrypt, in octets. OpenSSL writes 16 MiB; OWASP recommends 128 MiB.
const MAX_SCRYPT_MEMORY: u64 = 256 * 1024 * 1024;

/// A digest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Digest {
    Sha1,
    Sha256,
    Sha384,
    Sha512,
}

impl Digest {
    /// By the identifier of the digest itself.
    pub(crate) fn of_oid(oid: &[u8]) -> Option<Self> {
        match oid {
            oid::SHA1 => Some(Self::Sha1),
            oid::SHA256 => Some(Self::Sha256),
            oid::SHA384 => Some(Self::Sha384),
            oid::SHA512 => Some(Self::Sha512),
            _ => None,
        }
    }

    /// By the identifier of its HMAC.
    pub(crate) fn of_hmac_oid(oid: &[u8]) -> Option<Self> {
        match oid {
            oid::HMAC_SHA1 => Some(Self::Sha1),
            oid::HMAC_SHA256 => Some(Self::Sha256),
            oid::HMAC_SHA384 => Some(Self::Sha384),
            oid::HMAC_SHA512 => Some(Self::Sha512),
            _ => None,
        }
    }

    pub(crate) fn algorithm(self) -> &'static digest::Algorithm {
        match self {
            Self::Sha1 => &digest::SHA1_FOR_LEGACY_USE_ONLY,
            Self::Sha256 => &digest::SHA256,
            Self::Sha384 => &digest::SHA384,
            Self::Sha512 => &digest::SHA512,
        }
    }

    fn pbkdf2(self) -> pbkdf2::Algorithm {
        match self {
            Self::Sha1 => PBKDF2_HMAC_SHA1,
            Self::Sha256 => PBKDF2_HMAC_SHA256,
            Self::Sha384 => PBKDF2_HMAC_SHA384,
            Self::Sha512 => PBKDF2_HMAC_SHA512,
        }
    }

    /// How often the derivation runs through its rounds for `length` octets.
    fn blocks(self, length: usize) -> u64 {
        length.div_ceil(self.algorithm().output_len()) as u64
    }
}

/// PBKDF2 with HMAC.
pub(crate) fn pbkdf2(
    digest: Digest,
    rounds: u32,
    salt: &[u8],
    passphrase: &Secret<String>,
    length: usize,
    budget: &mut Budget,
) -> Result<Zeroizing<Vec<u8>>, KeyError> {
    budget.charge(u64::from(rounds).saturating_mul(digest.blocks(length)))?;
    let rounds = NonZeroU32::new(rounds)
        .ok_or(KeyError::UnsupportedEncryption { found: "PBKDF2 with 0 rounds".to_owned() })?;
    let mut key = Zeroizing::new(vec![0; length]);
    pbkdf2::derive(digest.pbkdf2(), rounds, salt, passphrase.expose().as_bytes(), &mut key);
    Ok(key)
}

/// Parameters of scrypt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Scrypt {
    /// `N`, a power of two.
    pub(crate) cost: u32,
    /// `r`.
    pub(crate) block_size: u32,
    /// `p`.
    pub(crate) parallelization: u32,
}

/// scrypt.
pub(crate) fn scrypt(
    parameters: Scrypt,
    salt: &[u8],
    passphrase: &Secret<String>,
    length: usize,
    budget: &mut Budget,
) -> Result<Zeroizing<Vec<u8>>, KeyError> {
    let Scrypt { cost, block_size, parallelization } = parameters;
    let unsupported = || KeyError::UnsupportedEncryption {
        found: format!("scrypt with N = {cost}, r = {block_size}, p = {parallelization}"),
    };
    // N blocks of 128 · r octets, and as many again for each lane.
    let lane = u64::from(block_size).saturating_mul(128);
    let memory = lane.saturating_mul(u64::from(cost).saturating_add(u64::from(parallelization)));
    if !cost.is_power_of_two() || memory > MAX_SCRYPT_MEMORY {
        return Err(unsupported());
    }
    // One step over a block costs about as much as one round of PBKDF2 for each unit of r.
    budget.charge(
        u64::from(cost).saturating_mul(u64::from(block_size)).saturating_mul(u64::from(parallelization)),
    )?;
    let log_cost = u8::try_from(cost.trailing_zeros()).map_err(|_| unsupported())?;
    let parameters =
        ::scrypt::Params::new(log_cost, block_size, parallelization).map_err(|_| unsupported())?;
    let mut key = Zeroizing::new(vec![0; length]);
    ::scrypt::scrypt(passphrase.expose().as_bytes(), salt, &parameters, &mut key)
        .map_err(|_| unsupported())?;
    Ok(key)
}

/// What a key of PKCS#12 is derived for: the diversifier of RFC 7292 appendix B.3.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    Encryption = 1,
    InitializationVector = 2,
    Mac = 3,
}

/// The derivation of RFC 7292 appendix B.2. `password` is in the form of [`bmp_password`].
pub(crate) fn pkcs12(
    digest: Digest,
    purpose: Purpose,
    rounds: u32,
    salt: &[u8],
    password: &[u8],
    length: usize,
    budget: &mut Budget,
) -> Result<Zeroizing<Vec<u8>>, KeyError> {
    budget.charge(u64::from(rounds.max(1)).saturating_mul(digest.blocks(length)))?;
    let algorithm = digest.algorithm();
    let block = algorithm.block_len();
    let diversifier = vec![purpose as u8; block];
    let mut input = Zeroizing::new(stretched(salt, block));
    input.extend(stretched(password, block));
    let mut key = Zeroizing::new(Vec::with_capacity(length + algorithm.output_len()));
    while key.len() < length {
        let mut context = Context::new(algorithm);
        context.update(&diversifier);
        context.update(&input);
        let mut output = context.finish();
        for _ in 1..rounds {
            output = digest::digest(algorithm, output.as_ref());
        }
        key.extend_from_slice(output.as_ref());
        let addend = stretched_to(output.as_ref(), block);
        for chunk in input.chunks_mut(block) {
            add_one_more(chunk, &addend);
        }
    }
    key.truncate(length);
    Ok(key)
}

/// Repeated to a multiple of `block`; nothing stays nothing.
fn stretched(octets: &[u8], block: usize) -> Vec<u8> {
    stretched_to(octets, octets.len().div_ceil(block) * block)
}

fn stretched_to(octets: &[u8], length: usize) -> Vec<u8> {
    octets.iter().copied().cycle().take(length).collect()
}

/// `chunk = chunk + addend + 1`, as big-endian numbers of the same length.
fn add_one_more(chunk: &mut [u8], addend: &[u8]) {
    let mut carry = 1_u16;
    for (octet, more) in chunk.iter_mut().rev().zip(addend.iter().rev()) {
        let sum = u16::from(*octet) + u16::from(*more) + carry;
        let [high, low] = sum.to_be_bytes();
        *octet = low;
        carry = u16::from(high);
    }
}

/// A passphrase as PKCS#12 wants it: UTF-16 with a zero character at the end (RFC 7292 appendix B.1).
pub(crate) fn bmp_password(passphrase: &Secret<String>) -> Zeroizing<Vec<u8>> {
    let text = passphrase.expose();
    let mut octets = Zeroizing::new(Vec::with_capacity(text.len() * 2 + 2));
    for unit in text.encode_utf16().chain([0]) {
        octets.extend_from_slice(&unit.to_be_bytes());
    }
    octets
}

#[cfg(test)]
mod tests {
    use super::super::MAX_ROUNDS;
    use super::*;

    fn passphrase(text: &str) -> Secret<String> {
        Secret::new(text.to_owned())
    }

    #[test]
    fn scrypt_and_pbkdf2_give_the_published_values() {
        // RFC 7914 sections 11 and 12.
        let parameters = Scrypt { cost: 1024, block_size: 8, parallelization: 16 };
        let key =
            scrypt(parameters, b"NaCl", &passphrase("password"), 64, &mut Budget::new(MAX_ROUNDS)).unwrap();
        assert!(key.starts_with(&[0xfd, 0xba, 0xbe, 0x1c, 0x9d, 0x34, 0x72, 0x00, 0x78, 0x56, 0xe7, 0x19]));
        let key = pbkdf2(Digest::Sha256, 1, b"salt", &passphrase("passwd"), 64, &mut Budget::new(MAX_ROUNDS))
            .unwrap();
        assert!(key.starts_with(&[0x55, 0xac, 0x04, 0x6e, 0x56, 0xe3, 0x08, 0x9f, 0xec, 0x16, 0x91, 0xc2]));
    }

    #[test]
    fn costly_parameters_are_refused_before_any_work() {
        let word = passphrase("x");
        let error =
            pbkdf2(Digest::Sha256, u32::MAX, b"salt", &word, 32, &mut Budget::new(MAX_ROUNDS)).unwrap_err();
        assert!(matches!(error, KeyError::DerivationTooCostly { .. }));
        assert!(pbkdf2(Digest::Sha256, 0, b"salt", &word, 32, &mut Budget::new(MAX_ROUNDS)).is_err());
        for (cost, block_size, parallelization) in [
            (1 << 20, 8, 1),
            (1 << 14, 8, 1000),
            (1 << 14, u32::MAX, 1),
            (3, 8, 1),
            (0, 8, 1),
            (2, 1, u32::MAX),
        ] {
            let parameters = Scrypt { cost, block_size, parallelization };
            assert!(
                scrypt(parameters, b"salt", &word, 32, &mut Budget::new(MAX_ROUNDS)).is_err(),
                "{parameters:?}"
            );
        }
        let mut budget = Budget::new(MAX_ROUNDS);
        let rounds = u32::try_from(MAX_ROUNDS).unwrap();
        assert!(budget.charge(u64::from(rounds)).is_ok());
        assert!(pkcs12(Digest::Sha256, Purpose::Mac, 1, b"salt", b"x", 32, &mut budget).is_err());
    }
}
