//! Orders and authorizations, RFC 8555 sections 7.4 and 7.5.

use hf_ca::revoke::{RevokeRequest, RevokeTarget};
use hf_core::principal::Channel;
use hf_core::reason::RevocationReason;
use hf_core::time::Lifetime;
use hf_proto::acme::problem::{ProblemType, Subproblem};
use hf_proto::acme::validation::ValidationOutcome;
use serde_json::{Value, json};

use super::client::{Client, Key, csr, identifiers};
use super::house::{House, settings, unreachable};
use crate::founding::operator;

const MALFORMED: (ProblemType, u16) = (ProblemType::Malformed, 400);

fn dns(name: &str) -> Value {
    json!({"identifiers":[{"type":"dns","value":name}]})
}

#[tokio::test]
async fn an_order_says_what_is_missing() {
    let house = House::new().await;
    let client = Client::new(&house).await;
    let names = ["*.b.shop.internal", "A.shop.internal", "10.0.0.1", "a.shop.internal"];
    let answer = client.new_order(&json!({"identifiers":identifiers(&names)})).await;
    assert_eq!(answer.status, 201);
    let object = answer.json();
    assert_eq!(object["status"], "pending");
    assert_eq!(object["identifiers"].as_array().unwrap().len(), 3, "each name once");
    assert_eq!(object["authorizations"].as_array().unwrap().len(), 3);
    assert!(object["expires"].as_str().unwrap().ends_with('Z'));
    assert_eq!(object["finalize"], format!("{}/finalize", answer.location()));
    assert_eq!(object["profile"], "server", "what was chosen is told");
    for absent in ["certificate", "error", "replaces", "notBefore", "notAfter"] {
        assert!(object.get(absent).is_none(), "{absent}");
    }
    assert_eq!(client.read(&answer.location()).await.json(), object);
}

#[tokio::test]
async fn an_authorization_offers_the_challenges_that_fit() {
    let house = House::new().await;
    let client = Client::new(&house).await;
    for (name, wildcard, kinds) in [
        ("a.shop.internal", false, &["http-01", "dns-01", "tls-alpn-01", "dns-account-01"][..]),
        ("*.shop.internal", true, &["dns-01", "dns-account-01"]),
        ("10.0.0.1", false, &["http-01", "tls-alpn-01"]),
    ] {
        let order = client.order(&[name]).await;
        let object = client.read(&order.authorizations()[0]).await.json();
        assert_eq!(object["status"], "pending");
        assert_eq!(object["identifier"]["value"], name.trim_start_matches("*."));
        assert_eq!(object.get("wildcard"), wildcard.then_some(&json!(true)), "true or absent");
        let challenges = object["challenges"].as_array().unwrap();
        let found: Vec<&str> = challenges.iter().map(|one| one["type"].as_str().unwrap()).collect();
        assert_eq!(found, kinds);
        for challenge in challenges {
            assert_eq!(challenge["status"], "pending");
            assert_eq!(challenge["token"].as_str().unwrap().len(), 43, "256 bits");
            assert!(challenge.as_object().unwrap().values().all(Value::is_string), "flat");
        }
    }
}

#[tokio::test]
async fn names_that_are_none_are_refused_each_by_itself() {
    let house = House::new().await;
    let client = Client::new(&house).await;
    assert_eq!(client.new_order(&json!({"identifiers":[]})).await.refused(), MALFORMED);
    assert_eq!(client.new_order(&json!({})).await.refused(), MALFORMED);
    for name in [
        "a.shop.internal.",
        "\u{fc}.shop.internal",
        "10.0.0.1",
        "a_b.shop.internal",
        "*.*.shop.internal",
        "a.*.shop.internal",
        "*",
        "",
        "a..internal",
    ] {
        assert_eq!(client.new_order(&dns(name)).await.refused(), MALFORMED, "{name}");
    }
    for ip in ["2001:DB8::1", "[::1]", "010.0.0.1", "10.0.0", "*.10.0.0.1", "a.shop.internal"] {
        let order = json!({"identifiers":[{"type":"ip","value":ip}]});
        assert_eq!(client.new_order(&order).await.refused(), MALFORMED, "{ip}");
    }
    for kind in ["email", "permanent-identifier", "TNAuthList", "uri", "DNS", ""] {
        let order = json!({"identifiers":[{"type":kind,"value":"a.shop.internal"}]});
        let refused = client.new_order(&order).await.refused();
        assert_eq!(refused, (ProblemType::UnsupportedIdentifier, 400), "{kind}");
    }
    let order = json!({"identifiers":[
        {"type":"dns","value":"a_b.shop.internal"}, {"type":"dns","value":"ok.shop.internal"},
        {"type":"email","value":"a@shop.internal"}]});
    let problem = client.new_order(&order).await.problem();
    assert_eq!(problem.kind, ProblemType::Compound);
    let at_fault = |one: &Subproblem| one.identifier.as_ref().unwrap().value.clone();
    let names: Vec<String> = problem.subproblems.iter().map(at_fault).collect();
    assert_eq!(names, ["a_b.shop.internal", "a@shop.internal"]);
}

#[tokio::test]
async fn a_name_under_a_wildcard_of_the_same_order_is_redundant() {
    let house = House::new().await;
    let client = Client::new(&house).await;
    let order = |names: &[&str]| json!({"identifiers":identifiers(names)});
    let redundant = order(&["*.b.shop.internal", "a.b.shop.internal"]);
    assert_eq!(client.new_order(&redundant).await.refused(), MALFORMED);
    assert_eq!(client.new_order(&order(&["*.b.shop.internal", "b.shop.internal"])).await.status, 201);
}

#[tokio::test]
async fn names_that_are_not_given_here_are_rejected_before_anything_is_proven() {
    let house = House::new().await;
    let client = Client::new(&house).await;
    let order = json!({"identifiers":identifiers(&["a.shop.internal", "evil.example", "192.0.2.1"])});
    let problem = client.new_order(&order).await.problem();
    assert_eq!((problem.kind, problem.status), (ProblemType::RejectedIdentifier, 403));
    assert_eq!(problem.subproblems.len(), 2);
    assert!(problem.subproblems.iter().all(|one| one.kind == ProblemType::RejectedIdentifier));
}

#[tokio::test]
async fn an_order_has_a_bounded_number_of_names() {
    let house = House::new().await;
    let client = Client::new(&house).await;
    let names = |count: usize| -> Value {
        let one = |number| json!({"type":"dns","value":format!("n{number}.shop.internal")});
        json!({"identifiers":(0..count).map(one).collect::<Vec<_>>()})
    };
    assert_eq!(client.new_order(&names(51)).await.refused(), MALFORMED);
    assert_eq!(client.new_order(&names(50)).await.status, 201);
}

#[tokio::test]
async fn a_time_that_is_asked_for_is_honoured_or_refused() {
    let house = House::new().await;
    let client = Client::new(&house).await;
    let with = |before: Option<&str>, after: Option<&str>| {
        let mut order = dns("a.shop.internal");
        for (member, time) in [("notBefore", before), ("notAfter", after)] {
            if let Some(time) = time {
                order[member] = json!(time);
            }
        }
        order
    };
    let good = client.new_order(&with(None, Some("2027-01-05T00:00:00Z"))).await;
    assert_eq!(good.json()["notAfter"], "2027-01-05T00:00:00Z");
    for (before, after) in [
        (None, Some("2026-12-31T00:00:00Z")),
        (None, Some("2047-01-01T00:00:00Z")),
        (None, Some("2027-02-05T00:00:00Z")),
        (Some("2026-12-31T00:00:00Z"), None),
        (Some("2026-12-31T00:00:00Z"), Some("2027-01-05T00:00:00Z")),
        (Some("2027-01-20T00:00:00Z"), Some("2027-02-15T00:00:00Z")),
        (Some("2027-02-01T00:00:00Z"), Some("2027-01-05T00:00:00Z")),
        (Some("yesterday"), None),
        (None, Some("2027-13-01T00:00:00Z")),
    ] {
        assert_eq!(client.new_order(&with(before, after)).await.refused(), MALFORMED, "{before:?} {after:?}");
    }
}

#[tokio::test]
async fn a_profile_is_one_that_is_offered() {
    let house = House::new().await;
    let client = Client::new(&house).await;
    let with = |profile: Value| {
        let mut order = dns("a.shop.internal");
        order["profile"] = profile;
        order
    };
    assert_eq!(client.new_order(&with(json!("peer"))).await.json()["profile"], "peer");
    for bad in ["root", "client", "", "nothing"] {
        let refused = client.new_order(&with(json!(bad))).await.refused();
        assert_eq!(refused, (ProblemType::InvalidProfile, 400), "{bad}");
    }
    assert_eq!(client.new_order(&with(json!(7))).await.refused(), MALFORMED);
}

#[tokio::test]
async fn a_profile_that_was_withdrawn_is_refused_when_the_order_is_finalized() {
    let house = House::new().await;
    let client = Client::new(&house).await;
    let order = client.ready(&["a.shop.internal"]).await;
    house
        .serve(hf_ca::registration::RegistrationSettings { profiles: vec!["peer".to_owned()], ..settings() });
    let key = Key::p256();
    let answer = client.finalize(&order, &csr(&key.0, &["a.shop.internal"])).await;
    assert_eq!(answer.refused(), (ProblemType::InvalidProfile, 400));
}

#[tokio::test]
async fn an_authorization_that_is_given_up_ends_its_order() {
    let house = House::new().await;
    let client = Client::new(&house).await;
    let order = client.ready(&["a.shop.internal"]).await;
    let authorization = order.authorizations().remove(0);
    for bad in [json!({"status":"valid"}), json!({"status":"revoked"}), json!({}), json!({"status":1})] {
        assert_eq!(client.post(&authorization, &bad).await.refused(), MALFORMED, "{bad}");
    }
    let given_up = client.post(&authorization, &json!({"status":"deactivated"})).await;
    assert_eq!(given_up.json()["status"], "deactivated");
    assert_eq!(client.read(&authorization).await.json()["status"], "deactivated");
    let order = client.look(&order).await;
    assert_eq!(order.object["status"], "invalid");
    assert!(order.object["error"]["type"].as_str().unwrap().starts_with("urn:ietf:params:acme:error:"));
    assert_eq!(client.finalize(&order, b"x").await.refused(), (ProblemType::OrderNotReady, 403));
}

#[tokio::test]
async fn what_fails_is_told_in_order_and_authorization() {
    let house = House::new().await;
    let client = Client::new(&house).await;
    house.looker.finds("b.shop.internal", ValidationOutcome::Failed(unreachable()));
    let order = client.order(&["a.shop.internal", "b.shop.internal"]).await;
    client.begin(&order).await;
    house.work().await;
    let order = client.look(&order).await;
    assert_eq!(order.object["status"], "invalid");
    let faults = order.object["error"]["subproblems"].as_array().unwrap();
    assert_eq!(faults[0]["identifier"]["value"], "b.shop.internal");
    let mut statuses = Vec::new();
    for authorization in order.authorizations() {
        statuses.push(client.read(&authorization).await.json()["status"].as_str().unwrap().to_owned());
    }
    assert_eq!(statuses, ["valid", "invalid"]);
    assert_eq!(client.finalize(&order, b"x").await.refused(), (ProblemType::OrderNotReady, 403));
}

#[tokio::test]
async fn a_proof_is_used_again_by_its_account_alone_and_not_for_ever() {
    let house = House::new().await;
    house.serve(hf_ca::registration::RegistrationSettings { reuse: Lifetime::from_hours(6), ..settings() });
    let (client, other) = (Client::new(&house).await, Client::new(&house).await);
    client.ready(&["a.shop.internal"]).await;
    assert_eq!(client.order(&["a.shop.internal"]).await.object["status"], "ready");
    assert_eq!(other.order(&["a.shop.internal"]).await.object["status"], "pending");
    let wildcard = client.order(&["*.a.shop.internal"]).await;
    assert_eq!(wildcard.object["status"], "pending", "a name is not the wildcard under it");
    house.clock.advance(Lifetime::from_hours(7));
    assert_eq!(client.order(&["a.shop.internal"]).await.object["status"], "pending");
}

#[tokio::test]
async fn a_name_can_be_proven_before_it_is_ordered() {
    let house = House::new().await;
    house.serve(hf_ca::registration::RegistrationSettings { reuse: Lifetime::from_hours(6), ..settings() });
    let client = Client::new(&house).await;
    let ahead = |name: &str| {
        let payload = json!({"identifier":{"type":"dns","value":name}});
        let client = &client;
        async move { client.post(&client.url("new-authz"), &payload).await }
    };
    let made = ahead("a.shop.internal").await;
    assert_eq!((made.status, made.json()["status"].clone()), (201, json!("pending")));
    assert_eq!(ahead("*.shop.internal").await.refused(), MALFORMED);
    assert_eq!(ahead("evil.example").await.refused().0, ProblemType::RejectedIdentifier);
    let challenge = made.json()["challenges"][0]["url"].as_str().unwrap().to_owned();
    client.post(&challenge, &json!({})).await;
    house.work().await;
    assert_eq!(client.read(&made.location()).await.json()["status"], "valid");
    assert_eq!(client.order(&["a.shop.internal"]).await.object["status"], "ready");
    house.serve(hf_ca::registration::RegistrationSettings { pre_authorization: false, ..settings() });
    assert_eq!(ahead("a.shop.internal").await.refused(), (ProblemType::Malformed, 404));
}

#[tokio::test]
async fn an_order_of_which_nothing_came_is_not_listed() {
    let house = House::new().await;
    let client = Client::new(&house).await;
    let list = format!("{}/orders", client.kid);
    let order = client.order(&["a.shop.internal"]).await;
    assert_eq!(client.read(&list).await.json()["orders"], json!([order.url]));
    house.clock.advance(Lifetime::from_days(2));
    assert_eq!(client.read(&list).await.json()["orders"], json!([]));
    assert_eq!(client.look(&order).await.object["status"], "invalid");
}

/// Finalizing would fail in the same words.
#[tokio::test]
async fn an_authority_that_is_revoked_takes_no_orders() {
    let house = House::new().await;
    let client = Client::new(&house).await;
    let placed = client.ready(&["a.shop.internal"]).await;
    let own = house.authority.issuers().get("services").unwrap().certificate().unwrap().clone();
    let request = RevokeRequest {
        principal: operator(),
        channel: Channel::CommandLine,
        target: RevokeTarget::Certificate(own),
        reason: RevocationReason::CessationOfOperation,
    };
    house.authority.revoke(request).await.unwrap();
    let refused = client.new_order(&dns("b.shop.internal")).await;
    assert_eq!(refused.refused(), (ProblemType::ServerInternal, 503), "{}", refused.text());
    let request = csr(&Key::p256().0, &["a.shop.internal"]);
    let finalized = client.finalize(&placed, &request).await;
    assert_eq!((finalized.status, finalized.problem().detail), (503, refused.problem().detail));
    assert_eq!(finalized.header("retry-after"), refused.header("retry-after"));
}
