//! An authority for one command: a CA certificate and its key, given as files, with a record of what they sign.
//!
//! The key stays in memory: it is lent to the authority and never written. Without `-state` the record lives in a
//! directory of its own, which ends with the command; with it, every certificate stays on record, revocations too.

use std::num::NonZeroUsize;
use std::path::Path;
use std::sync::Arc;

use hf_ca::authority::{Authority, AuthorityParts};
use hf_ca::key_directory::KeyDirectory;
use hf_ca::policy::{Policy as Rules, PolicySettings};
use hf_ca::profile::Profile;
use hf_ca::signer::{Signer, SignerSettings};
use hf_core::principal::Channel;
use hf_keys::block_list::BlockList;
use hf_keys::private_key::PrivateKey;
use hf_proto::cfssl::code::{CfsslError, ErrorKind};
use hf_store::audit::{Origin, hex};
use hf_store::sqlite::{OpenOptions, SqliteStore};
use hf_x509::certificate::Certificate;
use tempfile::TempDir;

use crate::failure;
use crate::machine::{Machine, State};

/// An authority over files, with its record.
pub struct Standalone {
    authority: Arc<Authority>,
    machine: Machine,
    /// After the authority, so that the record is closed before it is removed.
    _directory: Option<TempDir>,
}

impl Standalone {
    /// Open the record and start an authority with these profiles; no CA yet.
    ///
    /// # Errors
    /// Code 11000 when the record cannot be opened, 2500 when the signer does not start.
    pub async fn open(machine: &Machine, profiles: Vec<Profile>) -> Result<Self, CfsslError> {
        let (path, directory) = place(&machine.state)?;
        let store =
            SqliteStore::open(&path, OpenOptions::default()).map_err(|error| failure::store(&error))?;
        let threads = NonZeroUsize::MIN.saturating_add(1);
        let parts = AuthorityParts {
            store: Arc::new(store),
            keys: KeyDirectory::new(path.join("keys"), None),
            profiles,
            policy: Rules::new(as_cfssl_has_it()),
            permitted: std::collections::BTreeMap::new(),
            block_list: BlockList::empty(),
            signer: Signer::start(SignerSettings::with_threads(threads))
                .map_err(|error| failure::because(ErrorKind::KeyUnavailable, &error))?,
            logs: Some(Arc::clone(&machine.logs)),
            clock: Arc::clone(&machine.clock),
            random: Arc::clone(&machine.random),
        };
        let started = Authority::start(parts, origin(machine)).await;
        let (authority, _) = started.map_err(|error| failure::because(ErrorKind::StoreUnknown, &error))?;
        Ok(Self { authority: Arc::new(authority), machine: machine.clone(), _directory: directory })
    }

    /// Sign under these profiles from now on, and no others.
    ///
    /// # Errors
    /// Code 11000 when they cannot be recorded.
    pub async fn set_profiles(&self, profiles: Vec<Profile>) -> Result<(), CfsslError> {
        let set = self.authority.set_profiles(profiles, &self.origin()).await;
        set.map_err(|error| failure::because(ErrorKind::StoreUnknown, &error))
    }

    /// Let a CA sign: its certificate first, then those above it as far as known. Returns its name here.
    ///
    /// # Errors
    /// Code 2300 when the key is another one's, 1210 when the certificate is none of an authority.
    pub async fn admit(&self, chain: &[Certificate], key: PrivateKey) -> Result<String, CfsslError> {
        let own = chain.first().ok_or(ErrorKind::CertificateRead)?;
        let known = self.authority.issuers().all().into_iter();
        let known = known.filter(|issuer| issuer.certificate() == Some(own)).map(|one| one.name().to_owned());
        let name = match known.last() {
            Some(name) => name,
            None => self.import(chain, own).await?,
        };
        let lent = self.authority.lend_key(&name, Arc::new(key)).await;
        lent.map_err(|error| failure::create(&error))?;
        Ok(name)
    }

    async fn import(&self, chain: &[Certificate], own: &Certificate) -> Result<String, CfsslError> {
        let name = name_of(own);
        let imported = self.authority.import(&name, chain, None, self.origin()).await;
        imported.map_err(|error| failure::create(&error))?;
        Ok(name)
    }

    /// The authority.
    pub fn authority(&self) -> &Arc<Authority> {
        &self.authority
    }

    /// Who runs the command, when, by which door.
    pub(crate) fn origin(&self) -> Origin {
        origin(&self.machine)
    }
}

/// The name under which the certificate of a CA is on record.
fn name_of(certificate: &Certificate) -> String {
    let identifier = hex(&certificate.sha256());
    format!("cfssl-{}", identifier.get(..16).unwrap_or(&identifier))
}

/// Whoever holds the CA's key file may certify any name with it: CFSSL limits names by the profile alone.
fn as_cfssl_has_it() -> PolicySettings {
    PolicySettings { denied: Vec::new(), public_addresses: true, public_names: true }
}

fn origin(machine: &Machine) -> Origin {
    Origin { at: machine.clock.now(), principal: machine.operator.clone(), channel: Channel::CommandLine }
}

fn place(state: &State) -> Result<(std::path::PathBuf, Option<TempDir>), CfsslError> {
    match state {
        State::Kept(path) => Ok((path.clone(), None)),
        State::Temporary(base) => {
            let made = temporary(base).map_err(|error| failure::because(ErrorKind::StoreUnknown, &error))?;
            Ok((made.path().join("store"), Some(made)))
        }
    }
}

fn temporary(base: &Path) -> std::io::Result<TempDir> {
    tempfile::Builder::new().prefix("handfast-cfssl-").tempdir_in(base)
}
