//! Challenges, RFC 8555 sections 7.5.1 and 8.2: each is looked at once, again after a while, and not for ever.

use futures_util::future::join_all;
use hf_core::time::Lifetime;
use hf_proto::acme::problem::ProblemType;
use hf_proto::acme::validation::ValidationOutcome;
use serde_json::{Value, json};

use super::client::{Client, Placed};
use super::house::{House, unreachable};

async fn first_challenge(client: &Client<'_>, order: &Placed) -> String {
    let object = client.read(&order.authorizations()[0]).await.json();
    object["challenges"][0]["url"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_challenge_goes_from_pending_to_valid() {
    let house = House::new().await;
    let client = Client::new(&house).await;
    let order = client.order(&["a.shop.internal"]).await;
    let url = first_challenge(&client, &order).await;
    assert_eq!(client.read(&url).await.json()["status"], "pending", "to read it is not to start it");
    house.work().await;
    assert_eq!(house.looker.count(), 0);
    let begun = client.post(&url, &json!({"keyAuthorization":"passed over"})).await;
    assert_eq!((begun.status, begun.json()["status"].clone()), (200, json!("processing")));
    assert_eq!(begun.links("up"), order.authorizations());
    assert!(begun.header("retry-after").parse::<u64>().is_ok());
    house.work().await;
    let task = house.looker.looks.lock().unwrap()[0].clone();
    assert_eq!(task.key_authorization, format!("{}.{}", task.token, client.key.thumbprint()));
    assert_eq!(task.account_url, client.kid);
    let done = client.read(&url).await.json();
    assert_eq!(done["status"], "valid");
    assert!(done["validated"].as_str().unwrap().ends_with('Z'));
    let object = client.read(&order.authorizations()[0]).await.json();
    assert_eq!(object["challenges"], json!([done]), "only the one that was met");
    assert!(object["expires"].is_string());
}

#[tokio::test]
async fn however_often_a_client_says_so_there_is_one_look() {
    let house = House::new().await;
    let client = Client::new(&house).await;
    let order = client.order(&["a.shop.internal"]).await;
    let url = first_challenge(&client, &order).await;
    let payload = json!({});
    let answers = join_all((0..30).map(|_| client.post(&url, &payload))).await;
    assert!(answers.iter().all(|answer| answer.status == 200));
    house.work().await;
    house.work().await;
    assert_eq!(house.looker.count(), 1);
    let again = client.post(&url, &json!({})).await;
    assert_eq!(again.json()["status"], "valid", "it is answered as it stands");
    house.work().await;
    assert_eq!(house.looker.count(), 1, "and not looked at again");
}

#[tokio::test]
async fn the_server_looks_again_by_itself() {
    let house = House::new().await;
    let client = Client::new(&house).await;
    house.looker.finds("a.shop.internal", ValidationOutcome::Retry(unreachable()));
    let order = client.order(&["a.shop.internal"]).await;
    let url = first_challenge(&client, &order).await;
    client.post(&url, &json!({})).await;
    house.work().await;
    house.work().await;
    assert_eq!(house.looker.count(), 1, "not before its time");
    let waiting = client.read(&url).await;
    assert_eq!(waiting.json()["status"], "processing");
    assert_eq!(waiting.json()["error"]["type"], "urn:ietf:params:acme:error:connection");
    assert_eq!(client.read(&order.authorizations()[0]).await.json()["status"], "pending");
    house.clock.advance(Lifetime::from_seconds(5));
    house.looker.finds("a.shop.internal", ValidationOutcome::Valid);
    house.work().await;
    let done = client.read(&url).await.json();
    assert_eq!((house.looker.count(), &done["status"]), (2, &json!("valid")));
    assert!(done.get("error").is_none());
}

#[tokio::test]
async fn the_server_does_not_look_for_ever() {
    let house = House::new().await;
    let client = Client::new(&house).await;
    house.looker.finds("a.shop.internal", ValidationOutcome::Retry(unreachable()));
    let order = client.order(&["a.shop.internal"]).await;
    let url = first_challenge(&client, &order).await;
    client.post(&url, &json!({})).await;
    for _ in 0..10 {
        house.work().await;
        house.clock.advance(Lifetime::from_seconds(5));
    }
    assert_eq!(house.looker.count(), 3);
    let failed = client.read(&url).await.json();
    assert_eq!(failed["status"], "invalid");
    let error = failed["error"].as_object().unwrap();
    assert!(error.values().all(|value| !value.is_object() && !value.is_array()), "flat: {error:?}");
    assert_eq!(client.look(&order).await.object["status"], "invalid");
    let again = client.post(&url, &json!({})).await.json();
    assert_eq!(again["status"], "invalid");
    house.work().await;
    assert_eq!(house.looker.count(), 3);
}

#[tokio::test]
async fn while_a_look_takes_its_time_the_order_waits_and_others_do_not() {
    let house = House::new().await;
    let (slow, quick) = (Client::new(&house).await, Client::new(&house).await);
    let order = slow.order(&["slow.shop.internal"]).await;
    slow.begin(&order).await;
    let gate = house.looker.hold();
    let looking = house.work();
    let asking = async {
        while house.looker.count() == 0 {
            tokio::task::yield_now().await;
        }
        assert_eq!(slow.look(&order).await.object["status"], "pending");
        let object = slow.read(&order.authorizations()[0]).await;
        assert_eq!(object.json()["challenges"][0]["status"], "processing");
        assert!(object.header("retry-after").parse::<u64>().unwrap() <= 600);
        assert_eq!(quick.order(&["quick.shop.internal"]).await.object["status"], "pending");
        gate.add_permits(1);
    };
    tokio::join!(looking, asking);
    assert_eq!(slow.look(&order).await.object["status"], "ready");
}

#[tokio::test]
async fn what_is_found_after_an_authorization_was_given_up_changes_nothing() {
    let house = House::new().await;
    let client = Client::new(&house).await;
    let order = client.order(&["a.shop.internal"]).await;
    client.begin(&order).await;
    let gate = house.looker.hold();
    let authorization = order.authorizations().remove(0);
    let giving_up = async {
        while house.looker.count() == 0 {
            tokio::task::yield_now().await;
        }
        let given_up = client.post(&authorization, &json!({"status":"deactivated"})).await;
        assert_eq!(given_up.json()["status"], "deactivated");
        gate.add_permits(1);
    };
    tokio::join!(house.work(), giving_up);
    assert_eq!(client.read(&authorization).await.json()["status"], "deactivated");
    assert_eq!(client.look(&order).await.object["status"], "invalid");
}

#[tokio::test]
async fn two_challenges_of_one_authorization_can_be_tried() {
    let house = House::new().await;
    let client = Client::new(&house).await;
    let order = client.order(&["a.shop.internal"]).await;
    let object = client.read(&order.authorizations()[0]).await.json();
    for number in [0, 1] {
        client.post(object["challenges"][number]["url"].as_str().unwrap(), &json!({})).await;
    }
    house.work().await;
    house.work().await;
    let object = client.read(&order.authorizations()[0]).await.json();
    assert_eq!((&object["status"], object["challenges"].as_array().unwrap().len()), (&json!("valid"), 1));
}

#[tokio::test]
async fn a_payload_that_is_no_object_does_not_start_a_challenge() {
    let house = House::new().await;
    let client = Client::new(&house).await;
    let order = client.order(&["a.shop.internal"]).await;
    let url = first_challenge(&client, &order).await;
    for payload in ["[]", "null", "true", "\"\"", "{"] {
        let refused = client.post_text(&url, payload).await.refused();
        assert_eq!(refused, (ProblemType::Malformed, 400), "{payload}");
    }
    let object: Value = client.read(&url).await.json();
    assert_eq!(object["status"], "pending");
}

#[tokio::test]
async fn a_challenge_of_another_authorization_is_not_there() {
    let house = House::new().await;
    let client = Client::new(&house).await;
    let (first, second) =
        (client.order(&["a.shop.internal"]).await, client.order(&["b.shop.internal"]).await);
    let challenge = first_challenge(&client, &first).await;
    let id = challenge.rsplit('/').next().unwrap();
    let authorization = second.authorizations()[0].rsplit('/').next().unwrap().to_owned();
    let mixed = client.url(&format!("challenge/{authorization}/{id}"));
    assert_eq!(client.post(&mixed, &json!({})).await.refused(), (ProblemType::Malformed, 404));
}

#[tokio::test]
async fn nobody_goes_out_for_an_account_that_is_over() {
    let house = House::new().await;
    let client = Client::new(&house).await;
    let order = client.order(&["a.shop.internal"]).await;
    client.begin(&order).await;
    assert_eq!(client.post(&client.kid, &json!({"status":"deactivated"})).await.status, 200);
    house.work().await;
    house.clock.advance(Lifetime::from_seconds(300));
    house.work().await;
    assert_eq!(house.looker.count(), 0);
}
