//! Auth keys: who holds one gets certificates, who only saw a message gets no more than that message asked for.

use hf_core::time::Lifetime;
use hf_x509::certificate::Certificate;
use hf_x509::csr::UnverifiedCsr;

use super::house::{BOUND_KEY, House, KEY, OLD_KEY, Wish, bound, csr, sealed, wanted};
use crate::limits::Rate;

const NONCE: &[u8] = b"sixteen octets..";

#[tokio::test]
async fn a_token_opens_its_profile_and_no_other() {
    let house = House::new(Wish::default()).await;
    let request = wanted("held", "", &csr(&["db.internal"]));
    for key in [KEY, OLD_KEY] {
        assert!(house.post("authsign", sealed(key, &request)).await.certificate().contains("CERTIFICATE"));
    }
    let other = house.post("authsign", sealed(BOUND_KEY, &request)).await;
    assert_eq!((other.status.as_u16(), other.code(), other.message()), (400, 400, "invalid token"));
    let open = house.post("authsign", sealed(KEY, &wanted("", "", &csr(&["db.internal"])))).await;
    assert!(open.message().starts_with("no authentication provider"), "{}", open.message());
}

#[tokio::test]
async fn a_message_that_was_changed_proves_nothing() {
    let house = House::new(Wish::default()).await;
    let one = sealed(KEY, &wanted("held", "", &csr(&["db.internal"])));
    let two = sealed(KEY, &wanted("held", "", &csr(&["other.internal"])));
    let (mut one, two): (serde_json::Value, serde_json::Value) =
        (serde_json::from_str(&one).unwrap(), serde_json::from_str(&two).unwrap());
    one["request"] = two["request"].clone();
    assert_eq!(house.post("authsign", one.to_string()).await.message(), "invalid token");
}

#[tokio::test]
async fn a_repetition_gets_the_same_key_and_names_and_is_counted() {
    let house = House::new(Wish::default()).await;
    let csr = csr(&["db.internal"]);
    let message = sealed(KEY, &wanted("held", "", &csr));
    let line = "requests_repeated_total{operation=\"authsign\",signer=\"primary\"} 1";
    let first = house.post("authsign", message.clone()).await;
    assert!(!house.counted(line));
    let again = house.post("authsign", message).await;
    assert!(house.counted(line));
    let read = |text: &str| Certificate::from_pem(text).unwrap();
    let (first, again) = (read(first.certificate()), read(again.certificate()));
    assert_ne!(first.serial().unwrap(), again.serial().unwrap());
    assert_eq!(again.public_key(), UnverifiedCsr::from_pem(&csr).unwrap().public_key());
    assert_eq!(again.san_set().unwrap(), first.san_set().unwrap());
}

#[tokio::test]
async fn a_key_has_its_rate() {
    let house = House::new(Wish { rate: Some(Rate::per_second(1, 2)), ..Wish::default() }).await;
    let message = sealed(KEY, &wanted("held", "", &csr(&["db.internal"])));
    for _ in 0..2 {
        house.post("authsign", message.clone()).await.certificate();
    }
    let refused = house.post("authsign", message).await;
    assert_eq!((refused.status.as_u16(), refused.retry.as_deref()), (429, Some("1")));
    let other = sealed(OLD_KEY, &wanted("held", "", &csr(&["db.internal"])));
    house.post("authsign", other).await.certificate();
}

#[tokio::test]
async fn a_bound_proof_is_good_once_here_and_now() {
    let house = House::new(Wish::default()).await;
    let request = wanted("bound", "", &csr(&["db.internal"]));
    let message = bound(BOUND_KEY, &request, "authsign", house.now(), NONCE);
    house.post("authsign", message.clone()).await.certificate();
    let again = house.post("authsign", message).await;
    assert_eq!(again.message(), "the nonce of the proof was used before");
    let elsewhere = bound(BOUND_KEY, &request, "newcert", house.now(), b"another sixteen.");
    assert_eq!(house.post("authsign", elsewhere).await.message(), "invalid bound proof");
    let late = bound(BOUND_KEY, &request, "authsign", house.now(), b"and another one.");
    house.clock.advance(Lifetime::from_seconds(301));
    assert!(house.post("authsign", late).await.message().starts_with("the proof was made"));
}

#[tokio::test]
async fn a_key_for_bound_proofs_takes_no_token() {
    let house = House::new(Wish::default()).await;
    let refused =
        house.post("authsign", sealed(BOUND_KEY, &wanted("bound", "", &csr(&["db.internal"])))).await;
    assert!(
        refused.message().starts_with("the key takes only requests that are bound"),
        "{}",
        refused.message()
    );
}

#[tokio::test]
async fn policy_judges_whoever_holds_a_key() {
    let house = House::new(Wish::default()).await;
    let refused = house.post("authsign", sealed(KEY, &wanted("held", "", &csr(&["db.example.com"])))).await;
    assert_eq!((refused.status.as_u16(), refused.code()), (400, 5500), "{}", refused.message());
    let unknown = house.post("authsign", sealed(KEY, &wanted("no\nsuch", "", &csr(&["db.internal"])))).await;
    assert_eq!((unknown.status.as_u16(), unknown.code()), (400, 5400), "{}", unknown.message());
    assert!(!unknown.message().contains('\n'), "{}", unknown.message());
}

#[tokio::test]
async fn a_lenient_door_takes_the_default_profile_with_its_keys() {
    let house = House::new(Wish { lenient: true, enable: "sign", ..Wish::default() }).await;
    let unknown = wanted("no-such", "", &csr(&["db.internal"]));
    house.post("sign", unknown.clone()).await.certificate();
    // The default profile has no key: a token of another one opens nothing more.
    assert!(house.post("authsign", sealed(KEY, &unknown)).await.message().starts_with("no authentication"));
}

#[tokio::test]
async fn a_message_for_authsign_makes_no_key_at_newcert() {
    let house = House::new(Wish { enable: "newcert", ..Wish::default() }).await;
    let stolen = house.post("newcert", sealed(KEY, &wanted("held", "", &csr(&["db.internal"])))).await;
    assert_eq!(stolen.message(), "missing request section");
    let plain = r#"{"request":{"hosts":["db.internal"]},"profile":"held"}"#;
    assert!(house.post("newcert", plain).await.message().starts_with("authentication required"));
    let held = house.post("newcert", sealed(KEY, plain)).await;
    assert!(held.certificate().contains("CERTIFICATE"));
    assert!(held.body["result"]["private_key"].as_str().unwrap().contains("PRIVATE KEY"));
}
