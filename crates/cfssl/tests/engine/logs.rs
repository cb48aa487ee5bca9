//! Profiles with `ct_log_servers`, against a log over HTTP that is honest or lies.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use hf_cfssl::csr;
use hf_cfssl::logs::HttpLogs;
use hf_cfssl::signer::LocalSigner;
use hf_identity::client::ClientTls;
use hf_identity::credential::Credential;
use hf_identity::server::{ClientAuth, ServerTls};
use hf_proto::cfssl::go_json;
use hf_proto::cfssl::sign_request::SignRequest;
use hf_store::list::ListFilter;
use hf_store::record::Body;
use hf_testkit::log::{LogServer, Manner};
use hf_x509::certificate::Certificate;
use hf_x509::ext::ListedTimestamp;
use hf_x509::oids;
use hf_x509::transparency::{correspond, entry_of_certificate};
use tokio::net::{TcpListener, TcpStream};

use crate::common::{Place, asker, place, request, sign_request, signer_under};

const WEB: &str = r#"{"CN":"web.shop.internal","hosts":["web.shop.internal"]}"#;

fn policy(logs: &[String]) -> String {
    format!(
        r#"{{"signing":{{"default":{{"usages":["signing","server auth"],"expiry":"24h"}},"profiles":{{
            "logged":{{"usages":["signing","server auth"],"expiry":"24h","ct_log_servers":{logs:?}}}}}}}}}"#
    )
}

/// A log in the time of the authority.
fn log(place: &Place) -> LogServer {
    LogServer::start(Arc::clone(&place.clock) as _).unwrap()
}

fn logged() -> SignRequest {
    sign_request(WEB, "logged")
}

/// How many certificates, and how many possibly signed, are on record.
async fn counts(signer: &LocalSigner) -> (usize, usize) {
    let page = signer.authority().store().list(ListFilter::default(), None, 100).await.unwrap();
    let issued = page.items.iter().filter(|record| matches!(record.body, Body::Issued(_))).count();
    (issued, page.items.len() - issued)
}

#[tokio::test]
async fn the_certificate_has_a_timestamp_of_each_log() {
    let place = place();
    let (a, b) = (log(&place), log(&place));
    let (signer, _standalone, root) = signer_under(&place, &policy(&[a.url(), b.url()])).await;
    let issued = signer.sign(&logged(), &asker(&place)).await.unwrap().certificate;
    issued.verify_signed_by(root.certificate.public_key()).unwrap();
    let list = issued.signed_certificate_timestamps().unwrap().unwrap();
    let entry = entry_of_certificate(issued.tbs_der()).unwrap();
    assert_eq!(list.timestamps().len(), 2);
    for (log, timestamp) in [&a, &b].into_iter().zip(list.timestamps()) {
        let ListedTimestamp::V1(timestamp) = timestamp else { panic!("{timestamp:?}") };
        timestamp.verify(log.log().public_key(), root.certificate.public_key(), &entry).unwrap();
        let seen = log.seen();
        let [chain] = seen.as_slice() else { panic!("{} submissions", seen.len()) };
        assert!(chain.len() == 2 && chain[1] == root.certificate);
        correspond(issued.tbs_der(), chain[0].tbs_der()).unwrap();
    }
    assert_eq!(counts(&signer).await, (1, 0));
}

#[tokio::test]
async fn a_log_that_lies_gets_no_certificate_made_and_the_message_says_which_and_why() {
    let place = place();
    let (log, other) = (log(&place), log(&place));
    let (signer, _standalone, _root) = signer_under(&place, &policy(&[log.url()])).await;
    let signature = r#""extensions":"","signature":"BAMAAQA=""#;
    let short: &'static str = format!(r#"{{"sct_version":0,"id":"AAAA","timestamp":1,{signature}}}"#).leak();
    let id = "A".repeat(43);
    let sha1: &'static str =
        format!(r#"{{"sct_version":0,"id":"{id}=","timestamp":1,"signature":"AgMAAQA="}}"#).leak();
    let ok = "200 OK";
    let lies = [
        (Manner::Says(ok, "hello"), "none of a log: expected"),
        (Manner::Says(ok, ""), "none of a log: EOF"),
        (Manner::Says(ok, "{}"), "none of a log: missing field"),
        (Manner::Says(ok, short), "`id` has 3 octets: expected 32"),
        (Manner::Says(ok, sha1), "a signature with hash 2 and algorithm 3"),
        (Manner::Version(1), "a timestamp of version 2: expected version 1"),
        (Manner::At(u64::MAX), "its timestamp is of 9999-12-31T23:59:59Z"),
        (Manner::Huge(1 << 20), "the answer is longer than 16384 octets"),
        (Manner::Redirects(other.url()), "answered with status 307"),
        (
            Manner::Says("500 Internal Server Error", "on fire\n\u{1b}[2J"),
            r"status 500, `on fire\n\u{1b}[2J`",
        ),
        (
            Manner::Says("403 Forbidden", "unknown root"),
            "status 403, `unknown root`: expected 200; see that it accepts the root",
        ),
    ];
    let count = lies.len();
    for (manner, said) in lies {
        log.behave(manner.clone());
        let error = signer.sign(&logged(), &asker(&place)).await.unwrap_err();
        assert_eq!(error.code, 10_100, "{manner:?}: {error}");
        let url = log.url();
        assert!(error.message.contains(&format!("log `{}`", url.trim_end_matches('/'))), "{error}");
        assert!(error.message.contains(said), "{manner:?}: {error}");
    }
    assert_eq!(other.seen().len(), 0, "nobody is sent elsewhere");
    assert_eq!(counts(&signer).await, (0, count), "each is on record as possibly signed");
    log.behave(Manner::Honest);
    signer.sign(&logged(), &asker(&place)).await.unwrap();
}

#[tokio::test]
async fn a_log_that_never_answers_is_late_after_ten_seconds() {
    let place = place();
    let log = log(&place);
    let (signer, _standalone, _root) = signer_under(&place, &policy(&[log.url()])).await;
    log.behave(Manner::Silent);
    let error = signer.sign(&logged(), &asker(&place)).await.unwrap_err();
    assert!(error.message.contains("it did not answer within 10 seconds"), "{error}");
    assert_eq!(counts(&signer).await, (0, 1));
}

#[tokio::test]
async fn a_log_that_is_away_or_needs_trust_that_is_not_there_is_told() {
    let place = place();
    for (url, said) in [
        ("http://127.0.0.1:1/", "cannot connect to `127.0.0.1:1`: Connection refused"),
        ("https://127.0.0.1:1/", "no TLS"),
    ] {
        let (signer, _standalone, _root) = signer_under(&place, &policy(&[url.to_owned()])).await;
        let error = signer.sign(&logged(), &asker(&place)).await.unwrap_err();
        assert_eq!(error.code, 10_100);
        assert!(error.message.contains(said), "{error}");
    }
}

/// The log behind TLS, with a certificate of `signer` for `127.0.0.1`; its port.
async fn behind_tls(place: &Place, signer: &LocalSigner, log: &LogServer) -> u16 {
    let made = csr::generate(&request(r#"{"CN":"log.shop.internal","hosts":["127.0.0.1"]}"#)).unwrap();
    let wanted = SignRequest { certificate_request: made.csr.to_pem(), ..SignRequest::default() };
    let leaf = signer.sign(&wanted, &asker(place)).await.unwrap().certificate;
    let credential = Credential::new(vec![leaf.der().to_vec()], made.key.to_pkcs8_der()).unwrap();
    let tls = ServerTls::new(credential, ClientAuth::None, Arc::clone(&place.clock) as _).unwrap();
    let behind = log.url().replacen("http://", "", 1);
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let Ok(mut stream) = tls.acceptor().accept(stream).await else { continue };
            let mut log = TcpStream::connect(&behind).await.unwrap();
            let _ = tokio::io::copy_bidirectional(&mut stream, &mut log).await;
        }
    });
    port
}

#[tokio::test]
async fn behind_https_a_log_must_prove_who_it_is() {
    let mut place = place();
    let log = log(&place);
    let (signer, _first, root) = signer_under(&place, &policy(&[])).await;
    let (_, _second, other) = signer_under(&place, &policy(&[])).await;
    let port = behind_tls(&place, &signer, &log).await;
    let url = format!("https://127.0.0.1:{port}");
    let named = format!("https://localhost:{port}");
    for (url, trusted, refusal) in [
        (&url, &root, None),
        (&url, &other, Some("no TLS connection to `127.0.0.1:")),
        (&named, &root, Some("no TLS connection to `localhost:")),
    ] {
        let (roots, clock) = (vec![trusted.certificate.der().to_vec()], Arc::clone(&place.clock));
        place.machine.logs = Arc::new(HttpLogs::new(move || {
            let tls = ClientTls::new(&roots, None, &[], Arc::clone(&clock) as _);
            tls.map(Arc::new).map_err(|error| error.to_string())
        }));
        let (signer, _standalone, _root) = signer_under(&place, &policy(std::slice::from_ref(url))).await;
        let outcome = signer.sign(&logged(), &asker(&place)).await;
        match (outcome, refusal) {
            (Ok(issued), None) => {
                assert!(issued.certificate.extension(&oids::SIGNED_CERTIFICATE_TIMESTAMPS).is_some());
            }
            (Err(error), Some(refusal)) => assert!(error.message.contains(refusal), "{error}"),
            (outcome, _) => panic!("{url}: {outcome:?}"),
        }
    }
    assert_eq!(log.seen().len(), 1, "who does not trust the log sends it nothing");
}

#[tokio::test]
async fn trust_that_was_not_there_once_is_asked_for_again() {
    let mut place = place();
    let asked = Arc::new(AtomicUsize::new(0));
    let (_, _first, root) = signer_under(&place, &policy(&[])).await;
    let (counted, clock) = (Arc::clone(&asked), Arc::clone(&place.clock));
    let roots = vec![root.certificate.der().to_vec()];
    place.machine.logs = Arc::new(HttpLogs::new(move || match counted.fetch_add(1, Ordering::SeqCst) {
        0 => Err("no roots yet".to_owned()),
        _ => ClientTls::new(&roots, None, &[], Arc::clone(&clock) as _)
            .map(Arc::new)
            .map_err(|error| error.to_string()),
    }));
    let logs = ["https://127.0.0.1:1".to_owned()];
    let (signer, _standalone, _root) = signer_under(&place, &policy(&logs)).await;
    for said in ["no roots yet", "cannot connect to", "cannot connect to"] {
        let error = signer.sign(&logged(), &asker(&place)).await.unwrap_err();
        assert!(error.message.contains(said), "{said}: {error}");
    }
    assert_eq!(asked.load(Ordering::SeqCst), 2, "what was found is kept");
}

#[tokio::test]
async fn the_serial_number_of_a_precertificate_is_used_up() {
    let place = place();
    let json = r#"{"signing":{"default":{"usages":["signing","server auth"],"expiry":"24h","ClientProvidesSerialNumbers":true}}}"#;
    let (signer, _standalone, _root) = signer_under(&place, json).await;
    let serial = Some(go_json::from_str("146150163733090291820368483271628301965").unwrap());
    let wanted = SignRequest { serial, ..sign_request(WEB, "") };
    let alone = SignRequest { return_precert: true, ..wanted.clone() };
    signer.sign(&alone, &asker(&place)).await.unwrap();
    for again in [&alone, &wanted] {
        let error = signer.sign(again, &asker(&place)).await.unwrap_err();
        assert!(error.message.contains("used the serial number before"), "{error}");
    }
}

#[tokio::test]
async fn a_precertificate_is_returned_and_recorded_and_no_log_is_asked() {
    let place = place();
    let log = log(&place);
    let (signer, _standalone, root) = signer_under(&place, &policy(&[log.url()])).await;
    for profile in ["logged", ""] {
        let wanted = SignRequest { return_precert: true, ..sign_request(WEB, profile) };
        let poisoned = signer.sign(&wanted, &asker(&place)).await.unwrap().certificate;
        poisoned.verify_signed_by(root.certificate.public_key()).unwrap();
        assert!(poisoned.extension(&oids::PRECERTIFICATE_POISON).unwrap().critical());
        assert!(poisoned.extension(&oids::SIGNED_CERTIFICATE_TIMESTAMPS).is_none());
        let serial = Certificate::from_der(poisoned.der()).unwrap().serial().unwrap();
        let found = signer.authority().store().find_by_serial(signer.issuer(), &serial).await.unwrap();
        assert_eq!(found.unwrap().body, Body::Issued(poisoned.der().to_vec()));
    }
    assert_eq!(log.seen().len(), 0);
}

#[test]
fn an_import_says_where_certificates_will_be_submitted() {
    let text = policy(&["https://ct.shop.internal/".to_owned()]);
    let summary =
        hf_cfssl::import::policy::check(text.as_bytes(), "", &|_| Err("no file".to_owned())).unwrap();
    let told = "profile `logged` submits every certificate to https://ct.shop.internal/ before it is issued";
    assert!(summary.warnings.iter().any(|warning| warning.starts_with(told)), "{:?}", summary.warnings);
}

#[tokio::test]
async fn a_policy_with_logs_that_are_none_is_refused_when_it_is_read() {
    let config = policy(&["ct.shop.internal".to_owned()]);
    let config = hf_proto::cfssl::config::Config::read(config.as_bytes(), &|_| Err("no file".to_owned()));
    let error = hf_cfssl::policy::Policy::compile(config.unwrap(), "").unwrap_err();
    assert_eq!(error.code, 5200);
    assert!(error.message.contains("a log has no usable address"), "{error}");
}
