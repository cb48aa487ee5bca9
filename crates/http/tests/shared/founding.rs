//! An authority for the houses of the tests: a root, and those that issue below it, in a directory.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::path::Path;
use std::sync::Arc;

use hf_ca::authority::{Authority, AuthorityParts};
use hf_ca::create::{NewAuthority, RootKey};
use hf_ca::key_directory::KeyDirectory;
use hf_ca::policy::Policy;
use hf_ca::profile::{Profile, ProfileSettings};
use hf_ca::signer::{Signer, SignerSettings};
use hf_core::principal::{Channel, Principal};
use hf_core::time::{Clock as _, Timestamp};
use hf_keys::block_list::BlockList;
use hf_keys::random::SystemRandom;
use hf_store::Store;
use hf_store::audit::Origin;
use hf_store::sqlite::{OpenOptions, SqliteStore};
use hf_testkit::ManualClock;
use hf_x509::distinguished_name::DistinguishedName;

/// What an authority is founded with.
pub(crate) struct Founding<'a> {
    pub(crate) directory: &'a Path,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) store: Arc<dyn Store>,
    /// Beside those that are built in.
    pub(crate) profiles: Vec<Profile>,
    pub(crate) signer: SignerSettings,
    /// Those that issue.
    pub(crate) below: &'a [&'a str],
}

impl<'a> Founding<'a> {
    /// `services` and `guests`, with a store in the directory.
    pub(crate) fn within(directory: &'a Path, clock: &Arc<ManualClock>) -> Self {
        let store = SqliteStore::open(&directory.join("store"), OpenOptions::default()).unwrap();
        Self {
            directory,
            clock: Arc::clone(clock),
            store: Arc::new(store),
            profiles: Vec::new(),
            signer: SignerSettings::with_threads(NonZeroUsize::MIN),
            below: &["services", "guests"],
        }
    }

    /// Make it.
    pub(crate) async fn found(self) -> Authority {
        let own = ProfileSettings::defaults().into_iter().map(|settings| Profile::compile(settings).unwrap());
        let origin = origin(self.clock.now());
        let parts = AuthorityParts {
            logs: None,
            store: self.store,
            keys: KeyDirectory::new(self.directory.join("keys"), None),
            profiles: own.chain(self.profiles).collect(),
            policy: Policy::default(),
            permitted: BTreeMap::new(),
            block_list: BlockList::empty(),
            signer: Signer::start(self.signer).unwrap(),
            clock: self.clock,
            random: Arc::new(SystemRandom),
        };
        let (authority, _) = Authority::start(parts, origin.clone()).await.unwrap();
        authority.create_root(new_authority("root", "root"), RootKey::Keep, origin.clone()).await.unwrap();
        for name in self.below {
            authority
                .create_intermediate(new_authority(name, "intermediate"), "root", origin.clone())
                .await
                .unwrap();
        }
        authority
    }
}

pub(crate) fn new_authority(name: &str, profile: &str) -> NewAuthority {
    NewAuthority::new(name, DistinguishedName::common(&format!("Test {name}")), profile)
}

/// Who runs the command line.
pub(crate) fn operator() -> Principal {
    Principal::Operator { user: "test".to_owned() }
}

/// A command at this time.
pub(crate) fn origin(at: Timestamp) -> Origin {
    Origin { at, principal: operator(), channel: Channel::CommandLine }
}
