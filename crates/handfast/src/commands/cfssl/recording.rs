//! Where the servers keep the record of what they sign: a certificate that nobody has on record cannot be revoked, so
//! the record outlives the server, whether a directory is named for it or not.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::fs::DirBuilder;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use hf_cfssl::machine::{Machine, State};
use hf_cfssl::policy::Policy;
use hf_cfssl::signer::LocalSigner;
use hf_cfssl::standalone::Standalone;
use hf_keys::private_key::PrivateKey;
use hf_store::audit::hex;
use hf_x509::certificate::Certificate;

use super::call::Failure;
use super::log::Log;

/// Below the working directory: the records for which no directory is named.
const DEFAULT: &str = ".handfast-cfssl";

/// The records of a server's signers. They stay open while policies, certificates and keys are read again.
#[derive(Default)]
pub(super) struct Recording(BTreeMap<PathBuf, Standalone>);

/// A signer as flags and files describe it, checked before anything of a server that runs is changed.
pub(super) struct Wanted {
    /// Its certificate.
    pub(super) certificate: Certificate,
    /// The key of the certificate.
    pub(super) key: PrivateKey,
    /// Its profiles.
    pub(super) policy: Arc<Policy>,
    /// The label of a signer of `multirootca`, which has a record of its own.
    pub(super) label: Option<String>,
}

impl Recording {
    /// The signer, over the record of its CA: in the directory of `-state`, or else in one of its own below the working
    /// directory, made when it is missing.
    ///
    /// # Errors
    /// When the directory cannot be made, or the record cannot be opened.
    pub(super) async fn signer(
        &mut self,
        log: &Log,
        machine: &Machine,
        wanted: Wanted,
    ) -> Result<LocalSigner, Failure> {
        let base = match &machine.state {
            State::Kept(directory) => directory.clone(),
            State::Temporary(_) => by_default(Path::new(DEFAULT), &wanted.certificate),
        };
        let directory = wanted.label.map_or_else(|| base.clone(), |label| base.join(label));
        let profiles = wanted.policy.profiles();
        let record = match self.0.entry(directory) {
            Entry::Occupied(open) => {
                open.get().set_profiles(profiles).await?;
                open.into_mut()
            }
            Entry::Vacant(place) => {
                let directory = place.key().clone();
                make(&directory)?;
                log.info(&format!("what is signed is recorded in {}", directory.display()));
                let machine = Machine { state: State::Kept(directory), ..machine.clone() };
                place.insert(Standalone::open(&machine, profiles).await?)
            }
        };
        let name = record.admit(std::slice::from_ref(&wanted.certificate), wanted.key).await?;
        Ok(LocalSigner::new(Arc::clone(record.authority()), name, wanted.policy))
    }
}

/// Each CA has its own, so that servers of several can share a working directory.
fn by_default(base: &Path, certificate: &Certificate) -> PathBuf {
    let digest = hex(&certificate.sha256());
    base.join(digest.get(..16).unwrap_or(&digest))
}

/// Make the directory for its owner alone, if it is not there.
fn make(directory: &Path) -> Result<(), Failure> {
    let made = DirBuilder::new().recursive(true).mode(0o700).create(directory);
    made.map_err(|error| {
        let shown = directory.display();
        Failure::new(format!(
            "cannot make the directory {shown} for the record of what is signed: {error}; name another with -state"
        ))
    })
}
