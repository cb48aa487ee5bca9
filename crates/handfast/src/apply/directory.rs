//! The directory of one instance, replaced as a whole.
//!
//! `trust/<instance>/` holds links such as `key.pem → .current/key.pem`; `.current` is a link to `.set-<n>`, a directory
//! that is complete and synced before one `rename(2)` makes `.current` point to it. So whoever reads through
//! `.current`, also through a bind mount of the instance's directory, sees the old set or the new one. Whatever a
//! crash leaves behind is swept away by the next replacement.

use std::collections::BTreeSet;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt, symlink};
use std::path::{Path, PathBuf};

use super::owner::Owner;

/// The link to the set in force.
pub(crate) const CURRENT: &str = ".current";

/// The link that is about to become [`CURRENT`].
const NEXT: &str = ".next";

/// How the names of directories with a set begin; a number follows.
const SET_PREFIX: &str = ".set-";

/// A file of a set.
pub(crate) struct Entry {
    /// Its name, without directories.
    pub(crate) name: String,
    /// What is in it.
    pub(crate) content: Vec<u8>,
    /// Permission bits.
    pub(crate) mode: u32,
}

/// A failed file operation, with what was tried on which file.
#[derive(Debug, thiserror::Error)]
#[error("cannot {operation} `{}`", path.display())]
pub(crate) struct DirectoryError {
    /// For example `write`.
    pub(crate) operation: &'static str,
    /// On which file.
    pub(crate) path: PathBuf,
    /// What the system said.
    #[source]
    pub(crate) source: io::Error,
}

/// Name the operation and the file of a failure.
fn failed(operation: &'static str, path: &Path) -> impl FnOnce(io::Error) -> DirectoryError {
    let path = path.to_owned();
    move |source| DirectoryError { operation, path, source }
}

/// Make `directory` hold exactly `entries`. On an error the set in force stays in force.
pub(crate) fn replace(directory: &Path, entries: &[Entry], owner: Owner) -> Result<(), DirectoryError> {
    // Whoever may write here may exchange the links: the mode does not depend on the umask.
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true).mode(0o755).create(directory).map_err(failed("make the directory", directory))?;
    let name = free_set_name(directory)?;
    let set = directory.join(&name);
    if let Err(error) = write_set(&set, entries, owner) {
        // Half a set is of no use to anybody; that it cannot be removed either is not what the user must know.
        let _ = fs::remove_dir_all(&set);
        return Err(error);
    }
    switch(directory, &name)?;
    link_entries(directory, entries)?;
    sweep(directory, &name, entries)?;
    sync(directory)
}

/// A number higher than that of any set that is there, in force or left behind.
fn free_set_name(directory: &Path) -> Result<String, DirectoryError> {
    let mut highest = 0_u64;
    for name in names(directory)? {
        if let Some(number) = name.strip_prefix(SET_PREFIX).and_then(|number| number.parse::<u64>().ok()) {
            highest = highest.max(number);
        }
    }
    Ok(format!("{SET_PREFIX}{}", highest.saturating_add(1)))
}

/// Names of everything in `directory`; names that are no UTF-8 are not ours.
fn names(directory: &Path) -> Result<Vec<String>, DirectoryError> {
    let list = fs::read_dir(directory).map_err(failed("list", directory))?;
    let mut names = Vec::new();
    for entry in list {
        let entry = entry.map_err(failed("list", directory))?;
        names.extend(entry.file_name().into_string().ok());
    }
    Ok(names)
}

/// Write all files of a set and bring them to stable storage.
fn write_set(set: &Path, entries: &[Entry], owner: Owner) -> Result<(), DirectoryError> {
    fs::DirBuilder::new().mode(0o755).create(set).map_err(failed("make the directory", set))?;
    for entry in entries {
        write_entry(&set.join(&entry.name), entry, owner)?;
    }
    owner.give(set).map_err(failed("change the owner of", set))?;
    sync(set)
}

fn write_entry(path: &Path, entry: &Entry, owner: Owner) -> Result<(), DirectoryError> {
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(entry.mode & 0o600)
        .open(path)
        .map_err(failed("create", path))?;
    file.write_all(&entry.content).map_err(failed("write", path))?;
    owner.give(path).map_err(failed("change the owner of", path))?;
    let permissions = fs::Permissions::from_mode(entry.mode);
    file.set_permissions(permissions).map_err(failed("change the mode of", path))?;
    file.sync_all().map_err(failed("sync", path))
}

/// Make the set called `name` the one in force.
fn switch(directory: &Path, name: &str) -> Result<(), DirectoryError> {
    let next = directory.join(NEXT);
    remove(&next)?;
    symlink(name, &next).map_err(failed("create", &next))?;
    let current = directory.join(CURRENT);
    fs::rename(&next, &current).map_err(failed("replace", &current))?;
    sync(directory)
}

/// Make the links by which people and programs find the files.
fn link_entries(directory: &Path, entries: &[Entry]) -> Result<(), DirectoryError> {
    for entry in entries {
        let link = directory.join(&entry.name);
        let target = Path::new(CURRENT).join(&entry.name);
        if fs::read_link(&link).is_ok_and(|found| found == target) {
            continue;
        }
        remove(&link)?;
        symlink(&target, &link).map_err(failed("create", &link))?;
    }
    Ok(())
}

/// Remove other sets, and links to files that are no longer part of the set.
fn sweep(directory: &Path, current: &str, entries: &[Entry]) -> Result<(), DirectoryError> {
    let wanted: BTreeSet<&str> = entries.iter().map(|entry| entry.name.as_str()).collect();
    for name in names(directory)? {
        let path = directory.join(&name);
        if name.starts_with(SET_PREFIX) && name != current {
            fs::remove_dir_all(&path).map_err(failed("remove", &path))?;
        } else if !wanted.contains(name.as_str()) && is_our_link(&path) {
            remove(&path)?;
        }
    }
    Ok(())
}

/// Whether it is a link that [`link_entries`] made.
fn is_our_link(path: &Path) -> bool {
    fs::read_link(path).is_ok_and(|target| target.starts_with(CURRENT))
}

/// Remove a file or link; that there is none is fine.
fn remove(path: &Path) -> Result<(), DirectoryError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        result => result.map_err(failed("remove", path)),
    }
}

/// Bring a directory's entries to stable storage.
fn sync(directory: &Path) -> Result<(), DirectoryError> {
    File::open(directory).and_then(|file| file.sync_all()).map_err(failed("sync", directory))
}

/// Whether every link is in its place and nothing of another set is left: what a crash between two steps would break.
pub(crate) fn is_whole(directory: &Path, wanted: &[String]) -> bool {
    let Ok(current) = fs::read_link(directory.join(CURRENT)) else { return false };
    let Ok(names) = names(directory) else { return false };
    let others =
        names.iter().any(|name| (name.starts_with(SET_PREFIX) && Path::new(name) != current) || name == NEXT);
    let linked = wanted.iter().all(|name| {
        fs::read_link(directory.join(name)).is_ok_and(|target| target == Path::new(CURRENT).join(name))
    });
    linked && !others
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(name: &str, content: &str, mode: u32) -> Entry {
        Entry { name: name.to_owned(), content: content.as_bytes().to_vec(), mode }
    }

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o7777
    }

    #[test]
    fn a_set_is_replaced_as_a_whole() {
        let root = tempfile::tempdir().unwrap();
        let directory = root.path().join("trust/a1");
        let old =
            [entry("key.pem", "old key", 0o600), entry("cert.pem", "old", 0o644), entry("x.p12", "p", 0o600)];
        replace(&directory, &old, Owner::default()).unwrap();
        assert_eq!(fs::read_to_string(directory.join("key.pem")).unwrap(), "old key");
        assert_eq!((mode(&directory.join("key.pem")), mode(&directory.join("cert.pem"))), (0o600, 0o644));
        let opened = directory.join(fs::read_link(directory.join(CURRENT)).unwrap());
        let reader = File::open(opened.join("key.pem")).unwrap();

        let new = [entry("key.pem", "new key", 0o640), entry("cert.pem", "new", 0o644)];
        replace(&directory, &new, Owner::default()).unwrap();
        assert_eq!(fs::read_to_string(directory.join("key.pem")).unwrap(), "new key");
        assert_eq!(mode(&directory.join("key.pem")), 0o640);
        assert_eq!(io::read_to_string(reader).unwrap(), "old key", "who has it open keeps the old set");
        assert!(!directory.join("x.p12").exists() && fs::read_link(directory.join("x.p12")).is_err());
        assert!(!opened.exists());
        assert!(is_whole(&directory, &["key.pem".to_owned(), "cert.pem".to_owned()]));
    }

    #[test]
    fn what_a_crash_left_behind_is_swept_away() {
        let root = tempfile::tempdir().unwrap();
        let directory = root.path().join("a1");
        let set = [entry("key.pem", "one", 0o600)];
        replace(&directory, &set, Owner::default()).unwrap();
        fs::create_dir(directory.join(".set-7")).unwrap();
        fs::write(directory.join(".set-7/key.pem"), "half").unwrap();
        symlink(".set-7", directory.join(NEXT)).unwrap();
        fs::remove_file(directory.join("key.pem")).unwrap();
        assert!(!is_whole(&directory, &["key.pem".to_owned()]));

        replace(&directory, &[entry("key.pem", "two", 0o600)], Owner::default()).unwrap();
        assert_eq!(fs::read_to_string(directory.join("key.pem")).unwrap(), "two");
        assert!(is_whole(&directory, &["key.pem".to_owned()]));
        assert!(!directory.join(".set-7").exists());
    }

    #[test]
    fn a_set_that_cannot_be_written_leaves_the_old_one() {
        let root = tempfile::tempdir().unwrap();
        let directory = root.path().join("a1");
        replace(&directory, &[entry("key.pem", "one", 0o600)], Owner::default()).unwrap();
        let broken = [entry("key.pem", "two", 0o600), entry("no/such/directory", "x", 0o644)];
        let error = replace(&directory, &broken, Owner::default()).unwrap_err();
        assert!(error.path.ends_with(".set-2/no/such/directory"), "{error}");
        assert_eq!(fs::read_to_string(directory.join("key.pem")).unwrap(), "one");
        assert!(!directory.join(".set-2").exists());
    }

    #[test]
    fn a_readers_view_is_never_mixed() {
        let root = tempfile::tempdir().unwrap();
        let directory = root.path().join("a1");
        let set =
            |n: usize| [entry("key.pem", &n.to_string(), 0o600), entry("cert.pem", &n.to_string(), 0o644)];
        replace(&directory, &set(0), Owner::default()).unwrap();
        let done = std::sync::atomic::AtomicBool::new(false);
        std::thread::scope(|scope| {
            scope.spawn(|| {
                for n in 1..200 {
                    replace(&directory, &set(n), Owner::default()).unwrap();
                }
                done.store(true, std::sync::atomic::Ordering::SeqCst);
            });
            while !done.load(std::sync::atomic::Ordering::SeqCst) {
                let current = directory.join(fs::read_link(directory.join(CURRENT)).unwrap());
                let key = fs::read_to_string(current.join("key.pem"));
                let certificate = fs::read_to_string(current.join("cert.pem"));
                if let (Ok(key), Ok(certificate)) = (key, certificate) {
                    assert_eq!(key, certificate);
                }
            }
        });
    }
}
