//! Writing a file whole or not at all.
//!
//! A new file in the same directory, created for us alone, written, given its owner and mode, synced, then renamed over
//! the old one, then the directory synced. A reader sees the old file or the new one; a power cut leaves one of them; an
//! error leaves the old one and no trace.

use std::ffi::OsStr;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use hf_core::secret::Secret;

use super::{FileError, FileProblem};

/// User and group that a file is given to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Owner {
    /// User id; `None` leaves it.
    pub user: Option<u32>,
    /// Group id; `None` leaves it.
    pub group: Option<u32>,
}

/// What to do when the file is there already.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Existing {
    /// Replace it.
    #[default]
    Replace,
    /// Leave it and say so.
    Keep,
}

/// How a file is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WriteOptions {
    /// Permission bits, for example `0o644`. The process's mask does not change them.
    pub mode: u32,
    /// Whom it is given to; `None` leaves it ours.
    pub owner: Option<Owner>,
    /// What to do when it is there already.
    pub existing: Existing,
}

impl WriteOptions {
    /// Mode 0600, ours, replacing: for secrets.
    pub const SECRET: Self = Self { mode: 0o600, owner: None, existing: Existing::Replace };

    /// Mode 0644, ours, replacing: for certificates.
    pub const PUBLIC: Self = Self { mode: 0o644, owner: None, existing: Existing::Replace };
}

/// Write a private key in PEM, mode 0600, whole or not at all.
pub fn write_private_key(path: &Path, pem: &Secret<String>, existing: Existing) -> Result<(), FileError> {
    write_atomic(path, pem.expose().as_bytes(), &WriteOptions { existing, ..WriteOptions::SECRET })
}

/// Write a file whole or not at all.
pub fn write_atomic(path: &Path, octets: &[u8], options: &WriteOptions) -> Result<(), FileError> {
    write_checked(path, octets, options, File::sync_all)
        .map_err(|problem| FileError { path: path.to_owned(), problem })
}

/// Whether [`write_atomic`] would find room for a file there: what can be known without doing it. Whoever has something made
/// that cannot be made twice asks before.
pub fn could_write(path: &Path, options: &WriteOptions) -> Result<(), FileError> {
    let tried = place(path, options).and_then(|directory| {
        let io = |source| FileProblem::Io { action: "create a file beside it", source };
        Temporary::create(path, directory).map(drop).map_err(io)
    });
    tried.map_err(|problem| FileError { path: path.to_owned(), problem })
}

/// `sync` is [`File::sync_all`]; tests let it fail.
fn write_checked(
    path: &Path,
    octets: &[u8],
    options: &WriteOptions,
    sync: fn(&File) -> io::Result<()>,
) -> Result<(), FileProblem> {
    let io = |action| move |source| FileProblem::Io { action, source };
    let directory = place(path, options)?;
    let (temporary, mut file) = Temporary::create(path, directory).map_err(io("create a file beside it"))?;
    file.write_all(octets).map_err(io("write beside it"))?;
    if let Some(Owner { user, group }) = options.owner {
        std::os::unix::fs::fchown(&file, user, group).map_err(io("change the owner"))?;
    }
    // After the owner: changing it clears bits, and until here nobody else could open the file.
    file.set_permissions(fs::Permissions::from_mode(options.mode)).map_err(io("change the mode"))?;
    sync(&file).map_err(io("sync to disk"))?;
    drop(file);
    temporary.put(path, options.existing)?;
    File::open(directory).and_then(|directory| directory.sync_all()).map_err(io("sync the directory of"))
}

/// The directory that it goes to, when nothing is in the way.
fn place<'a>(path: &'a Path, options: &WriteOptions) -> Result<&'a Path, FileProblem> {
    let directory = directory_of(path).ok_or(FileProblem::NotAPath)?;
    match fs::symlink_metadata(path) {
        Ok(found) if found.is_symlink() => Err(FileProblem::SymbolicLink),
        Ok(found) if !found.is_file() => Err(FileProblem::NotRegular),
        Ok(_) if options.existing == Existing::Keep => Err(FileProblem::Exists),
        Ok(_) => Ok(directory),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(directory),
        Err(source) => Err(FileProblem::Io { action: "look at it", source }),
    }
}

/// The directory that holds `path`.
fn directory_of(path: &Path) -> Option<&Path> {
    path.file_name()?;
    match path.parent() {
        Some(parent) if parent.as_os_str().is_empty() => Some(Path::new(".")),
        parent => parent,
    }
}

/// A file under a temporary name, removed when dropped.
struct Temporary {
    path: PathBuf,
}

impl Temporary {
    /// Create a file beside `path` that only we can open.
    fn create(path: &Path, directory: &Path) -> io::Result<(Self, File)> {
        static COUNTER: AtomicU64 = AtomicU64::new(0);
        loop {
            let count = COUNTER.fetch_add(1, Ordering::Relaxed);
            let mut name = std::ffi::OsString::from(".");
            // Cut, so that the longest name that a file can have does not become too long.
            let file_name = path.file_name().unwrap_or_default().as_bytes();
            name.push(OsStr::from_bytes(file_name.get(..MAX_STEM).unwrap_or(file_name)));
            name.push(format!(".{}-{count}{SUFFIX}", std::process::id()));
            let path = directory.join(name);
            // `create_new` never follows a link and never opens what another put there.
            match OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path) {
                Ok(file) => return Ok((Self { path }, file)),
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// Give the file its name.
    fn put(self, path: &Path, existing: Existing) -> Result<(), FileProblem> {
        match existing {
            Existing::Replace => fs::rename(&self.path, path)
                .map_err(|source| FileProblem::Io { action: "rename onto it", source })?,
            // A link, unlike a rename, fails when the name is taken meanwhile; the temporary name goes when `self` does.
            Existing::Keep => fs::hard_link(&self.path, path).map_err(|source| {
                if source.kind() == io::ErrorKind::AlreadyExists {
                    FileProblem::Exists
                } else {
                    FileProblem::Io { action: "link to it", source }
                }
            })?,
        }
        Ok(())
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        // After a rename the name is gone already; otherwise nothing better can be done about a failure.
        let _ = fs::remove_file(&self.path);
    }
}

/// Remove files that a killed process left half-written in `directory`; returns how many. Files of processes that still
/// run are left alone.
pub fn remove_leftovers(directory: &Path) -> io::Result<usize> {
    let mut removed = 0;
    for entry in fs::read_dir(directory)? {
        let entry = entry?;
        let process = entry.file_name().to_str().and_then(process_of_leftover);
        if process.is_some_and(|process| !is_running(process)) && entry.file_type()?.is_file() {
            fs::remove_file(entry.path())?;
            removed += 1;
        }
    }
    Ok(removed)
}

/// The process that made the temporary file of this name.
fn process_of_leftover(name: &str) -> Option<i32> {
    let stem = name.strip_prefix('.')?.strip_suffix(SUFFIX)?;
    let (process, count) = stem.rsplit_once('.')?.1.split_once('-')?;
    count.parse::<u64>().ok()?;
    process.parse().ok()
}

fn is_running(process: i32) -> bool {
    rustix::process::Pid::from_raw(process)
        .is_some_and(|process| rustix::process::test_kill_process(process) != Err(rustix::io::Errno::SRCH))
}

/// The most octets of a file's name in that of its temporary file.
const MAX_STEM: usize = 128;

/// End of a temporary file's name.
const SUFFIX: &str = ".handfast-new";

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    fn mode_of(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o7777
    }

    fn names_in(folder: &Path) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn modes_are_exact_and_nothing_else_remains() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key.pem");
        write_atomic(&path, b"one", &WriteOptions::PUBLIC).unwrap();
        assert_eq!(mode_of(&path), 0o644);
        write_private_key(&path, &Secret::new("two".to_owned()), Existing::Replace).unwrap();
        assert_eq!((mode_of(&path), fs::read(&path).unwrap()), (0o600, b"two".to_vec()));
        write_atomic(&path, b"three", &WriteOptions { mode: 0o640, ..WriteOptions::SECRET }).unwrap();
        assert_eq!(mode_of(&path), 0o640);
        assert_eq!(names_in(folder.path()), ["key.pem"]);
    }

    #[test]
    fn an_existing_file_can_be_kept() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key.pem");
        let keep = WriteOptions { existing: Existing::Keep, ..WriteOptions::SECRET };
        write_atomic(&path, b"one", &keep).unwrap();
        assert!(matches!(write_atomic(&path, b"two", &keep).unwrap_err().problem, FileProblem::Exists));
        assert_eq!(fs::read(&path).unwrap(), b"one");
        assert_eq!((mode_of(&path), names_in(folder.path())), (0o600, vec!["key.pem".to_owned()]));
    }

    #[test]
    fn a_failure_before_the_rename_leaves_the_old_file_and_no_trace() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key.pem");
        let full = |_: &File| Err(io::Error::from(io::ErrorKind::StorageFull));
        assert!(write_checked(&path, b"one", &WriteOptions::SECRET, full).is_err());
        assert!(names_in(folder.path()).is_empty());
        write_atomic(&path, b"one", &WriteOptions::SECRET).unwrap();
        assert!(write_checked(&path, b"two", &WriteOptions::SECRET, full).is_err());
        assert_eq!(
            (fs::read(&path).unwrap(), names_in(folder.path())),
            (b"one".to_vec(), vec!["key.pem".to_owned()])
        );
    }

    #[test]
    fn the_longest_names_are_written() {
        let folder = tempfile::tempdir().unwrap();
        let name = "k".repeat(255);
        write_atomic(&folder.path().join(&name), b"one", &WriteOptions::SECRET).unwrap();
        assert_eq!(names_in(folder.path()), [name]);
    }

    #[test]
    fn links_and_directories_are_not_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let (target, link) = (folder.path().join("target"), folder.path().join("link"));
        fs::write(&target, "old").unwrap();
        symlink(&target, &link).unwrap();
        let error = write_atomic(&link, b"new", &WriteOptions::SECRET).unwrap_err();
        assert!(matches!(error.problem, FileProblem::SymbolicLink) && error.hint().is_some());
        assert_eq!(fs::read(&target).unwrap(), b"old");
        let error = write_atomic(folder.path(), b"new", &WriteOptions::SECRET).unwrap_err();
        assert!(matches!(error.problem, FileProblem::NotRegular));
        let error = write_atomic(Path::new("/"), b"new", &WriteOptions::SECRET).unwrap_err();
        assert!(matches!(error.problem, FileProblem::NotAPath));
        assert!(write_atomic(&folder.path().join("none/key"), b"new", &WriteOptions::SECRET).is_err());
    }

    #[test]
    fn leftovers_of_dead_processes_are_removed() {
        let folder = tempfile::tempdir().unwrap();
        // No process has the largest id that the kernel can give.
        let dead = format!(".key.pem.{}-3{SUFFIX}", i32::MAX);
        let ours = format!(".key.pem.{}-4{SUFFIX}", std::process::id());
        for name in [&dead, &ours, ".key.pem.new", "key.pem", &format!(".key.pem.x-3{SUFFIX}")] {
            fs::write(folder.path().join(name), "").unwrap();
        }
        assert_eq!(remove_leftovers(folder.path()).unwrap(), 1);
        let names = names_in(folder.path());
        assert!(!names.contains(&dead) && names.contains(&ours) && names.len() == 4);
    }
}
