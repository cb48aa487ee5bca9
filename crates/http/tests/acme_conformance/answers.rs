//! What answers have in common, RFC 8555 sections 6.1, 6.7 and 7.1.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::response::Response;
use hf_http::limits::RetryAfter;
use hf_http::peer::RequestId;
use hf_http::server::{Refusal, TurnedAway};
use hf_proto::acme::problem::ProblemType;
use serde_json::json;

use super::client::{Client, Key};
use super::house::{Answer, HOST, House, settings};

#[tokio::test]
async fn the_directory_says_where_everything_is() {
    let house = House::new().await;
    let client = Client::stranger(&house);
    let answer = house.get(&client.url("directory")).await;
    assert!(answer.header("cache-control").contains("no-cache"));
    assert!(answer.links("index").is_empty());
    let directory = answer.json();
    for (member, path) in [
        ("newNonce", "new-nonce"),
        ("newAccount", "new-account"),
        ("newOrder", "new-order"),
        ("newAuthz", "new-authz"),
        ("revokeCert", "revoke-cert"),
        ("keyChange", "key-change"),
        ("renewalInfo", "renewal-info"),
    ] {
        assert_eq!(directory[member], client.url(path), "{member}");
    }
    let profiles = directory["meta"]["profiles"].as_object().unwrap();
    assert!(profiles.contains_key("server") && profiles.values().all(serde_json::Value::is_string));
    assert!(directory["meta"].get("externalAccountRequired").is_none());
    // A member that nobody knows keeps clients from breaking on the next one.
    assert!(directory.as_object().unwrap().len() > 8);
    // Of the default authority, without its name.
    assert_eq!(house.get(&format!("{HOST}/acme/directory")).await.json(), directory);
}

#[tokio::test]
async fn what_is_not_offered_does_not_stand_in_the_directory() {
    let house = House::new().await;
    let mut settings = settings();
    settings.pre_authorization = false;
    settings.external_account_required = true;
    settings.terms = Some("https://ca.test/terms".to_owned());
    settings.website = Some("https://ca.test".to_owned());
    house.serve(settings);
    let client = Client::stranger(&house);
    let directory = house.get(&client.url("directory")).await.json();
    assert!(directory.get("newAuthz").is_none());
    let meta = &directory["meta"];
    assert_eq!(meta["externalAccountRequired"], true);
    assert_eq!(
        (&meta["termsOfService"], &meta["website"]),
        (&json!("https://ca.test/terms"), &json!("https://ca.test"))
    );
}

#[tokio::test]
async fn every_resource_says_where_to_begin() {
    let house = House::new().await;
    let client = Client::new(&house).await;
    let (_, _, order) = client.certificate(&["a.shop.internal"]).await;
    let authorization = order.authorizations().remove(0);
    let object = client.read(&authorization).await.json();
    let challenge = object["challenges"][0]["url"].as_str().unwrap().to_owned();
    for url in [&client.kid, &order.url, &authorization, &challenge, &order.certificate()] {
        assert_eq!(client.read(url).await.links("index"), [client.url("directory")], "{url}");
    }
    assert_eq!(client.read(&challenge).await.links("up"), [authorization]);
}

#[tokio::test]
async fn what_is_not_there_is_a_problem_document() {
    let house = House::new().await;
    let client = Client::new(&house).await;
    let not_found = (ProblemType::Malformed, 404);
    for url in [
        client.url("nothing"),
        "/acme/".to_owned(),
        "/acme/nobody/new-order".to_owned(),
        client.url("order/a/b/c"),
    ] {
        assert_eq!(house.get(&url).await.refused(), not_found, "{url}");
    }
    for url in [client.url("nothing"), client.url("order/a/b/c"), client.url("directory/x")] {
        assert_eq!(house.get(&url).await.links("index"), [client.url("directory")], "{url}");
    }
    for url in ["/acme", "/acme/", "/acme/nobody", "/acme/nobody/new-order/x"] {
        assert!(house.get(url).await.links("index").is_empty(), "{url}");
    }
    let id = "AAAAAAAAAAAAAAAAAAAAAA";
    for path in ["order/", "authz/", "cert/", "order/x", "authz/../../x"] {
        let url = client.url(&format!("{path}{id}"));
        let refused = client.read(&url).await.refused();
        assert!(refused == not_found, "{url}: {refused:?}");
    }
    let url = client.url(&format!("challenge/{id}/{id}"));
    assert_eq!(client.post(&url, &json!({})).await.refused(), not_found);
}

#[tokio::test]
async fn browsers_may_ask_from_everywhere() {
    let house = House::new().await;
    let client = Client::new(&house).await;
    let answer = house
        .send(
            "OPTIONS",
            &client.url("new-order"),
            &[
                ("origin", "https://elsewhere.example"),
                ("access-control-request-method", "POST"),
                ("access-control-request-headers", "content-type"),
            ],
            Vec::new(),
        )
        .await;
    assert!(answer.status == 200 || answer.status == 204);
    assert_eq!(answer.header("access-control-allow-origin"), "*");
    assert!(answer.header("access-control-allow-methods").contains("POST"));
    assert_eq!(answer.header("access-control-allow-headers"), "Content-Type");
    assert_eq!(answer.header("access-control-max-age"), "86400");
    for answer in [
        house.get(&client.url("directory")).await,
        house.get(&client.url("nothing")).await,
        client.read(&client.kid).await,
    ] {
        assert_eq!(answer.header("access-control-allow-origin"), "*");
        let exposed = answer.header("access-control-expose-headers").to_lowercase();
        for name in ["link", "replay-nonce", "location", "retry-after"] {
            assert!(exposed.contains(name), "{name}");
        }
    }
}

#[tokio::test]
async fn an_account_key_of_one_authority_may_have_an_account_of_another() {
    let house = House::new().await;
    let mut services = Client::new(&house).await;
    let key =
        Key(hf_keys::private_key::PrivateKey::from_der(services.key.0.pkcs8_der().expose(), None).unwrap());
    let mut guests = Client::of(&house, "guests", key);
    guests.register().await;
    assert_ne!(services.kid, guests.kid);
    services.key = Key::p256();
    assert_eq!(services.read(&services.kid).await.refused().0, ProblemType::Malformed);
}

#[tokio::test]
async fn what_the_listener_turns_away_is_told_as_acme_tells_it() {
    let house = House::new().await;
    let others = Arc::new(|_: &TurnedAway<'_>| Response::new(Body::from("others")));
    let wording = hf_http::acme::wording(house.door(), others);
    let (retry, limit) = (RetryAfter(Duration::from_secs(7)), Duration::from_secs(3));
    let id = RequestId(Arc::from("test-request"));
    for (refusal, kind, status) in [
        (Refusal::TooMany { retry }, ProblemType::RateLimited, 429),
        (Refusal::Overloaded { retry }, ProblemType::ServerInternal, 503),
        (Refusal::Host, ProblemType::Malformed, 400),
        (Refusal::UriTooLong { limit: 9 }, ProblemType::Malformed, 414),
        (Refusal::BodyTooLarge { limit: 9 }, ProblemType::Malformed, 413),
        (Refusal::BodyTooSlow { limit }, ProblemType::Malformed, 408),
        (Refusal::BodyBroken, ProblemType::Malformed, 400),
        (Refusal::AnswerTooSlow { limit }, ProblemType::ServerInternal, 503),
        (Refusal::Fault, ProblemType::ServerInternal, 500),
    ] {
        for path in ["/acme", "/acme/services/new-order", "/acme/nobody/x"] {
            let answer = Answer::of(wording(&TurnedAway { refusal: &refusal, id: &id, path })).await;
            assert_eq!(answer.refused(), (kind, status), "{refusal:?}");
            let told = answer.headers.get("retry-after").map(|value| value.to_str().unwrap());
            assert_eq!(told.is_some(), refusal.retry().is_some(), "{refusal:?}");
        }
        let elsewhere = TurnedAway { refusal: &refusal, id: &id, path: "/acmeology" };
        assert_eq!(Answer::of(wording(&elsewhere)).await.text(), "others");
    }
}
