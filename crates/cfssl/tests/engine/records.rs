//! CFSSL's certificate database beside the record: rows, revocation, CRL, OCSP.

use std::sync::Arc;

use hf_cfssl::ocsp::{INTERVAL, Responder};
use hf_cfssl::records::Records;
use hf_cfssl::{certinfo, crl};
use hf_core::time::Lifetime;
use hf_proto::cfssl::db_config::DbConfig;
use hf_proto::cfssl::endpoints::certadd::CertAddRequest;
use hf_proto::cfssl::revocation_reason::Reason;
use hf_store::certdb::CertDb;
use hf_x509::crl::CertificateList;
use hf_x509::ocsp::{CertStatus, OcspResponse};

use crate::common::{asker, copy, place, sign_request, signer};

const LEAF: &str = r#"{"CN":"a.shop.internal","hosts":["a.shop.internal","10.0.0.1"]}"#;

async fn database(directory: &tempfile::TempDir) -> Records {
    let data_source = directory.path().join("certs.db").display().to_string();
    CertDb::create("sqlite3", &data_source).await.unwrap();
    Records::open(&DbConfig { driver: "sqlite3".to_owned(), data_source }, &|_| Err("no TLS".into()))
        .await
        .unwrap()
}

#[tokio::test]
async fn what_is_signed_has_a_row_that_can_be_revoked_and_answered_for() {
    let place = place();
    let directory = tempfile::tempdir().unwrap();
    let records = Arc::new(database(&directory).await);
    let (signer, _standalone, root) = signer(&place).await;
    let signer = signer.with_records(Arc::clone(&records));
    let mut leaves = Vec::new();
    for _ in 0..3 {
        leaves.push(signer.sign(&sign_request(LEAF, "server"), &asker(&place)).await.unwrap().certificate);
    }
    let info = certinfo::of(&leaves[0]);
    let found = records.find(&info.serial_number, &info.authority_key_id).await.unwrap();
    assert_eq!(found, leaves[0], "with colons and capital letters too");
    assert_eq!(records.find("77", &info.authority_key_id).await.err().unwrap().code, 11200);

    let now = place.machine.clock.now();
    let revoke = |serial: String| {
        let (records, aki) = (Arc::clone(&records), info.authority_key_id.clone());
        async move { records.revoke(&serial, &aki, Reason::Superseded, now).await }
    };
    revoke(info.serial_number.clone()).await.unwrap();
    assert_eq!(revoke("77".to_owned()).await.err().unwrap().code, 11200);
    assert_eq!(revoke("seven".to_owned()).await.err().unwrap().code, 11200);

    let key = copy(root.key.as_ref().unwrap());
    let der = records.crl(&root.certificate, &key, now, crl::LIFETIME).await.unwrap();
    let list = CertificateList::from_der(der).unwrap();
    list.verify_signed_by(root.certificate.public_key()).unwrap();
    assert_eq!(list.entry_count(), 1);
    assert!(list.find(leaves[0].serial_octets()).is_some());
    let next = records.crl(&root.certificate, &key, now, crl::LIFETIME).await.unwrap();
    let next = CertificateList::from_der(next).unwrap();
    let [first, second] = [&list, &next].map(|list| list.crl_number().unwrap().unwrap().to_string());
    assert_ne!(first, second, "of one second, and of other numbers");

    let responder =
        Responder::new(root.certificate.clone(), root.certificate.clone(), key, INTERVAL).unwrap();
    let refreshed = records.refresh_ocsp(&responder, now).await.unwrap();
    assert_eq!((refreshed.signed, refreshed.foreign, refreshed.failed.len()), (3, 0, 0));
    let dump = records.dump_ocsp(now).await.unwrap();
    assert_eq!(dump.lines().count(), 3);
    let file = hf_cfssl::ocsp::FileSource::read(&dump).unwrap();
    assert_eq!(file.len(), 3);
    let id = hf_x509::ocsp::CertId::new(
        hf_x509::ocsp::CertIdHash::Sha1,
        &root.certificate,
        &leaves[0].serial().unwrap(),
    );
    let request = hf_x509::ocsp::OcspRequest { certificates: vec![id], nonce: None }.to_der();
    let answer = file.answer(&request, now);
    assert_eq!(records.answer_ocsp(&request, now).await, answer, "out of the database too");
    let by_sha256 = hf_x509::ocsp::CertId::new(
        hf_x509::ocsp::CertIdHash::Sha256,
        &root.certificate,
        &leaves[0].serial().unwrap(),
    );
    let by_sha256 = hf_x509::ocsp::OcspRequest { certificates: vec![by_sha256], nonce: None }.to_der();
    assert_eq!(records.answer_ocsp(&by_sha256, now).await, answer, "there is one issuer that it can mean");
    assert_eq!(file.answer(&by_sha256, now), answer, "out of a file too");
    let stranger =
        hf_x509::ocsp::CertId::new(hf_x509::ocsp::CertIdHash::Sha1, &leaves[0], &leaves[0].serial().unwrap());
    let request = hf_x509::ocsp::OcspRequest { certificates: vec![stranger], nonce: None }.to_der();
    let refused = records.answer_ocsp(&request, now).await;
    assert_eq!(refused.status, hf_x509::ocsp::ResponseStatus::Unauthorized, "the number of another issuer");
    let status = OcspResponse::from_der(&answer.der).unwrap().basic.unwrap().responses[0].status;
    assert_eq!(status, CertStatus::Revoked { at: now, reason: Some(4) });
}

#[tokio::test]
async fn certificates_of_other_issuers_in_the_database_stop_nothing() {
    let place = place();
    let directory = tempfile::tempdir().unwrap();
    let records = Arc::new(database(&directory).await);
    let (one, _standalone, root) = signer(&place).await;
    let (other, _other_standalone, _) = signer(&place).await;
    for signer in [one, other] {
        let signer = signer.with_records(Arc::clone(&records));
        let leaf = signer.sign(&sign_request(LEAF, "server"), &asker(&place)).await.unwrap().certificate;
        let info = certinfo::of(&leaf);
        let now = place.machine.clock.now();
        let aki = &info.authority_key_id;
        records.revoke(&info.serial_number, aki, Reason::KeyCompromise, now).await.unwrap();
    }
    let now = place.machine.clock.now();
    let key = copy(root.key.as_ref().unwrap());
    let der = records.crl(&root.certificate, &key, now, Lifetime::from_days(1)).await.unwrap();
    assert_eq!(CertificateList::from_der(der).unwrap().entry_count(), 1, "its own alone");
    let responder = Responder::new(root.certificate.clone(), root.certificate, key, INTERVAL).unwrap();
    let refreshed = records.refresh_ocsp(&responder, now).await.unwrap();
    assert_eq!((refreshed.signed, refreshed.foreign), (1, 1));
}

#[tokio::test]
async fn a_row_from_outside_must_fit_its_certificate() {
    let place = place();
    let directory = tempfile::tempdir().unwrap();
    let records = database(&directory).await;
    let (signer, _standalone, _) = signer(&place).await;
    let leaf = signer.sign(&sign_request(LEAF, "server"), &asker(&place)).await.unwrap().certificate;
    let info = certinfo::of(&leaf);
    let now = place.machine.clock.now();
    let good = CertAddRequest {
        serial_number: info.serial_number.clone(),
        authority_key_identifier: info.authority_key_id.replace(':', "").to_lowercase(),
        ca_label: "shop".to_owned(),
        status: "good".to_owned(),
        expiry: leaf.not_after().into(),
        pem: leaf.to_pem(),
        ..CertAddRequest::default()
    };
    for bad in [
        CertAddRequest { serial_number: "7".to_owned(), ..good.clone() },
        CertAddRequest { authority_key_identifier: "aa".to_owned(), ..good.clone() },
        CertAddRequest { expiry: now.into(), ..good.clone() },
        CertAddRequest { status: "fine".to_owned(), ..good.clone() },
    ] {
        let code = records.add(&bad, now).await.err().unwrap().code;
        assert!(code == 400 || code == 8200, "{code}");
    }
    records.add(&good, now).await.unwrap();
    assert_eq!(records.add(&good, now).await.err().unwrap().code, 11100, "once");
}
