//! The authority: what it is made of, and how it starts.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, RwLock};

use hf_core::audit::AuditAction;
use hf_core::finding::Finding;
use hf_core::random::Random;
use hf_core::time::{Clock, Timestamp};
use hf_keys::block_list::BlockList;
use hf_keys::signing_key::SigningKey;
use hf_store::audit::{Origin, hex};
use hf_store::record::AuthorityRecord;
use hf_store::{Store, StoreError};

use crate::issuer::{Issuer, Issuers};
use crate::key_directory::KeyDirectory;
use crate::ocsp::StatusCache;
use crate::policy::{NamePattern, Policy};
use crate::profile::{Profile, Profiles};
use crate::record_health::RecordHealth;
use crate::shards::Shards;
use crate::signer::{Signer, SignerCounts, SignerError, SignerLatency};
use crate::signing_clock::{ClockJumpedBack, SigningClock};
use crate::transparency::LogClient;

/// What an authority is made of: the one place where its collaborators are named.
pub struct AuthorityParts {
    /// Where everything is recorded.
    pub store: Arc<dyn Store>,
    /// Where private keys of authorities are.
    pub keys: KeyDirectory,
    /// The profiles, by name.
    pub profiles: Vec<Profile>,
    /// The policy.
    pub policy: Policy,
    /// Names that each authority may certify, by its name; an authority that is not listed may certify any.
    pub permitted: BTreeMap<String, Vec<NamePattern>>,
    /// Keys of others that are known to be compromised, beside those that this authority revoked.
    pub block_list: BlockList,
    /// The threads that sign.
    pub signer: Signer,
    /// How logs of certificate transparency are asked. Without it a profile that names logs issues nothing.
    pub logs: Option<Arc<dyn LogClient>>,
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// The system's random generator.
    pub random: Arc<dyn Random>,
}

/// The certificate authority of one trust domain: issues, revokes, signs CRLs.
pub struct Authority {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) keys: KeyDirectory,
    pub(crate) issuers: Issuers,
    pub(crate) profiles: Profiles,
    /// Held while the authorities are read anew, so that two readings do not overtake each other.
    pub(crate) refreshing: tokio::sync::Mutex<()>,
    pub(crate) policy: Policy,
    pub(crate) permitted: BTreeMap<String, Vec<NamePattern>>,
    /// Authorities that certify others than authorities although they have some below; `None`: all.
    pub(crate) certify_all: RwLock<Option<BTreeSet<String>>>,
    pub(crate) block_list: BlockList,
    pub(crate) signer: Signer,
    pub(crate) logs: Option<Arc<dyn LogClient>>,
    pub(crate) signing_clock: SigningClock,
    pub(crate) shards: Shards,
    /// What OCSP clients were told: whoever changes a status makes it be forgotten.
    pub(crate) statuses: Arc<StatusCache>,
    pub(crate) record_health: RecordHealth,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) random: Arc<dyn Random>,
}

/// What the start found and did.
#[derive(Clone, Debug, Default)]
pub struct StartReport {
    /// Intents of a process that ended between intent and certificate, now closed as *possibly signed*.
    pub closed_intents: u64,
    /// Authorities that may not sign, and why; a clock that jumped back.
    pub findings: Vec<Finding>,
}

/// Why the authority does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The store failed.
    #[error("the store failed to {step}")]
    Store {
        /// What was to be read or recorded.
        step: &'static str,
        /// What the store said.
        #[source]
        source: StoreError,
    },
    /// Two profiles have one name.
    #[error("there are two profiles `{name}`")]
    TwoProfiles {
        /// The name.
        name: String,
    },
    /// The signer failed.
    #[error("the signer could not be started")]
    Signer(#[from] SignerError),
}

impl Authority {
    /// Start: close what a process before left open, put the profiles on record, load and check every issuer.
    ///
    /// Nothing here grows with the number of certificates. An issuer that fails its check does not sign; the others do,
    /// and revocations and lists work without any.
    pub async fn start(parts: AuthorityParts, origin: Origin) -> Result<(Self, StartReport), StartError> {
        let store = parts.store;
        let failed = |step| move |source| StartError::Store { step, source };
        let closed_intents =
            store.close_open_intents(origin.clone()).await.map_err(failed("close open intents"))?;
        let last = store.last_signing_time().await.map_err(failed("read the time of the last signing"))?;
        let authority = Self {
            keys: parts.keys,
            issuers: Issuers::default(),
            profiles: Profiles::new(parts.profiles)?,
            refreshing: tokio::sync::Mutex::new(()),
            policy: parts.policy,
            permitted: parts.permitted,
            certify_all: RwLock::default(),
            block_list: parts.block_list,
            signer: parts.signer,
            logs: parts.logs,
            signing_clock: SigningClock::new(last, SigningClock::TOLERANCE),
            shards: Shards::default(),
            statuses: Arc::default(),
            record_health: RecordHealth::default(),
            clock: parts.clock,
            random: parts.random,
            store,
        };
        authority
            .record_profiles(&authority.profiles.all(), &origin)
            .await
            .map_err(failed("record the profiles"))?;
        authority.read_issuers().await.map_err(failed("read the authorities"))?;
        let report = StartReport { closed_intents, findings: authority.findings() };
        Ok((authority, report))
    }

    /// What keeps authorities from signing now: faults of issuers and of the clock.
    pub fn findings(&self) -> Vec<Finding> {
        let mut findings: Vec<Finding> =
            self.issuers.all().iter().flat_map(|issuer| issuer.faults().to_vec()).collect();
        if let Err(error) = self.signing_clock.now(self.clock.as_ref()) {
            findings.push(clock_finding(&error));
        }
        findings
    }

    /// The authorities.
    pub fn issuers(&self) -> &Issuers {
        &self.issuers
    }

    /// The policy.
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// The profile of this name.
    pub fn profile(&self, name: &str) -> Option<Arc<Profile>> {
        self.profiles.get(name)
    }

    /// All profiles, in the order of their names.
    pub fn profiles(&self) -> Vec<Arc<Profile>> {
        self.profiles.all()
    }

    /// Replace all profiles at once, after putting them on record. A request that is under way keeps the profile that it
    /// was judged by. When anything fails, the profiles stay as they were.
    ///
    /// # Errors
    /// When two profiles have one name, or the store fails.
    pub async fn set_profiles(&self, profiles: Vec<Profile>, origin: &Origin) -> Result<(), StartError> {
        let next = Profiles::new(profiles)?;
        let recorded = self.record_profiles(&next.all(), origin).await;
        recorded.map_err(|source| StartError::Store { step: "record the profiles", source })?;
        self.profiles.replace(next);
        Ok(())
    }

    /// How long signatures took since the start.
    pub fn signer_latency(&self) -> SignerLatency {
        self.signer.latency()
    }

    /// What the threads that sign did since the start, and what waits.
    pub fn signer_counts(&self) -> SignerCounts {
        self.signer.counts()
    }

    /// Why nothing can be put on record, or not everything, as far as the last attempts tell. After one that failed it is found
    /// out, once a second, whether that is still so. Names no files.
    pub async fn record_fault(&self) -> Option<&'static str> {
        if let Some(error) = self.store.trouble() {
            self.record_health.note_trouble(&error);
        }
        if self.record_health.probe_is_due(self.clock.now()) {
            self.record_health.note_probe(&self.store.probe().await);
        }
        self.record_health.fault()
    }

    /// The time by the authority's clock.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// The record of everything.
    pub fn store(&self) -> &Arc<dyn Store> {
        &self.store
    }

    /// Load an authority and check it, with its key if that is at hand.
    pub(crate) fn load(&self, record: AuthorityRecord) -> Issuer {
        let key = self.key_of(&record).map_err(|finding| *finding);
        self.load_with(record, key)
    }

    /// The key of an authority, if it is at hand.
    pub(crate) fn key_of(
        &self,
        record: &AuthorityRecord,
    ) -> Result<Option<Arc<dyn SigningKey>>, Box<Finding>> {
        let Some(reference) = &record.key else { return Ok(None) };
        let key = self.keys.open(reference).map_err(|error| Box::new(error.finding(&record.name)))?;
        Ok(Some(Arc::new(key)))
    }

    /// Load an authority and check it, with this key.
    pub(crate) fn load_with(
        &self,
        record: AuthorityRecord,
        key: Result<Option<Arc<dyn SigningKey>>, Finding>,
    ) -> Issuer {
        let permitted = self.permitted.get(&record.name).cloned().unwrap_or_default();
        let fall = self.issuers.get(&record.name).and_then(|issuer| issuer.fall().cloned());
        let issuer = Issuer::load(record, key, permitted);
        if let Some(fall) = fall {
            issuer.mark_fallen(fall);
        }
        issuer
    }

    pub(crate) async fn record_profiles(
        &self,
        profiles: &[Arc<Profile>],
        origin: &Origin,
    ) -> Result<(), StoreError> {
        for profile in profiles {
            let snapshot = profile.snapshot().clone();
            let event = origin.event(AuditAction::SnapshotRecorded {
                profile: snapshot.profile.clone(),
                snapshot: hex(&snapshot.id.0),
            });
            self.store.record_snapshot(snapshot, event).await?;
        }
        Ok(())
    }
}

fn clock_finding(error: &ClockJumpedBack) -> Finding {
    const CODE: hf_core::finding::FindingCode = hf_core::finding::FindingCode::new("HF-CLOCK-JUMPED-BACK");
    Finding::error(CODE, "clock", "the clock jumped back: nothing is signed until it is right again")
        .expected_found(format!("{} or later", error.last.minus(error.tolerance)), error.now.to_string())
        .hint("set the clock, for example with `timedatectl set-ntp true`")
}
