//! Which certificate is meant, RFC 6960 section 4.1.1.

use aws_lc_rs::digest::{self, digest};
use hf_core::serial::{Serial, SerialError};

use crate::asn1::{DerError, Element, Oid, Writer, tag};
use crate::certificate::Certificate;
use crate::distinguished_name::DistinguishedName;
use crate::oids;
use crate::public_key::PublicKey;

/// The digest that identifies an issuer. Nothing rests on it: it only finds the issuer among the known ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CertIdHash {
    /// SHA-1, which most clients still send.
    Sha1,
    /// SHA-256.
    Sha256,
    /// SHA-384.
    Sha384,
    /// SHA-512.
    Sha512,
}

impl CertIdHash {
    const ALL: [(Self, Oid); 4] = [
        (Self::Sha1, oids::SHA1),
        (Self::Sha256, oids::SHA256),
        (Self::Sha384, oids::SHA384),
        (Self::Sha512, oids::SHA512),
    ];

    fn oid(self) -> Oid {
        match self {
            Self::Sha1 => oids::SHA1,
            Self::Sha256 => oids::SHA256,
            Self::Sha384 => oids::SHA384,
            Self::Sha512 => oids::SHA512,
        }
    }

    fn of(self, octets: &[u8]) -> Vec<u8> {
        let algorithm = match self {
            Self::Sha1 => &digest::SHA1_FOR_LEGACY_USE_ONLY,
            Self::Sha256 => &digest::SHA256,
            Self::Sha384 => &digest::SHA384,
            Self::Sha512 => &digest::SHA512,
        };
        digest(algorithm, octets).as_ref().to_vec()
    }
}

/// A certificate by its issuer and serial number. Keeps its DER, because a response repeats it octet for octet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CertId {
    der: Vec<u8>,
    hash: Option<CertIdHash>,
    issuer_name_hash: Vec<u8>,
    issuer_key_hash: Vec<u8>,
    serial: Vec<u8>,
}

impl CertId {
    /// Of the certificate that `issuer` issued under this serial number.
    pub fn new(hash: CertIdHash, issuer: &Certificate, serial: &Serial) -> Self {
        Self::of(hash, issuer.subject(), issuer.public_key(), serial)
    }

    /// The same from the issuer's name and key.
    pub fn of(hash: CertIdHash, issuer: &DistinguishedName, key: &PublicKey, serial: &Serial) -> Self {
        let issuer_name_hash = hash.of(issuer.to_der());
        let issuer_key_hash = hash.of(key.key_octets());
        let mut writer = Writer::with_capacity(128);
        writer.sequence(|id| {
            id.sequence(|algorithm| {
                algorithm.oid(&hash.oid());
                algorithm.null();
            });
            id.primitive(tag::OCTET_STRING, &issuer_name_hash);
            id.primitive(tag::OCTET_STRING, &issuer_key_hash);
            id.unsigned(tag::INTEGER, serial.as_unsigned());
        });
        Self {
            der: writer.into_bytes(),
            hash: Some(hash),
            issuer_name_hash,
            issuer_key_hash,
            serial: serial.to_der_content(),
        }
    }

    pub(super) fn read(element: &Element<'_>) -> Result<Self, DerError> {
        let mut inside = element.reader();
        let mut algorithm = inside.sequence("hashAlgorithm")?;
        let oid = algorithm.oid("hashAlgorithm")?;
        let parameters =
            if algorithm.is_empty() { None } else { Some(algorithm.any("hashAlgorithm parameters")?) };
        algorithm.finish("hashAlgorithm")?;
        // RFC 5754 section 2: absent or NULL. A digest with others is not one that is known here.
        let plain = parameters.is_none_or(|found| found.tag == tag::NULL && found.content.is_empty());
        let known = CertIdHash::ALL.into_iter().find(|(_, known)| plain && *known == oid);
        let name = inside.expect(tag::OCTET_STRING, "issuerNameHash")?;
        let key = inside.expect(tag::OCTET_STRING, "issuerKeyHash")?;
        let serial = inside.expect(tag::INTEGER, "serialNumber")?;
        inside.finish("CertID")?;
        Ok(Self {
            der: element.whole.to_vec(),
            hash: known.map(|(hash, _)| hash),
            issuer_name_hash: name.content.to_vec(),
            issuer_key_hash: key.content.to_vec(),
            serial: serial.integer_octets("serialNumber")?.to_vec(),
        })
    }

    /// The DER.
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// The digest, when it is known here and has no parameters.
    pub fn hash(&self) -> Option<CertIdHash> {
        self.hash
    }

    /// Digest of the issuer's name, as found.
    pub fn issuer_name_hash(&self) -> &[u8] {
        &self.issuer_name_hash
    }

    /// Digest of the issuer's key, as found.
    pub fn issuer_key_hash(&self) -> &[u8] {
        &self.issuer_key_hash
    }

    /// Content octets of the serial number, as found; the sign is among them.
    pub fn serial_octets(&self) -> &[u8] {
        &self.serial
    }

    /// The serial number, when RFC 5280 allows it.
    pub fn serial(&self) -> Result<Serial, SerialError> {
        Serial::from_der_content(&self.serial)
    }

    /// Whether this name and key are the issuer's. False when the digest is not known.
    pub fn is_issued_by(&self, issuer: &DistinguishedName, key: &PublicKey) -> bool {
        self.hash.is_some_and(|hash| {
            hash.of(issuer.to_der()) == self.issuer_name_hash
                && hash.of(key.key_octets()) == self.issuer_key_hash
        })
    }
}
