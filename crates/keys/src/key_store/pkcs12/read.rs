//! Reading PKCS#12. Strict DER; limits on size, bags, nesting and, over the whole file, on the cost of key derivation.

use hf_core::secret::Secret;

use super::{VERSION, chain, mac};
use crate::encryption::{self, Algorithm, Budget, MAX_ROUNDS};
use crate::key_store::{KeyStore, KeyStoreError, MAX_ENTRIES, check_size};
use crate::oid;
use crate::tlv::{
    BMP_STRING, CONTEXT_0, CONTEXT_0_PRIMITIVE, DerFault, DerProblem, OBJECT_IDENTIFIER, OCTET_STRING,
    Reader, SEQUENCE, SET,
};

/// The most private keys. Stores in use have one; each costs milliseconds to check.
const MAX_KEYS: usize = 128;

/// How deep `safeContentsBag` may nest. Nobody writes any.
const MAX_NESTING: usize = 4;

/// Read a key store or trust store. Keys and certificates are put together into chains as Java does it.
pub fn read(octets: &[u8], passphrase: Option<&Secret<String>>) -> Result<KeyStore, KeyStoreError> {
    read_within(octets, passphrase, MAX_ROUNDS)
}

/// The same with another bound on the rounds of key derivation than [`MAX_ROUNDS`].
pub fn read_within(
    octets: &[u8],
    passphrase: Option<&Secret<String>>,
    max_rounds: u64,
) -> Result<KeyStore, KeyStoreError> {
    check_size(octets)?;
    let mut inside = Reader::whole_sequence(octets, "PFX")?;
    if inside.small("PFX.version")? != VERSION {
        return Err(DerFault::new("PFX.version", DerProblem::Value).into());
    }
    let (kind, mut content) = content_info(&mut inside, "PFX.authSafe")?;
    if kind != oid::DATA {
        let found = format!("a key store signed or sealed with {}", oid::dotted(kind));
        return Err(KeyStoreError::Unsupported { found });
    }
    let safe = content.expect(OCTET_STRING, "PFX.authSafe.content")?;
    let mac = inside.optional(SEQUENCE, "PFX.macData")?;
    inside.finish("PFX")?;
    let mut contents =
        Contents { passphrase, budget: Budget::new(max_rounds), keys: Vec::new(), certificates: Vec::new() };
    if let Some(mac) = mac {
        let passphrase = passphrase.ok_or(KeyStoreError::PassphraseMissing)?;
        mac::verify(mac, safe, passphrase, &mut contents.budget)?;
    }
    let mut parts = Reader::whole_sequence(safe, "AuthenticatedSafe")?;
    while !parts.is_empty() {
        contents.part(&mut parts)?;
    }
    Ok(chain::link(contents.keys, contents.certificates))
}

/// A private key before it is linked with its certificates.
pub(super) struct KeyBag {
    pub(super) attributes: BagAttributes,
    /// PKCS#8, DER.
    pub(super) pkcs8: Secret<Vec<u8>>,
}

/// A certificate before it is linked with a key.
pub(super) struct CertificateBag {
    pub(super) attributes: BagAttributes,
    pub(super) der: Vec<u8>,
}

/// What stands beside a bag.
#[derive(Default)]
pub(super) struct BagAttributes {
    pub(super) alias: Option<String>,
    pub(super) local_key_id: Option<Vec<u8>>,
    pub(super) trusted: bool,
}

/// What was read so far.
struct Contents<'a> {
    passphrase: Option<&'a Secret<String>>,
    budget: Budget,
    keys: Vec<KeyBag>,
    certificates: Vec<CertificateBag>,
}

impl Contents<'_> {
    /// One `ContentInfo` of the `AuthenticatedSafe`.
    fn part(&mut self, parts: &mut Reader<'_>) -> Result<(), KeyStoreError> {
        let (kind, mut content) = content_info(parts, "AuthenticatedSafe.content")?;
        match kind {
            oid::DATA => {
                let bags = content.expect(OCTET_STRING, "AuthenticatedSafe.content")?;
                self.bags(bags, 0)
            }
            oid::ENCRYPTED_DATA => {
                let mut inside = content.sequence("EncryptedData")?;
                inside.small("EncryptedData.version")?;
                let mut info = inside.sequence("EncryptedData.encryptedContentInfo")?;
                info.expect(OBJECT_IDENTIFIER, "EncryptedContentInfo.contentType")?;
                let algorithm =
                    Algorithm::read(&mut info, "EncryptedContentInfo.contentEncryptionAlgorithm")?;
                let ciphertext = info.expect(CONTEXT_0_PRIMITIVE, "EncryptedContentInfo.encryptedContent")?;
                let bags = encryption::decrypt(algorithm, ciphertext, self.passphrase, &mut self.budget)?;
                self.bags(bags.expose(), 0)
            }
            other => Err(KeyStoreError::Unsupported {
                found: format!("a part of the key store in the form {}", oid::dotted(other)),
            }),
        }
    }

    /// `SafeContents`.
    fn bags(&mut self, octets: &[u8], nesting: usize) -> Result<(), KeyStoreError> {
        let mut bags = Reader::whole_sequence(octets, "SafeContents")?;
        while !bags.is_empty() {
            if self.keys.len() + self.certificates.len() >= MAX_ENTRIES {
                return Err(KeyStoreError::TooMany { what: "entries", max: MAX_ENTRIES });
            }
            self.bag(&mut bags, nesting)?;
        }
        Ok(())
    }

    /// `SafeBag`. Bags of other kinds (secret keys, CRLs) are passed over, as they are by every reader of certificates.
    fn bag(&mut self, bags: &mut Reader<'_>, nesting: usize) -> Result<(), KeyStoreError> {
        let mut bag = bags.sequence("SafeBag")?;
        let kind = bag.expect(OBJECT_IDENTIFIER, "SafeBag.bagId")?;
        let value = bag.expect(CONTEXT_0, "SafeBag.bagValue")?;
        let attributes = match bag.optional(SET, "SafeBag.bagAttributes")? {
            Some(content) => read_attributes(content)?,
            None => BagAttributes::default(),
        };
        bag.finish("SafeBag")?;
        match kind {
            oid::KEY_BAG | oid::SHROUDED_KEY_BAG if self.keys.len() >= MAX_KEYS => {
                return Err(KeyStoreError::TooMany { what: "private keys", max: MAX_KEYS });
            }
            oid::KEY_BAG => {
                self.keys.push(KeyBag { attributes, pkcs8: Secret::new(value.to_vec()) });
            }
            oid::SHROUDED_KEY_BAG => {
                let mut inside = Reader::whole_sequence(value, "PKCS8ShroudedKeyBag")?;
                let algorithm = Algorithm::read(&mut inside, "PKCS8ShroudedKeyBag.encryptionAlgorithm")?;
                let ciphertext = inside.expect(OCTET_STRING, "PKCS8ShroudedKeyBag.encryptedData")?;
                inside.finish("PKCS8ShroudedKeyBag")?;
                let pkcs8 = encryption::decrypt(algorithm, ciphertext, self.passphrase, &mut self.budget)?;
                self.keys.push(KeyBag { attributes, pkcs8 });
            }
            oid::CERT_BAG => {
                self.certificates.push(CertificateBag { attributes, der: read_certificate(value)? });
            }
            oid::SAFE_CONTENTS_BAG if nesting < MAX_NESTING => self.bags(value, nesting + 1)?,
            oid::SAFE_CONTENTS_BAG => {
                return Err(KeyStoreError::TooMany { what: "levels of nested contents", max: MAX_NESTING });
            }
            _ => {}
        }
        Ok(())
    }
}

/// A `ContentInfo`: its kind and the inside of its content.
fn content_info<'a>(
    reader: &mut Reader<'a>,
    field: &'static str,
) -> Result<(&'a [u8], Reader<'a>), KeyStoreError> {
    let mut inside = reader.sequence(field)?;
    let kind = inside.expect(OBJECT_IDENTIFIER, field)?;
    let content = inside.expect(CONTEXT_0, field)?;
    inside.finish(field)?;
    Ok((kind, Reader::new(content)))
}

/// The certificate in a `CertBag`.
fn read_certificate(value: &[u8]) -> Result<Vec<u8>, KeyStoreError> {
    let mut inside = Reader::whole_sequence(value, "CertBag")?;
    let kind = inside.expect(OBJECT_IDENTIFIER, "CertBag.certId")?;
    if kind != oid::X509_CERTIFICATE {
        return Err(KeyStoreError::Unsupported {
            found: format!("a certificate of kind {}", oid::dotted(kind)),
        });
    }
    let mut value = Reader::new(inside.expect(CONTEXT_0, "CertBag.certValue")?);
    Ok(value.expect(OCTET_STRING, "CertBag.certValue")?.to_vec())
}

/// The attributes that matter; others are passed over.
fn read_attributes(content: &[u8]) -> Result<BagAttributes, KeyStoreError> {
    let mut attributes = BagAttributes::default();
    let mut reader = Reader::new(content);
    while !reader.is_empty() {
        let mut attribute = reader.sequence("SafeBag.bagAttributes")?;
        let kind = attribute.expect(OBJECT_IDENTIFIER, "SafeBag.bagAttributes")?;
        let mut values = Reader::new(attribute.expect(SET, "SafeBag.bagAttributes")?);
        match kind {
            oid::FRIENDLY_NAME => {
                let units = values.expect(BMP_STRING, "friendlyName")?.chunks_exact(2);
                let units = units.filter_map(|pair| pair.try_into().ok().map(u16::from_be_bytes));
                let name = char::decode_utf16(units).map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER));
                attributes.alias = Some(name.take(MAX_ALIAS_SHOWN).collect());
            }
            oid::LOCAL_KEY_ID => {
                attributes.local_key_id = Some(values.expect(OCTET_STRING, "localKeyId")?.to_vec());
            }
            // Java asks for any value here.
            oid::TRUSTED_KEY_USAGE => attributes.trusted = true,
            _ => {}
        }
    }
    Ok(attributes)
}

/// Longer names are cut.
const MAX_ALIAS_SHOWN: usize = 1_024;
