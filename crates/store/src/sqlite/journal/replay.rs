//! Reading the journal at the start: the batches that were written whole, one at a time.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};

use super::SECTOR;
use super::batch::{HEADER, Header, OwnedEntry};
use crate::StoreError;
use crate::sqlite::fault::file_error;

/// More than a batch can hold: the writer closes a batch at 4 MiB, and one entry stays below 1 MiB.
const MAX_PAYLOAD: u32 = 16 * 1024 * 1024;

/// A batch read back.
#[derive(Debug)]
pub(in crate::sqlite) struct ReplayedBatch {
    /// Sequence number of the audit event of its first entry.
    pub(in crate::sqlite) first: u64,
    /// Hash of the audit chain after its last entry.
    pub(in crate::sqlite) chain_hash: [u8; 32],
    offset: u64,
    count: u32,
    payload: Vec<u8>,
}

impl ReplayedBatch {
    /// Sequence number of the audit event of its last entry.
    pub(in crate::sqlite) fn last(&self) -> u64 {
        self.first.saturating_add(u64::from(self.count)).saturating_sub(1)
    }

    /// Its entries; `None` when this version cannot read them.
    pub(in crate::sqlite) fn entries(&self) -> Option<Vec<OwnedEntry>> {
        OwnedEntry::decode_all(&self.payload).filter(|entries| u32::try_from(entries.len()) == Ok(self.count))
    }

    /// Where in the file it begins, octets.
    pub(in crate::sqlite) fn offset(&self) -> u64 {
        self.offset
    }
}

/// Reads batches from the first octet on.
#[derive(Debug)]
pub(in crate::sqlite) struct Replay<'a> {
    file: &'a File,
    path: PathBuf,
    length: u64,
    offset: u64,
    /// Sequence number with which the next batch must begin; none before the first.
    next: Option<u64>,
}

impl<'a> Replay<'a> {
    pub(in crate::sqlite) fn new(file: &'a File, path: &Path) -> Result<Self, StoreError> {
        let length = file.metadata().map_err(file_error("read", path))?.len();
        Ok(Self { file, path: path.to_owned(), length, offset: 0, next: None })
    }

    /// The next batch that continues the one before; `None` at the end, which is where a write was torn or where older
    /// content begins.
    pub(in crate::sqlite) fn next_batch(&mut self) -> Result<Option<ReplayedBatch>, StoreError> {
        let Some((batch, end)) = self.read_at(self.offset)? else { return Ok(None) };
        if self.next.is_some_and(|next| next != batch.first) {
            return Ok(None);
        }
        self.offset = end;
        self.next = Some(batch.last().saturating_add(1));
        Ok(Some(batch))
    }

    /// Look behind the end for a whole batch with an event later than `last`: a batch is written only after the one
    /// before it is on stable storage, so one that is whole behind one that is not means damage, not a torn write.
    pub(in crate::sqlite) fn check_rest(&self, last: u64) -> Result<(), StoreError> {
        let mut offset = self.offset;
        while offset < self.length {
            match self.read_at(offset)? {
                Some((batch, _)) if batch.first > last => {
                    let fault = format!(
                        "audit event {} is recorded at octet {offset}, but what was written before it is missing from \
                         octet {} on: expected event {}",
                        batch.first,
                        self.offset,
                        last.saturating_add(1)
                    );
                    return Err(StoreError::Damaged { file: self.path.clone(), fault });
                }
                Some((_, end)) => offset = end,
                None => offset = offset.saturating_add(SECTOR as u64),
            }
        }
        Ok(())
    }

    fn read_at(&self, offset: u64) -> Result<Option<(ReplayedBatch, u64)>, StoreError> {
        let Some(header) = self.read_header(offset)? else { return Ok(None) };
        let end = offset.saturating_add(HEADER as u64).saturating_add(u64::from(header.payload));
        let Ok(size) = usize::try_from(header.payload) else { return Ok(None) };
        if header.payload > MAX_PAYLOAD || header.entries == 0 || end > self.length {
            return Ok(None);
        }
        let mut payload = vec![0; size];
        self.file
            .read_exact_at(&mut payload, offset.saturating_add(HEADER as u64))
            .map_err(file_error("read", &self.path))?;
        if !header.matches(&payload) {
            return Ok(None);
        }
        let (first, chain_hash, count) = (header.first, header.chain_hash, header.entries);
        let batch = ReplayedBatch { first, chain_hash, offset, count, payload };
        Ok(Some((batch, end.next_multiple_of(SECTOR as u64))))
    }

    fn read_header(&self, offset: u64) -> Result<Option<Header>, StoreError> {
        let mut octets = [0; HEADER];
        match self.file.read_exact_at(&mut octets, offset) {
            Ok(()) => Ok(Header::decode(&octets)),
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(None),
            Err(error) => Err(file_error("read", &self.path)(error)),
        }
    }
}
