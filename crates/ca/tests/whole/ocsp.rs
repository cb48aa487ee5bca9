//! OCSP answers over a real store.

use std::sync::Arc;
use std::time::Duration;

use hf_ca::authority::Authority;
use hf_ca::create::{RootKey, request_for};
use hf_ca::ocsp::{Delegate, DelegateError, OcspError, OcspSettings, Responder, SignedBy};
use hf_ca::revoke::{RevokeRequest, RevokeTarget};
use hf_core::name::SanSet;
use hf_core::principal::Channel;
use hf_core::reason::RevocationReason;
use hf_core::serial::Serial;
use hf_core::time::Lifetime;
use hf_keys::private_key::PrivateKey;
use hf_store::faulty::{Failure, FaultyStore, Outage};
use hf_x509::certificate::Certificate;
use hf_x509::distinguished_name::DistinguishedName;
use hf_x509::ocsp::{
    BasicResponse, CertId, CertIdHash, CertStatus, OcspRequest, OcspResponse, ResponseStatus,
};

use crate::common::{House, key, new_authority, operator, request};

fn asking(issuer: &Certificate, serials: &[Serial], hash: CertIdHash, nonce: Option<Vec<u8>>) -> Vec<u8> {
    let certificates = serials.iter().map(|serial| CertId::new(hash, issuer, serial)).collect();
    OcspRequest { certificates, nonce }.to_der()
}

fn about(leaf: &Certificate, issuer: &Certificate) -> Vec<u8> {
    asking(issuer, &[leaf.serial().unwrap()], CertIdHash::Sha1, None)
}

fn with_nonce(leaf: &Certificate, issuer: &Certificate) -> Vec<u8> {
    asking(issuer, &[leaf.serial().unwrap()], CertIdHash::Sha1, Some(vec![7; 32]))
}

fn responder(authority: Authority) -> (Arc<Authority>, Arc<Responder>) {
    let authority = Arc::new(authority);
    let responder = Arc::new(Responder::new(Arc::clone(&authority), OcspSettings::default()));
    (authority, responder)
}

async fn found_over(house: &House, store: Arc<FaultyStore>) -> Authority {
    let (authority, _) = house.start_over(store).await;
    let root = new_authority("root", "root");
    authority.create_root(root, RootKey::Keep, house.origin()).await.unwrap();
    let services = new_authority("services", "intermediate");
    authority.create_intermediate(services, "root", house.origin()).await.unwrap();
    authority
}

async fn answer(responder: &Arc<Responder>, request: &[u8]) -> BasicResponse {
    let answer = responder.answer("services", request).await.unwrap();
    OcspResponse::from_der(&answer.der).unwrap().basic.unwrap()
}

async fn status(responder: &Arc<Responder>, request: &[u8]) -> CertStatus {
    answer(responder, request).await.responses[0].status
}

fn statuses(basic: &BasicResponse) -> Vec<CertStatus> {
    basic.responses.iter().map(|single| single.status).collect()
}

async fn revoke(authority: &Authority, certificate: &Certificate, reason: RevocationReason) {
    let request = RevokeRequest {
        principal: operator(),
        channel: Channel::CommandLine,
        target: RevokeTarget::Certificate(certificate.clone()),
        reason,
    };
    authority.revoke(request).await.unwrap();
}

#[tokio::test]
async fn good_revoked_and_unknown_from_one_answer_to_the_next() {
    let house = House::new();
    let (authority, responder) = responder(house.found().await);
    let leaf = authority.issue(request(&["a.shop.internal"])).await.unwrap();
    let issuer = &leaf.chain[0];
    let (own, stranger) = (leaf.certificate.serial().unwrap(), "0102".parse::<Serial>().unwrap());
    for hash in [CertIdHash::Sha1, CertIdHash::Sha256] {
        let request = asking(issuer, &[own.clone(), stranger.clone()], hash, Some(vec![7; 16]));
        let basic = answer(&responder, &request).await;
        assert_eq!(statuses(&basic), [CertStatus::Good, CertStatus::Unknown]);
        assert_eq!(basic.nonce, Some(vec![7; 16]));
        assert!(basic.responder.is(issuer) && basic.certificates.is_empty());
        basic.verify_signed_by(issuer.public_key()).unwrap();
        let [good, unknown] = basic.responses.as_slice() else { panic!("two answers") };
        assert_eq!(good.this_update, house.now());
        assert_eq!(good.next_update, Some(house.now().plus(Lifetime::from_days(1))));
        assert_eq!(unknown.next_update, None, "it may be on record a moment later");
    }
    let question = about(&leaf.certificate, issuer);
    let before = responder.answer("services", &question).await.unwrap();
    assert!(before.kept.is_some());
    let again = responder.answer("services", &question).await.unwrap();
    assert_eq!(again, before, "out of memory");
    revoke(&authority, &leaf.certificate, RevocationReason::KeyCompromise).await;
    let revoked = CertStatus::Revoked { at: house.now(), reason: Some(1) };
    assert_eq!(status(&responder, &question).await, revoked);
    assert_eq!(status(&responder, &with_nonce(&leaf.certificate, issuer)).await, revoked);
}

#[tokio::test]
async fn what_was_made_by_other_settings_is_made_anew() {
    let house = House::new();
    let (authority, responder) = responder(house.found().await);
    let leaf = authority.issue(request(&["a.shop.internal"])).await.unwrap();
    let question = about(&leaf.certificate, &leaf.chain[0]);
    let nonce = with_nonce(&leaf.certificate, &leaf.chain[0]);
    let day = responder.answer("services", &question).await.unwrap();
    responder.set(responder.settings());
    assert_eq!(responder.remembered("services", &question), Some(day), "nothing changed");
    let lifetime = Lifetime::from_seconds(3_600);
    responder.set(OcspSettings { lifetime, ..OcspSettings::default() });
    assert_eq!(responder.remembered("services", &question), None);
    for question in [&nonce, &question] {
        let next_update = answer(&responder, question).await.responses[0].next_update;
        assert_eq!(next_update, Some(house.now().plus(lifetime)));
    }
}

/// RFC 5280 section 5.3.1: `unspecified` is left out.
#[tokio::test]
async fn every_reason_is_told_as_it_stands_on_record() {
    let house = House::new();
    let (authority, responder) = responder(house.found().await);
    for reason in RevocationReason::ALL {
        if reason == RevocationReason::CaCompromise {
            continue;
        }
        let leaf = authority.issue(request(&["a.shop.internal"])).await.unwrap();
        revoke(&authority, &leaf.certificate, reason).await;
        let code = (reason != RevocationReason::Unspecified).then(|| reason.code());
        let told = status(&responder, &about(&leaf.certificate, &leaf.chain[0])).await;
        assert_eq!(told, CertStatus::Revoked { at: house.now(), reason: code }, "{reason}");
    }
    // That of an authority, which the one above tells.
    let chain = authority.issuers().get("services").unwrap().chain().to_vec();
    let [own, root] = chain.as_slice() else { panic!("two certificates") };
    revoke(&authority, own, RevocationReason::CaCompromise).await;
    let answer = responder.answer("root", &about(own, root)).await.unwrap();
    let told = OcspResponse::from_der(&answer.der).unwrap().basic.unwrap();
    assert_eq!(statuses(&told), [CertStatus::Revoked { at: house.now(), reason: Some(2) }]);
}

#[tokio::test]
async fn nobody_else_is_answered_for() {
    let (house, other) = (House::new(), House::new());
    let (authority, responder) = responder(house.found().await);
    let own = authority.issue(request(&["a.shop.internal"])).await.unwrap();
    let foreign = other.found().await.issue(request(&["a.shop.internal"])).await.unwrap();
    let serial = own.certificate.serial().unwrap();
    let strange = asking(&foreign.chain[0], std::slice::from_ref(&serial), CertIdHash::Sha1, None);
    let error = responder.answer("services", &strange).await.unwrap_err();
    assert_eq!((error.status(), error.answer().der.len()), (ResponseStatus::Unauthorized, 5));
    // The issuer and the root at once: no one signer speaks for both.
    let mixed = OcspRequest {
        certificates: [&own.chain[0], &own.chain[1]]
            .map(|issuer| CertId::new(CertIdHash::Sha256, issuer, &serial))
            .to_vec(),
        nonce: None,
    };
    let good = about(&own.certificate, &own.chain[0]);
    responder.answer("services", &good).await.unwrap();
    for (authority, question) in [("services", &mixed.to_der()), ("root", &good), ("nobody", &good)] {
        let error = responder.answer(authority, question).await.unwrap_err();
        assert!(matches!(*error, OcspError::OtherIssuer { .. }), "{authority}: {error}");
    }
    let error = responder.answer("services", b"no request").await.unwrap_err();
    assert_eq!(error.status(), ResponseStatus::MalformedRequest);
}

#[tokio::test]
async fn what_is_not_on_record_is_kept_by_nobody() {
    let house = House::new();
    let (authority, responder) = responder(house.found().await);
    let leaf = authority.issue(request(&["a.shop.internal"])).await.unwrap();
    let unused: Serial = "7102".parse().unwrap();
    let question = asking(&leaf.chain[0], &[unused], CertIdHash::Sha256, None);
    let unknown = responder.answer("services", &question).await.unwrap();
    assert_eq!(unknown.kept, None, "nobody may keep it");
    let basic = OcspResponse::from_der(&unknown.der).unwrap().basic.unwrap();
    assert_eq!(statuses(&basic), [CertStatus::Unknown]);
    assert_eq!(responder.counts().entries, 0);
}

#[tokio::test]
async fn answers_are_renewed_in_the_second_half_of_their_life() {
    let house = House::new();
    let (authority, responder) = responder(house.found().await);
    let leaf = authority.issue(request(&["a.shop.internal"])).await.unwrap();
    let question = about(&leaf.certificate, &leaf.chain[0]);
    let first = responder.answer("services", &question).await.unwrap();
    house.clock.advance(Lifetime::from_hours(11));
    assert_eq!(responder.answer("services", &question).await.unwrap(), first);
    house.clock.advance(Lifetime::from_hours(2));
    let ripe = responder.answer("services", &question).await.unwrap();
    assert_eq!(ripe, first, "nobody waits for the next");
    let renewed = async {
        while responder.answer("services", &question).await.unwrap() == first {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), renewed).await.unwrap();
    assert_eq!(answer(&responder, &question).await.produced_at, house.now());
    // Beyond the end nothing old is told, and a clock set back far makes no answers.
    house.clock.advance(Lifetime::from_days(3));
    assert_eq!(answer(&responder, &question).await.produced_at, house.now());
    house.clock.set(house.now().minus(Lifetime::from_days(30)));
    let error = responder.answer("services", &question).await.unwrap_err();
    assert_eq!(error.status(), ResponseStatus::InternalError, "{error}");
}

#[tokio::test]
async fn what_is_asked_for_often_is_signed_ahead() {
    let house = House::new();
    let (authority, responder) = responder(house.found().await);
    let leaf = authority.issue(request(&["a.shop.internal"])).await.unwrap();
    let question = about(&leaf.certificate, &leaf.chain[0]);
    for _ in 0..3 {
        responder.answer("services", &question).await.unwrap();
    }
    assert_eq!(responder.sign_ahead().await.unwrap(), 0);
    house.clock.advance(Lifetime::from_hours(10));
    assert_eq!(responder.sign_ahead().await.unwrap(), 1);
    assert_eq!(responder.sign_ahead().await.unwrap(), 0);
    assert_eq!(answer(&responder, &question).await.produced_at, house.now());
    assert_eq!(responder.counts().ahead, 1);
}

#[tokio::test]
async fn without_the_store_what_is_known_is_told_and_nothing_is_made_up() {
    let house = House::new();
    let store = Arc::new(FaultyStore::new(house.store(), 0, Failure::Lost));
    let (authority, responder) = responder(found_over(&house, store.clone()).await);
    let known = authority.issue(request(&["a.shop.internal"])).await.unwrap();
    let silent = authority.issue(request(&["b.shop.internal"])).await.unwrap();
    let issuer = &known.chain[0];
    let question = about(&known.certificate, issuer);
    assert_eq!(status(&responder, &question).await, CertStatus::Good);
    for outage in [Outage::Refuses, Outage::Hangs] {
        store.go_down(outage);
        assert_eq!(status(&responder, &question).await, CertStatus::Good, "{outage:?}");
        let fresh = answer(&responder, &with_nonce(&known.certificate, issuer)).await;
        assert_eq!((statuses(&fresh), fresh.nonce), (vec![CertStatus::Good], Some(vec![7; 32])));
        let (plain, nonce) = (about(&silent.certificate, issuer), with_nonce(&silent.certificate, issuer));
        let (plain, nonce) =
            tokio::join!(responder.answer("services", &plain), responder.answer("services", &nonce));
        for outcome in [plain, nonce] {
            let error = outcome.unwrap_err();
            assert_eq!(error.status(), ResponseStatus::TryLater, "{outage:?}: {error}");
        }
        store.come_back();
    }
    // In the last eighth the newer answer is wanted, and the old one does.
    store.go_down(Outage::Refuses);
    house.clock.advance(Lifetime::from_hours(23));
    assert_eq!(status(&responder, &question).await, CertStatus::Good);
    assert_eq!(status(&responder, &with_nonce(&known.certificate, issuer)).await, CertStatus::Good);
    assert_eq!(responder.counts().fallbacks, 2);
    house.clock.advance(Lifetime::from_hours(1));
    for question in [question, with_nonce(&known.certificate, issuer)] {
        let error = responder.answer("services", &question).await.unwrap_err();
        assert_eq!(error.status(), ResponseStatus::TryLater, "over: {error}");
    }
}

#[tokio::test]
async fn a_revocation_whose_record_is_uncertain_is_looked_up() {
    /// Revoke while the call with this number is carried out and not answered; the calls before, and what came of it.
    async fn revoking(at: u64, failure: Failure) -> (u64, bool, CertStatus) {
        let house = House::new();
        let store = Arc::new(FaultyStore::new(house.store(), at, failure));
        let (authority, responder) = responder(found_over(&house, store.clone()).await);
        let leaf = authority.issue(request(&["a.shop.internal"])).await.unwrap();
        let question = about(&leaf.certificate, &leaf.chain[0]);
        assert_eq!(status(&responder, &question).await, CertStatus::Good);
        let calls = store.calls();
        let request = RevokeRequest {
            principal: operator(),
            channel: Channel::CommandLine,
            target: RevokeTarget::Certificate(leaf.certificate),
            reason: RevocationReason::Superseded,
        };
        let acknowledged = authority.revoke(request).await.is_ok();
        (calls, acknowledged, status(&responder, &question).await)
    }
    let (calls, acknowledged, _) = revoking(0, Failure::Done).await;
    assert!(acknowledged);
    let (_, acknowledged, status) = revoking(calls + 1, Failure::Done).await;
    assert!(!acknowledged && matches!(status, CertStatus::Revoked { .. }), "{status:?}");
    let (_, acknowledged, status) = revoking(calls + 1, Failure::Lost).await;
    assert_eq!((acknowledged, status), (false, CertStatus::Good));
}

/// A delegate as the server makes it.
async fn delegate(
    authority: &Authority,
    house: &House,
    lifetime: Lifetime,
) -> (Certificate, Arc<PrivateKey>) {
    let key = Arc::new(key());
    let csr = request_for(&DistinguishedName::empty(), &SanSet::new(), key.as_ref()).unwrap();
    let issued = authority.issue_ocsp_responder("services", csr, lifetime, &house.origin()).await.unwrap();
    (issued.certificate, key)
}

#[tokio::test]
async fn a_delegate_answers_with_its_certificate_until_that_ends() {
    let house = House::new();
    let (authority, responder) = responder(house.found().await);
    responder.set(OcspSettings { signed_by: SignedBy::Delegate, ..OcspSettings::default() });
    let leaf = authority.issue(request(&["a.shop.internal"])).await.unwrap();
    let issuer = &leaf.chain[0];
    let question = about(&leaf.certificate, issuer);
    let error = responder.answer("services", &question).await.unwrap_err();
    assert!(matches!(*error, OcspError::NoDelegate { .. }), "{error}");
    assert_eq!(error.status(), ResponseStatus::TryLater);

    let (certificate, delegate_key) = delegate(&authority, &house, Lifetime::from_days(3)).await;
    assert!(certificate.san_set().unwrap().is_empty());
    let wrong = Delegate::new(leaf.certificate.clone(), delegate_key.clone(), issuer).err().unwrap();
    assert!(matches!(wrong, DelegateError::Purpose { .. }));
    let wrong = Delegate::new(certificate.clone(), Arc::new(key()), issuer).err().unwrap();
    assert!(matches!(wrong, DelegateError::OtherKey { .. }));
    let wrong = Delegate::new(certificate.clone(), delegate_key.clone(), &leaf.chain[1]).err().unwrap();
    assert!(matches!(wrong, DelegateError::OtherIssuer { .. }));
    let appointed = Delegate::new(certificate.clone(), delegate_key, issuer).unwrap();
    let ends = appointed.not_after();
    responder.appoint("services", appointed);
    assert!(responder.fault("services").is_none());
    let error = responder.answer("root", &about(issuer, &leaf.chain[1])).await.unwrap_err();
    assert!(matches!(*error, OcspError::NoDelegate { .. }), "of another authority: {error}");

    // The key of the authority is not needed any more.
    let basic = answer(&responder, &question).await;
    assert_eq!(basic.certificates, [certificate]);
    basic.verify_signed_by(basic.certificates[0].public_key()).unwrap();
    assert!(basic.verify_signed_by(issuer.public_key()).is_err());
    // No answer outlives the certificate that vouches for it.
    for hours in [0, 47, 24] {
        house.clock.advance(Lifetime::from_hours(hours));
        for question in [question.clone(), with_nonce(&leaf.certificate, issuer)] {
            let basic = answer(&responder, &question).await;
            let single = &basic.responses[0];
            assert!(single.next_update.unwrap() <= ends, "{single:?}");
            assert!(single.next_update.unwrap() > house.now());
        }
    }
    house.clock.advance(Lifetime::from_days(3));
    let error = responder.answer("services", &question).await.unwrap_err();
    assert!(matches!(*error, OcspError::Delegate { .. }), "{error}");
    assert!(responder.fault("services").is_some());
}

/// Whose certificate comes along with the answer.
async fn signer(responder: &Arc<Responder>, request: &[u8]) -> Certificate {
    answer(responder, request).await.certificates.remove(0)
}

#[tokio::test]
async fn what_a_revoked_delegate_signed_is_told_no_more() {
    let house = House::new();
    let (authority, responder) = responder(house.found().await);
    responder.set(OcspSettings { signed_by: SignedBy::Delegate, ..OcspSettings::default() });
    let leaf = authority.issue(request(&["a.shop.internal"])).await.unwrap();
    let (issuer, root) = (&leaf.chain[0], &leaf.chain[1]);
    let question = about(&leaf.certificate, issuer);
    let appoint = async || {
        let (certificate, key) = delegate(&authority, &house, Lifetime::from_days(7)).await;
        responder.appoint("services", Delegate::new(certificate.clone(), key, issuer).unwrap());
        certificate
    };
    let first = appoint().await;
    assert_eq!(signer(&responder, &question).await, first);
    // Another answers from now on; what the first one signed is still in memory, and good.
    let second = appoint().await;
    assert_eq!(signer(&responder, &question).await, first);
    let of_other = about(issuer, root);
    // The root has no delegate; what is in memory is that of all responders of one authority.
    let without = Arc::new(Responder::new(Arc::clone(&authority), OcspSettings::default()));
    without.answer("root", &of_other).await.unwrap();

    revoke(&authority, &first, RevocationReason::KeyCompromise).await;
    assert!(responder.remembered("services", &question).is_none(), "at the next answer");
    assert!(responder.remembered("root", &of_other).is_some(), "of another authority");
    assert_eq!(signer(&responder, &question).await, second);

    revoke(&authority, &second, RevocationReason::Superseded).await;
    assert!(
        responder.delegate("services").is_none() && responder.remembered("services", &question).is_none()
    );
    for question in [question.clone(), with_nonce(&leaf.certificate, issuer)] {
        let error = responder.answer("services", &question).await.unwrap_err();
        assert!(matches!(*error, OcspError::NoDelegate { .. }), "{error}");
        assert_eq!(error.status(), ResponseStatus::TryLater);
    }
    let third = appoint().await;
    assert_eq!(signer(&responder, &question).await, third);
    assert_eq!(
        status(&responder, &about(&first, issuer)).await,
        CertStatus::Revoked { at: house.now(), reason: Some(1) }
    );
}

#[tokio::test]
async fn nobody_gets_a_responder_certificate_by_asking_for_one() {
    let house = House::new();
    let authority = house.found().await;
    let (certificate, _) = delegate(&authority, &house, Lifetime::from_days(3)).await;
    let record = authority.store().find_by_serial("services", &certificate.serial().unwrap()).await;
    let profile = record.unwrap().unwrap().profile;
    let mut asked = request(&["ocsp.shop.internal"]);
    asked.profile = profile.clone();
    let error = authority.issue(asked).await.unwrap_err();
    assert!(matches!(error, hf_ca::error::IssueError::UnknownProfile { .. }), "{profile}: {error}");
}

#[tokio::test]
async fn for_a_branch_that_fell_nothing_is_told_any_more() {
    let house = House::new();
    let (authority, responder) = responder(house.found().await);
    let leaf = authority.issue(request(&["a.shop.internal"])).await.unwrap();
    let question = about(&leaf.certificate, &leaf.chain[0]);
    assert_eq!(status(&responder, &question).await, CertStatus::Good);
    revoke(&authority, &leaf.chain[0], RevocationReason::CaCompromise).await;
    let error = responder.answer("services", &question).await.unwrap_err();
    assert!(matches!(*error, OcspError::Issuer(_)), "{error}");
    let question = about(&leaf.chain[0], &leaf.chain[1]);
    let answer = responder.answer("root", &question).await.unwrap();
    let basic = OcspResponse::from_der(&answer.der).unwrap().basic.unwrap();
    assert_eq!(statuses(&basic), [CertStatus::Revoked { at: house.now(), reason: Some(2) }]);
}
