//! What stands on the wire beside the bodies: methods, headers, errors of every kind.

use serde_json::json;

use crate::house::{House, settings};
use crate::raw::{Signer, nonce, post, send, url};

#[tokio::test]
async fn nonces_are_given_by_head_and_get_and_used_once() {
    let house = House::new().await;
    for (method, status) in [("HEAD", 200), ("GET", 204)] {
        let answer = send(&house, method, &url("new-nonce"), &[], "").await;
        assert_eq!((answer.status, answer.header("cache-control")), (status, "no-store"));
        assert!(!answer.header("replay-nonce").is_empty());
        assert_eq!(answer.header("link"), format!("<{}>;rel=\"index\"", url("directory")));
    }
    let signer = Signer::new();
    let header =
        json!({"alg": "ES256", "jwk": signer.jwk(), "nonce": nonce(&house).await, "url": url("new-account")});
    let body = signer.jws(&header, "{}").to_string();
    assert_eq!(post(&house, &url("new-account"), body.clone()).await.status, 201);
    let again = post(&house, &url("new-account"), body).await;
    assert_eq!(again.problem(), (400, "badNonce".to_owned()));
    assert_eq!(
        again.json()["detail"],
        "JWS has an invalid anti-replay nonce",
        "acme.sh looks for these words"
    );
}

#[tokio::test]
async fn a_nonce_is_used_up_by_a_good_signature_and_by_nothing_less() {
    let house = House::new().await;
    let signer = Signer::registered(&house).await;
    let nonce = nonce(&house).await;
    let header = |url: &str| json!({"alg": "ES256", "kid": signer.kid, "nonce": nonce, "url": url});
    let mut forged = signer.jws(&header(&url("new-order")), "{}");
    forged["payload"] = json!("e30x");
    assert_eq!(post(&house, &url("new-order"), forged.to_string()).await.problem().1, "malformed");
    let elsewhere = signer.jws(&header(&url("new-authz")), "{}").to_string();
    assert_eq!(post(&house, &url("new-order"), elsewhere).await.problem(), (403, "unauthorized".to_owned()));
    let late = signer.jws(&header(&url("new-order")), "{}").to_string();
    assert_eq!(post(&house, &url("new-order"), late).await.problem().1, "badNonce");
}

#[tokio::test]
async fn every_error_is_a_problem_with_a_nonce() {
    let house = House::new().await;
    let jose = ("content-type", "application/jose+json");
    let huge = "x".repeat(70_000);
    let long = "x".repeat(64 * 1024);
    for (method, path, headers, body, expected) in [
        ("GET", "new-order", &[][..], "", (405, "malformed")),
        ("PUT", "new-order", &[jose], "", (405, "malformed")),
        ("DELETE", "directory", &[], "", (405, "malformed")),
        ("POST", "new-order", &[("content-type", "application/json")], "{}", (415, "malformed")),
        (
            "POST",
            "new-order",
            &[("content-type", "application/jose+json; charset=utf-8")],
            "{}",
            (415, "malformed"),
        ),
        ("POST", "new-order", &[], "{}", (415, "malformed")),
        ("POST", "new-order", &[jose], &huge, (413, "malformed")),
        ("POST", "new-order", &[jose], &long, (400, "malformed")),
        ("POST", "new-order", &[jose], "not json", (400, "malformed")),
        ("POST", "new-order", &[jose, ("replay-nonce", "AAAA")], "{}", (400, "malformed")),
        ("GET", "nothing", &[], "", (404, "malformed")),
        ("GET", "../nobody/directory", &[], "", (404, "malformed")),
        ("GET", "renewal-info/AAAA", &[], "", (400, "malformed")),
        ("GET", "renewal-info/aYhba4dGQEHhs3uEe6CuLN4ByNQ.AIdlQyE", &[], "", (404, "malformed")),
    ] {
        let target = match path.strip_prefix("../") {
            Some(rest) => url("").replace("services/", rest),
            None => url(path),
        };
        let answer = send(&house, method, &target, headers, body.to_owned()).await;
        assert_eq!(answer.problem(), (expected.0, expected.1.to_owned()), "{method} {path}");
        assert_eq!(answer.header("access-control-allow-origin"), "*");
    }
}

#[tokio::test]
async fn the_directory_tells_what_is_offered() {
    let mut terms = settings();
    terms.pre_authorization = false;
    terms.external_account_required = true;
    terms.terms = Some("https://ca.shop.internal/terms".to_owned());
    let house = House::with(terms).await;
    let default = send(&house, "GET", &url("").replace("services/", "directory"), &[], "").await;
    let named = send(&house, "GET", &url("directory"), &[], "").await;
    assert_eq!((default.status, &default.body), (200, &named.body));
    assert_eq!(default.header("content-type"), "application/json");
    assert!(default.header("replay-nonce").is_empty() && default.header("link").is_empty());
    let directory = default.json();
    assert_eq!(directory["newOrder"], url("new-order"));
    assert!(directory.get("newAuthz").is_none());
    assert_eq!(directory["meta"]["externalAccountRequired"], true);
    assert_eq!(directory["meta"]["termsOfService"], "https://ca.shop.internal/terms");
    assert_eq!(directory["meta"]["profiles"]["short"], "clientAuth and serverAuth, valid for 1d");
    let refused = Signer::new().post(&house, &url("new-account"), &json!({})).await;
    assert_eq!(refused.problem(), (403, "userActionRequired".to_owned()));
    let links: Vec<_> = refused.headers.get_all("link").iter().map(|link| link.to_str().unwrap()).collect();
    assert!(links.contains(&"<https://ca.shop.internal/terms>;rel=\"terms-of-service\""), "{links:?}");
}

#[tokio::test]
async fn browsers_may_ask() {
    let house = House::new().await;
    let preflight = send(&house, "OPTIONS", &url("new-order"), &[("origin", "https://x.example")], "").await;
    assert_eq!(preflight.status, 204);
    assert_eq!(preflight.header("access-control-allow-methods"), "POST");
    assert_eq!(preflight.header("access-control-allow-headers"), "Content-Type");
    assert_eq!(preflight.header("access-control-max-age"), "86400");
    assert_eq!(
        preflight.header("access-control-expose-headers"),
        "Link, Replay-Nonce, Location, Retry-After"
    );
}

#[tokio::test]
async fn what_is_of_another_account_is_not_there() {
    let house = House::new().await;
    let (mine, other) = (Signer::registered(&house).await, Signer::registered(&house).await);
    let names = json!({"identifiers": [{"type": "dns", "value": "web.shop.internal"}]});
    let order = mine.post(&house, &url("new-order"), &names).await;
    assert_eq!(order.status, 201);
    let authorization = order.json()["authorizations"][0].as_str().unwrap().to_owned();
    let challenge =
        mine.get(&house, &authorization).await.json()["challenges"][0]["url"].as_str().unwrap().to_owned();
    let place = order.header("location").to_owned();
    let certificate = place.replace("/order/", "/cert/");
    for target in [&place, &authorization, &challenge, &certificate] {
        assert_eq!(other.get(&house, target).await.problem().0, 404, "{target}");
    }
    let account = mine.kid.clone().unwrap();
    for target in [account.clone(), format!("{account}/orders")] {
        assert_eq!(other.get(&house, &target).await.problem(), (403, "unauthorized".to_owned()));
    }
    let finalize = format!("{place}/finalize");
    assert_eq!(other.post(&house, &finalize, &json!({"csr": "AAAA"})).await.problem().0, 404);
    let started = other.post(&house, &challenge, &json!({})).await;
    assert_eq!(started.problem().0, 404);
    assert_eq!(house.work().await.authorizations, 0);
    // The same key is somebody else at another authority.
    let elsewhere = place.replace("/services/", "/guests/");
    assert_eq!(mine.get(&house, &elsewhere).await.problem().1, "accountDoesNotExist");
}

#[tokio::test]
async fn orders_are_listed_and_what_came_to_nothing_is_not() {
    let house = House::new().await;
    let signer = Signer::registered(&house).await;
    let order = |name: &str| json!({"identifiers": [{"type": "dns", "value": name}]});
    let mut placed = Vec::new();
    for name in ["a.shop.internal", "b.shop.internal"] {
        let made = signer.post(&house, &url("new-order"), &order(name)).await;
        placed.push(made.header("location").to_owned());
    }
    let list = format!("{}/orders", signer.kid.as_ref().unwrap());
    let listed = signer.get(&house, &list).await;
    assert_eq!(listed.json()["orders"], json!(placed));
    assert_eq!(signer.get(&house, &format!("{list}?after=x")).await.problem().0, 400);
    house.clock.advance(hf_core::time::Lifetime::from_days(2));
    assert_eq!(signer.get(&house, &list).await.json()["orders"], json!([]));
    assert_eq!(signer.get(&house, &placed[0]).await.json()["status"], "invalid");
}

#[tokio::test]
async fn limits_say_when_to_ask_again() {
    let mut terms = settings();
    terms.limits.orders_per_hour = 2;
    let house = House::with(terms).await;
    let signer = Signer::registered(&house).await;
    let order = json!({"identifiers": [{"type": "dns", "value": "a.shop.internal"}]});
    for _ in 0..2 {
        assert_eq!(signer.post(&house, &url("new-order"), &order).await.status, 201);
    }
    let refused = signer.post(&house, &url("new-order"), &order).await;
    assert_eq!(refused.problem(), (429, "rateLimited".to_owned()));
    assert_eq!(refused.header("retry-after"), "1800");
    assert!(
        refused.headers.get_all("link").iter().any(|link| link.to_str().unwrap().ends_with("rel=\"help\""))
    );
}
