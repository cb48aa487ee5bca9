//! External account binding, RFC 8555 section 7.3.4.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use futures_util::future::join_all;
use hf_ca::registration::operator::{self, NewEabKey};
use hf_core::random::{Random, RandomUnavailable};
use hf_core::time::Lifetime;
use hf_keys::random::SystemRandom;
use hf_proto::acme::problem::ProblemType;
use jsonwebtoken::{Algorithm, EncodingKey};
use serde_json::{Value, json};

use super::client::{Client, Key, base64url, csr, identifiers};
use super::house::{House, settings};
use super::recovery::{left_behind, recover};

const MALFORMED: (ProblemType, u16) = (ProblemType::Malformed, 400);
const UNAUTHORIZED: (ProblemType, u16) = (ProblemType::Unauthorized, 403);

/// A key as the operator hands it over.
#[derive(Clone)]
struct Given {
    id: String,
    secret: Vec<u8>,
}

async fn house() -> House {
    let mut settings = settings();
    settings.external_account_required = true;
    House::with(settings, 0).await
}

fn wish(names: Option<&[&str]>, trusted: bool) -> NewEabKey {
    NewEabKey {
        name: "laptop".to_owned(),
        authority: "services".to_owned(),
        names: names.map(|names| names.iter().map(|name| name.parse().unwrap()).collect()),
        profiles: None,
        trusted,
        valid_for: Lifetime::from_hours(1),
    }
}

async fn key(house: &House, wish: NewEabKey) -> Given {
    let (record, secret) =
        operator::create_eab(wish, house.store.as_ref(), &SystemRandom, &house.origin()).await.unwrap();
    Given { id: record.id, secret: URL_SAFE_NO_PAD.decode(secret.expose()).unwrap() }
}

/// Only octets whose base64url begins with `-`.
#[derive(Debug)]
struct Dashes;

impl Random for Dashes {
    fn fill(&self, octets: &mut [u8]) -> Result<(), RandomUnavailable> {
        octets.fill(0xfb);
        Ok(())
    }
}

#[tokio::test]
async fn a_key_is_taken_for_no_option_of_a_command() {
    let house = house().await;
    assert!(URL_SAFE_NO_PAD.encode([0xfb]).starts_with('-'));
    let made = operator::create_eab(wish(None, false), house.store.as_ref(), &Dashes, &house.origin()).await;
    let (record, secret) = made.unwrap();
    // `certbot --eab-kid ID --eab-hmac-key KEY`, `handfast acme eab revoke ID`.
    assert!(!record.id.starts_with('-') && !secret.expose().starts_with('-'), "{}", record.id);
}

fn header(client: &Client<'_>, given: &Given) -> Value {
    json!({"alg":"HS256","kid":given.id,"url":client.url("new-account")})
}

fn bind(given: &Given, header: &Value, payload: &Value) -> Value {
    let (protected, payload) = (base64url(header.to_string()), base64url(payload.to_string()));
    let algorithm = match header["alg"].as_str() {
        Some("HS384") => Algorithm::HS384,
        Some("HS512") => Algorithm::HS512,
        _ => Algorithm::HS256,
    };
    let key = EncodingKey::from_secret(&given.secret);
    let mac = jsonwebtoken::crypto::sign(format!("{protected}.{payload}").as_bytes(), &key, algorithm);
    json!({"protected":protected,"payload":payload,"signature":mac.unwrap()})
}

/// A registration with a binding that is right.
fn bound(client: &Client<'_>, given: &Given) -> Value {
    json!({"externalAccountBinding":bind(given, &header(client, given), &client.key.jwk())})
}

#[tokio::test]
async fn a_bound_account_shows_its_binding_and_is_found_again_without() {
    let house = house().await;
    for alg in ["HS256", "HS384", "HS512"] {
        let (client, given) = (Client::stranger(&house), key(&house, wish(None, false)).await);
        let missing = client.new_account(&json!({})).await;
        assert_eq!(missing.refused(), (ProblemType::ExternalAccountRequired, 403));
        let mut header = header(&client, &given);
        header["alg"] = json!(alg);
        let binding = bind(&given, &header, &client.key.jwk());
        let payload = json!({"externalAccountBinding":binding});
        let made = client.new_account(&payload).await;
        assert_eq!(made.status, 201, "{}", made.text());
        assert_eq!(made.json()["externalAccountBinding"], binding);
        let again = client.new_account(&json!({})).await;
        assert_eq!((again.status, again.json()), (200, made.json()));
        let fresh = key(&house, wish(None, false)).await;
        assert_eq!(client.new_account(&bound(&client, &fresh)).await.status, 200);
        let other = Client::stranger(&house);
        assert_eq!(
            other.new_account(&bound(&other, &fresh)).await.status,
            201,
            "it was not used up by who is known"
        );
    }
}

#[tokio::test]
async fn each_of_the_five_checks_refuses() {
    let house = house().await;
    let (client, given) = (Client::stranger(&house), key(&house, wish(None, false)).await);
    let (right, jwk) = (header(&client, &given), client.key.jwk());
    let with = |member: &str, value: Value| {
        let mut header = right.clone();
        if value.is_null() {
            header.as_object_mut().unwrap().remove(member);
        } else {
            header[member] = value;
        }
        bind(&given, &header, &jwk)
    };
    let wrong = Given { secret: vec![7; 32], ..given.clone() };
    let unknown = Given { id: "AAAAAAAAAAAAAAAAAAAAAA".to_owned(), ..given.clone() };
    let mut cut = bind(&given, &right, &jwk);
    cut["signature"] = json!("");
    let mut several = bind(&given, &right, &jwk);
    several["signatures"] = json!([]);
    let bad_algorithm = (ProblemType::BadSignatureAlgorithm, 400);
    let cases = [
        (json!("x"), MALFORMED),
        (json!({"protected":"","payload":"","signature":""}), MALFORMED),
        (several, MALFORMED),
        (with("nonce", json!("AAAA")), MALFORMED),
        (with("url", Value::Null), MALFORMED),
        (with("url", json!(client.url("new-order"))), MALFORMED),
        (with("kid", Value::Null), MALFORMED),
        (with("alg", Value::Null), MALFORMED),
        (with("alg", json!("none")), bad_algorithm),
        (with("alg", json!("ES256")), bad_algorithm),
        (bind(&unknown, &header(&client, &unknown), &jwk), UNAUTHORIZED),
        (bind(&wrong, &right, &jwk), UNAUTHORIZED),
        (cut, UNAUTHORIZED),
        (bind(&given, &right, &Key::p256().jwk()), MALFORMED),
        (bind(&given, &right, &json!({})), MALFORMED),
    ];
    for (binding, expected) in cases {
        let answer = client.new_account(&json!({"externalAccountBinding":binding})).await;
        assert_eq!(answer.refused(), expected, "{binding}");
    }
    assert_eq!(client.new_account(&bound(&client, &given)).await.status, 201, "none of it used the key up");
}

#[tokio::test]
async fn whoever_has_no_key_learns_nothing_about_keys() {
    let house = house().await;
    let (client, given) = (Client::stranger(&house), key(&house, wish(None, false)).await);
    let wrong = Given { secret: vec![7; 32], ..given.clone() };
    let unknown = Given { id: "AAAAAAAAAAAAAAAAAAAAAA".to_owned(), secret: vec![7; 32] };
    let revoked = key(&house, wish(None, false)).await;
    operator::revoke_eab(&revoked.id, house.store.as_ref(), &house.origin()).await.unwrap();
    let revoked = Given { secret: vec![7; 32], ..revoked };
    let mut told = Vec::new();
    for one in [wrong, unknown, revoked] {
        told.push(client.new_account(&bound(&client, &one)).await.problem());
    }
    assert!(told.windows(2).all(|two| two[0] == two[1]), "{told:?}");
}

#[tokio::test]
async fn a_key_that_is_used_revoked_expired_or_for_others_binds_nobody() {
    let house = house().await;
    let used = key(&house, wish(None, false)).await;
    let (first, second) = (Client::stranger(&house), Client::stranger(&house));
    assert_eq!(first.new_account(&bound(&first, &used)).await.status, 201);
    assert_eq!(second.new_account(&bound(&second, &used)).await.refused(), UNAUTHORIZED);

    let revoked = key(&house, wish(None, false)).await;
    operator::revoke_eab(&revoked.id, house.store.as_ref(), &house.origin()).await.unwrap();
    assert_eq!(second.new_account(&bound(&second, &revoked)).await.refused(), UNAUTHORIZED);

    let elsewhere = key(&house, NewEabKey { authority: "guests".to_owned(), ..wish(None, false) }).await;
    assert_eq!(second.new_account(&bound(&second, &elsewhere)).await.refused(), UNAUTHORIZED);

    let expired = key(&house, wish(None, false)).await;
    house.clock.advance(Lifetime::from_seconds(3_600));
    let last = Client::stranger(&house);
    let fresh = key(&house, wish(None, false)).await;
    assert_eq!(last.new_account(&bound(&last, &fresh)).await.status, 201);
    house.clock.advance(Lifetime::from_seconds(1));
    assert_eq!(second.new_account(&bound(&second, &expired)).await.refused(), UNAUTHORIZED);
}

#[tokio::test]
async fn of_a_hundred_at_once_one_is_bound() {
    let house = house().await;
    let given = key(&house, wish(None, false)).await;
    let clients: Vec<Client<'_>> = (0..100).map(|_| Client::stranger(&house)).collect();
    let asked = clients.iter().map(|client| {
        let payload = bound(client, &given);
        async move { client.new_account(&payload).await }
    });
    let answers = join_all(asked).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 201).count(), 1);
    for refused in answers.iter().filter(|answer| answer.status != 201) {
        assert_eq!(refused.refused(), UNAUTHORIZED);
    }
}

#[tokio::test]
async fn a_key_holds_its_account_to_names_and_may_save_the_proof() {
    let house = house().await;
    let bound_to = |names, trusted| {
        let house = &house;
        async move {
            let given = key(house, wish(Some(names), trusted)).await;
            let mut client = Client::stranger(house);
            let made = client.new_account(&bound(&client, &given)).await;
            client.kid = made.location();
            (client, given)
        }
    };
    let (narrow, _) = bound_to(&["a.shop.internal"], false).await;
    let order = |client: &Client<'_>, name: &str| json!({"identifiers":identifiers(&[name]),"by":client.kid});
    let answer = narrow.new_order(&order(&narrow, "b.shop.internal")).await;
    assert_eq!(answer.refused().0, ProblemType::RejectedIdentifier);
    assert_eq!(narrow.new_order(&order(&narrow, "a.shop.internal")).await.json()["status"], "pending");

    let (trusted, given) = bound_to(&["t.shop.internal"], true).await;
    let placed = trusted.new_order(&order(&trusted, "t.shop.internal")).await.json();
    assert_eq!(placed["status"], "ready");
    let (_, _, issued) = {
        let (certificate, key, order) = trusted.certificate(&["x.t.shop.internal"]).await;
        assert_eq!(house.looker.count(), 0, "nobody looked");
        (certificate, key, order)
    };
    assert_eq!(issued.object["status"], "valid");
    let answer = trusted.new_order(&order(&trusted, "a.shop.internal")).await;
    assert_eq!(answer.refused().0, ProblemType::RejectedIdentifier);
    // Taking the key back takes the trust back.
    operator::revoke_eab(&given.id, house.store.as_ref(), &house.origin()).await.unwrap();
    let placed = trusted.new_order(&order(&trusted, "y.t.shop.internal")).await.json();
    assert_eq!(placed["status"], "pending");
}

/// An account with a key that saves the proof of these names.
async fn trusted<'h>(house: &'h House, names: &[&str]) -> (Client<'h>, Given) {
    let given = key(house, wish(Some(names), true)).await;
    let mut client = Client::stranger(house);
    client.kid = client.new_account(&bound(&client, &given)).await.location();
    (client, given)
}

#[tokio::test]
async fn an_order_that_rests_on_trust_comes_to_nothing_when_the_trust_is_taken_back() {
    let house = house().await;
    let (client, given) = trusted(&house, &["t.shop.internal"]).await;
    let placed = client.ready(&["t.shop.internal"]).await;
    let (left, _) = left_behind(&client, "u.t.shop.internal").await;
    operator::revoke_eab(&given.id, house.store.as_ref(), &house.origin()).await.unwrap();
    let answer = client.finalize(&placed, &csr(&Key::p256().0, &["t.shop.internal"])).await;
    assert_eq!(answer.refused().0, ProblemType::RejectedIdentifier);
    assert!(answer.problem().subproblems[0].detail.contains("not trusted"), "{}", answer.text());
    // Nor by way of what a process left behind.
    assert_eq!(recover(&house).await, 1);
    for order in [placed, left] {
        assert_eq!(client.look(&order).await.object["status"], "ready");
    }
    assert_eq!(house.looker.count(), 0, "nothing was proven");
}

#[tokio::test]
async fn an_order_that_rests_on_trust_comes_to_nothing_when_the_file_says_otherwise() {
    let mut settings = settings();
    settings.trusted = vec!["ci.shop.internal".parse().unwrap()];
    let house = House::with(settings.clone(), 0).await;
    let given = key(&house, wish(None, false)).await;
    let mut client = Client::stranger(&house);
    client.kid = client.new_account(&bound(&client, &given)).await.location();
    let placed = client.ready(&["a.ci.shop.internal", "b.ci.shop.internal"]).await;
    settings.trusted = vec!["a.ci.shop.internal".parse().unwrap()];
    house.serve(settings);
    let request = csr(&Key::p256().0, &["a.ci.shop.internal", "b.ci.shop.internal"]);
    let problem = client.finalize(&placed, &request).await.problem();
    assert_eq!(problem.kind, ProblemType::RejectedIdentifier);
    let [only] = problem.subproblems.as_slice() else { panic!("one of the two: {problem}") };
    assert_eq!(only.identifier.as_ref().unwrap().value, "b.ci.shop.internal");
    assert!(only.detail.contains("not trusted"), "{}", only.detail);
}

#[tokio::test]
async fn an_account_that_must_name_a_profile_proves_names_before_it_orders() {
    let house = house().await;
    let two = Some(vec!["peer".to_owned(), "withdrawn".to_owned()]);
    let given = key(&house, NewEabKey { profiles: two, ..wish(None, false) }).await;
    let mut client = Client::stranger(&house);
    client.kid = client.new_account(&bound(&client, &given)).await.location();
    let names = identifiers(&["a.shop.internal"]);
    let without = client.new_order(&json!({"identifiers":names})).await;
    assert_eq!(without.refused().0, ProblemType::InvalidProfile);
    // There is no profile in the request for an authorization (RFC 8555 section 7.4.1).
    let made = client.new_authz(&json!({"identifier":names[0]})).await;
    assert_eq!(made.status, 201, "{}", made.text());
}

#[tokio::test]
async fn an_order_that_rests_on_trust_says_when_the_trust_ends() {
    let mut settings = settings();
    settings.authorization_lifetime = Lifetime::from_hours(1);
    let house = House::with(settings, 0).await;
    let (client, _) = trusted(&house, &["t.shop.internal"]).await;
    let order = client.order(&["t.shop.internal"]).await;
    let end = house.now().plus(Lifetime::from_hours(1));
    assert_eq!(order.object["expires"], end.to_string());
    house.clock.advance(Lifetime::from_seconds(3_600));
    assert_eq!(client.look(&order).await.object["status"], "ready", "to the last second");
    house.clock.advance(Lifetime::from_seconds(1));
    assert_eq!(client.look(&order).await.object["status"], "invalid");
}
