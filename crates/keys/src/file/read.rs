//! Reading a file that only its owner may read.
//!
//! The file is opened once and judged by its descriptor, so nobody can swap it between check and reading. Symbolic links
//! are followed (mounted secrets are links): what counts is the owner and mode of the file at the end.

use std::fs::{File, OpenOptions};
use std::io::Read as _;
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::Path;

use hf_core::secret::Secret;

use super::{FileError, FileProblem};
use crate::private_key::PrivateKey;

/// The largest key file, in octets. An RSA-4096 key with its certificate chain stays below 32 KiB.
pub const MAX_KEY_FILE: u64 = 256 * 1024;

/// Read a private key, PEM or DER. The file must be a regular one, owned by us or root, without any right for group or
/// others.
pub fn read_private_key(path: &Path, passphrase: Option<&Secret<String>>) -> Result<PrivateKey, FileError> {
    let octets = read_secret(path, MAX_KEY_FILE)?;
    PrivateKey::from_pem_or_der(octets.expose(), passphrase)
        .map_err(|error| FileError { path: path.to_owned(), problem: FileProblem::Key(error) })
}

/// Read a secret of at most `max` octets under the same rules: a passphrase file, a key store.
pub fn read_secret(path: &Path, max: u64) -> Result<Secret<Vec<u8>>, FileError> {
    read_checked(path, max).map_err(|problem| FileError { path: path.to_owned(), problem })
}

fn read_checked(path: &Path, max: u64) -> Result<Secret<Vec<u8>>, FileProblem> {
    let io = |action| move |source| FileProblem::Io { action, source };
    // Without NONBLOCK, opening a pipe would wait for ever.
    let flags = rustix::fs::OFlags::NONBLOCK | rustix::fs::OFlags::NOCTTY;
    let file = OpenOptions::new()
        .read(true)
        .custom_flags(i32::try_from(flags.bits()).unwrap_or_default())
        .open(path)
        .map_err(io("open it"))?;
    let metadata = file.metadata().map_err(io("read its attributes"))?;
    if !metadata.is_file() {
        return Err(FileProblem::NotRegular);
    }
    judge(metadata.mode(), metadata.uid(), rustix::process::geteuid().as_raw())?;
    if metadata.len() > max {
        return Err(FileProblem::TooLarge { max });
    }
    let secret = read_whole(file, max).map_err(io("read it"))?;
    if secret.expose().len() as u64 > max {
        return Err(FileProblem::TooLarge { max });
    }
    Ok(secret)
}

/// Whether a file with this mode and owner may hold a secret of user `us`.
fn judge(mode: u32, owner: u32, us: u32) -> Result<(), FileProblem> {
    if mode & 0o077 != 0 {
        return Err(FileProblem::Loose { found: mode & 0o7777 });
    }
    // Root reads everybody's files as it is; it writes keys for services that run as other users and reads them again.
    if us != 0 && owner != us && owner != 0 {
        return Err(FileProblem::Owner { found: owner, expected: us });
    }
    Ok(())
}

/// The content, in a buffer that never grows: growing would leave copies behind.
fn read_whole(file: File, max: u64) -> std::io::Result<Secret<Vec<u8>>> {
    let length = file.metadata()?.len().min(max);
    let mut octets = Vec::with_capacity(usize::try_from(length).unwrap_or_default().saturating_add(1));
    // One octet more than the file had shows that it grew while it was read.
    let result = file.take(length.saturating_add(1)).read_to_end(&mut octets);
    let secret = Secret::new(octets);
    result.map(|_| secret)
}

#[cfg(test)]
mod tests {
    use std::fs::{self, Permissions};
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    use super::*;

    #[test]
    fn looser_files_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secret");
        fs::write(&path, "secret").unwrap();
        for mode in [0o600, 0o400, 0o700] {
            fs::set_permissions(&path, Permissions::from_mode(mode)).unwrap();
            assert_eq!(read_secret(&path, 10).unwrap().expose(), b"secret");
        }
        for mode in [0o640, 0o604, 0o620, 0o601, 0o644] {
            fs::set_permissions(&path, Permissions::from_mode(mode)).unwrap();
            let error = read_secret(&path, 10).map(|_| ()).unwrap_err();
            assert!(matches!(error.problem, FileProblem::Loose { found } if found == mode), "{error}");
            assert_eq!(error.hint().unwrap(), format!("`chmod 600 {}`", path.display()));
        }
    }

    #[test]
    fn the_file_behind_a_link_is_judged() {
        let folder = tempfile::tempdir().unwrap();
        let (path, link) = (folder.path().join("secret"), folder.path().join("link"));
        fs::write(&path, "secret").unwrap();
        symlink(&path, &link).unwrap();
        fs::set_permissions(&path, Permissions::from_mode(0o644)).unwrap();
        assert!(read_secret(&link, 10).is_err());
        fs::set_permissions(&path, Permissions::from_mode(0o600)).unwrap();
        assert!(read_secret(&link, 10).is_ok());
    }

    #[test]
    fn owners_are_us_or_root() {
        assert!(judge(0o100_600, 1000, 1000).is_ok());
        assert!(judge(0o100_600, 0, 1000).is_ok());
        assert!(matches!(
            judge(0o100_600, 1001, 1000),
            Err(FileProblem::Owner { found: 1001, expected: 1000 })
        ));
        assert!(judge(0o100_600, 1001, 0).is_ok());
    }

    #[test]
    fn only_regular_files_of_bounded_size() {
        let folder = tempfile::tempdir().unwrap();
        let error = read_secret(folder.path(), 10).map(|_| ()).unwrap_err();
        assert!(matches!(error.problem, FileProblem::NotRegular), "{error}");
        let pipe = folder.path().join("pipe");
        let mode = rustix::fs::Mode::from_raw_mode(0o600);
        rustix::fs::mknodat(rustix::fs::CWD, &pipe, rustix::fs::FileType::Fifo, mode, 0).unwrap();
        assert!(matches!(read_secret(&pipe, 10).map(|_| ()).unwrap_err().problem, FileProblem::NotRegular));
        let large = folder.path().join("large");
        fs::write(&large, [0; 11]).unwrap();
        fs::set_permissions(&large, Permissions::from_mode(0o600)).unwrap();
        assert!(matches!(
            read_secret(&large, 10).map(|_| ()).unwrap_err().problem,
            FileProblem::TooLarge { .. }
        ));
        assert!(read_secret(&folder.path().join("none"), 10).is_err());
    }
}
