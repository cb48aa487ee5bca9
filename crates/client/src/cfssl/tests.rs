use hf_core::time::Timestamp;
use hf_proto::cfssl::auth::{KeyType, Scheme};
use hf_proto::cfssl::authenticated::AuthenticatedRequest;
use hf_testkit::{BrokenRandom, ManualClock, SeededRandom};

use super::*;
use crate::testing::{answer, serve};

const SIGNED: &str = r#"{"success":true,"result":{"certificate":"PEM"},"errors":[],"messages":[]}"#;

fn now() -> Timestamp {
    Timestamp::from_unix_seconds(1_800_000_000)
}

fn client(addresses: &str) -> CfsslClient {
    let clock = Arc::new(ManualClock::at(now()));
    CfsslClient::new(addresses, None, clock, Arc::new(SeededRandom::new(1))).unwrap()
}

fn request() -> SignRequest {
    SignRequest { certificate_request: "CSR".into(), profile: "p".into(), ..SignRequest::default() }
}

fn key(kind: KeyType) -> AuthKey {
    AuthKey::from_hex(kind, "0123456789abcdef0123456789abcdef").unwrap()
}

fn body(asked: &str) -> &str {
    asked.split_once("\r\n\r\n").unwrap().1
}

#[tokio::test]
async fn sign_sends_what_the_go_client_sends() {
    let (address, requests) = serve(vec![answer("200 OK", SIGNED)]);
    let result = client(&format!("{address}/base")).sign(&request()).await.unwrap();
    assert_eq!(result.certificate, "PEM");
    let asked = requests.recv().unwrap();
    assert!(asked.starts_with("POST /base/api/v1/cfssl/sign HTTP/1.1\r\n"), "{asked}");
    assert!(asked.to_lowercase().contains("content-type: application/json\r\n"));
    assert_eq!(body(&asked), go_json::to_string(&request()));
}

#[tokio::test]
async fn both_schemes_prove_what_they_say() {
    let (address, requests) = serve(vec![answer("200 OK", SIGNED), answer("200 OK", SIGNED)]);
    let client = client(&address.to_string());
    let endpoint = Endpoint { method: "POST", path: "/api/v1/cfssl/authsign" };
    let mut nonces = Vec::new();
    for kind in [KeyType::Standard, KeyType::Bound] {
        client.auth_sign(&request(), &key(kind)).await.unwrap();
        let asked = requests.recv().unwrap();
        let mut message: AuthenticatedRequest = go_json::from_str(body(&asked)).unwrap();
        assert_eq!(key(kind).verify(&message, endpoint, now()), Ok(Scheme::Bound));
        assert_eq!(message.token.is_empty(), kind == KeyType::Bound);
        nonces.push(message.bound.take().unwrap().nonce);
        // What a stock server sees: the token alone.
        let token = key(KeyType::Standard).verify(&message, endpoint, now());
        assert_eq!(token.is_ok(), kind == KeyType::Standard);
    }
    assert_ne!(nonces[0], nonces[1]);
}

#[tokio::test]
async fn without_randomness_nothing_is_sent() {
    let (address, requests) = serve(vec![answer("200 OK", SIGNED)]);
    let clock = Arc::new(ManualClock::at(now()));
    let client = CfsslClient::new(&address.to_string(), None, clock, Arc::new(BrokenRandom)).unwrap();
    assert_eq!(client.auth_sign(&request(), &key(KeyType::Standard)).await.unwrap_err().code, 7100);
    assert!(requests.try_recv().is_err());
}

#[tokio::test]
async fn failures_have_the_codes_of_cfssl_s_client() {
    let refused = r#"{"success":false,"result":null,"errors":[{"code":5100,"message":"no"}],"messages":[]}"#;
    let rows = [
        (answer("400 Bad Request", refused), 7400, refused),
        (answer("404 Not Found", "404 page not found\n"), 7400, "404 page not found\n"),
        (answer("200 OK", refused), 7500, "no"),
        (answer("200 OK", r#"{"success":true}"#), 7500, "API client error: Server request failed"),
        (answer("200 OK", "<html>"), 7200, "invalid JSON at line 1, column 1: unexpected character `<`"),
        (answer("200 OK", r#"{"success":true,"result":{}}"#), 7400, "response doesn't contain certificate."),
    ];
    for (answer, code, message) in rows {
        let (address, _requests) = serve(vec![answer]);
        let error = client(&address.to_string()).sign(&request()).await.unwrap_err();
        assert_eq!((error.code, error.message.as_str()), (code, message));
    }
}

#[tokio::test]
async fn servers_of_a_list_stand_in_for_each_other_in_order() {
    let (bad, refusals) =
        serve(vec![answer("500 Internal Server Error", "x"), answer("500 Internal Server Error", "x")]);
    let (good, _requests) = serve(vec![answer("200 OK", SIGNED)]);
    assert!(client(&format!("{bad},http://{good}")).sign(&request()).await.is_ok());
    assert!(refusals.recv().is_ok());
    let (last, _requests) = serve(vec![answer("400 Bad Request", "last")]);
    let error = client(&format!("{bad},{last}")).sign(&request()).await.unwrap_err();
    assert_eq!(error.message, "last");
}

#[tokio::test]
async fn info_and_bundles_are_asked() {
    let info = r#"{"success":true,"result":{"certificate":"C","usages":["any"],"expiry":"1h"},"errors":[],"messages":[]}"#;
    let bundle = r#"{"success":true,"result":{"bundle":"B","root":"R"},"errors":[],"messages":[]}"#;
    let (address, requests) = serve(vec![answer("200 OK", info), answer("200 OK", bundle)]);
    let client = client(&address.to_string());
    let found = client.info(&InfoRequest { label: "l".into(), profile: String::new() }).await.unwrap();
    assert_eq!((found.certificate.as_str(), found.expiry.as_str()), ("C", "1h"));
    assert_eq!(body(&requests.recv().unwrap()), r#"{"label":"l","profile":""}"#);
    let found = client.bundle(&StringMap::from([("domain".into(), "x".into())])).await.unwrap();
    assert_eq!((found.bundle.as_str(), found.root.as_str()), ("B", "R"));
}

#[tokio::test]
async fn https_needs_roots_and_lists_need_addresses() {
    let refused = |addresses: &str| {
        let clock = Arc::new(ManualClock::at(now()));
        CfsslClient::new(addresses, None, clock, Arc::new(SeededRandom::new(1))).err().unwrap()
    };
    assert!(refused("https://ca").message.contains("-tls-remote-ca"));
    assert_eq!(refused("a b").code, 7400);
}
