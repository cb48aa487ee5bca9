//! Certificates whose pre-certificates logs must see (RFC 6962): what goes out, what is on record, and what remains when a
//! log, the key or the store fails between the two signatures.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use hf_ca::authority::Authority;
use hf_ca::crl::CrlRequest;
use hf_ca::error::IssueError;
use hf_ca::profile::{Profile, ProfileSettings};
use hf_ca::request::IssueRequest;
use hf_ca::revoke::{RevokeRequest, RevokeTarget};
use hf_ca::transparency::{LogAnswer, LogClient, LogFault};
use hf_core::audit::AuditAction;
use hf_core::principal::Channel;
use hf_core::reason::RevocationReason;
use hf_core::time::{Clock as _, Lifetime};
use hf_store::Store;
use hf_store::audit::hex;
use hf_store::faulty::{Failure, FaultyStore, Outage};
use hf_store::list::ListFilter;
use hf_store::record::Body;
use hf_testkit::ManualClock;
use hf_testkit::log::Log;
use hf_x509::certificate::Certificate;
use hf_x509::crl::CertificateList;
use hf_x509::digest::sha256;
use hf_x509::ext::ListedTimestamp;
use hf_x509::oids;
use hf_x509::transparency::{SignedCertificateTimestamp, correspond, entry_of_certificate};

use crate::common::{House, operator, request};
use crate::remembering_key::RememberingKey;

/// How a log of these tests behaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Manner {
    Honest,
    Refuses,
    Silent,
    /// Seconds that its clock is ahead.
    Ahead(i64),
    OtherEntry,
    WideExtensions,
}

/// Logs at `http://a.log` and `http://b.log`, asked without a network.
struct Logs {
    each: Vec<Log>,
    clock: Arc<ManualClock>,
    manner: Mutex<Manner>,
    seen: Mutex<Vec<Certificate>>,
    /// Goes down while a log is asked, as if the process ended there.
    store: Mutex<Option<Arc<FaultyStore>>>,
}

impl Logs {
    fn new(house: &House, count: usize) -> Arc<Self> {
        Arc::new(Self {
            each: (0..count).map(|_| Log::new().unwrap()).collect(),
            clock: house.clock.clone(),
            manner: Mutex::new(Manner::Honest),
            seen: Mutex::default(),
            store: Mutex::default(),
        })
    }

    fn behave(&self, manner: Manner) {
        *self.manner.lock().unwrap() = manner;
    }

    fn seen(&self) -> Vec<Certificate> {
        self.seen.lock().unwrap().clone()
    }

    fn promise(&self, url: &str, chain: &[Certificate]) -> Result<SignedCertificateTimestamp, LogFault> {
        let manner = *self.manner.lock().unwrap();
        let log = if url == "http://b.log" { self.each.last().unwrap() } else { &self.each[0] };
        let ahead = if let Manner::Ahead(seconds) = manner { seconds } else { 0 };
        let at = u64::try_from(self.clock.now().unix_seconds() + ahead).unwrap() * 1000;
        let refused = |said| LogFault::Refused { status: 400, said };
        let mut promise = log.promise(chain, at).map_err(refused)?;
        match manner {
            Manner::Refuses => return Err(LogFault::Refused { status: 403, said: "no".to_owned() }),
            Manner::OtherEntry => {
                let other = log.promise(chain, at + 1).map_err(refused)?;
                promise.signature = other.signature;
            }
            Manner::WideExtensions => promise.extensions = vec![0; 65_000],
            Manner::Honest | Manner::Silent | Manner::Ahead(_) => {}
        }
        self.seen.lock().unwrap().push(chain[0].clone());
        if let Some(store) = self.store.lock().unwrap().take() {
            store.go_down(Outage::Refuses);
        }
        Ok(SignedCertificateTimestamp::from_parts(
            promise.version,
            promise.log_id,
            promise.milliseconds,
            promise.extensions,
            &promise.signature,
        )
        .unwrap())
    }
}

impl LogClient for Logs {
    fn add_pre_chain<'a>(&'a self, log: &'a str, chain: &'a [Certificate]) -> LogAnswer<'a> {
        let answer = self.promise(log, chain);
        if *self.manner.lock().unwrap() == Manner::Silent {
            return Box::pin(std::future::pending());
        }
        Box::pin(async { answer })
    }
}

fn logged() -> ProfileSettings {
    ProfileSettings { transparency_logs: vec!["http://a.log/".to_owned()], ..ProfileSettings::peer() }
}

async fn set(authority: &Authority, house: &House, settings: ProfileSettings) {
    let name = settings.name.clone();
    let others = ProfileSettings::defaults().into_iter().filter(|other| other.name != name);
    let profiles = others.chain([settings]).map(|settings| Profile::compile(settings).unwrap()).collect();
    authority.set_profiles(profiles, &house.origin()).await.unwrap();
}

/// An authority whose profile `peer` is that of `settings`, and which asks `logs`.
async fn founded(house: &House, logs: &Arc<Logs>, settings: ProfileSettings) -> Authority {
    drop(house.found().await);
    started(house, logs, settings, house.store()).await
}

async fn started(
    house: &House,
    logs: &Arc<Logs>,
    settings: ProfileSettings,
    store: Arc<dyn Store>,
) -> Authority {
    let authority = house.start_asking(store, logs.clone()).await;
    set(&authority, house, settings).await;
    authority
}

fn asked() -> IssueRequest {
    request(&["a.shop.internal"])
}

async fn bodies(store: &dyn Store) -> (Vec<Vec<u8>>, Vec<Vec<u8>>) {
    let page = store.list(ListFilter::default(), None, 100).await.unwrap();
    let (mut issued, mut possibly) = (Vec::new(), Vec::new());
    for record in page.items.into_iter().filter(|record| record.authority == "services") {
        match record.body {
            Body::Issued(der) => issued.push(der),
            Body::PossiblySigned(tbs) => possibly.push(tbs),
        }
    }
    (issued, possibly)
}

async fn actions(store: &dyn Store) -> Vec<AuditAction> {
    let rows = store.audit_rows(0, 1_000).await.unwrap();
    rows.iter().map(|row| row.decode().unwrap().action).collect()
}

#[tokio::test]
async fn a_certificate_carries_a_timestamp_of_every_log_that_saw_its_precertificate() {
    let house = House::new();
    let logs = Logs::new(&house, 2);
    let both = vec!["http://a.log/".to_owned(), "http://b.log/".to_owned()];
    let settings = ProfileSettings { transparency_logs: both, ..ProfileSettings::peer() };
    let authority = founded(&house, &logs, settings).await;
    let issued = authority.issue(asked()).await.unwrap();
    let certificate = &issued.certificate;
    certificate.verify_signed_by(issued.chain[0].public_key()).unwrap();
    assert!(certificate.extension(&oids::PRECERTIFICATE_POISON).is_none());
    let list = certificate.signed_certificate_timestamps().unwrap().unwrap();
    assert_eq!(list.timestamps().len(), 2);
    let entry = entry_of_certificate(certificate.tbs_der()).unwrap();
    for (log, timestamp) in logs.each.iter().zip(list.timestamps()) {
        let ListedTimestamp::V1(timestamp) = timestamp else { panic!("{timestamp:?}") };
        timestamp.verify(log.public_key(), issued.chain[0].public_key(), &entry).unwrap();
    }
    let seen = logs.seen();
    assert_eq!((seen.len(), &seen[0]), (2, &seen[1]), "one pre-certificate, seen by both");
    correspond(certificate.tbs_der(), seen[0].tbs_der()).unwrap();
    assert_eq!(seen[0].serial_octets(), certificate.serial_octets());

    let (issued, possibly) = bodies(&**authority.store()).await;
    assert_eq!((issued, possibly), (vec![certificate.der().to_vec()], Vec::new()));
    let actions = actions(&**authority.store()).await;
    let [.., begun, logged, finished] = actions.as_slice() else { panic!("{actions:?}") };
    let AuditAction::IssuanceBegun { tbs_sha256, .. } = begun else { panic!("{begun:?}") };
    assert_eq!(*tbs_sha256, hex(&sha256(seen[0].tbs_der())), "the pre-certificate is what was begun");
    let AuditAction::PrecertificateLogged { precertificate_sha256, tbs_sha256, logs, .. } = logged else {
        panic!("{logged:?}")
    };
    assert_eq!(*precertificate_sha256, hex(&seen[0].sha256()));
    assert_eq!(*tbs_sha256, hex(&sha256(certificate.tbs_der())));
    assert_eq!(*logs, ["http://a.log", "http://b.log"]);
    assert!(matches!(finished, AuditAction::IssuanceFinished { .. }), "{finished:?}");
}

#[tokio::test]
async fn without_anybody_who_asks_logs_nothing_is_begun() {
    let house = House::new();
    let authority = house.found().await;
    set(&authority, &house, logged()).await;
    let before = authority.store().audit_head().await.unwrap();
    let error = authority.issue(asked()).await.unwrap_err();
    assert!(matches!(&error, IssueError::NoLogs { profile } if profile == "peer"), "{error}");
    assert_eq!(authority.store().audit_head().await.unwrap(), before);
}

/// Whether it is the fault that a manner leads to.
type Fits = fn(&LogFault) -> bool;

#[tokio::test(start_paused = true)]
async fn whatever_a_log_does_the_serial_number_stays_and_can_be_revoked() {
    let house = House::new();
    let logs = Logs::new(&house, 1);
    let keys = vec![logs.each[0].key_text()];
    let authority = founded(&house, &logs, ProfileSettings { transparency_keys: keys, ..logged() }).await;
    let unlogged = |error: &IssueError, fits: fn(&LogFault) -> bool| matches!(error, IssueError::Unlogged { source, .. } if source.log == "http://a.log" && fits(&source.fault));
    let faults: [(Manner, Fits); 5] = [
        (Manner::Refuses, |fault| matches!(fault, LogFault::Refused { status: 403, .. })),
        (Manner::Silent, |fault| matches!(fault, LogFault::Late { .. })),
        (Manner::Ahead(61), |fault| matches!(fault, LogFault::Future { .. })),
        (Manner::OtherEntry, |fault| matches!(fault, LogFault::Signature(_))),
        (Manner::WideExtensions, |fault| matches!(fault, LogFault::Large { .. })),
    ];
    let mut serials = BTreeSet::new();
    for (count, (manner, fits)) in faults.into_iter().enumerate() {
        logs.behave(manner);
        let error = authority.issue(asked()).await.unwrap_err();
        assert!(unlogged(&error, fits), "{manner:?}: {error:?}");
        let (issued, possibly) = bodies(&**authority.store()).await;
        assert_eq!((issued.len(), possibly.len()), (0, count + 1), "{manner:?}");
        assert!(authority.store().open_intents(1).await.unwrap().is_empty(), "{manner:?}");
        let IssueError::Unlogged { serial, .. } = error else { unreachable!() };
        assert!(serials.insert(serial), "no serial number is used twice");
    }
    for serial in serials {
        let target = RevokeTarget::Serial { authority: "services".to_owned(), serial: serial.clone() };
        let (principal, channel, reason) =
            (operator(), Channel::CommandLine, RevocationReason::CessationOfOperation);
        authority.revoke(RevokeRequest { principal, channel, target, reason }).await.unwrap();
        assert!(listed(&authority, serial.as_unsigned()).await, "{serial}");
    }
    logs.behave(Manner::Ahead(60));
    authority.issue(asked()).await.unwrap();
}

async fn listed(authority: &Authority, serial: &[u8]) -> bool {
    let (principal, channel, lifetime) = (operator(), Channel::CommandLine, CrlRequest::LIFETIME);
    let (name, shard) = ("services".to_owned(), hf_store::record::COMPLETE);
    authority.issue_crl(CrlRequest { principal, channel, authority: name, shard, lifetime }).await.unwrap();
    let list = authority.latest_crl("services").await.unwrap().unwrap();
    CertificateList::from_der(list.der).unwrap().find(serial).is_some()
}

#[tokio::test]
async fn two_addresses_of_one_log_and_a_log_with_another_key_are_refused() {
    let house = House::new();
    let logs = Logs::new(&house, 1);
    let both = vec!["http://a.log".to_owned(), "http://b.log".to_owned()];
    let authority = founded(&house, &logs, ProfileSettings { transparency_logs: both, ..logged() }).await;
    let error = authority.issue(asked()).await.unwrap_err();
    let IssueError::Unlogged { source, .. } = error else { panic!("{error}") };
    assert!(
        source.to_string().contains("log `http://b.log`: it is the same log as `http://a.log`"),
        "{source}"
    );

    let other = vec![Log::new().unwrap().key_text()];
    set(&authority, &house, ProfileSettings { transparency_keys: other, ..logged() }).await;
    let error = authority.issue(asked()).await.unwrap_err();
    let IssueError::Unlogged { source, .. } = error else { panic!("{error}") };
    assert!(matches!(source.fault, LogFault::UnknownKey { .. }), "{source}");
}

async fn counting(authority: &Authority, house: &House, refuses_from: usize) -> Arc<RememberingKey> {
    let key = RememberingKey::of_services(&**authority.store(), house, refuses_from).await;
    let key = Arc::new(key);
    authority.lend_key("services", key.clone()).await.unwrap();
    key
}

#[tokio::test]
async fn a_key_that_is_gone_before_the_second_signature_leaves_a_record_and_no_certificate() {
    let house = House::new();
    let logs = Logs::new(&house, 1);
    let authority = founded(&house, &logs, logged()).await;
    let key = counting(&authority, &house, 2).await;
    let error = authority.issue(asked()).await.unwrap_err();
    assert!(matches!(error, IssueError::Sign { .. }), "{error}");
    let (issued, possibly) = bodies(&**authority.store()).await;
    assert_eq!((issued.len(), possibly), (0, key.signed.lock().unwrap().clone()));
    assert!(authority.store().open_intents(1).await.unwrap().is_empty());
}

/// Whichever write fails, lost or done: what logs saw is on record, at most one certificate was signed for each
/// pre-certificate and its bytes went on record before, and what went out is on record.
#[tokio::test]
async fn whichever_write_fails_nothing_is_signed_that_is_not_on_record() {
    for failure in [Failure::Lost, Failure::Done] {
        let mut refused = 0;
        for at in 1..=8 {
            let house = House::new();
            let logs = Logs::new(&house, 1);
            drop(house.found().await);
            let store = house.store();
            let none = Arc::new(FaultyStore::new(Arc::clone(&store), 0, failure));
            let authority = started(&house, &logs, logged(), none.clone()).await;
            let key = counting(&authority, &house, usize::MAX).await;
            drop(authority);
            let faulty = Arc::new(FaultyStore::new(Arc::clone(&store), none.calls() + at, failure));
            let authority = started(&house, &logs, logged(), faulty).await;
            authority.lend_key("services", key.clone()).await.unwrap();
            let out = authority.issue(asked()).await.ok().map(|issued| issued.certificate);
            drop(authority);
            let restarted = started(&house, &logs, logged(), Arc::clone(&store)).await;
            let signed = key.signed.lock().unwrap().clone();
            refused += usize::from(out.is_none());
            hold(&*store, &signed, &logs.seen(), out).await;
            restarted.issue(asked()).await.unwrap();
        }
        assert!(refused >= 2, "{failure:?}: {refused} of the writes matter");
    }
}

async fn hold(store: &dyn Store, signed: &[Vec<u8>], seen: &[Certificate], out: Option<Certificate>) {
    let (issued, possibly) = bodies(store).await;
    if let Some(out) = &out {
        assert!(issued.contains(&out.der().to_vec()), "what goes out is on record");
    }
    assert!(store.open_intents(1).await.unwrap().is_empty());
    let actions = actions(store).await;
    let digest = |action: &AuditAction| {
        if let AuditAction::IssuanceBegun { tbs_sha256, .. }
        | AuditAction::PrecertificateLogged { tbs_sha256, .. } = action
        {
            return Some(tbs_sha256.clone());
        }
        None
    };
    let recorded: Vec<String> = actions.iter().filter_map(digest).collect();
    for tbs in signed {
        assert!(recorded.contains(&hex(&sha256(tbs))), "signed, and not on record");
    }
    for precertificate in seen {
        let issued = issued.iter().map(|der| Certificate::from_der(der).unwrap());
        let serials = issued.filter(|one| one.serial_octets() == precertificate.serial_octets());
        let closed = possibly.contains(&precertificate.tbs_der().to_vec());
        assert_eq!(serials.count() + usize::from(closed), 1, "each pre-certificate is on record, once");
    }
}

#[tokio::test]
async fn what_ended_between_the_signatures_is_closed_by_the_next_start_and_can_be_revoked() {
    let house = House::new();
    let logs = Logs::new(&house, 1);
    drop(house.found().await);
    let store = house.store();
    let faulty = Arc::new(FaultyStore::new(Arc::clone(&store), 0, Failure::Lost));
    let authority = started(&house, &logs, logged(), faulty.clone()).await;
    let key = counting(&authority, &house, usize::MAX).await;
    *logs.store.lock().unwrap() = Some(faulty);
    let error = authority.issue(asked()).await.unwrap_err();
    assert!(matches!(error, IssueError::Store { .. }), "{error}");
    assert_eq!(key.signed.lock().unwrap().len(), 1, "the second signature was not asked for");
    assert_eq!(store.open_intents(9).await.unwrap().len(), 1);
    drop(authority);

    let restarted = started(&house, &logs, logged(), Arc::clone(&store)).await;
    assert!(store.open_intents(1).await.unwrap().is_empty());
    let seen = logs.seen();
    assert_eq!(bodies(&*store).await.1, [seen[0].tbs_der()], "what logs saw is on record");
    let serial = seen[0].serial().unwrap();
    let target = RevokeTarget::Serial { authority: "services".to_owned(), serial };
    let (principal, channel, reason) = (operator(), Channel::CommandLine, RevocationReason::Superseded);
    restarted.revoke(RevokeRequest { principal, channel, target, reason }).await.unwrap();
    assert!(listed(&restarted, seen[0].serial_octets()).await);
}

#[tokio::test]
async fn a_caller_that_goes_away_while_logs_are_asked_leaves_no_intent_open() {
    let house = House::new();
    let logs = Logs::new(&house, 1);
    let authority = founded(&house, &logs, logged()).await;
    logs.behave(Manner::Silent);
    let gone = tokio::time::timeout(Duration::from_millis(200), authority.issue(asked())).await;
    assert!(gone.is_err(), "the log never answers");
    for _ in 0..200 {
        if authority.store().open_intents(1).await.unwrap().is_empty() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert_eq!(bodies(&**authority.store()).await.1.len(), 1);
}

#[tokio::test]
async fn a_precertificate_alone_is_judged_and_recorded_like_a_certificate_and_no_log_sees_it() {
    let house = House::new();
    let logs = Logs::new(&house, 1);
    let authority = founded(&house, &logs, logged()).await;
    let alone = || IssueRequest { precertificate: true, dedup_key: Some("one".to_owned()), ..asked() };
    let issued = authority.issue(alone()).await.unwrap();
    assert!(issued.certificate.extension(&oids::PRECERTIFICATE_POISON).unwrap().critical());
    issued.certificate.verify_signed_by(issued.chain[0].public_key()).unwrap();
    assert_eq!(logs.seen(), []);
    assert_eq!(bodies(&**authority.store()).await.0, [issued.certificate.der()]);
    let target = RevokeTarget::Certificate(issued.certificate.clone());
    let (principal, channel, reason) = (operator(), Channel::CommandLine, RevocationReason::Superseded);
    authority.revoke(RevokeRequest { principal, channel, target, reason }).await.unwrap();
    assert!(listed(&authority, issued.certificate.serial_octets()).await);

    let denied = IssueRequest { precertificate: true, ..request(&["*.shop.internal"]) };
    assert!(matches!(authority.issue(denied).await, Err(IssueError::Refused { .. })));
}

#[tokio::test]
async fn who_wants_a_certificate_is_not_given_the_precertificate_of_the_same_request() {
    let house = House::new();
    let logs = Logs::new(&house, 1);
    let authority = founded(&house, &logs, logged()).await;
    let key = crate::common::key();
    let asked = |precertificate| IssueRequest {
        precertificate,
        dedup_key: Some("one".to_owned()),
        ..crate::common::request_with(&key, &["a.shop.internal"])
    };
    authority.issue(asked(true)).await.unwrap();
    assert!(authority.issue(asked(true)).await.unwrap().existed);
    let error = authority.issue(asked(false)).await.unwrap_err();
    assert!(matches!(error, IssueError::DifferentRequest { .. }), "{error}");
}

#[tokio::test]
async fn the_same_request_again_gets_the_certificate_that_logs_saw() {
    let house = House::new();
    let logs = Logs::new(&house, 1);
    let authority = founded(&house, &logs, logged()).await;
    let key = crate::common::key();
    let asked = || IssueRequest {
        dedup_key: Some("one".to_owned()),
        ..crate::common::request_with(&key, &["a.shop.internal"])
    };
    logs.behave(Manner::Refuses);
    authority.issue(asked()).await.unwrap_err();
    logs.behave(Manner::Honest);
    let first = authority.issue(asked()).await.unwrap();
    let again = authority.issue(asked()).await.unwrap();
    assert!(!first.existed && again.existed && first.certificate == again.certificate);
    assert_eq!(logs.seen().len(), 1);
}

#[tokio::test]
async fn a_root_that_signs_itself_is_not_logged() {
    let house = House::new();
    let logs = Logs::new(&house, 1);
    let authority = founded(&house, &logs, logged()).await;
    let key = Arc::new(crate::common::key());
    let asked = crate::common::request_with(&key, &["alone.shop.internal"]);
    let issued =
        authority.issue_self_signed(IssueRequest { authority: "alone".to_owned(), ..asked }, key).await;
    assert!(issued.unwrap().certificate.extension(&oids::SIGNED_CERTIFICATE_TIMESTAMPS).is_none());
    assert_eq!(logs.seen(), []);
}

#[tokio::test]
async fn lists_of_timestamps_and_poison_are_never_brought_by_a_request() {
    for id in ["1.3.6.1.4.1.11129.2.4.2", "1.3.6.1.4.1.11129.2.4.3"] {
        let settings = ProfileSettings { allowed_extensions: vec![id.to_owned()], ..ProfileSettings::peer() };
        let faults = Profile::compile(settings).unwrap_err();
        assert_eq!(faults[0].code.as_str(), "HF-PROFILE-MANAGED-EXTENSION", "{id}");
    }
    assert!(Lifetime::from_seconds(60) == hf_ca::transparency::AHEAD);
}
