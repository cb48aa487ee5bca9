//! The latest CRLs as files: what a server publishes when its store cannot be read, and what a web server beside it can.
//!
//! `.handfast/crl/AUTHORITY.crl` and `.handfast/crl/AUTHORITY/SHARD.crl`, DER, each replaced at once. They are copies:
//! the store is the record. A file counts only when its signature is that of the authority it is named after.

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use hf_ca::issuer::Issuer;
use hf_ca::published::PublishedCrl;
use hf_http::state::Doors;
use hf_store::record::COMPLETE;
use hf_x509::crl::CertificateList;
use hf_x509::limits::MAX_CRL;

/// The directory inside the state directory.
const DIRECTORY: &str = "crl";

/// Shards of an authority that are looked for.
const MOST_SHARDS: usize = 10_000;

/// The directory of the files.
pub(super) struct Mirror {
    directory: PathBuf,
}

impl Mirror {
    /// The one of this state directory.
    pub(super) fn of(state: &Path) -> Self {
        Self { directory: state.join(DIRECTORY) }
    }

    fn file(&self, authority: &str, shard: u32) -> PathBuf {
        if shard == COMPLETE {
            self.directory.join(format!("{authority}.crl"))
        } else {
            self.directory.join(authority).join(format!("{shard}.crl"))
        }
    }

    /// Replace the file of a list. A failure is logged: the list is published all the same.
    #[expect(clippy::disallowed_methods, reason = "a file is written, nothing is signed")]
    pub(super) async fn keep(&self, authority: &str, shard: u32, crl: &PublishedCrl) {
        let (file, der) = (self.file(authority, shard), crl.der.clone());
        let kept = tokio::task::spawn_blocking(move || {
            replace(&file, &der).map_err(|error| format!("{}: {error}", file.display()))
        });
        if let Ok(Err(error)) = kept.await {
            tracing::warn!(authority, shard, error, "a CRL cannot be kept as a file");
        }
    }

    /// Offer every file that an authority of this process signed.
    pub(super) fn offer_all(&self, doors: &Doors) {
        for issuer in doors.authority.issuers().all() {
            let name = issuer.name();
            let shards = std::fs::read_dir(self.directory.join(name)).into_iter().flatten().flatten();
            let shards = shards
                .filter_map(|entry| entry.file_name().to_str()?.strip_suffix(".crl")?.parse::<u32>().ok());
            for shard in std::iter::once(COMPLETE).chain(shards.take(MOST_SHARDS)) {
                if let Some(crl) = read(&self.file(name, shard), &issuer) {
                    doors.crls.offer(name, shard, crl);
                }
            }
        }
    }
}

/// A list in a file, when the authority signed it; its mark is not known.
fn read(file: &Path, issuer: &Issuer) -> Option<PublishedCrl> {
    let length = usize::try_from(std::fs::metadata(file).ok()?.len()).ok()?;
    if length > MAX_CRL {
        return None;
    }
    let der = std::fs::read(file).ok()?;
    let list = CertificateList::from_der(der.as_slice()).ok()?;
    let own = issuer.certificate()?;
    if list.issuer() != own.subject() || list.verify_signed_by(own.public_key()).is_err() {
        tracing::warn!(authority = issuer.name(), file = %file.display(), "this CRL is not the authority's");
        return None;
    }
    Some(PublishedCrl {
        number: list.crl_number().ok()??.to_u64()?,
        this_update: list.this_update(),
        next_update: list.next_update()?,
        up_to: 0,
        entries: u64::try_from(list.entry_count()).ok()?,
        der: der.into(),
    })
}

/// Whoever reads it finds the old list or the new one.
fn replace(file: &Path, der: &[u8]) -> io::Result<()> {
    let directory = file.parent().unwrap_or(Path::new("."));
    std::fs::create_dir_all(directory)?;
    let next = file.with_extension("next");
    let mut written = std::fs::File::create(&next)?;
    written.write_all(der)?;
    written.sync_data()?;
    std::fs::rename(&next, file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_replaced_at_once() {
        let directory = tempfile::tempdir().unwrap();
        let mirror = Mirror::of(directory.path());
        let file = mirror.file("services", 7);
        assert!(file.ends_with("crl/services/7.crl"));
        replace(&file, b"old").unwrap();
        replace(&file, b"new").unwrap();
        assert_eq!(std::fs::read(&file).unwrap(), b"new");
        let left = std::fs::read_dir(file.parent().unwrap()).unwrap().count();
        assert_eq!(left, 1);
        assert!(mirror.file("services", COMPLETE).ends_with("crl/services.crl"));
    }
}
