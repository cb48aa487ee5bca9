//! What the endpoints work with: signers by label, switches, auth keys with their guards, database, responder.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};

use arc_swap::ArcSwap;
use hf_cfssl::bundle::Bundler;
use hf_cfssl::machine::Machine;
use hf_cfssl::ocsp::Responder;
use hf_cfssl::policy::{Policy, Unknown};
use hf_cfssl::records::Records;
use hf_cfssl::signer::{Asker, LocalSigner, Signed};
use hf_cfssl::universal::UniversalSigner;
use hf_core::principal::Principal;
use hf_core::time::{Lifetime, Timestamp};
use hf_proto::cfssl::auth::{AuthKey, NonceCache, NonceVerdict};
use hf_proto::cfssl::code::{CfsslError, ErrorKind};
use hf_proto::cfssl::config::Profile;
use hf_proto::cfssl::envelope::Failure;
use hf_proto::cfssl::info::{InfoRequest, InfoResponse};
use hf_proto::cfssl::sign_request::SignRequest;
use tokio::sync::Semaphore;

use super::caller::Proofs;
use super::endpoint::Row;
use super::failure;
use super::metrics::Metrics;
use super::openings::Openings;
use super::repeated::Repeated;
use super::reply::Refusal;
use crate::limits::credentials::CredentialLimiter;

/// The collaborators of the endpoints.
pub struct Door {
    /// Who signs.
    pub labels: Labels,
    /// What is switched on and off by name.
    pub openings: Openings,
    /// What proves a right, beside tokens.
    pub proofs: Proofs,
    /// What is counted.
    pub metrics: Metrics,
    /// How many requests each auth key may make.
    pub credentials: Arc<CredentialLimiter>,
    /// The certificate database.
    pub records: Option<Arc<Records>>,
    /// Signs revocation lists from the certificate database.
    pub crl: Option<CrlSource>,
    /// For how long lists from the record hold.
    pub lists: ListLifetimes,
    /// Signs OCSP responses.
    pub responder: Option<Responder>,
    /// Completes chains.
    pub bundler: Option<BundlerSource>,
    /// Whether a bundle may come with a certificate that was signed: out of roots that know its issuer.
    pub bundles_beside: bool,
    /// Clock and randomness.
    pub machine: Machine,
    /// Places for work that keeps a processor busy.
    pub workers: Arc<Semaphore>,
}

/// For how long revocation lists from the record hold.
#[derive(Clone, Copy, Debug)]
pub struct ListLifetimes {
    /// What nobody chose.
    pub usual: Lifetime,
    /// What may be chosen at most.
    pub longest: Lifetime,
}

impl Default for ListLifetimes {
    /// The 7 days of `cfssl serve`, a year at most.
    fn default() -> Self {
        Self { usual: Lifetime::from_days(7), longest: Lifetime::from_days(366) }
    }
}

/// The door that is in force. Clones show the same one.
#[derive(Clone)]
pub struct DoorHandle(Arc<ArcSwap<Door>>);

impl DoorHandle {
    /// This door, until another takes its place.
    pub fn new(door: Door) -> Self {
        Self(Arc::new(ArcSwap::from_pointee(door)))
    }

    /// For the next request.
    pub fn current(&self) -> Arc<Door> {
        self.0.load_full()
    }

    /// Put another door in its place. Requests that are under way finish with the one that they began with. What is
    /// remembered of the use of auth keys stays: a reload must not make a proof good a second time.
    pub fn replace(&self, mut door: Door) {
        door.labels.remember(&self.current().labels);
        self.0.store(Arc::new(door));
    }
}

/// What bundles are made of, now: roots of a trust domain come and go while it is served.
pub type BundlerSource = Box<dyn Fn() -> Bundler + Send + Sync>;

/// Signs a revocation list that begins now and holds for so long; DER. The key stays with whoever made this.
pub type CrlSource = Box<dyn Fn(Timestamp, Lifetime) -> CrlFuture + Send + Sync>;

/// A revocation list that is being signed.
pub type CrlFuture = Pin<Box<dyn Future<Output = Result<Vec<u8>, CfsslError>> + Send>>;

impl Door {
    /// The certificate database.
    pub(super) fn records(&self) -> Result<&Records, Refusal> {
        let missing = "no signer here has this key identifier, and there is no certificate database: `cfssl serve` has one with `-db-config`";
        self.records.as_deref().ok_or_else(|| failure::unavailable(missing))
    }

    /// Now.
    pub(super) fn now(&self) -> Timestamp {
        self.machine.clock.now()
    }

    /// One more request of this credential, if it has not had too many.
    pub(super) fn within_rate(&self, principal: &Principal) -> Result<(), Refusal> {
        self.credentials.check(&principal.to_string()).map_err(|retry| {
            let text = format!("too many requests of {principal}: ask again in {retry}");
            Refusal::later("too-many", Failure::with_status(429, text), retry.seconds())
        })
    }

    /// Have a request signed and count it. What the policy changed of it is in the log.
    pub(super) async fn sign(
        &self,
        row: &Row,
        label: &Label,
        request: SignRequest,
        asker: &Asker,
    ) -> Result<Signed, Refusal> {
        self.metrics.request(row.name, &label.name);
        let signed = async {
            let (profile, _) = label.profile(&request.profile)?;
            let request = SignRequest { profile: profile.to_owned(), ..request };
            let signed = label.signer.sign(&request, asker).await?;
            self.metrics.issued(label.local().map_or(&label.name, LocalSigner::issuer), profile);
            for remark in signed.remarks() {
                tracing::warn!(signer = label.name, remark, "not signed as asked for");
            }
            Ok(signed)
        };
        signed.await.map_err(|error| {
            self.metrics.errored(row.name, &label.name);
            failure::refusal(row.name, &label.name, error)
        })
    }
}

/// The signers of a door, by label.
pub struct Labels {
    by_name: BTreeMap<String, Label>,
    default: String,
    /// Whether an unknown label means the default one: a door with one signer passes labels over, as `cfssl serve` does.
    single: bool,
}

impl Labels {
    /// No signer: what needs one is refused.
    pub fn none() -> Self {
        Self { by_name: BTreeMap::new(), default: String::new(), single: true }
    }

    /// One signer, whatever the label of a request.
    pub fn single(label: Label) -> Self {
        let default = label.name.clone();
        Self { by_name: BTreeMap::from([(default.clone(), label)]), default, single: true }
    }

    /// Several signers; requests without a label are for the one called `default`.
    ///
    /// # Errors
    /// With the default's name when none is called so.
    pub fn several(labels: impl IntoIterator<Item = Label>, default: &str) -> Result<Self, String> {
        let labels: BTreeMap<String, Label> =
            labels.into_iter().map(|label| (label.name.clone(), label)).collect();
        if !default.is_empty() && !labels.contains_key(default) {
            return Err(default.to_owned());
        }
        Ok(Self { by_name: labels, default: default.to_owned(), single: false })
    }

    /// Go on with what `before` remembers of auth keys, label by label and key by key.
    fn remember(&mut self, before: &Self) {
        for (name, label) in &mut self.by_name {
            let Some(old) = before.by_name.get(name) else { continue };
            for (key, guard) in &mut label.guards {
                if let Some(old) = old.guards.get(key) {
                    *guard = Arc::clone(old);
                }
            }
        }
    }

    /// The signer of certificates with this authority key identifier, hexadecimal, if that address may ask it.
    pub(super) fn by_key_id(
        &self,
        key_id: &str,
        address: Option<IpAddr>,
    ) -> Result<Option<&LocalSigner>, Refusal> {
        let mut found = self.by_name.values().filter_map(|label| Some((label, label.local()?)));
        let Some((label, signer)) = found.find(|(_, signer)| signer.has_key_id(key_id)) else {
            return Ok(None);
        };
        label.admit(address)?;
        Ok(Some(signer))
    }

    /// The signer with this label, if that address may ask it.
    pub(super) fn admitted(&self, label: &str, address: Option<IpAddr>) -> Result<&Label, Refusal> {
        let label = self.find(label)?;
        label.admit(address)?;
        Ok(label)
    }

    /// The signer with this label.
    pub(super) fn find(&self, label: &str) -> Result<&Label, Refusal> {
        let name = if label.is_empty() || self.single { &self.default } else { label };
        self.by_name.get(name).ok_or_else(|| {
            if self.by_name.is_empty() {
                let text = "there is no signer: start the server with `-ca` and `-ca-key`, or with a remote in `-config`";
                return Refusal::new("no-signer", Failure::with_status(404, text));
            }
            let found: String = label.chars().take(40).collect();
            let text = format!("there is no signer with the label `{}`", found.escape_debug());
            Refusal::new("label", Failure::bad_request(text))
        })
    }
}

/// A signer under its label.
pub struct Label {
    /// The label.
    pub name: String,
    /// Who signs.
    signer: UniversalSigner,
    /// The profiles.
    policy: Arc<Policy>,
    unknown: Unknown,
    /// Networks whose addresses may ask; `None`: any.
    networks: Option<Vec<ipnet::IpNet>>,
    /// By name of the auth key.
    guards: BTreeMap<String, Arc<Guard>>,
}

impl Label {
    /// A signer that answers everybody and refuses profiles that it does not know. `policy` is that of the signer.
    pub fn new(name: impl Into<String>, signer: UniversalSigner, policy: Arc<Policy>) -> Self {
        let profiles = policy.config().signing.all();
        let keys = profiles.flat_map(|(_, profile)| [&profile.auth_key, &profile.previous_auth_key]);
        let guards = keys.map(|key| (key.clone(), Arc::new(Guard::new()))).collect();
        Self { name: name.into(), signer, policy, unknown: Unknown::Refused, networks: None, guards }
    }

    /// What happens with names of profiles that do not exist.
    #[must_use]
    pub fn with_unknown(self, unknown: Unknown) -> Self {
        Self { unknown, ..self }
    }

    /// Answer these networks only.
    #[must_use]
    pub fn with_networks(self, networks: Option<Vec<ipnet::IpNet>>) -> Self {
        Self { networks, ..self }
    }

    /// Nothing, if this address may ask; one that is not known may not where networks are named.
    pub(super) fn admit(&self, address: Option<IpAddr>) -> Result<(), Refusal> {
        let may = self.networks.as_ref().is_none_or(|networks| {
            address.is_some_and(|address| networks.iter().any(|network| network.contains(&address)))
        });
        if may { Ok(()) } else { Err(Refusal::new("network", Failure::with_status(403, "not authorised"))) }
    }

    /// The signer for what is signed here.
    pub(super) fn local(&self) -> Option<&LocalSigner> {
        self.signer.here()
    }

    /// What the signer tells about itself and a profile.
    pub(super) async fn info(&self, request: &InfoRequest) -> Result<InfoResponse, CfsslError> {
        let (profile, _) = self.profile(&request.profile)?;
        let request = InfoRequest { profile: profile.to_owned(), label: request.label.clone() };
        self.signer.info(&request).await
    }

    /// The auth keys of a profile, the current one first; none when it asks for no token.
    pub(super) fn keys(&self, profile: &str) -> Result<Vec<GuardedKey<'_>>, CfsslError> {
        let (_, profile) = self.profile(profile)?;
        let named =
            [(&profile.auth_key, &profile.auth), (&profile.previous_auth_key, &profile.previous_auth)];
        let present = named.into_iter().filter_map(|(name, key)| Some((name, key.as_ref()?)));
        let guarded =
            present.map(|(name, key)| Some(GuardedKey { name, key, guard: self.guards.get(name)? }));
        // A key without its guard must not open the profile.
        guarded.collect::<Option<Vec<_>>>().ok_or_else(|| CfsslError::new(ErrorKind::PolicyInvalid))
    }

    /// The profile that a request means, and the name under which the signer knows it: both are found in one way, so
    /// that no request is judged under one profile and signed under another.
    fn profile<'s, 'n>(&'s self, name: &'n str) -> Result<(&'n str, &'s Profile), CfsslError> {
        let signing = &self.policy.config().signing;
        match signing.profile(name) {
            Ok(profile) => Ok((name, profile)),
            Err(_) if self.unknown == Unknown::IsDefault => Ok(("", &signing.default)),
            Err(error) => Err(error),
        }
    }
}

/// An auth key, and what is remembered of its use.
pub(super) struct GuardedKey<'a> {
    /// Its name in the policy.
    pub(super) name: &'a str,
    /// The key.
    pub(super) key: &'a AuthKey,
    /// What came with it.
    pub(super) guard: &'a Guard,
}

/// What was made with one auth key, within bounds: so no holder of a key can exhaust the memory that guards another's.
pub(super) struct Guard {
    pub(super) repeated: Repeated,
    nonces: Mutex<NonceCache>,
}

impl Guard {
    /// How many nonces are kept: for ten minutes each, 109 a second.
    const NONCES: usize = 65_536;

    fn new() -> Self {
        Self { repeated: Repeated::new(), nonces: Mutex::new(NonceCache::new(Self::NONCES)) }
    }

    /// Use a nonce, once.
    pub(super) fn use_nonce(&self, nonce: &[u8], now: Timestamp) -> NonceVerdict {
        self.nonces.lock().unwrap_or_else(PoisonError::into_inner).admit(nonce, now)
    }
}
