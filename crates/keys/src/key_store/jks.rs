//! JKS, the format of Java before 9, as its reference implementation reads and writes it (there is no standard).
//!
//! Weak by today's measure: SHA-1 and a stream made of it, one round. Written only for old programs that read nothing else; the
//! file's mode protects it, not its passphrase.

mod protect;

use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::digest::{Context, SHA1_FOR_LEGACY_USE_ONLY};
use hf_core::random::Random;
use hf_core::secret::Secret;
use hf_core::time::Timestamp;
use zeroize::Zeroizing;

use super::{
    Content, Entry, KeyStore, KeyStoreError, MAX_CHAIN, MAX_ENTRIES, StoredKey, check_size, check_to_write,
};

pub(super) const MAGIC: [u8; 4] = [0xfe, 0xed, 0xfe, 0xed];
/// Of a relative with another encryption, for keys of other kinds.
pub(super) const JCEKS_MAGIC: [u8; 4] = [0xce, 0xce, 0xce, 0xce];

const VERSION: u32 = 2;
const KEY_TAG: u32 = 1;
const CERTIFICATE_TAG: u32 = 2;
const CERTIFICATE_TYPE: &str = "X.509";
const DIGEST_LENGTH: usize = 20;

/// Write a key store or trust store. Keys get the store's passphrase, as Java's tools expect. Aliases become lower-case, because
/// Java looks for nothing else.
pub fn write(
    store: &KeyStore,
    passphrase: &Secret<String>,
    created: Timestamp,
    random: &dyn Random,
) -> Result<Vec<u8>, KeyStoreError> {
    check_to_write(store, passphrase)?;
    let password = password_octets(passphrase);
    let milliseconds = u64::try_from(created.unix_seconds()).unwrap_or_default().saturating_mul(1000);
    let mut writer = Writer { octets: MAGIC.to_vec() };
    writer.number(VERSION);
    writer.length(store.entries.len());
    for entry in &store.entries {
        let (tag, chain) = match &entry.content {
            Content::Key { chain, .. } => (KEY_TAG, chain.as_slice()),
            Content::Certificate { der, .. } => (CERTIFICATE_TAG, std::slice::from_ref(der)),
        };
        writer.number(tag);
        writer.text(&entry.alias.to_lowercase());
        writer.octets.extend_from_slice(&milliseconds.to_be_bytes());
        if let Content::Key { key, .. } = &entry.content {
            let StoredKey::Open(pkcs8) = key else {
                return Err(KeyStoreError::Locked { alias: entry.alias.clone() });
            };
            writer.block(&protect::encrypt(pkcs8.expose(), &password, random)?);
            writer.length(chain.len());
        }
        for certificate in chain {
            writer.text(CERTIFICATE_TYPE);
            writer.block(certificate);
        }
    }
    let digest = digest(&password, &writer.octets);
    writer.octets.extend_from_slice(digest.as_ref());
    Ok(writer.octets)
}

/// Read a key store or trust store. Without a passphrase keys stay locked and nothing proves that the file is unchanged; the
/// certificates in it are readable by design.
pub fn read(octets: &[u8], passphrase: Option<&Secret<String>>) -> Result<KeyStore, KeyStoreError> {
    check_size(octets)?;
    if octets.starts_with(&JCEKS_MAGIC) {
        return Err(KeyStoreError::Unsupported { found: "a key store of format JCEKS".to_owned() });
    }
    let damaged = |at, problem| KeyStoreError::Damaged { at, problem };
    let body =
        octets.len().checked_sub(DIGEST_LENGTH).ok_or_else(|| damaged(octets.len(), "it ends too early"))?;
    let (body, stored) = octets.split_at_checked(body).unwrap_or_default();
    let password = passphrase.map(password_octets);
    if let Some(password) = &password {
        verify_slices_are_equal(digest(password, body).as_ref(), stored)
            .map_err(|_| KeyStoreError::PassphraseWrong)?;
    }
    let mut reader = Reader { octets: body, at: 0 };
    if reader.take(4)? != MAGIC {
        return Err(KeyStoreError::Unknown);
    }
    match reader.number()? {
        VERSION => {}
        other => {
            return Err(KeyStoreError::Unsupported {
                found: format!("a key store of format JKS version {other}"),
            });
        }
    }
    let count = reader.count("entries", MAX_ENTRIES)?;
    let mut store = KeyStore::default();
    let mut certificates = 0;
    for _ in 0..count {
        let entry = read_entry(&mut reader, password.as_ref().map(|password| password.as_slice()))?;
        certificates += match &entry.content {
            Content::Key { chain, .. } => chain.len(),
            Content::Certificate { .. } => 1,
        };
        if certificates > MAX_ENTRIES {
            return Err(KeyStoreError::TooMany { what: "certificates", max: MAX_ENTRIES });
        }
        store.entries.push(entry);
    }
    if reader.at != body.len() {
        return Err(damaged(reader.at, "octets are left over after the last entry"));
    }
    Ok(store)
}

fn read_entry(reader: &mut Reader<'_>, password: Option<&[u8]>) -> Result<Entry, KeyStoreError> {
    let tag_at = reader.at;
    let tag = reader.number()?;
    let alias = reader.text()?;
    let _created = reader.take(8)?;
    let content = match tag {
        KEY_TAG => {
            let protected = reader.block()?;
            // The passphrase of a key may differ from the store's.
            let open = password.map(|password| protect::decrypt(protected, password)).transpose()?.flatten();
            let key = open.map_or(StoredKey::Locked, StoredKey::Open);
            let count = reader.count("certificates in a chain", MAX_CHAIN)?;
            let chain = (0..count).map(|_| reader.certificate()).collect::<Result<_, _>>()?;
            Content::Key { key, chain }
        }
        CERTIFICATE_TAG => Content::Certificate { der: reader.certificate()?, trusted: true },
        _ => return Err(KeyStoreError::Damaged { at: tag_at, problem: "an entry of an unknown kind" }),
    };
    Ok(Entry { alias, content })
}

/// The passphrase as UTF-16.
fn password_octets(passphrase: &Secret<String>) -> Zeroizing<Vec<u8>> {
    let text = passphrase.expose();
    let mut octets = Zeroizing::new(Vec::with_capacity(text.len() * 2));
    for unit in text.encode_utf16() {
        octets.extend_from_slice(&unit.to_be_bytes());
    }
    octets
}

/// What stands at the end of the file.
fn digest(password: &[u8], body: &[u8]) -> aws_lc_rs::digest::Digest {
    let mut context = Context::new(&SHA1_FOR_LEGACY_USE_ONLY);
    context.update(password);
    // A constant of the format.
    context.update(b"Mighty Aphrodite");
    context.update(body);
    context.finish()
}

struct Writer {
    octets: Vec<u8>,
}

impl Writer {
    fn number(&mut self, number: u32) {
        self.octets.extend_from_slice(&number.to_be_bytes());
    }

    /// All lengths are bounded far below 2^32 before anything is written.
    fn length(&mut self, length: usize) {
        self.number(u32::try_from(length).unwrap_or(u32::MAX));
    }

    fn block(&mut self, octets: &[u8]) {
        self.length(octets.len());
        self.octets.extend_from_slice(octets);
    }

    /// Java's modified UTF-8, which for the characters of aliases is UTF-8; at most 256 characters of 3 octets.
    fn text(&mut self, text: &str) {
        self.octets.extend_from_slice(&u16::try_from(text.len()).unwrap_or(u16::MAX).to_be_bytes());
        self.octets.extend_from_slice(text.as_bytes());
    }
}

struct Reader<'a> {
    octets: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    fn damaged(&self, problem: &'static str) -> KeyStoreError {
        KeyStoreError::Damaged { at: self.at, problem }
    }

    fn take(&mut self, length: usize) -> Result<&'a [u8], KeyStoreError> {
        let end = self.at.checked_add(length);
        let taken = end.and_then(|end| self.octets.get(self.at..end));
        let taken = taken.ok_or_else(|| self.damaged("it ends too early"))?;
        self.at += length;
        Ok(taken)
    }

    fn number(&mut self) -> Result<u32, KeyStoreError> {
        Ok(self.take(4)?.iter().fold(0, |number, octet| (number << 8) | u32::from(*octet)))
    }

    /// A number of things of which there may be `max`.
    fn count(&mut self, what: &'static str, max: usize) -> Result<usize, KeyStoreError> {
        let count = usize::try_from(self.number()?).unwrap_or(usize::MAX);
        if count > max { Err(KeyStoreError::TooMany { what, max }) } else { Ok(count) }
    }

    fn block(&mut self) -> Result<&'a [u8], KeyStoreError> {
        let length = usize::try_from(self.number()?).unwrap_or(usize::MAX);
        self.take(length)
    }

    fn text(&mut self) -> Result<String, KeyStoreError> {
        let length = self.take(2)?.iter().fold(0, |length, octet| (length << 8) | usize::from(*octet));
        let octets = self.take(length)?;
        // Characters outside the basic plane are not UTF-8 in Java's own variant of it.
        Ok(String::from_utf8_lossy(octets).into_owned())
    }

    fn certificate(&mut self) -> Result<Vec<u8>, KeyStoreError> {
        let kind = self.text()?;
        if kind != CERTIFICATE_TYPE && kind != "X509" {
            let kind: String = kind.chars().take(80).flat_map(char::escape_debug).collect();
            return Err(KeyStoreError::Unsupported { found: format!("a certificate of type `{kind}`") });
        }
        self.block().map(<[u8]>::to_vec)
    }
}
