use hf_core::right::Right;
use hf_core::time::Lifetime;
use hf_proto::api::credential::CredentialRequest;
use serde_json::json;

use crate::house::{Asker, House};

#[tokio::test]
async fn a_key_is_shown_once_and_refused_from_its_revocation_on() {
    let house = House::new().await;
    let body = json!({ "name": "monitor", "rights": ["read"], "valid_for": "1d" });
    let made = house.post(&Asker::owner(), "/v1/credentials", &body).await;
    assert_eq!(made.status, 201);
    let key = made.json()["key"].as_str().unwrap().to_owned();
    let id = made.json()["credential"]["id"].as_str().unwrap().to_owned();
    let asker = Asker::bearer(&key);
    assert_eq!(house.get(&asker, "/v1/profiles").await.status, 200);
    let listed = house.get(&Asker::owner(), "/v1/credentials").await.text();
    assert!(listed.contains(&id) && !listed.contains(&key[21..]));
    let revoked = house.send(&Asker::owner(), "DELETE", &format!("/v1/credentials/{id}"), None).await;
    assert_eq!(revoked.status, 204);
    assert_eq!(house.get(&asker, "/v1/profiles").await.code(), "bad-credential");
}

#[tokio::test]
async fn an_expired_key_is_refused() {
    let house = House::new().await;
    let asker = house
        .limited_key(CredentialRequest {
            rights: vec![Right::Read],
            valid_for: Some(Lifetime::from_days(1)),
            ..CredentialRequest::default()
        })
        .await;
    house.clock.advance(Lifetime::from_days(1));
    assert_eq!(house.get(&asker, "/v1/profiles").await.status, 200);
    house.clock.advance(Lifetime::from_seconds(1));
    assert_eq!(house.get(&asker, "/v1/profiles").await.code(), "bad-credential");
}

#[tokio::test]
async fn what_is_not_exactly_the_key_is_refused() {
    let house = House::new().await;
    let good = house.key(&[Right::Read]).await.bearer.unwrap();
    let mut other_secret = good.clone();
    other_secret.replace_range(21..22, if &good[21..22] == "A" { "B" } else { "A" });
    let mut other_id = good.clone();
    other_id.replace_range(4..5, if &good[4..5] == "0" { "1" } else { "0" });
    for bad in
        [other_secret, other_id, good[..good.len() - 1].to_owned(), format!("{good}a"), good.to_uppercase()]
    {
        assert_eq!(house.get(&Asker::bearer(&bad), "/v1/profiles").await.status, 401, "{bad}");
    }
}

#[tokio::test]
async fn what_is_sent_wrong_does_not_fall_back_to_something_else() {
    let house = House::new().await;
    // The owner of the process, but with a key that is none: was it meant to act as the owner?
    let owner = Asker { bearer: Some("hfk_nonsense".to_owned()), ..Asker::owner() };
    assert_eq!(house.get(&owner, "/v1/profiles").await.status, 401);
    for header in ["Basic dTpw", "Bearer", "Bearer a, Bearer b", "", "Bearer  x"] {
        let asker = Asker::owner().with("authorization", header);
        assert_eq!(house.get(&asker, "/v1/profiles").await.status, 401, "{header}");
    }
    let good = house.key(&[Right::Read]).await;
    let twice = good.clone().with("authorization", format!("Bearer {}", good.bearer.unwrap()));
    assert_eq!(house.get(&twice, "/v1/profiles").await.status, 401);
}

#[tokio::test]
async fn nobody_gives_more_than_it_has() {
    let house = House::new().await;
    let admin = house
        .limited_key(CredentialRequest {
            rights: vec![Right::Administer, Right::Issue],
            names: Some(vec!["team.shop.internal".to_owned()]),
            ..CredentialRequest::default()
        })
        .await;
    let ask = async |body: serde_json::Value| house.post(&admin, "/v1/credentials", &body).await.status;
    let team = json!(["a.team.shop.internal"]);
    assert_eq!(ask(json!({ "name": "x", "rights": ["issue"], "names": team })).await, 201);
    assert_eq!(ask(json!({ "name": "x", "rights": ["audit"], "names": team })).await, 403);
    assert_eq!(ask(json!({ "name": "x", "rights": ["issue"] })).await, 403);
    assert_eq!(ask(json!({ "name": "x", "rights": ["issue"], "names": ["shop.internal"] })).await, 403);
    assert_eq!(ask(json!({ "name": "x", "rights": [], "names": team })).await, 400);
    assert_eq!(ask(json!({ "name": "a\nb", "rights": ["issue"], "names": team })).await, 400);
    assert_eq!(
        ask(json!({ "name": "x", "rights": ["issue"], "names": team, "profiles": ["nobody"] })).await,
        400
    );
}

/// Whoever administers for an hour does not do so for ever by a key that it made.
#[tokio::test]
async fn a_key_with_an_end_makes_none_that_ends_later() {
    let house = House::new().await;
    let admin = CredentialRequest {
        rights: vec![Right::Administer],
        valid_for: Some(Lifetime::from_hours(1)),
        ..CredentialRequest::default()
    };
    let hour = house.limited_key(admin).await;
    house.clock.advance(Lifetime::from_seconds(60));
    for (valid_for, status) in
        [(json!(null), 403), (json!("1h"), 403), (json!("3541s"), 403), (json!("3540s"), 201)]
    {
        let body = json!({ "name": "x", "rights": ["administer"], "valid_for": valid_for });
        let answer = house.post(&hour, "/v1/credentials", &body).await;
        assert_eq!(answer.status, status, "{valid_for}: {}", answer.text());
    }
    let body = json!({ "name": "x", "rights": ["administer"] });
    assert_eq!(
        house.post(&house.key(&[Right::Administer]).await, "/v1/credentials", &body).await.status,
        201
    );
}

#[tokio::test]
async fn nobody_ends_what_can_do_more_than_itself() {
    let house = House::new().await;
    let names = Some(vec!["team.shop.internal".to_owned()]);
    let admin = CredentialRequest {
        rights: vec![Right::Administer, Right::Issue],
        names: names.clone(),
        ..CredentialRequest::default()
    };
    let limited = house.limited_key(admin.clone()).await;
    let ends = async |rights: Vec<Right>, names: Option<Vec<String>>| {
        let request = CredentialRequest { rights, names, ..CredentialRequest::default() };
        let victim = house.limited_key(request).await.bearer.unwrap();
        let id = victim.get(4..20).unwrap();
        house.send(&limited, "DELETE", &format!("/v1/credentials/{id}"), None).await.status
    };
    assert_eq!(ends(vec![Right::Issue], names.clone()).await, 204);
    assert_eq!(ends(vec![Right::Issue], None).await, 403, "without limits");
    assert_eq!(ends(vec![Right::Revoke], names.clone()).await, 403, "a right that it lacks");
    assert_eq!(ends(admin.rights.clone(), names).await, 204, "one like itself");
}
