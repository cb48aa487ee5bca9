//! Accounts and their keys.

use base64::Engine as _;
use hf_ca::registration::operator::{self, NewEabKey};
use hf_core::time::Lifetime;
use hf_keys::random::SystemRandom;
use instant_acme::{Error, ExternalAccountKey, NewOrder};

use crate::client::{dns, obtain, register, register_with};
use crate::founding::origin;
use crate::house::{House, patterns, settings};

pub(crate) fn kind(error: Error) -> String {
    let Error::Api(problem) = error else { panic!("{error}") };
    problem.r#type.unwrap().rsplit(':').next().unwrap().to_owned()
}

async fn eab(house: &House, names: Option<&[&str]>, trusted: bool) -> ExternalAccountKey {
    let new = NewEabKey {
        name: "test".to_owned(),
        authority: "services".to_owned(),
        names: names.map(patterns),
        profiles: None,
        trusted,
        valid_for: Lifetime::from_days(1),
    };
    let made = operator::create_eab(new, house.store(), &SystemRandom, &origin(house.now())).await.unwrap();
    let secret = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(made.1.expose()).unwrap();
    ExternalAccountKey::new(made.0.id, &secret)
}

#[tokio::test]
async fn where_a_key_is_required_nobody_registers_without_and_each_is_used_once() {
    let mut terms = settings();
    terms.external_account_required = true;
    let house = House::with(terms).await;
    let refused = register_with(&house, "services", None).await.err().unwrap();
    assert_eq!(kind(refused), "externalAccountRequired");
    let key = eab(&house, None, false).await;
    register_with(&house, "services", Some(&key)).await.unwrap();
    let again = register_with(&house, "services", Some(&key)).await.err().unwrap();
    assert_eq!(kind(again), "unauthorized");
    let late = eab(&house, None, false).await;
    house.clock.advance(Lifetime::from_days(2));
    assert_eq!(kind(register_with(&house, "services", Some(&late)).await.err().unwrap()), "unauthorized");
    let elsewhere = eab(&house, None, false).await;
    assert_eq!(kind(register_with(&house, "guests", Some(&elsewhere)).await.err().unwrap()), "unauthorized");
}

#[tokio::test]
async fn a_trusted_key_saves_the_proof_of_its_names() {
    let house = House::new().await;
    let key = eab(&house, Some(&["web.shop.internal"]), true).await;
    let account = register_with(&house, "services", Some(&key)).await.unwrap();
    obtain(&house, &account, &["web.shop.internal"]).await;
    assert_eq!(house.looks(), 0);
    let other = dns(&["api.shop.internal"]);
    let refused = account.new_order(&NewOrder::new(&other)).await.err().unwrap();
    assert_eq!(kind(refused), "rejectedIdentifier");
}

#[tokio::test]
async fn an_account_that_was_given_up_asks_for_nothing() {
    let house = House::new().await;
    let account = register(&house, "services").await;
    let same = account.clone();
    account.deactivate().await.unwrap();
    let names = dns(&["web.shop.internal"]);
    assert_eq!(kind(same.new_order(&NewOrder::new(&names)).await.err().unwrap()), "unauthorized");
}

#[tokio::test]
async fn a_key_can_be_exchanged() {
    let house = House::new().await;
    let mut account = register(&house, "services").await;
    let before = account.key_thumbprint().to_owned();
    let _ = account.update_key().await.unwrap();
    assert_ne!(account.key_thumbprint(), before);
    obtain(&house, &account, &["web.shop.internal"]).await;
}
