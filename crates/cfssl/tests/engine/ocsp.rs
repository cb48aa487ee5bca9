//! `ocspsign` and the answers of `ocspserve -responses`.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hf_cfssl::ocsp::{FileSource, INTERVAL, Responder};
use hf_core::time::Lifetime;
use hf_proto::cfssl::endpoints::ocspsign::OcspSignRequest;
use hf_x509::certificate::Certificate;
use hf_x509::ocsp::{CertId, CertIdHash, CertStatus, OcspRequest, OcspResponse, ResponseStatus};

use crate::common::{Place, asker, copy, place, root, sign_request, signer};

const LEAF: &str = r#"{"CN":"a.shop.internal","hosts":["a.shop.internal"]}"#;

async fn issued(place: &Place) -> (Certificate, Responder) {
    let (signer, _standalone, root) = signer(place).await;
    let leaf = signer.sign(&sign_request(LEAF, "server"), &asker(place)).await.unwrap().certificate;
    let key = copy(root.key.as_ref().unwrap());
    let responder = Responder::new(root.certificate.clone(), root.certificate, key, INTERVAL).unwrap();
    (leaf, responder)
}

fn about(leaf: &Certificate, status: &str, reason: i64) -> OcspSignRequest {
    OcspSignRequest {
        certificate: leaf.to_pem(),
        status: status.to_owned(),
        reason,
        ..OcspSignRequest::default()
    }
}

#[tokio::test]
async fn a_response_begins_with_the_hour_and_says_what_was_asked() {
    let place = place();
    let (leaf, responder) = issued(&place).await;
    let now = place.machine.clock.now();
    let der = responder.answer(&about(&leaf, "good", 0), now).unwrap();
    let basic = OcspResponse::from_der(&der).unwrap().basic.unwrap();
    basic.verify_signed_by(responder.issuer().public_key()).unwrap();
    assert_eq!((basic.responses[0].status, basic.certificates.len()), (CertStatus::Good, 0));
    assert_eq!(basic.responses[0].this_update.unix_seconds() % 3600, 0);
    assert_eq!(basic.responses[0].next_update, Some(basic.responses[0].this_update.plus(INTERVAL)));
    let revoked = OcspSignRequest { revoked_at: "2026-12-24".to_owned(), ..about(&leaf, "revoked", 1) };
    let der = responder.answer(&revoked, now).unwrap();
    let CertStatus::Revoked { at, reason } =
        OcspResponse::from_der(&der).unwrap().basic.unwrap().responses[0].status
    else {
        panic!("not revoked")
    };
    assert_eq!((at.to_string().as_str(), reason), ("2026-12-24T00:00:00Z", Some(1)));
}

#[tokio::test]
async fn what_cannot_be_vouched_for_is_refused() {
    let place = place();
    let (leaf, responder) = issued(&place).await;
    let now = place.machine.clock.now();
    let code = |request: &OcspSignRequest| responder.answer(request, now).err().unwrap().code;
    assert_eq!(code(&OcspSignRequest::default()), 8001);
    assert_eq!(code(&about(&leaf, "fine", 0)), 8200);
    assert_eq!(code(&about(&leaf, "revoked", 7)), 8200);
    assert_eq!(code(&OcspSignRequest { issuer_hash: "MD5".to_owned(), ..about(&leaf, "good", 0) }), 8200);
    let same_name = root(&place.machine).await;
    let key = copy(same_name.key.as_ref().unwrap());
    let other =
        Responder::new(same_name.certificate.clone(), same_name.certificate.clone(), key, INTERVAL).unwrap();
    assert_eq!(
        other.answer(&about(&leaf, "good", 0), now).err().unwrap().code,
        8200,
        "another key, the same name"
    );
    let key = copy(same_name.key.as_ref().unwrap());
    let stranger = Responder::new(responder.issuer().clone(), same_name.certificate, key, INTERVAL);
    assert_eq!(stranger.err().unwrap().code, 8100, "a responder of another issuer");
}

#[tokio::test]
async fn a_file_of_responses_answers_until_they_end() {
    let place = place();
    let (leaf, responder) = issued(&place).await;
    let now = place.machine.clock.now();
    let der = responder.answer(&about(&leaf, "good", 0), now).unwrap();
    let source = FileSource::read(&format!("\n{}\n", STANDARD.encode(&der))).unwrap();
    assert_eq!(source.len(), 1);
    let serial = leaf.serial().unwrap();
    let ask = |hash, issuer: &Certificate, serial| {
        OcspRequest { certificates: vec![CertId::new(hash, issuer, serial)], nonce: None }.to_der()
    };
    let answer = source.answer(&ask(CertIdHash::Sha1, responder.issuer(), &serial), now);
    assert_eq!((&answer.der, answer.status), (&der, ResponseStatus::Successful));
    assert!(answer.fresh.is_some());
    let status = |request: &[u8], now| source.answer(request, now).status;
    assert_eq!(status(b"no request", now), ResponseStatus::MalformedRequest);
    let other = "0777".parse().unwrap();
    assert_eq!(status(&ask(CertIdHash::Sha1, responder.issuer(), &other), now), ResponseStatus::Unauthorized);
    assert_eq!(
        status(&ask(CertIdHash::Sha1, &leaf, &serial), now),
        ResponseStatus::Unauthorized,
        "another issuer"
    );
    let late = now.plus(INTERVAL).plus(Lifetime::from_days(1));
    assert_eq!(status(&ask(CertIdHash::Sha1, responder.issuer(), &serial), late), ResponseStatus::TryLater);
    assert_eq!(FileSource::read("AAAA").err().unwrap().code, 8001);
    assert_eq!(FileSource::read("***").err().unwrap().code, 8001);
}
