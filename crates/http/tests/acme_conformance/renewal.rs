//! Renewal information, RFC 9773.

use hf_ca::create::RootKey;
use hf_ca::registration::operator as by_hand;
use hf_ca::reissue::ReissueKey;
use hf_ca::revoke::{RevokeRequest, RevokeTarget};
use hf_core::principal::Channel;
use hf_core::reason::RevocationReason;
use hf_core::time::{Lifetime, Timestamp};
use hf_proto::acme::ari::CertId;
use hf_proto::acme::problem::ProblemType;
use hf_proto::acme::validation::ValidationOutcome;
use hf_store::record::RenewalScope;
use hf_x509::certificate::Certificate;
use serde_json::{Value, json};

use super::client::{Client, Key, base64url, identifiers};
use super::house::{House, unreachable};
use crate::founding::{new_authority, operator};

fn cert_id(certificate: &Certificate) -> String {
    let extension = certificate.authority_key_identifier().unwrap().unwrap();
    let key = extension.key_identifier.unwrap().as_bytes().to_vec();
    CertId::new(key, certificate.serial().unwrap()).to_string()
}

struct Window {
    start: Timestamp,
    end: Timestamp,
}

async fn window(client: &Client<'_>, certificate: &Certificate) -> Window {
    let answer = client.house.get(&client.url(&format!("renewal-info/{}", cert_id(certificate)))).await;
    let seconds: i64 = answer.header("retry-after").parse().unwrap();
    assert!((60..=86_400).contains(&seconds));
    let object = answer.json();
    let time = |member: &str| object["suggestedWindow"][member].as_str().unwrap().parse().unwrap();
    let window = Window { start: time("start"), end: time("end") };
    assert!(window.start < window.end);
    window
}

fn replacing(names: &[&str], replaced: &str) -> Value {
    json!({"identifiers":identifiers(names),"replaces":replaced})
}

#[tokio::test]
async fn a_certificate_is_renewed_at_two_thirds_of_its_time() {
    let house = House::new().await;
    let client = Client::new(&house).await;
    let (certificate, _, _) = client.certificate(&["a.shop.internal"]).await;
    let window = window(&client, &certificate).await;
    let (from, until) = (certificate.not_before(), certificate.not_after());
    let share = |time: Timestamp| time.seconds_since(from) * 100 / until.seconds_since(from);
    assert!((64..=66).contains(&share(window.start)) && (66..=68).contains(&share(window.end)));
}

#[tokio::test]
async fn what_names_no_certificate_is_refused() {
    let house = House::new().await;
    let client = Client::new(&house).await;
    let (certificate, _, _) = client.certificate(&["a.shop.internal"]).await;
    let id = cert_id(&certificate);
    let (key, serial) = id.split_once('.').unwrap();
    for bad in [
        format!("{id}="),
        format!("{key}=.{serial}"),
        format!("{id}.x"),
        key.to_owned(),
        format!("{key}."),
        format!(".{serial}"),
        format!("{key}.{}", base64url([0x80])),
    ] {
        let refused = house.get(&client.url(&format!("renewal-info/{bad}"))).await.refused();
        assert_eq!(refused, (ProblemType::Malformed, 400), "{bad}");
    }
    for unknown in [
        "aYhba4dGQEHhs3uEe6CuLN4ByNQ.AIdlQyE".to_owned(),
        format!("{key}.{}", base64url([1])),
        format!("{}.{serial}", base64url([7; 20])),
    ] {
        let refused = house.get(&client.url(&format!("renewal-info/{unknown}"))).await.refused();
        assert_eq!(refused, (ProblemType::Malformed, 404), "{unknown}");
    }
    let elsewhere = client.url(&format!("renewal-info/{id}")).replace("/services/", "/guests/");
    assert_eq!(house.get(&elsewhere).await.status, 404);
}

#[tokio::test]
async fn a_revoked_certificate_is_renewed_at_once() {
    let house = House::new().await;
    let client = Client::new(&house).await;
    let (certificate, _, _) = client.certificate(&["a.shop.internal"]).await;
    assert!(window(&client, &certificate).await.start > house.now());
    let payload = json!({"certificate":base64url(certificate.der())});
    assert_eq!(client.post(&client.url("revoke-cert"), &payload).await.status, 200);
    assert!(window(&client, &certificate).await.end < house.now());
}

/// No client can verify it any more, although nobody revoked it.
#[tokio::test]
async fn a_certificate_below_a_revoked_authority_is_renewed_at_once() {
    let house = House::new().await;
    let client = Client::new(&house).await;
    let (certificate, _, _) = client.certificate(&["a.shop.internal"]).await;
    let mut guests = Client::of(&house, "guests", Key::p256());
    guests.register().await;
    let (other, _, _) = guests.certificate(&["a.shop.internal"]).await;
    let own = house.authority.issuers().get("services").unwrap().certificate().unwrap().clone();
    let request = RevokeRequest {
        principal: operator(),
        channel: Channel::CommandLine,
        target: RevokeTarget::Certificate(own),
        reason: RevocationReason::CaCompromise,
    };
    house.authority.revoke(request).await.unwrap();
    assert!(window(&client, &certificate).await.end < house.now());
    assert!(window(&guests, &other).await.start > house.now(), "another authority is not meant");
    // The authority is given another key: what the old one signed is to be replaced still, what the new one signs is not.
    house.clock.advance(Lifetime::from_hours(1));
    let again = new_authority("services", "intermediate");
    let key = ReissueKey::New(RootKey::Keep);
    house.authority.reissue(again, Some("root"), key, house.origin()).await.unwrap();
    assert!(window(&client, &certificate).await.end < house.now());
    let (new, _, _) = client.certificate(&["a.shop.internal"]).await;
    assert!(window(&client, &new).await.start > house.now());
}

#[tokio::test]
async fn an_operator_has_everything_renewed_by_friday() {
    let house = House::new().await;
    let client = Client::new(&house).await;
    let (old, _, _) = client.certificate(&["a.shop.internal"]).await;
    let friday = house.now().plus(Lifetime::from_days(3));
    by_hand::renew_until("services", RenewalScope::All, friday, house.store.as_ref(), &house.origin())
        .await
        .unwrap();
    let moved = window(&client, &old).await;
    assert!(moved.end <= friday && moved.start <= friday);
    house.clock.advance(Lifetime::from_hours(1));
    let (new, _, _) = client.certificate(&["a.shop.internal"]).await;
    assert!(window(&client, &new).await.start > friday, "what came after it is not meant");
    assert!(
        by_hand::clear_renewal("services", &RenewalScope::All, house.store.as_ref(), &house.origin())
            .await
            .unwrap()
    );
    assert!(window(&client, &old).await.start > friday);
}

#[tokio::test]
async fn a_certificate_is_replaced_once_and_the_order_says_so() {
    let house = House::new().await;
    let client = Client::new(&house).await;
    let (certificate, _, _) = client.certificate(&["a.shop.internal", "b.shop.internal"]).await;
    let id = cert_id(&certificate);
    let placed = client.new_order(&replacing(&["a.shop.internal", "c.shop.internal"], &id)).await;
    assert_eq!((placed.status, placed.json()["replaces"].clone()), (201, json!(id)));
    assert_eq!(client.read(&placed.location()).await.json()["replaces"], id);
    let again = client.new_order(&replacing(&["a.shop.internal"], &id)).await;
    assert_eq!(again.refused(), (ProblemType::AlreadyReplaced, 409));
}

#[tokio::test]
async fn of_many_that_replace_at_once_one_does() {
    let house = House::new().await;
    let client = Client::new(&house).await;
    let (certificate, _, _) = client.certificate(&["a.shop.internal"]).await;
    let payload = replacing(&["a.shop.internal"], &cert_id(&certificate));
    let answers = futures_util::future::join_all((0..20).map(|_| client.new_order(&payload))).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 201).count(), 1);
    for refused in answers.iter().filter(|answer| answer.status != 201) {
        assert_eq!(refused.refused(), (ProblemType::AlreadyReplaced, 409));
    }
}

#[tokio::test]
async fn an_order_of_which_nothing_came_frees_what_it_replaced() {
    let house = House::new().await;
    let client = Client::new(&house).await;
    let (certificate, _, _) = client.certificate(&["a.shop.internal"]).await;
    let payload = replacing(&["a.shop.internal"], &cert_id(&certificate));
    // A proof that failed, long after the one that the certificate was given for.
    house.clock.advance(Lifetime::from_hours(1));
    house.looker.finds("a.shop.internal", ValidationOutcome::Failed(unreachable()));
    let first = client.new_order(&payload).await;
    let order = super::client::Placed { url: first.location(), object: first.json() };
    assert_eq!(client.new_order(&payload).await.status, 409);
    client.begin(&order).await;
    house.work().await;
    assert_eq!(client.look(&order).await.object["status"], "invalid");
    assert_eq!(client.new_order(&payload).await.status, 201);
    assert_eq!(client.new_order(&payload).await.status, 409);
    // An order whose time is over.
    house.clock.advance(Lifetime::from_days(2));
    assert_eq!(client.new_order(&payload).await.status, 201);
}

#[tokio::test]
async fn only_its_account_replaces_a_certificate_and_for_a_name_of_it() {
    let house = House::new().await;
    let (client, other) = (Client::new(&house).await, Client::new(&house).await);
    let (certificate, _, _) = client.certificate(&["a.shop.internal"]).await;
    let id = cert_id(&certificate);
    for (who, names, replaced) in [
        (&other, ["a.shop.internal"], id.as_str()),
        (&client, ["c.shop.internal"], id.as_str()),
        (&client, ["a.shop.internal"], "aYhba4dGQEHhs3uEe6CuLN4ByNQ.AIdlQyE"),
        (&client, ["a.shop.internal"], "x"),
        (&client, ["a.shop.internal"], ""),
    ] {
        let refused = who.new_order(&replacing(&names, replaced)).await.refused();
        assert_eq!(refused, (ProblemType::Malformed, 400), "{names:?} {replaced}");
    }
}
