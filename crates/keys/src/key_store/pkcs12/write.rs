//! Writing PKCS#12: certificates in one encrypted part, each key encrypted by itself in another, a code over both.

use hf_core::random::Random;
use hf_core::secret::Secret;
use zeroize::Zeroizing;

use super::{VERSION, mac};
use crate::encryption::pbes2;
use crate::key_store::{Content, Entry, KeyStore, KeyStoreError, StoredKey, check_to_write};
use crate::oid;
use crate::tlv::{
    self, BMP_STRING, CONTEXT_0, CONTEXT_0_PRIMITIVE, OBJECT_IDENTIFIER, OCTET_STRING, SET, element, sequence,
};

/// Rounds of each derivation, as Java's keytool has it; OpenSSL has 2,048. Whoever opens the file spends them three times, a Java
/// service at every start. What protects a store is its mode and a passphrase that nobody thought up.
const ROUNDS: u32 = 10_000;

/// Write a key store or trust store: AES-256-CBC, PBKDF2 and the code both with HMAC-SHA-256. Trusted certificates carry the
/// attribute without which Java shows no entry.
pub fn write(
    store: &KeyStore,
    passphrase: &Secret<String>,
    random: &dyn Random,
) -> Result<Vec<u8>, KeyStoreError> {
    check_to_write(store, passphrase)?;
    let mut certificates = Vec::new();
    let mut keys = Vec::new();
    for (number, entry) in (1_u32..).zip(&store.entries) {
        write_entry(entry, number, &mut certificates, &mut keys, &|plain| {
            pbes2::encrypt(plain, passphrase, ROUNDS, random)
        })?;
    }
    let mut parts = Vec::new();
    if !certificates.is_empty() {
        let encrypted = pbes2::encrypt(&sequence(&slices(&certificates)), passphrase, ROUNDS, random)?;
        let content = sequence(&[
            &identifier(oid::DATA),
            &encrypted.algorithm,
            &element(CONTEXT_0_PRIMITIVE, &[&encrypted.ciphertext]),
        ]);
        parts.push(content_info(oid::ENCRYPTED_DATA, &sequence(&[&tlv::integer(0), &content])));
    }
    if !keys.is_empty() {
        parts.push(content_info(oid::DATA, &element(OCTET_STRING, &[&sequence(&slices(&keys))])));
    }
    let safe = sequence(&slices(&parts));
    let mac = mac::write(&safe, passphrase, ROUNDS, random)?;
    let content = content_info(oid::DATA, &element(OCTET_STRING, &[&safe]));
    Ok(sequence(&[&tlv::integer(VERSION), &content, &mac]).to_vec())
}

type Bags = Vec<Zeroizing<Vec<u8>>>;
type Encrypt<'a> = dyn Fn(&[u8]) -> Result<pbes2::Encrypted, crate::error::KeyError> + 'a;

/// Put the bags of one entry where they belong. `number` is what ties a key to its certificate.
fn write_entry(
    entry: &Entry,
    number: u32,
    certificates: &mut Bags,
    keys: &mut Bags,
    encrypt: &Encrypt<'_>,
) -> Result<(), KeyStoreError> {
    let name = || friendly_name(&entry.alias);
    match &entry.content {
        Content::Certificate { der, trusted } => {
            let mark =
                trusted.then(|| attribute(oid::TRUSTED_KEY_USAGE, &identifier(oid::ANY_EXTENDED_KEY_USAGE)));
            certificates.push(certificate_bag(der, std::iter::once(name()).chain(mark).collect()));
        }
        Content::Key { key: StoredKey::Locked, .. } => {
            return Err(KeyStoreError::Locked { alias: entry.alias.clone() });
        }
        Content::Key { key: StoredKey::Open(pkcs8), chain } => {
            let tie = || attribute(oid::LOCAL_KEY_ID, &element(OCTET_STRING, &[&number.to_be_bytes()]));
            for (position, der) in chain.iter().enumerate() {
                let attributes = if position == 0 { vec![name(), tie()] } else { Vec::new() };
                certificates.push(certificate_bag(der, attributes));
            }
            let encrypted = encrypt(pkcs8.expose())?;
            let ciphertext = element(OCTET_STRING, &[&encrypted.ciphertext]);
            let value = sequence(&[&encrypted.algorithm, &ciphertext]);
            keys.push(bag(oid::SHROUDED_KEY_BAG, &value, vec![name(), tie()]));
        }
    }
    Ok(())
}

fn certificate_bag(der: &[u8], attributes: Bags) -> Zeroizing<Vec<u8>> {
    let value = element(CONTEXT_0, &[&element(OCTET_STRING, &[der])]);
    bag(oid::CERT_BAG, &sequence(&[&identifier(oid::X509_CERTIFICATE), &value]), attributes)
}

/// `SafeBag`, RFC 7292 section 4.2.
fn bag(kind: &[u8], value: &[u8], mut attributes: Bags) -> Zeroizing<Vec<u8>> {
    // The elements of a SET OF stand in the order of their encodings, X.690 section 11.6.
    attributes.sort_by(|one, other| one.as_slice().cmp(other.as_slice()));
    let attributes =
        if attributes.is_empty() { Zeroizing::new(Vec::new()) } else { element(SET, &slices(&attributes)) };
    sequence(&[&identifier(kind), &element(CONTEXT_0, &[value]), &attributes])
}

fn attribute(kind: &[u8], value: &[u8]) -> Zeroizing<Vec<u8>> {
    sequence(&[&identifier(kind), &element(SET, &[value])])
}

fn friendly_name(alias: &str) -> Zeroizing<Vec<u8>> {
    let octets: Vec<u8> = alias.encode_utf16().flat_map(u16::to_be_bytes).collect();
    attribute(oid::FRIENDLY_NAME, &element(BMP_STRING, &[&octets]))
}

fn content_info(kind: &[u8], content: &[u8]) -> Zeroizing<Vec<u8>> {
    sequence(&[&identifier(kind), &element(CONTEXT_0, &[content])])
}

fn identifier(oid: &[u8]) -> Zeroizing<Vec<u8>> {
    element(OBJECT_IDENTIFIER, &[oid])
}

fn slices(parts: &[Zeroizing<Vec<u8>>]) -> Vec<&[u8]> {
    parts.iter().map(|part| part.as_slice()).collect()
}
