//! A log of certificate transparency (RFC 6962) for tests: takes pre-certificates as a real one does, and is honest by
//! default.
//!
//! It keeps no Merkle tree: nobody asks it for proofs.

mod server;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair as _};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hf_x509::certificate::Certificate;
use hf_x509::digest::sha256;
use hf_x509::public_key::{Curve, PublicKey};
use hf_x509::transparency::entry_of_precertificate;

pub use server::{LogServer, Manner};

/// A log with a P-256 key of its own.
pub struct Log {
    pair: EcdsaKeyPair,
    public: PublicKey,
}

/// What a log answers, field by field as RFC 6962 section 4.1 has them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Promise {
    /// `sct_version`.
    pub version: u8,
    /// `id`.
    pub log_id: [u8; 32],
    /// `timestamp`.
    pub milliseconds: u64,
    /// `extensions`.
    pub extensions: Vec<u8>,
    /// `signature`: the algorithms, then the signature with its length.
    pub signature: Vec<u8>,
}

impl Log {
    /// A log with a new key; `None` when there is no randomness.
    pub fn new() -> Option<Self> {
        let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).ok()?;
        let public = PublicKey::from_ec_point(Curve::P256, pair.public_key().as_ref()).ok()?;
        Some(Self { pair, public })
    }

    /// Its public key.
    pub fn public_key(&self) -> &PublicKey {
        &self.public
    }

    /// Its public key as lists of logs have it: `SubjectPublicKeyInfo`, base64.
    pub fn key_text(&self) -> String {
        STANDARD.encode(self.public.spki_der())
    }

    /// Its identifier.
    pub fn id(&self) -> [u8; 32] {
        sha256(self.public.spki_der())
    }

    /// Its promise to show a pre-certificate, the first of `chain`.
    ///
    /// # Errors
    /// What is wrong with the chain: no poison, an issuer that is missing, a signature that is another one's.
    pub fn promise(&self, chain: &[Certificate], milliseconds: u64) -> Result<Promise, String> {
        let [precertificate, above @ ..] = chain else { return Err("the chain is empty".to_owned()) };
        let poison = precertificate.extensions().find(|found| found.oid().to_string() == POISON);
        if poison.is_none_or(|poison| !poison.critical() || poison.value() != [5, 0]) {
            return Err("the first certificate has no critical poison".to_owned());
        }
        let issuer = above.first().ok_or("nobody vouches for the pre-certificate")?;
        for pair in chain.windows(2) {
            let [below, above] = pair else { continue };
            let signed = below.verify_signed_by(above.public_key());
            signed
                .map_err(|error| format!("{} did not sign {}: {error}", above.subject(), below.subject()))?;
        }
        let entry = entry_of_precertificate(precertificate.tbs_der()).map_err(|error| error.to_string())?;
        self.sign(&entry, &sha256(issuer.public_key().spki_der()), milliseconds)
            .ok_or_else(|| "no signature".to_owned())
    }

    /// RFC 6962 section 3.2, written down once more so that the program is not held against itself.
    fn sign(&self, entry: &[u8], issuer: &[u8; 32], milliseconds: u64) -> Option<Promise> {
        let [_, _, _, _, _, length @ ..] = u64::try_from(entry.len()).ok()?.to_be_bytes();
        let signed =
            [&[0, 0], &milliseconds.to_be_bytes()[..], &[0, 1], issuer, &length, entry, &[0, 0]].concat();
        let signature = self.pair.sign(&SystemRandom::new(), &signed).ok()?;
        let length = u16::try_from(signature.as_ref().len()).ok()?.to_be_bytes();
        Some(Promise {
            version: 0,
            log_id: self.id(),
            milliseconds,
            extensions: Vec::new(),
            signature: [&[4, 3], &length[..], signature.as_ref()].concat(),
        })
    }
}

impl Promise {
    /// The JSON of the answer.
    pub fn to_json(&self) -> String {
        serde_json::json!({
            "sct_version": self.version,
            "id": STANDARD.encode(self.log_id),
            "timestamp": self.milliseconds,
            "extensions": STANDARD.encode(&self.extensions),
            "signature": STANDARD.encode(&self.signature),
        })
        .to_string()
    }
}

const POISON: &str = "1.3.6.1.4.1.11129.2.4.3";
