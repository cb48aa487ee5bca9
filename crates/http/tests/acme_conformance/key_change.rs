//! Change of an account's key, RFC 8555 section 7.3.5: the nine checks.

use futures_util::future::join_all;
use hf_proto::acme::problem::ProblemType;
use hf_x509::certificate::Certificate;
use serde_json::{Value, json};

use super::client::{Client, Key, base64url, csr, identifiers};
use super::house::{Answer, House};

const MALFORMED: (ProblemType, u16) = (ProblemType::Malformed, 400);

/// A change with everything right, before a test makes something wrong.
struct Change {
    header: Value,
    statement: Value,
    new: Key,
}

impl Change {
    fn of(client: &Client<'_>) -> Self {
        let new = Key::p256();
        let header = json!({"alg":new.alg(),"jwk":new.jwk(),"url":client.url("key-change")});
        let statement = json!({"account":client.kid,"oldKey":client.key.jwk()});
        Self { header, statement, new }
    }

    async fn send(&self, client: &Client<'_>) -> Answer {
        self.send_signed(client, &self.new).await
    }

    async fn send_signed(&self, client: &Client<'_>, by: &Key) -> Answer {
        let inner = by.jws(&self.header, &self.statement.to_string());
        client.post(&client.url("key-change"), &inner).await
    }
}

#[tokio::test]
async fn the_new_key_takes_the_place_of_the_old_one() {
    let house = House::new().await;
    let mut client = Client::new(&house).await;
    let order = client.order(&["a.shop.internal"]).await;
    let change = Change::of(&client);
    let answer = change.send(&client).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(answer.json()["status"], "valid");
    assert_eq!(client.read(&client.kid).await.refused(), MALFORMED, "the old key signs no more");
    let old = std::mem::replace(&mut client.key, change.new);
    assert_eq!(client.look(&order).await.object["status"], "pending", "orders stay");
    let found = client.new_account(&json!({"onlyReturnExisting":true})).await;
    assert_eq!((found.status, found.location()), (200, client.kid.clone()));
    client.key = old;
    let gone = client.new_account(&json!({"onlyReturnExisting":true})).await;
    assert_eq!(gone.refused().0, ProblemType::AccountDoesNotExist);
}

#[tokio::test]
async fn each_check_refuses() {
    let house = House::new().await;
    let client = Client::new(&house).await;
    let other = Client::new(&house).await;
    // 2: the payload is a JWS.
    for payload in ["{}", "[]", r#"{"protected":"","payload":"","signature":""}"#] {
        assert_eq!(client.post_text(&client.url("key-change"), payload).await.refused(), MALFORMED);
    }
    // 3: with `jwk`, without what only the outer one has.
    let header_cases = [
        ("jwk", Value::Null, MALFORMED),
        ("nonce", json!("AAAA"), MALFORMED),
        ("kid", json!(client.kid), MALFORMED),
        ("jwk", json!({"kty":"RSA","n":"AQAB","e":"AQAB"}), (ProblemType::BadPublicKey, 400)),
        ("alg", json!("HS256"), (ProblemType::BadSignatureAlgorithm, 400)),
        ("alg", json!("ES384"), (ProblemType::BadSignatureAlgorithm, 400)),
        // 6: the same `url` as the outer one.
        ("url", json!(client.url("new-order")), MALFORMED),
        ("url", Value::Null, MALFORMED),
    ];
    for (member, value, expected) in header_cases {
        let mut change = Change::of(&client);
        if value.is_null() {
            change.header.as_object_mut().unwrap().remove(member);
        } else {
            change.header[member] = value;
        }
        assert_eq!(change.send(&client).await.refused(), expected, "{member}");
    }
    // 4: signed by the new key.
    let change = Change::of(&client);
    assert_eq!(change.send_signed(&client, &client.key).await.refused(), MALFORMED);
    // 5, 7, 8: what it states.
    for (member, value) in [
        ("account", json!(other.kid)),
        ("account", json!(1)),
        ("account", json!("")),
        ("oldKey", other.key.jwk()),
        ("oldKey", json!({})),
        ("oldKey", change.new.jwk()),
    ] {
        let mut change = Change::of(&client);
        change.statement[member] = value;
        assert_eq!(change.send(&client).await.refused(), MALFORMED, "{member}");
    }
    assert_eq!(client.read(&client.kid).await.status, 200, "none of it changed the key");
}

#[tokio::test]
async fn a_key_that_an_account_has_is_not_given_to_another() {
    let house = House::new().await;
    let (client, other) = (Client::new(&house).await, Client::new(&house).await);
    let mut change = Change::of(&client);
    change.header["jwk"] = other.key.jwk();
    let taken = change.send_signed(&client, &other.key).await;
    assert_eq!((taken.refused(), taken.location()), ((ProblemType::Malformed, 409), other.kid.clone()));
    change.header["jwk"] = client.key.jwk();
    let own = change.send_signed(&client, &client.key).await;
    assert_eq!((own.status, own.location()), (409, client.kid.clone()));
}

#[tokio::test]
async fn two_accounts_that_want_one_key_at_once_do_not_both_get_it() {
    let house = House::new().await;
    let clients = [Client::new(&house).await, Client::new(&house).await, Client::new(&house).await];
    let new = Key::p256();
    let answers = join_all(clients.iter().map(|client| {
        let mut change = Change::of(client);
        change.header["jwk"] = new.jwk();
        let new = &new;
        async move { change.send_signed(client, new).await }
    }))
    .await;
    let mut statuses: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409, 409]);
}

#[tokio::test]
async fn what_was_put_out_for_the_old_key_is_still_looked_for() {
    let house = House::new().await;
    let client = Client::new(&house).await;
    let old = client.key.thumbprint();
    let order = client.order(&["a.shop.internal"]).await;
    client.begin(&order).await;
    let change = Change::of(&client);
    assert_eq!(change.send(&client).await.status, 200);
    house.work().await;
    let looks = house.looker.looks.lock().unwrap();
    assert!(looks[0].key_authorization.ends_with(&format!(".{old}")));
}

/// Have an account use the key of a certificate that it ordered; the certificate.
async fn takes_the_key_of_its_certificate(client: &mut Client<'_>) -> Certificate {
    let (certificate, key, _) = client.certificate(&["a.shop.internal"]).await;
    let mut change = Change::of(client);
    change.new = Key(key);
    change.header["jwk"] = change.new.jwk();
    assert_eq!(change.send(client).await.status, 200);
    client.key = change.new;
    certificate
}

fn revocation(certificate: &Certificate) -> Value {
    json!({"certificate":base64url(certificate.der())})
}

/// Its owner says of the key, as that of a certificate, that it is compromised.
async fn gives_its_key_up(client: &Client<'_>, certificate: &Certificate) {
    let url = client.url("revoke-cert");
    let payload = revocation(certificate).to_string();
    let revoked = client.send(&url, &client.key.jws(&client.key_header(&url).await, &payload)).await;
    assert_eq!(revoked.status, 200, "{}", revoked.text());
}

/// What it ordered, whoever has the key can end: a stranger who may have ordered with it helps nobody by being refused. Of what
/// others ordered nothing is ended by what it has proven.
#[tokio::test]
async fn an_account_whose_key_is_compromised_revokes_what_it_ordered_and_nothing_else() {
    let house = House::new().await;
    let mut client = Client::new(&house).await;
    let other = Client::new(&house).await;
    let (others, _, _) = other.certificate(&["b.shop.internal"]).await;
    let (second, _, _) = client.certificate(&["b.shop.internal"]).await;
    let first = takes_the_key_of_its_certificate(&mut client).await;
    gives_its_key_up(&client, &first).await;
    let url = client.url("revoke-cert");
    let refused = client.post(&url, &revocation(&others)).await;
    assert_eq!(refused.refused(), (ProblemType::Unauthorized, 403), "{}", refused.text());
    let done = client.post(&url, &revocation(&second)).await;
    assert_eq!(done.status, 200, "{}", done.text());
    let by_proof = other.post(&url, &revocation(&second)).await;
    assert_eq!(by_proof.refused().0, ProblemType::AlreadyRevoked);
}

/// It orders for nobody any more, proves nothing, and its key is not exchanged by whoever found it.
#[tokio::test]
async fn an_account_whose_key_is_compromised_gets_no_certificates() {
    let house = House::new().await;
    let mut client = Client::new(&house).await;
    let certificate = takes_the_key_of_its_certificate(&mut client).await;
    let order = client.ready(&["b.shop.internal"]).await;
    gives_its_key_up(&client, &certificate).await;
    let compromised = (ProblemType::BadPublicKey, 400);
    let names = json!({"identifiers":identifiers(&["c.shop.internal"])});
    assert_eq!(client.new_order(&names).await.refused(), compromised);
    let request = csr(&Key::p256().0, &["b.shop.internal"]);
    assert_eq!(client.finalize(&order, &request).await.refused(), compromised);
    let name = json!({"identifier":{"type":"dns","value":"c.shop.internal"}});
    assert_eq!(client.new_authz(&name).await.refused(), compromised);
    assert_eq!(Change::of(&client).send(&client).await.refused(), compromised);
    let other = Client::new(&house).await;
    assert_eq!(other.new_order(&names).await.status, 201, "others order as before");
    assert_eq!(other.new_authz(&name).await.status, 201);
}
