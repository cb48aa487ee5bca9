//! Reading back what was written for an instance. What cannot be read is absent: the next `apply` writes it again.

use std::fs;
use std::path::Path;

use hf_core::secret::Secret;
use hf_keys::private_key::PrivateKey;
use hf_topology::declared::FileSettings;
use hf_topology::layout;
use hf_x509::certificate::Certificate;

use crate::apply::content::Material;
use crate::apply::directory::CURRENT;
use crate::domain::Domain;
use crate::error::CommandError;

/// Larger files were not written by us, in bytes.
const MAX_FILE: u64 = 1024 * 1024;

/// Settings that no file can declare: those of files whose owner, group or mode were changed.
pub(super) const OTHER_SETTINGS: FileSettings = FileSettings { owner: None, group: None, mode: Some(0) };

/// Every certificate in a PEM file; none in an empty one.
pub(super) fn certificates(path: &Path) -> Option<Vec<Certificate>> {
    let octets = octets(path)?;
    let text = std::str::from_utf8(octets.expose()).ok()?;
    if text.trim().is_empty() { Some(Vec::new()) } else { Certificate::many_from_pem(text).ok() }
}

/// The private key in a PEM file.
pub(super) fn private_key(path: &Path) -> Option<PrivateKey> {
    PrivateKey::from_pem_or_der(octets(path)?.expose(), None).ok()
}

/// The password of the key stores.
pub(crate) fn password(directory: &Path) -> Option<Secret<String>> {
    let octets = octets(&directory.join(layout::KEY_STORE_PASSWORD))?;
    let line = std::str::from_utf8(octets.expose()).ok()?.lines().next()?;
    (!line.is_empty()).then(|| Secret::new(line.to_owned()))
}

/// Key and certificate of an instance whose other files are written again.
pub(crate) fn identity(directory: &Path) -> Result<(PrivateKey, Certificate), CommandError> {
    let key = private_key(&directory.join(layout::KEY));
    let leaf = certificates(&directory.join(layout::CERTIFICATE)).and_then(|list| list.into_iter().next());
    key.zip(leaf).ok_or_else(|| {
        CommandError::fault(format!("key and certificate in `{}` vanished meanwhile", directory.display()))
            .hint("run the command again")
    })
}

/// All that was written for an instance, when it can be read back.
pub(super) fn material(directory: &Path) -> Option<Material> {
    let (key, leaf) = identity(directory).ok()?;
    let chain = certificates(&directory.join(layout::FULL_CHAIN))?;
    let anchors = certificates(&directory.join(layout::ROOTS))?;
    Some(Material {
        key,
        leaf,
        chain: chain.into_iter().skip(1).collect(),
        anchors: anchors.into_iter().map(|anchor| (String::new(), anchor)).collect(),
        password: password(directory),
    })
}

/// Names of the directories under `trust/` that `apply` made.
pub(super) fn directories(domain: &Domain) -> Result<Vec<String>, CommandError> {
    let trust = domain.base.join(layout::TRUST_DIRECTORY);
    let list = match fs::read_dir(&trust) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        result => result.map_err(|error| CommandError::io("list", &trust, error))?,
    };
    let mut names = Vec::new();
    for entry in list {
        let entry = entry.map_err(|error| CommandError::io("list", &trust, error))?;
        if fs::symlink_metadata(entry.path().join(CURRENT)).is_ok() {
            names.extend(entry.file_name().into_string().ok());
        }
    }
    Ok(names)
}

fn octets(path: &Path) -> Option<Secret<Vec<u8>>> {
    let size = fs::metadata(path).ok()?.len();
    if size > MAX_FILE {
        return None;
    }
    fs::read(path).ok().map(Secret::new)
}
