//! OCSP answers over a real store.

use std::sync::Arc;

use hf_ca::authority::Authority;
use hf_ca::create::request_for;
use hf_ca::ocsp::{Delegate, DelegateError, OcspError, OcspSettings};
use hf_ca::profile::{Profile, ProfileSettings};
use hf_ca::revoke::{RevokeRequest, RevokeTarget};
use hf_core::principal::Channel;
use hf_core::reason::RevocationReason;
use hf_core::serial::Serial;
use hf_core::time::Lifetime;
use hf_x509::certificate::Certificate;
use hf_x509::distinguished_name::DistinguishedName;
use hf_x509::ocsp::{
    BasicResponse, CertId, CertIdHash, CertStatus, OcspRequest, OcspResponse, ResponseStatus,
};

use crate::common::{House, key, names, operator, request};

fn asking(issuer: &Certificate, serials: &[Serial], hash: CertIdHash, nonce: Option<Vec<u8>>) -> Vec<u8> {
    let certificates = serials.iter().map(|serial| CertId::new(hash, issuer, serial)).collect();
    OcspRequest { certificates, nonce }.to_der()
}

async fn answer(authority: &Authority, request: &[u8], settings: &OcspSettings) -> BasicResponse {
    let answer = authority.answer_ocsp(request, settings).await.unwrap();
    OcspResponse::from_der(&answer.der).unwrap().basic.unwrap()
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
    let authority = house.found().await;
    let settings = OcspSettings::default();
    let leaf = authority.issue(request(&["a.shop.internal"])).await.unwrap();
    let issuer = &leaf.chain[0];
    let (own, stranger) = (leaf.certificate.serial().unwrap(), "0102".parse::<Serial>().unwrap());
    for hash in [CertIdHash::Sha1, CertIdHash::Sha256] {
        let request = asking(issuer, &[own.clone(), stranger.clone()], hash, Some(vec![7; 16]));
        let basic = answer(&authority, &request, &settings).await;
        assert_eq!(statuses(&basic), [CertStatus::Good, CertStatus::Unknown]);
        assert_eq!(basic.nonce, Some(vec![7; 16]));
        assert!(basic.responder.is(issuer) && basic.certificates.is_empty());
        basic.verify_signed_by(issuer.public_key()).unwrap();
        let single = &basic.responses[0];
        assert_eq!(single.this_update, house.now());
        assert_eq!(single.next_update, Some(house.now().plus(Lifetime::from_days(4))));
    }
    let question = asking(issuer, &[own], CertIdHash::Sha1, None);
    let before = authority.answer_ocsp(&question, &settings).await.unwrap();
    assert!(before.fresh.is_some());
    revoke(&authority, &leaf.certificate, RevocationReason::KeyCompromise).await;
    let after = answer(&authority, &question, &settings).await;
    assert_eq!(statuses(&after), [CertStatus::Revoked { at: house.now(), reason: Some(1) }]);
}

#[tokio::test]
async fn nobody_else_is_answered_for() {
    let (house, other) = (House::new(), House::new());
    let authority = house.found().await;
    let settings = OcspSettings::default();
    let own = authority.issue(request(&["a.shop.internal"])).await.unwrap();
    let foreign = other.found().await.issue(request(&["a.shop.internal"])).await.unwrap();
    let serial = own.certificate.serial().unwrap();
    let strange = asking(&foreign.chain[0], std::slice::from_ref(&serial), CertIdHash::Sha1, None);
    let error = authority.answer_ocsp(&strange, &settings).await.unwrap_err();
    assert_eq!((error.status(), error.answer().der.len()), (ResponseStatus::Unauthorized, 5));
    // The issuer and the root at once: no one signer speaks for both.
    let mixed = OcspRequest {
        certificates: [&own.chain[0], &own.chain[1]]
            .map(|issuer| CertId::new(CertIdHash::Sha256, issuer, &serial))
            .to_vec(),
        nonce: None,
    };
    let error = authority.answer_ocsp(&mixed.to_der(), &settings).await.unwrap_err();
    assert!(matches!(error, OcspError::OtherIssuer));
    let error = authority.answer_ocsp(b"no request", &settings).await.unwrap_err();
    assert_eq!(error.status(), ResponseStatus::MalformedRequest);
}

#[tokio::test]
async fn a_delegate_answers_with_its_certificate_until_that_ends() {
    let house = House::new();
    let authority = house.found().await;
    let responder = ProfileSettings {
        name: "ocsp".to_owned(),
        purposes: std::collections::BTreeSet::new(),
        extended_key_usage: vec!["1.3.6.1.5.5.7.3.9".to_owned()],
        ocsp_no_check: true,
        ..ProfileSettings::peer()
    };
    let all = [ProfileSettings::peer(), responder].map(|settings| Profile::compile(settings).unwrap());
    authority.set_profiles(all.into(), &house.origin()).await.unwrap();
    let delegate_key = Arc::new(key());
    let mut asked = request(&[]);
    asked.csr =
        request_for(&DistinguishedName::empty(), &names(&["ocsp.shop.internal"]), delegate_key.as_ref())
            .unwrap();
    asked.profile = "ocsp".to_owned();
    let certificate = authority.issue(asked).await.unwrap().certificate;
    let leaf = authority.issue(request(&["a.shop.internal"])).await.unwrap();
    let issuer = &leaf.chain[0];

    let wrong = Delegate::new(leaf.certificate.clone(), delegate_key.clone(), issuer).err().unwrap();
    assert!(matches!(wrong, DelegateError::Purpose { .. }));
    let wrong = Delegate::new(certificate.clone(), Arc::new(key()), issuer).err().unwrap();
    assert!(matches!(wrong, DelegateError::OtherKey { .. }));
    let wrong = Delegate::new(certificate.clone(), delegate_key.clone(), &leaf.chain[1]).err().unwrap();
    assert!(matches!(wrong, DelegateError::OtherIssuer { .. }));

    let delegate = Delegate::new(certificate.clone(), delegate_key, issuer).unwrap();
    let mut settings = OcspSettings::default();
    settings.delegates.insert("services".to_owned(), delegate);
    let question = asking(issuer, &[leaf.certificate.serial().unwrap()], CertIdHash::Sha1, None);
    let basic = answer(&authority, &question, &settings).await;
    assert_eq!(basic.certificates, [certificate]);
    basic.verify_signed_by(basic.certificates[0].public_key()).unwrap();
    assert!(basic.verify_signed_by(issuer.public_key()).is_err());

    house.clock.advance(Lifetime::from_days(31));
    let error = authority.answer_ocsp(&question, &settings).await.unwrap_err();
    assert!(matches!(error, OcspError::Delegate { .. }));
}
