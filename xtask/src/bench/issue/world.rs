//! A trust domain to issue in, and the requests.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::{Context as _, Result};
use hf_ca::authority::{Authority, AuthorityParts};
use hf_ca::create::{NewAuthority, RootKey, request_for};
use hf_ca::key_directory::KeyDirectory;
use hf_ca::policy::{AuthorityWish, Policy};
use hf_ca::profile::{Profile, ProfileSettings};
use hf_ca::request::IssueRequest;
use hf_ca::signer::{Signer, SignerSettings};
use hf_core::algorithm::KeyAlgorithm;
use hf_core::principal::{Channel, Principal};
use hf_core::time::{Clock, Timestamp};
use hf_keys::block_list::BlockList;
use hf_keys::private_key::PrivateKey;
use hf_keys::random::SystemRandom;
use hf_store::audit::Origin;
use hf_store::sqlite::{OpenOptions, SqliteStore};
use hf_x509::csr::{UnverifiedCsr, VerifiedCsr};
use hf_x509::distinguished_name::DistinguishedName;
use tokio::runtime::Runtime;

/// Name of the authority that issues.
pub(super) const AUTHORITY: &str = "bench";

/// An authority over a store in a directory, and the runtime that it runs on.
pub(super) struct World {
    pub(super) authority: Arc<Authority>,
    /// The key of the authority, for measuring without store and threads.
    pub(super) key: PrivateKey,
    pub(super) runtime: Runtime,
}

impl World {
    /// A new store with a root that issues.
    pub(super) fn create(directory: &Path) -> Result<Self> {
        std::fs::create_dir_all(directory.join("keys"))?;
        let runtime = runtime()?;
        let authority = runtime.block_on(start(directory))?;
        let root = NewAuthority {
            name: AUTHORITY.to_owned(),
            subject: DistinguishedName::common("Bench root"),
            key_algorithm: KeyAlgorithm::EcdsaP256,
            profile: "root".to_owned(),
            lifetime: None,
            wish: AuthorityWish::default(),
        };
        let key = directory.join("root.pem");
        let kept = RootKey::HandOut { path: key.clone(), passphrase: None };
        runtime.block_on(authority.create_root(root, kept, origin()))?;
        let key = hf_keys::file::read_private_key(&key, None)?;
        Ok(Self { authority: Arc::new(authority), key, runtime })
    }

    /// The authority over a store that exists, in a fresh process, with its key.
    pub(super) fn open(directory: &Path) -> Result<Self> {
        let runtime = runtime()?;
        let authority = runtime.block_on(start(directory))?;
        let key = || hf_keys::file::read_private_key(&directory.join("root.pem"), None);
        runtime.block_on(authority.lend_key(AUTHORITY, Arc::new(key()?)))?;
        Ok(Self { authority: Arc::new(authority), key: key()?, runtime })
    }

    /// Bring everything to its place and let go of the store.
    pub(super) fn close(self) -> Result<()> {
        self.runtime.block_on(self.authority.store().flush())?;
        Ok(())
    }
}

/// Signing requests as bytes, used in turn.
pub(super) struct Requests {
    der: Vec<Vec<u8>>,
    next: AtomicUsize,
}

impl Requests {
    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.der.len()
    }

    /// The next one; after the last comes the first.
    pub(super) fn next(&self) -> &[u8] {
        let index = self.next.fetch_add(1, Ordering::Relaxed) % self.der.len().max(1);
        self.der.get(index).map_or(&[], Vec::as_slice)
    }
}

/// Requests with P-256 keys of their own, one name each.
pub(super) fn requests(count: usize) -> Result<Requests> {
    let mut der = Vec::with_capacity(count);
    for index in 0..count {
        let key = PrivateKey::generate(KeyAlgorithm::EcdsaP256)?;
        let name = format!("instance-{index}.shop.internal").parse()?;
        let csr = request_for(&DistinguishedName::empty(), &[name].into_iter().collect(), &key)?;
        der.push(csr.der().to_vec());
    }
    Ok(Requests { der, next: AtomicUsize::new(0) })
}

/// What a door does with the bytes that it receives.
pub(super) fn verified(der: &[u8]) -> Result<VerifiedCsr> {
    Ok(UnverifiedCsr::from_der(der)?.verify()?)
}

/// The request for a peer certificate.
pub(super) fn issue_request(csr: VerifiedCsr) -> IssueRequest {
    IssueRequest::new(principal(), Channel::CommandLine, AUTHORITY, "peer", csr)
}

pub(super) fn principal() -> Principal {
    Principal::Operator { user: "bench".to_owned() }
}

pub(super) fn origin() -> Origin {
    Origin { at: SystemClock.now(), principal: principal(), channel: Channel::CommandLine }
}

/// Opens the store and starts the authority over it, as the binary does.
pub(super) async fn start(directory: &Path) -> Result<Authority> {
    let store = SqliteStore::open(&directory.join("store"), OpenOptions::default())?;
    let profiles =
        ProfileSettings::defaults().into_iter().filter_map(|settings| Profile::compile(settings).ok());
    let threads = NonZeroUsize::new(super::floor::cores()).context("no core")?;
    let parts = AuthorityParts {
        logs: None,
        store: Arc::new(store),
        keys: KeyDirectory::new(directory.join("keys"), None),
        profiles: profiles.collect(),
        policy: Policy::default(),
        permitted: BTreeMap::new(),
        block_list: BlockList::empty(),
        signer: Signer::start(SignerSettings::with_threads(threads))?,
        clock: Arc::new(SystemClock),
        random: Arc::new(SystemRandom),
    };
    Ok(Authority::start(parts, origin()).await?.0)
}

fn runtime() -> Result<Runtime> {
    let mut builder = tokio::runtime::Builder::new_multi_thread();
    Ok(builder.worker_threads(super::floor::cores()).enable_all().build()?)
}

/// The system's clock.
pub(in crate::bench) struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the wiring of the bench, as `system.rs` in the binary")]
    fn now(&self) -> Timestamp {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        let seconds = since.map_or(0, |since| i64::try_from(since.as_secs()).unwrap_or(i64::MAX));
        Timestamp::from_unix_seconds(seconds)
    }
}
