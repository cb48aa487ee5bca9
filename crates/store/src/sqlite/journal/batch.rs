//! The octets of a batch.

use aws_lc_rs::digest::{Context, SHA256};

use super::SECTOR;
use crate::sqlite::codec::{Decoder, put_bytes};
use crate::sqlite::row::CertificateRow;

/// What a batch begins with; the last digit is the version of the format.
pub(super) const MAGIC: &[u8; 8] = b"HFJRNL1\n";
/// Magic, first sequence number, octets of payload and number of entries (32 bits each), chain hash, digest.
pub(super) const HEADER: usize = 8 + 8 + 8 + 32 + 32;
const DIGEST_AT: usize = HEADER - 32;

/// A change and its audit event (JSON).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::sqlite) enum Entry<'a> {
    /// An intent.
    Begun(&'a CertificateRow, &'a str),
    /// A certificate in the place of its intent.
    Finished(&'a CertificateRow, &'a str),
}

/// An entry read back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::sqlite) struct OwnedEntry {
    pub(in crate::sqlite) finished: bool,
    pub(in crate::sqlite) row: CertificateRow,
    pub(in crate::sqlite) event: String,
}

impl OwnedEntry {
    pub(super) fn decode_all(payload: &[u8]) -> Option<Vec<Self>> {
        let mut from = Decoder::new(payload);
        let mut entries = Vec::new();
        while !from.is_empty() {
            let finished = match from.array::<1>()? {
                [1] => false,
                [2] => true,
                _ => return None,
            };
            entries.push(Self { finished, event: from.text()?, row: CertificateRow::decode(&mut from)? });
        }
        Some(entries)
    }
}

/// Collects the entries of one batch.
#[derive(Debug, Default)]
pub(super) struct BatchWriter {
    octets: Vec<u8>,
    first: u64,
    entries: u32,
}

impl BatchWriter {
    pub(super) fn add(&mut self, sequence: u64, entry: &Entry<'_>) {
        if self.octets.is_empty() {
            self.first = sequence;
            self.entries = 0;
            self.octets.resize(HEADER, 0);
        }
        let (kind, row, event) = match entry {
            Entry::Begun(row, event) => (1, row, event),
            Entry::Finished(row, event) => (2, row, event),
        };
        self.entries = self.entries.saturating_add(1);
        self.octets.push(kind);
        put_bytes(&mut self.octets, event.as_bytes());
        row.encode(&mut self.octets);
    }

    pub(super) fn clear(&mut self) {
        self.octets.clear();
    }

    pub(super) fn len(&self) -> usize {
        self.octets.len()
    }

    /// Complete the header, fill up to the sector, and hand out the octets to be written.
    pub(super) fn seal(&mut self, chain_hash: &[u8; 32]) -> &[u8] {
        let payload = u32::try_from(self.octets.len().saturating_sub(HEADER)).unwrap_or(u32::MAX);
        if let Some((header, rest)) = self.octets.split_first_chunk_mut::<HEADER>() {
            let mut fields = Vec::with_capacity(HEADER);
            fields.extend_from_slice(MAGIC);
            fields.extend_from_slice(&self.first.to_be_bytes());
            fields.extend_from_slice(&payload.to_be_bytes());
            fields.extend_from_slice(&self.entries.to_be_bytes());
            fields.extend_from_slice(chain_hash);
            let digest = batch_digest(&fields, rest);
            fields.extend_from_slice(&digest);
            header.copy_from_slice(&fields);
        }
        self.octets.resize(self.octets.len().next_multiple_of(SECTOR), 0);
        &self.octets
    }
}

/// SHA-256 over the header up to the digest, and the payload.
fn batch_digest(fields: &[u8], payload: &[u8]) -> [u8; 32] {
    let mut context = Context::new(&SHA256);
    context.update(fields);
    context.update(payload);
    let mut digest = [0; 32];
    digest.copy_from_slice(context.finish().as_ref());
    digest
}

/// The header of a batch, its digest not yet checked.
#[derive(Clone, Copy, Debug)]
pub(super) struct Header {
    pub(super) first: u64,
    pub(super) payload: u32,
    pub(super) entries: u32,
    pub(super) chain_hash: [u8; 32],
    digest: [u8; 32],
    fields: [u8; DIGEST_AT],
}

impl Header {
    pub(super) fn decode(octets: &[u8; HEADER]) -> Option<Self> {
        let mut from = Decoder::new(octets);
        if from.array::<8>()? != *MAGIC {
            return None;
        }
        Some(Self {
            first: from.u64()?,
            payload: from.u32()?,
            entries: from.u32()?,
            chain_hash: from.array()?,
            digest: from.array()?,
            fields: *octets.first_chunk()?,
        })
    }

    pub(super) fn matches(&self, payload: &[u8]) -> bool {
        batch_digest(&self.fields, payload) == self.digest
    }
}
