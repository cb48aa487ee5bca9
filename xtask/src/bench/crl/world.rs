//! A root that issues over a real store, with addresses for its lists in certificates.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, Result};
use hf_ca::authority::{Authority, AuthorityParts};
use hf_ca::create::{NewAuthority, RootKey, request_for};
use hf_ca::key_directory::KeyDirectory;
use hf_ca::policy::{AuthorityWish, Policy};
use hf_ca::profile::{Profile, ProfileSettings};
use hf_ca::published::CrlCache;
use hf_ca::request::IssueRequest;
use hf_ca::signer::{Signer, SignerSettings};
use hf_core::algorithm::KeyAlgorithm;
use hf_core::principal::{Channel, Principal};
use hf_core::time::{Clock as _, Lifetime};
use hf_keys::block_list::BlockList;
use hf_keys::private_key::PrivateKey;
use hf_keys::random::SystemRandom;
use hf_store::audit::Origin;
use hf_store::sqlite::{OpenOptions, SqliteStore};
use hf_x509::csr::VerifiedCsr;
use hf_x509::distinguished_name::DistinguishedName;
use tokio::runtime::Runtime;

use crate::bench::issue::world::SystemClock;

/// Name of the authority.
pub(super) const AUTHORITY: &str = "bench";

/// The authority, its published lists, and the runtime that it runs on.
pub(super) struct World {
    pub(super) authority: Arc<Authority>,
    pub(super) lists: Arc<CrlCache>,
    pub(super) runtime: Runtime,
}

impl World {
    /// A new store with a root that issues.
    pub(super) fn create(directory: &Path) -> Result<Self> {
        std::fs::create_dir_all(directory.join("keys"))?;
        let world = Self::open(directory)?;
        let root = NewAuthority {
            name: AUTHORITY.to_owned(),
            subject: DistinguishedName::common("Bench root"),
            key_algorithm: KeyAlgorithm::EcdsaP256,
            profile: "root".to_owned(),
            lifetime: None,
            wish: AuthorityWish::default(),
        };
        world.runtime.block_on(world.authority.create_root(root, RootKey::Keep, origin()))?;
        Ok(world)
    }

    /// The authority over a store that exists.
    pub(super) fn open(directory: &Path) -> Result<Self> {
        let mut builder = tokio::runtime::Builder::new_multi_thread();
        let runtime = builder.enable_all().build()?;
        let authority = Arc::new(runtime.block_on(start(directory))?);
        Ok(Self { authority, lists: Arc::default(), runtime })
    }
}

async fn start(directory: &Path) -> Result<Authority> {
    let store = SqliteStore::open(&directory.join("store"), OpenOptions::default())?;
    let published = |settings: ProfileSettings| ProfileSettings {
        crl_url: Some("http://pki.bench.internal/crl/{authority}.crl".to_owned()),
        crl_shard_url: Some("http://pki.bench.internal/crl/{authority}/{shard}.crl".to_owned()),
        ..settings
    };
    let profiles =
        ProfileSettings::defaults().into_iter().filter_map(|it| Profile::compile(published(it)).ok());
    let threads = std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
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

/// A request for a certificate that lasts a day.
pub(super) fn request(csr: VerifiedCsr) -> IssueRequest {
    IssueRequest {
        wanted_lifetime: Some(Lifetime::from_days(1)),
        ..IssueRequest::new(principal(), Channel::Api, AUTHORITY, "peer", csr)
    }
}

/// A signing request with a key of its own.
pub(super) fn csr() -> Result<VerifiedCsr> {
    let key = PrivateKey::generate(KeyAlgorithm::EcdsaP256)?;
    let name = "instance.shop.internal".parse().context("a name")?;
    Ok(request_for(&DistinguishedName::empty(), &[name].into_iter().collect(), &key)?)
}

pub(super) fn principal() -> Principal {
    Principal::Operator { user: "bench".to_owned() }
}

pub(super) fn origin() -> Origin {
    Origin { at: SystemClock.now(), principal: principal(), channel: Channel::Api }
}
