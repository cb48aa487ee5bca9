//! No account sees or changes what is another's, and learns not even that it is there.

use hf_core::time::Lifetime;
use hf_proto::acme::problem::ProblemType;
use serde_json::{Value, json};

use super::client::{Client, Key, base64url, csr};
use super::house::House;

/// Every resource of an account, with what may be sent to it.
async fn resources(client: &Client<'_>) -> Vec<(String, Vec<Value>)> {
    let pending = client.order(&["pending.shop.internal"]).await;
    let (_, _, issued) = client.certificate(&["issued.shop.internal"]).await;
    let authorization = pending.authorizations().remove(0);
    let object = client.read(&authorization).await.json();
    let challenge = object["challenges"][0]["url"].as_str().unwrap().to_owned();
    let request = json!({"csr":base64url(csr(&Key::p256().0, &["pending.shop.internal"]))});
    let deactivated = json!({"status":"deactivated"});
    vec![
        (
            client.kid.clone(),
            vec![json!({}), deactivated.clone(), json!({"contact":["mailto:x@shop.internal"]})],
        ),
        (format!("{}/orders", client.kid), vec![]),
        (pending.url.clone(), vec![]),
        (issued.url.clone(), vec![]),
        (pending.finalize(), vec![request.clone()]),
        (issued.finalize(), vec![request]),
        (authorization, vec![deactivated]),
        (challenge, vec![json!({})]),
        (issued.certificate(), vec![]),
        (format!("{}/1", issued.certificate()), vec![]),
    ]
}

#[tokio::test]
async fn nothing_of_one_account_is_there_for_another() {
    let house = House::new().await;
    let (owner, other) = (Client::new(&house).await, Client::new(&house).await);
    let resources = resources(&owner).await;
    house.work().await;
    let looks = house.looker.count();
    for (url, payloads) in &resources {
        let texts = std::iter::once(String::new()).chain(payloads.iter().map(Value::to_string));
        for text in texts {
            let answer = other.post_text(url, &text).await;
            let (kind, status) = answer.refused();
            let hidden = (kind == ProblemType::Malformed && (status == 404 || status == 400))
                || (kind == ProblemType::Unauthorized && status == 403);
            assert!(hidden, "{url} {text}: {}", answer.text());
            let told = answer.text();
            assert!(!told.contains("shop.internal") && !told.contains("CERTIFICATE"), "{url}: {told}");
        }
    }
    house.work().await;
    assert_eq!(house.looker.count(), looks, "no challenge was started");
    let account = owner.read(&owner.kid).await.json();
    assert_eq!((&account["status"], account.get("contact")), (&json!("valid"), None));
    for (url, _) in resources.iter().filter(|(url, _)| url.contains("/order/") && !url.ends_with("finalize"))
    {
        assert_ne!(owner.read(url).await.json()["status"], "invalid", "{url}");
    }
}

#[tokio::test]
async fn what_is_anothers_is_told_like_what_is_not_there() {
    let house = House::new().await;
    let (owner, other) = (Client::new(&house).await, Client::new(&house).await);
    for (url, _) in resources(&owner).await {
        // The URL of an account names who asks; it is no secret that it is another's.
        if url.starts_with(&owner.kid) {
            continue;
        }
        let id = url.split('/').nth(6).unwrap();
        let nobodys = url.replace(id, "AAAAAAAAAAAAAAAAAAAAAA");
        let (told, nothing) = (other.read(&url).await, other.read(&nobodys).await);
        assert_eq!(told.status, nothing.status, "{url}");
        assert_eq!(told.problem(), nothing.problem(), "{url}");
    }
}

#[tokio::test]
async fn nothing_of_one_authority_is_there_for_another() {
    let house = House::new().await;
    let owner = Client::new(&house).await;
    let mut guest = Client::of(&house, "guests", Key::p256());
    guest.register().await;
    for (url, _) in resources(&owner).await {
        let elsewhere = url.replace("/acme/services/", "/acme/guests/");
        let answer = guest.read(&elsewhere).await;
        assert!(answer.status == 404 || answer.status == 403 || answer.status == 400, "{elsewhere}");
        assert!(!answer.text().contains("shop.internal"), "{elsewhere}");
    }
}

#[tokio::test]
async fn urls_are_not_guessed_from_one_another() {
    let house = House::new().await;
    let client = Client::new(&house).await;
    let mut ids = std::collections::BTreeSet::new();
    for number in 0..20 {
        let order = client.order(&[&format!("n{number}.shop.internal")]).await;
        for url in order.authorizations().into_iter().chain([order.url]) {
            let id = url.rsplit('/').next().unwrap();
            let (time, random) = id.split_at(8);
            assert_eq!(time, format!("{:08x}", house.now().unix_seconds()), "in the order of time");
            assert_eq!(random.len(), 22, "128 bits");
            ids.insert(random.to_owned());
        }
        house.clock.advance(Lifetime::from_seconds(1));
    }
    assert_eq!(ids.len(), 40);
    let common =
        |index: usize| ids.iter().map(|id| id.as_bytes()[index]).collect::<std::collections::BTreeSet<_>>();
    assert!((0..21).all(|index| common(index).len() > 5), "no part of it counts");
}
