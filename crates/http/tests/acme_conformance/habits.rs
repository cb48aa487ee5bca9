//! What Pebble does to clients, on our side: nonces that are refused at random, arrays in any order, proofs that take
//! their time. A client that follows the RFC gets its certificate all the same.

use hf_core::time::Lifetime;
use hf_proto::acme::problem::ProblemType;
use hf_proto::acme::validation::ValidationOutcome;
use serde_json::{Value, json};

use super::client::{Client, Key, base64url, csr};
use super::house::{Answer, House, settings, unreachable};

/// A client that takes the nonce of each answer and asks again when it is refused.
struct Stubborn<'h> {
    client: Client<'h>,
    nonce: String,
    refused: usize,
}

impl<'h> Stubborn<'h> {
    async fn new(house: &'h House) -> Self {
        let client = Client::stranger(house);
        let nonce = client.nonce().await;
        let mut stubborn = Self { client, nonce, refused: 0 };
        let url = stubborn.client.url("new-account");
        let made = stubborn.ask(&url, "{}").await;
        assert_eq!(made.status, 201);
        stubborn.client.kid = made.location();
        stubborn
    }

    async fn ask(&mut self, url: &str, payload: &str) -> Answer {
        for _ in 0..50 {
            let key = &self.client.key;
            let mut header = json!({"alg":key.alg(),"url":url,"nonce":self.nonce});
            if self.client.kid.is_empty() {
                header["jwk"] = key.jwk();
            } else {
                header["kid"] = json!(self.client.kid);
            }
            let answer = self.client.send(url, &key.jws(&header, payload)).await;
            self.nonce = answer.header("replay-nonce").to_owned();
            if answer.status == 400 && answer.problem().kind == ProblemType::BadNonce {
                self.refused += 1;
                continue;
            }
            return answer;
        }
        panic!("refused again and again");
    }
}

#[tokio::test]
async fn a_client_that_asks_again_gets_its_certificate() {
    let house = House::with(settings(), 40).await;
    // The record is late: two looks fail before the third finds it.
    house.looker.finds("b.shop.internal", ValidationOutcome::Retry(unreachable()));
    let mut client = Stubborn::new(&house).await;
    let names = ["c.shop.internal", "*.a.shop.internal", "b.shop.internal"];
    let order = json!({"identifiers":super::client::identifiers(&names)}).to_string();
    let new_order = client.client.url("new-order");
    let placed = client.ask(&new_order, &order).await;
    let (url, mut object) = (placed.location(), placed.json());
    let mut orders = std::collections::BTreeSet::new();
    for authorization in object["authorizations"].as_array().unwrap().clone() {
        let read = client.ask(authorization.as_str().unwrap(), "").await.json();
        // By name, not by place: the server gives them in any order.
        orders.insert(
            read["challenges"]
                .as_array()
                .unwrap()
                .iter()
                .map(|one| one["type"].to_string())
                .collect::<Vec<_>>(),
        );
        let wanted = |one: &&Value| one["type"] == "dns-01";
        let challenges = read["challenges"].as_array().unwrap().clone();
        let challenge = challenges.iter().find(wanted).unwrap()["url"].as_str().unwrap().to_owned();
        assert_eq!(client.ask(&challenge, "{}").await.status, 200);
    }
    assert!(orders.len() > 1, "challenges came in one order: {orders:?}");
    for round in 0..3 {
        house.work().await;
        object = client.ask(&url, "").await.json();
        assert_eq!(object["status"], if round < 2 { "pending" } else { "ready" });
        house.clock.advance(Lifetime::from_seconds(5));
        if round == 1 {
            house.looker.finds("b.shop.internal", ValidationOutcome::Valid);
        }
    }
    let mut shuffled = names;
    shuffled.reverse();
    let request = json!({"csr":base64url(csr(&Key::p256().0, &shuffled))}).to_string();
    let issued = client.ask(object["finalize"].as_str().unwrap(), &request).await.json();
    assert_eq!(issued["status"], "valid");
    let certificate = client.ask(issued["certificate"].as_str().unwrap(), "").await;
    assert_eq!(super::client::chain(&certificate).len(), 2);
    assert!(client.refused > 3, "{} were refused", client.refused);
}
