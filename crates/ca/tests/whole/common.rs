//! A trust domain for the tests of the spine: a real SQLite store in a directory, real keys, a clock turned by hand.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use hf_ca::authority::{Authority, AuthorityParts, StartError, StartReport};
use hf_ca::create::{NewAuthority, RootKey, request_for};
use hf_ca::key_directory::KeyDirectory;
use hf_ca::policy::Policy;
use hf_ca::profile::{Profile, ProfileSettings};
use hf_ca::request::IssueRequest;
use hf_ca::signer::{Signer, SignerSettings};
use hf_ca::transparency::LogClient;
use hf_core::algorithm::KeyAlgorithm;
use hf_core::name::SanSet;
use hf_core::principal::{Channel, Principal};
use hf_core::time::{Clock as _, Timestamp};
use hf_keys::block_list::BlockList;
use hf_keys::private_key::PrivateKey;
use hf_keys::random::SystemRandom;
use hf_store::Store;
use hf_store::audit::Origin;
use hf_store::sqlite::{OpenOptions, SqliteStore};
use hf_testkit::ManualClock;
use hf_x509::distinguished_name::DistinguishedName;

/// Longer than any test: no deadline passes unless a test wants it.
pub(crate) const PATIENT: Duration = Duration::from_mins(10);

pub(crate) fn operator() -> Principal {
    Principal::Operator { user: "test".to_owned() }
}

pub(crate) fn origin(at: Timestamp) -> Origin {
    Origin { at, principal: operator(), channel: Channel::CommandLine }
}

pub(crate) fn names(names: &[&str]) -> SanSet {
    names.iter().map(|name| name.parse().unwrap()).collect()
}

pub(crate) fn new_authority(name: &str, profile: &str) -> NewAuthority {
    NewAuthority::new(name, DistinguishedName::common(&format!("Test {name}")), profile)
}

/// Where a test lives: a directory, a clock, a number of seeds.
pub(crate) struct House {
    pub(crate) directory: tempfile::TempDir,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) deadline: Duration,
}

impl House {
    pub(crate) fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        std::fs::create_dir(directory.path().join("keys")).unwrap();
        Self { directory, clock: Arc::new(ManualClock::default()), deadline: PATIENT }
    }

    pub(crate) fn path(&self) -> &Path {
        self.directory.path()
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub(crate) fn origin(&self) -> Origin {
        origin(self.now())
    }

    pub(crate) fn store(&self) -> Arc<dyn Store> {
        store_in(self.path())
    }

    /// Start over a store that may be wrapped.
    pub(crate) async fn start_over(&self, store: Arc<dyn Store>) -> (Authority, StartReport) {
        start_in(self.path(), self.clock.clone(), self.deadline, store).await
    }

    /// The same, with somebody who asks logs.
    pub(crate) async fn start_asking(&self, store: Arc<dyn Store>, logs: Arc<dyn LogClient>) -> Authority {
        let parts = parts(self.path(), self.clock.clone(), self.deadline, store);
        let parts = AuthorityParts { logs: Some(logs), ..parts };
        Authority::start(parts, self.origin()).await.unwrap().0
    }

    pub(crate) async fn try_start_over(
        &self,
        store: Arc<dyn Store>,
    ) -> Result<(Authority, StartReport), StartError> {
        try_start_in(self.path(), self.clock.clone(), self.deadline, store).await
    }

    pub(crate) async fn start(&self) -> Authority {
        self.start_over(self.store()).await.0
    }

    /// Root `root` and, below it, the issuing authority `services`.
    pub(crate) async fn found(&self) -> Authority {
        self.found_over(self.store()).await
    }

    /// The same over a store that may be wrapped, or shared.
    pub(crate) async fn found_over(&self, store: Arc<dyn Store>) -> Authority {
        let authority = self.start_over(store).await.0;
        let root = new_authority("root", "root");
        authority.create_root(root, RootKey::Keep, self.origin()).await.unwrap();
        let services = new_authority("services", "intermediate");
        authority.create_intermediate(services, "root", self.origin()).await.unwrap();
        authority
    }
}

pub(crate) fn store_in(directory: &Path) -> Arc<dyn Store> {
    Arc::new(SqliteStore::open(&directory.join("store"), OpenOptions::default()).unwrap())
}

pub(crate) async fn start_in(
    directory: &Path,
    clock: Arc<ManualClock>,
    deadline: Duration,
    store: Arc<dyn Store>,
) -> (Authority, StartReport) {
    try_start_in(directory, clock, deadline, store).await.unwrap()
}

async fn try_start_in(
    directory: &Path,
    clock: Arc<ManualClock>,
    deadline: Duration,
    store: Arc<dyn Store>,
) -> Result<(Authority, StartReport), StartError> {
    let origin = origin(clock.now());
    Authority::start(parts(directory, clock, deadline, store), origin).await
}

fn parts(
    directory: &Path,
    clock: Arc<ManualClock>,
    deadline: Duration,
    store: Arc<dyn Store>,
) -> AuthorityParts {
    let profiles =
        ProfileSettings::defaults().into_iter().map(|settings| Profile::compile(settings).unwrap());
    let threads = NonZeroUsize::new(2).unwrap();
    AuthorityParts {
        logs: None,
        store,
        keys: KeyDirectory::new(directory.join("keys"), None),
        profiles: profiles.collect(),
        policy: Policy::default(),
        permitted: BTreeMap::new(),
        block_list: BlockList::empty(),
        signer: Signer::start(SignerSettings { deadline, ..SignerSettings::with_threads(threads) }).unwrap(),
        clock,
        random: Arc::new(SystemRandom),
    }
}

pub(crate) fn key() -> PrivateKey {
    PrivateKey::generate(KeyAlgorithm::EcdsaP256).unwrap()
}

/// A request for a peer certificate under `services` with these names in the signing request.
pub(crate) fn request_with(key: &PrivateKey, wanted: &[&str]) -> IssueRequest {
    let wanted = names(wanted);
    IssueRequest::new(
        operator(),
        Channel::CommandLine,
        "services",
        "peer",
        request_for(&DistinguishedName::empty(), &wanted, key).unwrap(),
    )
}

pub(crate) fn request(wanted: &[&str]) -> IssueRequest {
    request_with(&key(), wanted)
}
