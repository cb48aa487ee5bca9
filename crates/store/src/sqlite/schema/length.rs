//! A database file that was truncated is refused before SQLite makes something else of it.

use std::collections::HashSet;
use std::fs::File;
use std::os::unix::fs::FileExt as _;
use std::path::Path;

use crate::StoreError;
use crate::sqlite::fault::file_error;

/// Octets of the header of a database, <https://www.sqlite.org/fileformat2.html> section 1.3.
const HEADER: usize = 100;
/// What the header begins with.
const MAGIC: &[u8] = b"SQLite format 3\0";
/// Octets of the header of a write-ahead log, section 4.1 there.
const LOG_HEADER: usize = 32;
/// Octets of the header of each frame in it.
const FRAME_HEADER: usize = 24;

/// Refuse a file that is shorter than its header says, unless the write-ahead log holds the rest: a kill during a
/// checkpoint leaves it so.
///
/// To be called before SQLite opens the file: closing a handle of it would release the locks that SQLite holds.
pub(super) fn check(path: &Path) -> Result<(), StoreError> {
    let fault = file_error("read", path);
    let file = File::open(path).map_err(&fault)?;
    let found = file.metadata().map_err(&fault)?.len();
    if found == 0 {
        return Ok(());
    }
    let mut header = [0; HEADER];
    let damaged = |fault: String| Err(StoreError::Damaged { file: path.to_owned(), fault });
    if file.read_exact_at(&mut header, 0).is_err() {
        return damaged(format!("it was truncated: found {found} octets, expected at least {HEADER}"));
    }
    if !header.starts_with(MAGIC) {
        return damaged(String::from(
            "it is not a database: expected one that begins with `SQLite format 3`",
        ));
    }
    let page = match number(&header, 16, 2) {
        1 => 65_536,
        size => size,
    };
    let pages = number(&header, 28, 4);
    let whole = found.checked_div(page).unwrap_or(0);
    if whole >= pages {
        return Ok(());
    }
    let logged = logged_pages(path, page).unwrap_or_default();
    if (whole + 1..=pages).all(|page| logged.contains(&page)) {
        return Ok(());
    }
    damaged(format!("it was truncated: found {found} octets, expected {}", page.saturating_mul(pages)))
}

fn number(octets: &[u8], at: usize, length: usize) -> u64 {
    octets.iter().skip(at).take(length).fold(0, |value, octet| value << 8 | u64::from(*octet))
}

/// Numbers of the pages that the write-ahead log holds; `None` when there is none that can be read.
fn logged_pages(database: &Path, page: u64) -> Option<HashSet<u64>> {
    let mut path = database.as_os_str().to_owned();
    path.push("-wal");
    let log = File::open(path).ok()?;
    let mut header = [0; LOG_HEADER];
    log.read_exact_at(&mut header, 0).ok()?;
    let salt = number(&header, 16, 8);
    let mut pages = HashSet::new();
    let mut offset = LOG_HEADER as u64;
    let mut frame = [0; FRAME_HEADER];
    while log.read_exact_at(&mut frame, offset).is_ok() && number(&frame, 8, 8) == salt {
        pages.insert(number(&frame, 0, 4));
        offset = offset.saturating_add(FRAME_HEADER as u64).saturating_add(page);
    }
    Some(pages)
}
