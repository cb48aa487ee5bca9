//! Keys that fail in every way a hardware module can: error, wrong signature, no answer in time.
//!
//! After each nothing leaves, the serial number stays on record as possibly signed, and the next request succeeds.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use crate::common::{House, request};
use hf_ca::authority::Authority;
use hf_ca::crl::{CrlError, CrlRequest};
use hf_ca::error::{CompletionError, IssueError};
use hf_ca::signer::SignerError;
use hf_core::algorithm::KeyAlgorithm;
use hf_core::principal::Channel;
use hf_keys::private_key::PrivateKey;
use hf_keys::signing_key::{SignError, SigningKey};
use hf_store::list::ListFilter;
use hf_store::record::{CertificateState, StoredCertificate};
use hf_x509::public_key::PublicKey;
use hf_x509::signature::Signature;
use hf_x509::tbs::{ToBeSigned, ToBeSignedKind};

/// What the key does with the next certificate or CRL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fault {
    Sealed,
    Unavailable,
    WrongSignature,
    OtherKeysSignature,
    EmptySignature,
    NoAnswer,
}

/// A key outside the process that follows a plan; without a plan it works.
struct PlannedKey {
    inner: PrivateKey,
    other: PrivateKey,
    plan: Mutex<Vec<Fault>>,
}

impl SigningKey for PlannedKey {
    fn public_key(&self) -> &PublicKey {
        self.inner.public_key()
    }

    fn key_algorithm(&self) -> KeyAlgorithm {
        self.inner.key_algorithm()
    }

    fn is_external(&self) -> bool {
        true
    }

    fn sign(&self, message: &ToBeSigned) -> Result<Signature, SignError> {
        let good = self.inner.sign(message)?;
        if message.kind() == ToBeSignedKind::Request {
            return Ok(good);
        }
        let fault = self.plan.lock().ok().and_then(|mut plan| plan.pop());
        match fault {
            None => Ok(good),
            Some(Fault::Sealed) => Err(SignError::Sealed),
            Some(Fault::Unavailable) => Err(SignError::Unavailable { reason: "no token".to_owned() }),
            Some(Fault::WrongSignature) => {
                let mut octets = good.as_bytes().to_vec();
                if let Some(last) = octets.last_mut() {
                    *last ^= 1;
                }
                Ok(Signature::new(octets))
            }
            Some(Fault::OtherKeysSignature) => self.other.sign(message),
            Some(Fault::EmptySignature) => Ok(Signature::new(Vec::new())),
            Some(Fault::NoAnswer) => {
                // Far beyond the deadline of the test; the thread is left behind like one that waits for a dead device.
                std::thread::park_timeout(Duration::from_hours(1));
                Ok(good)
            }
        }
    }
}

/// An authority whose `services` signs with a planned key.
async fn authority_with(house: &House) -> (Authority, Arc<PlannedKey>) {
    let authority = house.found().await;
    let record = authority.store().authority("services").await.unwrap().unwrap();
    let reference = record.key.unwrap();
    let file = house.path().join("keys").join(reference.strip_prefix("file:").unwrap());
    let inner = hf_keys::file::read_private_key(&file, None).unwrap();
    let key = Arc::new(PlannedKey { inner, other: crate::common::key(), plan: Mutex::new(Vec::new()) });
    authority.lend_key("services", key.clone()).await.unwrap();
    (authority, key)
}

async fn possibly_signed(authority: &Authority, house: &House) -> Vec<StoredCertificate> {
    let state = Some((CertificateState::PossiblySigned, house.now()));
    let filter = ListFilter { state, ..ListFilter::default() };
    authority.store().list(filter, None, 100).await.unwrap().items
}

fn fits(fault: Fault, error: &IssueError) -> bool {
    match fault {
        Fault::Sealed => {
            matches!(error, IssueError::Sign { source: SignerError::Key(SignError::Sealed), .. })
        }
        Fault::Unavailable => matches!(error, IssueError::Sign { source: SignerError::Key(_), .. }),
        Fault::WrongSignature | Fault::OtherKeysSignature => {
            matches!(error, IssueError::Broken { source: CompletionError::BadSignature, .. })
        }
        Fault::EmptySignature => matches!(error, IssueError::Broken { .. }),
        Fault::NoAnswer => matches!(error, IssueError::Sign { source: SignerError::Late { .. }, .. }),
    }
}

#[tokio::test]
async fn whatever_the_key_does_nothing_bad_leaves_and_the_record_stays() {
    let mut house = House::new();
    house.deadline = Duration::from_secs(2);
    let (authority, key) = authority_with(&house).await;
    let faults = [
        Fault::Sealed,
        Fault::Unavailable,
        Fault::WrongSignature,
        Fault::OtherKeysSignature,
        Fault::EmptySignature,
        Fault::NoAnswer,
    ];
    for (count, fault) in faults.into_iter().enumerate() {
        key.plan.lock().unwrap().push(fault);
        let error = authority.issue(request(&["a.shop.internal"])).await.unwrap_err();
        assert!(fits(fault, &error), "{fault:?}: {error:?}");
        assert!(!error.is_refusal(), "the user cannot mend {fault:?}");
        let records = possibly_signed(&authority, &house).await;
        assert_eq!(records.len(), count + 1, "{fault:?}");
        assert!(authority.store().open_intents(1).await.unwrap().is_empty(), "{fault:?}");
        let issued = authority.issue(request(&["a.shop.internal"])).await.unwrap();
        issued.certificate.verify_signed_by(issued.chain[0].public_key()).unwrap();
    }
}

#[tokio::test]
async fn what_may_have_been_signed_can_be_revoked() {
    use hf_ca::revoke::{RevokeRequest, RevokeTarget};
    let house = House::new();
    let (authority, key) = authority_with(&house).await;
    key.plan.lock().unwrap().push(Fault::WrongSignature);
    authority.issue(request(&["a.shop.internal"])).await.unwrap_err();
    let record = possibly_signed(&authority, &house).await.remove(0);
    let target = RevokeTarget::Serial { authority: record.authority.clone(), serial: record.serial.clone() };
    let request = RevokeRequest {
        principal: crate::common::operator(),
        channel: Channel::CommandLine,
        target,
        reason: hf_core::reason::RevocationReason::Unspecified,
    };
    authority.revoke(request).await.unwrap();
    assert!(possibly_signed(&authority, &house).await.is_empty());
}

/// A client that hangs up in the middle leaves nothing open: the record is closed at once, not at the next start.
#[tokio::test]
async fn a_caller_that_goes_away_leaves_no_intent_open() {
    let house = House::new();
    let (authority, key) = authority_with(&house).await;
    key.plan.lock().unwrap().push(Fault::NoAnswer);
    let authority = Arc::new(authority);
    let call = tokio::spawn({
        let authority = Arc::clone(&authority);
        async move { authority.issue(request(&["a.shop.internal"])).await }
    });
    let patience = Duration::from_mins(1);
    let open = tokio::time::timeout(patience, async {
        while authority.store().open_intents(1).await.unwrap().is_empty() {}
        while !key.plan.lock().unwrap().is_empty() {
            tokio::task::yield_now().await;
        }
        call.abort();
        assert!(call.await.unwrap_err().is_cancelled());
        while !authority.store().open_intents(1).await.unwrap().is_empty() {}
    });
    open.await.unwrap();
    assert_eq!(possibly_signed(&authority, &house).await.len(), 1);
    authority.issue(request(&["a.shop.internal"])).await.unwrap();
}

#[tokio::test]
async fn a_crl_with_a_bad_signature_is_thrown_away_and_its_number_not_used_again() {
    let house = House::new();
    let (authority, key) = authority_with(&house).await;
    let crl = || CrlRequest {
        principal: crate::common::operator(),
        channel: Channel::CommandLine,
        authority: "services".to_owned(),
        shard: hf_store::record::COMPLETE,
        lifetime: CrlRequest::LIFETIME,
    };
    key.plan.lock().unwrap().push(Fault::WrongSignature);
    let error = authority.issue_crl(crl()).await.unwrap_err();
    let CrlError::BadSignature { number, .. } = error else { panic!("{error}") };
    assert!(authority.latest_crl("services").await.unwrap().is_none());
    assert!(authority.issue_crl(crl()).await.unwrap().number > number);
}
