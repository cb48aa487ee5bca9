//! The file under the journal, as the few operations that can fail.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;

/// Stable storage for the journal.
pub(super) trait Medium: Send {
    /// Write all octets at this place.
    fn write_all_at(&mut self, octets: &[u8], offset: u64) -> io::Result<()>;
    /// Return when everything written is on stable storage.
    fn sync(&mut self) -> io::Result<()>;
    /// Cut or lengthen to this many octets.
    fn set_length(&mut self, octets: u64) -> io::Result<()>;
}

impl Medium for File {
    fn write_all_at(&mut self, octets: &[u8], offset: u64) -> io::Result<()> {
        FileExt::write_all_at(self, octets, offset)
    }

    fn sync(&mut self) -> io::Result<()> {
        self.sync_data()
    }

    fn set_length(&mut self, octets: u64) -> io::Result<()> {
        self.set_len(octets)
    }
}
