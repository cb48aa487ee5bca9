//! What leaves the record, over a real store.

use crate::common::{House, request};
use hf_ca::retention;
use hf_core::time::Lifetime;

#[tokio::test]
async fn what_expired_leaves_when_its_time_has_come_and_what_is_in_force_stays() {
    let house = House::new();
    let authority = house.found().await;
    let old = authority.issue(request(&["a.shop.internal"])).await.unwrap().certificate;
    house.clock.advance(Lifetime::from_seconds(old.not_after().seconds_since(house.now())));
    house.clock.advance(Lifetime::from_days(31));
    let new = authority.issue(request(&["b.shop.internal"])).await.unwrap().certificate;

    let store = authority.store();
    let early = house.now().minus(Lifetime::from_days(40));
    assert_eq!(retention::run_once(store.as_ref(), early, &house.origin()).await.unwrap(), 0);
    let before = house.now().minus(Lifetime::from_days(30));
    assert_eq!(retention::run_once(store.as_ref(), before, &house.origin()).await.unwrap(), 1);
    let find = |serial| async move { store.find_by_serial("services", &serial).await.unwrap() };
    assert!(find(old.serial().unwrap()).await.is_none());
    assert!(find(new.serial().unwrap()).await.is_some());
}
