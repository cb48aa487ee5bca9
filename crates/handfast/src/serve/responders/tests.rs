use std::collections::BTreeMap;
use std::num::NonZeroUsize;

use hf_ca::authority::{Authority, AuthorityParts};
use hf_ca::create::{NewAuthority, RootKey};
use hf_ca::key_directory::KeyDirectory;
use hf_ca::ocsp::Responder;
use hf_ca::policy::Policy;
use hf_ca::profile::{Profile, ProfileSettings};
use hf_ca::revoke::{RevokeRequest, RevokeTarget};
use hf_ca::signer::{Signer, SignerSettings};
use hf_core::principal::{Channel, Principal};
use hf_core::reason::RevocationReason;
use hf_core::time::Clock as _;
use hf_http::access::Access;
use hf_http::access::rules::Rules;
use hf_http::limits::credentials::CredentialLimiter;
use hf_http::telemetry::metrics::Metrics;
use hf_keys::block_list::BlockList;
use hf_keys::random::SystemRandom;
use hf_store::Store;
use hf_store::sqlite::{OpenOptions, SqliteStore};
use hf_testkit::ManualClock;
use tempfile::TempDir;

use super::*;

/// An authority whose answers a delegate signs, and a clock that is turned by hand.
struct House {
    doors: Doors,
    clock: Arc<ManualClock>,
    directory: TempDir,
}

impl House {
    async fn new() -> Self {
        let directory = TempDir::new().unwrap();
        std::fs::create_dir(directory.path().join("keys")).unwrap();
        let clock = Arc::new(ManualClock::default());
        let store = SqliteStore::open(&directory.path().join("store"), OpenOptions::default()).unwrap();
        let doors = Self::doors(Arc::new(store), &directory.path().join("keys"), &clock).await;
        let root = NewAuthority::new("root", DistinguishedName::common("root"), "root");
        doors.authority.create_root(root, RootKey::Keep, origin(clock.as_ref())).await.unwrap();
        Self { doors, clock, directory }
    }

    /// The same at its next start, with the keys that are in a folder of it.
    async fn start_again(self, keys: &str) -> Self {
        let store = Arc::clone(self.doors.authority.store());
        let doors = Self::doors(store, &self.directory.path().join(keys), &self.clock).await;
        Self { doors, ..self }
    }

    async fn doors(store: Arc<dyn Store>, keys: &Path, clock: &Arc<ManualClock>) -> Doors {
        let profiles =
            ProfileSettings::defaults().into_iter().map(|settings| Profile::compile(settings).unwrap());
        let parts = AuthorityParts {
            logs: None,
            store,
            keys: KeyDirectory::new(keys, None),
            profiles: profiles.collect(),
            policy: Policy::default(),
            permitted: BTreeMap::new(),
            block_list: BlockList::empty(),
            signer: Signer::start(SignerSettings::with_threads(NonZeroUsize::MIN)).unwrap(),
            clock: clock.clone(),
            random: Arc::new(SystemRandom),
        };
        let (authority, _) = Authority::start(parts, origin(clock.as_ref())).await.unwrap();
        let authority = Arc::new(authority);
        Doors {
            responder: Arc::new(Responder::new(Arc::clone(&authority), delegated())),
            authority,
            clock: clock.clone(),
            random: Arc::new(SystemRandom),
            metrics: Arc::new(Metrics::new()),
            access: Arc::new(Access::new(Rules::default(), None, None)),
            credentials: Arc::new(CredentialLimiter::new(None)),
            crls: Arc::default(),
        }
    }

    fn file(&self) -> PathBuf {
        self.directory.path().join("ocsp/root.pem")
    }

    /// One look, and who answers after it.
    async fn look(&self) -> Arc<Delegate> {
        self.look_around().await.unwrap()
    }

    /// The same where perhaps nobody answers.
    async fn look_around(&self) -> Option<Arc<Delegate>> {
        let issuer = self.doors.authority.issuers().get("root").unwrap();
        see_to(&self.doors, &issuer, &self.file(), delegated()).await.unwrap();
        self.doors.responder.delegate("root")
    }

    async fn revoke(&self, delegate: &Delegate) {
        let request = RevokeRequest {
            principal: Principal::Server,
            channel: Channel::Server,
            target: RevokeTarget::Certificate(delegate.certificate().clone()),
            reason: RevocationReason::KeyCompromise,
        };
        self.doors.authority.revoke(request).await.unwrap();
    }
}

fn delegated() -> OcspSettings {
    OcspSettings { signed_by: SignedBy::Delegate, ..OcspSettings::default() }
}

fn serial(delegate: &Delegate) -> String {
    delegate.certificate().serial().unwrap().to_string()
}

#[tokio::test]
async fn a_delegate_is_replaced_by_its_age_and_no_earlier() {
    let house = House::new().await;
    let first = house.look().await;
    assert!(house.doors.responder.fault("root").is_none());
    assert_eq!(serial(house.look().await.as_ref()), serial(&first), "the one in use stays");
    let validity = first.certificate().validity().unwrap();
    let age = |seconds: i64| validity.not_before().plus(Lifetime::from_seconds(seconds));
    let due = validity.lifetime().seconds() * 2 / 3;
    house.clock.set(age(due - 60));
    assert_eq!(serial(house.look().await.as_ref()), serial(&first), "a minute before two thirds of its life");
    let before = std::fs::read(house.file()).unwrap();
    house.clock.set(age(due + 60));
    let second = house.look().await;
    assert_ne!(serial(&second), serial(&first), "a minute after");
    assert_ne!(second.certificate().public_key(), first.certificate().public_key(), "with a new key");
    assert!(second.not_after() > first.not_after());
    assert_ne!(std::fs::read(house.file()).unwrap(), before, "it is on disk before it answers");
    // No answer is cut short: an answer of the first, made just before, ends before the first does.
    assert!(first.not_after() > age(due).plus(delegated().lifetime));
    // A start later the one on disk answers.
    let issuer = house.doors.authority.issuers().get("root").unwrap();
    let kept = kept(&house.file(), issuer.certificate().unwrap()).unwrap();
    assert_eq!(serial(&kept), serial(&second));
}

#[tokio::test]
async fn what_is_on_disk_and_cannot_serve_is_replaced() {
    let house = House::new().await;
    let first = house.look().await;
    // A file of some other authority, and one that is none.
    let other = House::new().await;
    other.look().await;
    let issuer = house.doors.authority.issuers().get("root").unwrap();
    let own = issuer.certificate().unwrap();
    assert!(kept(&house.file(), own).is_some());
    assert!(kept(&other.file(), own).is_none(), "signed by another authority");
    assert!(!serves(
        &first,
        other.doors.authority.issuers().get("root").unwrap().certificate().unwrap(),
        house.clock.now()
    ));
    std::fs::write(house.file(), "no key").unwrap();
    assert!(kept(&house.file(), own).is_none());
}

#[tokio::test]
async fn a_delegate_that_is_revoked_is_replaced_at_once_and_not_taken_from_disk_again() {
    let house = House::new().await;
    let first = house.look().await;
    house.revoke(&first).await;
    assert!(house.doors.responder.delegate("root").is_none(), "before anybody looked");
    let hint = tokio::time::timeout(Duration::from_mins(1), house.doors.responder.delegate_revoked()).await;
    assert!(hint.is_ok(), "whoever keeps them is told");
    let second = house.look().await;
    assert_ne!(serial(&second), serial(&first));
    // While the server does not run, the record is all that says so.
    house.revoke(&second).await;
    let house = house.start_again("keys").await;
    let third = house.look().await;
    assert_ne!(serial(&third), serial(&second));
    assert_eq!(serial(house.look().await.as_ref()), serial(&third));
}

#[tokio::test]
async fn a_delegate_that_is_revoked_is_not_appointed_where_there_can_be_no_other() {
    let house = House::new().await;
    let first = house.look().await;
    let house = house.start_again("elsewhere").await;
    assert_eq!(serial(house.look().await.as_ref()), serial(&first), "the key of the authority is not asked");
    house.revoke(&first).await;
    let house = house.start_again("elsewhere").await;
    assert!(house.look_around().await.is_none());
}
