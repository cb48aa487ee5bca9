//! `SignedCertificateTimestamp`, RFC 6962 section 3.2: a log's promise to show a certificate.

use super::presentation::{Presentation, opaque16};
use crate::digest::sha256;
use crate::public_key::PublicKey;
use crate::signature::{Signature, SignatureAlgorithm, SignatureError};

/// A log's promise to show a certificate, of version 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedCertificateTimestamp {
    /// SHA-256 of the log's public key.
    pub log_id: [u8; 32],
    /// When, in milliseconds since 1970 without leap seconds.
    pub milliseconds: u64,
    /// `CtExtensions`, which RFC 6962 leaves open; at most 65,535 octets.
    pub extensions: Vec<u8>,
    /// What the log signs with.
    pub algorithm: TimestampAlgorithm,
    /// The log's signature; at most 65,535 octets.
    pub signature: Signature,
}

/// What logs sign with, RFC 6962 section 2.1.4: SHA-256 with one of two algorithms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimestampAlgorithm {
    /// ECDSA on P-256 with SHA-256.
    EcdsaSha256,
    /// RSA, PKCS#1 v1.5, with SHA-256.
    RsaSha256,
}

/// Octets that are no timestamp.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TimestampError {
    /// Of a version that is not 1.
    #[error("a timestamp of version {}: expected version 1", found + 1)]
    Version {
        /// The number as written, one less than the version's name.
        found: u8,
    },
    /// Signed otherwise than RFC 6962 section 2.1.4 allows.
    #[error(
        "a signature with hash {hash} and algorithm {signature} (RFC 5246 section 7.4.1.4.1): expected 4 with 3 or 1"
    )]
    Algorithm {
        /// `HashAlgorithm`.
        hash: u8,
        /// `SignatureAlgorithm`.
        signature: u8,
    },
    /// Cut off, or with octets left over.
    #[error("the octets are no SignedCertificateTimestamp")]
    Malformed,
}

/// `SignatureType.certificate_timestamp`.
const CERTIFICATE_TIMESTAMP: u8 = 0;

/// `LogEntryType.precert_entry`.
const PRECERT_ENTRY: u16 = 1;

impl SignedCertificateTimestamp {
    /// How version 1 is written.
    pub const VERSION: u8 = 0;

    /// From the structure of RFC 6962 section 3.2.
    ///
    /// # Errors
    /// When it is of another version, signed otherwise, cut off, or too long.
    pub fn from_bytes(octets: &[u8]) -> Result<Self, TimestampError> {
        let malformed = || TimestampError::Malformed;
        let mut reader = Presentation::new(octets);
        match reader.array().ok_or_else(malformed)? {
            [Self::VERSION] => {}
            [found] => return Err(TimestampError::Version { found }),
        }
        let log_id = reader.array().ok_or_else(malformed)?;
        let milliseconds = u64::from_be_bytes(reader.array().ok_or_else(malformed)?);
        let extensions = reader.opaque16().ok_or_else(malformed)?.to_vec();
        let (algorithm, signature) = digitally_signed(&mut reader)?;
        if !reader.is_empty() {
            return Err(TimestampError::Malformed);
        }
        Ok(Self { log_id, milliseconds, extensions, algorithm, signature })
    }

    /// From the parts that a log's answer consists of (RFC 6962 section 4.1): `signature` with its algorithm in front.
    ///
    /// # Errors
    /// As [`Self::from_bytes`].
    pub fn from_parts(
        version: u8,
        log_id: [u8; 32],
        milliseconds: u64,
        extensions: Vec<u8>,
        signature: &[u8],
    ) -> Result<Self, TimestampError> {
        if version != Self::VERSION {
            return Err(TimestampError::Version { found: version });
        }
        let mut reader = Presentation::new(signature);
        let (algorithm, signature) = digitally_signed(&mut reader)?;
        if !reader.is_empty() || extensions.len() > usize::from(u16::MAX) {
            return Err(TimestampError::Malformed);
        }
        Ok(Self { log_id, milliseconds, extensions, algorithm, signature })
    }

    /// The structure.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut octets = vec![Self::VERSION];
        octets.extend_from_slice(&self.log_id);
        octets.extend_from_slice(&self.milliseconds.to_be_bytes());
        opaque16(&mut octets, &self.extensions);
        octets.extend_from_slice(&[SHA256, self.algorithm.number()]);
        opaque16(&mut octets, self.signature.as_bytes());
        octets
    }

    /// Whether the log with this key gave the timestamp for this entry: the `TBSCertificate` without poison
    /// ([`super::entry_of_precertificate`]), issued with the key `issuer`.
    ///
    /// # Errors
    /// [`SignatureError::Mismatch`] also when the identifier of the log is another one's.
    pub fn verify(&self, log: &PublicKey, issuer: &PublicKey, entry: &[u8]) -> Result<(), SignatureError> {
        if self.log_id != sha256(log.spki_der()) {
            return Err(SignatureError::Mismatch);
        }
        let algorithm = match self.algorithm {
            TimestampAlgorithm::EcdsaSha256 => SignatureAlgorithm::EcdsaSha256,
            TimestampAlgorithm::RsaSha256 => SignatureAlgorithm::RsaPkcs1Sha256,
        };
        log.verify(algorithm, &self.signed(issuer, entry), &self.signature)
    }

    /// What the log signed: `digitally-signed struct` of RFC 6962 section 3.2, for a `PreCert`.
    pub(crate) fn signed(&self, issuer: &PublicKey, entry: &[u8]) -> Vec<u8> {
        let mut octets = vec![Self::VERSION, CERTIFICATE_TIMESTAMP];
        octets.extend_from_slice(&self.milliseconds.to_be_bytes());
        octets.extend_from_slice(&PRECERT_ENTRY.to_be_bytes());
        octets.extend_from_slice(&issuer.spki_sha256());
        // A certificate is at most 64 KiB, so three octets hold its length.
        let length = u32::try_from(entry.len()).unwrap_or(u32::MAX).to_be_bytes();
        octets.extend_from_slice(length.get(1..).unwrap_or_default());
        octets.extend_from_slice(entry);
        opaque16(&mut octets, &self.extensions);
        octets
    }
}

/// `HashAlgorithm.sha256`.
const SHA256: u8 = 4;

impl TimestampAlgorithm {
    /// `SignatureAlgorithm`, RFC 5246 section 7.4.1.4.1.
    fn number(self) -> u8 {
        match self {
            Self::RsaSha256 => 1,
            Self::EcdsaSha256 => 3,
        }
    }
}

/// `digitally-signed`: algorithms, then the signature.
fn digitally_signed(
    reader: &mut Presentation<'_>,
) -> Result<(TimestampAlgorithm, Signature), TimestampError> {
    let algorithm = match reader.array().ok_or(TimestampError::Malformed)? {
        [SHA256, 1] => TimestampAlgorithm::RsaSha256,
        [SHA256, 3] => TimestampAlgorithm::EcdsaSha256,
        [hash, signature] => return Err(TimestampError::Algorithm { hash, signature }),
    };
    let signature = reader.opaque16().filter(|octets| !octets.is_empty()).ok_or(TimestampError::Malformed)?;
    Ok((algorithm, Signature::new(signature)))
}
