//! A private key in memory: ECDSA on P-256, P-384 and P-521, Ed25519, RSA.
//!
//! Read from PKCS#8 (RFC 5958), SEC 1 (RFC 5915) and PKCS#1 (RFC 8017) in PEM or DER; written as PKCS#8. Whatever was read, the
//! cryptographic module holds it ready: signing parses nothing.

mod encode;
mod parse;

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1_SIGNING, ECDSA_P384_SHA384_ASN1_SIGNING, ECDSA_P521_SHA512_ASN1_SIGNING,
    EcdsaKeyPair, EcdsaSigningAlgorithm, Ed25519KeyPair, KeyPair as _, RSA_PKCS1_SHA256, RsaKeyPair,
};
use hf_core::algorithm::KeyAlgorithm;
use hf_core::secret::Secret;
use hf_x509::public_key::{Curve, PublicKey};
use hf_x509::signature::{Signature, SignatureAlgorithm};
use hf_x509::tbs::ToBeSigned;

use self::parse::Opener;
use crate::encryption::{Budget, MAX_ROUNDS};
use crate::error::KeyError;
use crate::pem;
use crate::signing_key::{SignError, SigningKey};

/// The largest private key, in octets of DER or PEM. An RSA key of 4096 bits has about 3,300 in PEM; combined files with a
/// certificate chain have more.
pub const MAX_KEY: usize = 256 * 1024;

/// A private key that signs in this process. Overwritten when dropped; shows nothing of itself.
pub struct PrivateKey {
    pair: Pair,
    algorithm: KeyAlgorithm,
    public_key: PublicKey,
    /// PKCS#8 version 1, DER.
    pkcs8: Secret<Vec<u8>>,
}

enum Pair {
    Ecdsa(EcdsaKeyPair),
    Ed25519(Ed25519KeyPair),
    Rsa(RsaKeyPair),
}

impl PrivateKey {
    /// Make a new key with the system's random generator. An RSA key takes from a tenth of a second to several seconds.
    pub fn generate(algorithm: KeyAlgorithm) -> Result<Self, KeyError> {
        let failed = |_| KeyError::Unavailable { action: "generate a key" };
        let rsa = |size| RsaKeyPair::generate(size).map(Pair::Rsa).map_err(failed);
        let pair = match algorithm {
            KeyAlgorithm::EcdsaP256 | KeyAlgorithm::EcdsaP384 | KeyAlgorithm::EcdsaP521 => {
                Pair::Ecdsa(EcdsaKeyPair::generate(ecdsa(algorithm)).map_err(failed)?)
            }
            KeyAlgorithm::Ed25519 => Pair::Ed25519(Ed25519KeyPair::generate().map_err(failed)?),
            KeyAlgorithm::Rsa2048 => rsa(KeySize::Rsa2048)?,
            KeyAlgorithm::Rsa3072 => rsa(KeySize::Rsa3072)?,
            KeyAlgorithm::Rsa4096 => rsa(KeySize::Rsa4096)?,
            KeyAlgorithm::Rsa8192 => rsa(KeySize::Rsa8192)?,
        };
        Self::from_pair(pair, algorithm)
    }

    /// Read a key from PEM or DER, whichever it is. `passphrase` is asked for only by encrypted keys.
    ///
    /// The private key's numbers are checked against each other and against the public key stored with them, and it must sign
    /// what its public key verifies. Whether the key is weak is a question to [`crate::weak::check`].
    pub fn from_pem_or_der(octets: &[u8], passphrase: Option<&Secret<String>>) -> Result<Self, KeyError> {
        Self::from_pem_or_der_within(octets, passphrase, MAX_ROUNDS)
    }

    /// The same with another bound on the rounds of key derivation than [`MAX_ROUNDS`].
    pub fn from_pem_or_der_within(
        octets: &[u8],
        passphrase: Option<&Secret<String>>,
        max_rounds: u64,
    ) -> Result<Self, KeyError> {
        let opener = Opener { passphrase, budget: Budget::new(max_rounds) };
        if pem::is_pem(octets) { parse::from_pem(octets, opener) } else { parse::from_der(octets, opener) }
    }

    /// Read a key from PEM. Text and other blocks (certificates) around it are left alone; exactly one private key must be there.
    pub fn from_pem(text: &[u8], passphrase: Option<&Secret<String>>) -> Result<Self, KeyError> {
        parse::from_pem(text, Opener { passphrase, budget: Budget::new(MAX_ROUNDS) })
    }

    /// Read a key from DER: PKCS#8 (also encrypted), SEC 1 or PKCS#1.
    pub fn from_der(der: &[u8], passphrase: Option<&Secret<String>>) -> Result<Self, KeyError> {
        parse::from_der(der, Opener { passphrase, budget: Budget::new(MAX_ROUNDS) })
    }

    /// The key as PKCS#8, DER, not encrypted.
    pub fn pkcs8_der(&self) -> &Secret<Vec<u8>> {
        &self.pkcs8
    }

    /// A copy of the key as PKCS#8, DER, not encrypted.
    pub fn to_pkcs8_der(&self) -> Secret<Vec<u8>> {
        Secret::new(self.pkcs8.expose().clone())
    }

    /// The key as PKCS#8, PEM, not encrypted.
    pub fn to_pem(&self) -> Secret<String> {
        encode::pem(&self.pkcs8)
    }

    /// The key in the form of before PKCS#8, PEM, not encrypted: `RSA PRIVATE KEY` (PKCS#1) and `EC PRIVATE KEY` (SEC 1,
    /// with its curve), which older programs look for. Ed25519 has no such form: PKCS#8.
    pub fn to_traditional_pem(&self) -> Result<Secret<String>, KeyError> {
        encode::traditional_pem(&self.pkcs8)
    }

    /// The key as PKCS#8, PEM, encrypted with PBES2: AES-256-CBC, PBKDF2 with HMAC-SHA-256.
    pub fn to_encrypted_pem(&self, passphrase: &Secret<String>) -> Result<Secret<String>, KeyError> {
        encode::encrypted_pem(&self.pkcs8, passphrase, &crate::random::SystemRandom)
    }

    /// Algorithm and size.
    pub fn algorithm(&self) -> KeyAlgorithm {
        self.algorithm
    }

    fn from_pair(pair: Pair, algorithm: KeyAlgorithm) -> Result<Self, KeyError> {
        let broken = || KeyError::Unavailable { action: "write the key down" };
        let public_key = match &pair {
            Pair::Ecdsa(pair) => PublicKey::from_ec_point(curve(algorithm), pair.public_key().as_ref()),
            Pair::Ed25519(pair) => {
                let key = pair.public_key().as_ref().try_into().map_err(|_| broken())?;
                PublicKey::from_ed25519(key)
            }
            Pair::Rsa(pair) => PublicKey::from_rsa_public_key_der(pair.public_key().as_ref()),
        };
        let pkcs8 = match &pair {
            Pair::Ecdsa(pair) => pair.to_pkcs8v1().map(|der| der.as_ref().to_vec()),
            Pair::Ed25519(pair) => pair.to_pkcs8v1().map(|der| der.as_ref().to_vec()),
            Pair::Rsa(pair) => AsDer::<Pkcs8V1Der<'_>>::as_der(pair).map(|der| der.as_ref().to_vec()),
        };
        let pkcs8 = Secret::new(pkcs8.map_err(|_| broken())?);
        let key = Self { pair, algorithm, public_key: public_key.map_err(|_| broken())?, pkcs8 };
        key.check_pair()?;
        Ok(key)
    }

    /// The private key signs what the public key verifies.
    fn check_pair(&self) -> Result<(), KeyError> {
        const MESSAGE: &[u8] = b"Handfast: does this private key belong to its public key?";
        let algorithm = SignatureAlgorithm::default_for(self.algorithm);
        self.sign_octets(MESSAGE)
            .ok()
            .and_then(|signature| self.public_key.verify(algorithm, MESSAGE, &signature).ok())
            .ok_or(KeyError::PublicKeyMismatch)
    }

    fn sign_octets(&self, message: &[u8]) -> Result<Signature, SignError> {
        // The module seeds itself and ignores this argument.
        let random = SystemRandom::new();
        let failed = |_| SignError::Broken { algorithm: SignatureAlgorithm::default_for(self.algorithm) };
        match &self.pair {
            Pair::Ecdsa(pair) => pair
                .sign(&random, message)
                .map(|signature| Signature::new(signature.as_ref()))
                .map_err(failed),
            Pair::Ed25519(pair) => {
                pair.try_sign(message).map(|signature| Signature::new(signature.as_ref())).map_err(failed)
            }
            Pair::Rsa(pair) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(&RSA_PKCS1_SHA256, &random, message, &mut signature).map_err(failed)?;
                Ok(Signature::new(signature))
            }
        }
    }
}

impl SigningKey for PrivateKey {
    fn public_key(&self) -> &PublicKey {
        &self.public_key
    }

    fn key_algorithm(&self) -> KeyAlgorithm {
        self.algorithm
    }

    fn sign(&self, message: &ToBeSigned) -> Result<Signature, SignError> {
        let expected = self.signature_algorithm();
        let asked = message.algorithm();
        if asked != expected {
            return Err(SignError::Refused { asked, expected });
        }
        self.sign_octets(message.bytes())
    }

    /// Some 20 microseconds on these curves; the others and RSA take ten times as much and more.
    fn signs_at_once(&self) -> bool {
        match self.algorithm {
            KeyAlgorithm::EcdsaP256 | KeyAlgorithm::Ed25519 => true,
            KeyAlgorithm::EcdsaP384
            | KeyAlgorithm::EcdsaP521
            | KeyAlgorithm::Rsa2048
            | KeyAlgorithm::Rsa3072
            | KeyAlgorithm::Rsa4096
            | KeyAlgorithm::Rsa8192 => false,
        }
    }
}

/// The module's name for the curve; meant for the ECDSA algorithms.
fn ecdsa(algorithm: KeyAlgorithm) -> &'static EcdsaSigningAlgorithm {
    match curve(algorithm) {
        Curve::P384 => &ECDSA_P384_SHA384_ASN1_SIGNING,
        Curve::P521 => &ECDSA_P521_SHA512_ASN1_SIGNING,
        Curve::P256 => &ECDSA_P256_SHA256_ASN1_SIGNING,
    }
}

fn curve(algorithm: KeyAlgorithm) -> Curve {
    match algorithm {
        KeyAlgorithm::EcdsaP384 => Curve::P384,
        KeyAlgorithm::EcdsaP521 => Curve::P521,
        KeyAlgorithm::EcdsaP256
        | KeyAlgorithm::Ed25519
        | KeyAlgorithm::Rsa2048
        | KeyAlgorithm::Rsa3072
        | KeyAlgorithm::Rsa4096
        | KeyAlgorithm::Rsa8192 => Curve::P256,
    }
}

#[cfg(test)]
mod tests;
