//! Places are given, refused and given back.

use super::*;

fn ip(text: &str) -> IpAddr {
    text.parse().unwrap()
}

#[tokio::test(start_paused = true)]
async fn an_address_has_its_share_and_gets_it_back() {
    let registry = Arc::new(Registry::new(10, 2));
    let first = registry.admit(Some(ip("192.0.2.1"))).ok().unwrap();
    let _second = registry.admit(Some(ip("192.0.2.1"))).ok().unwrap();
    assert_eq!(registry.admit(Some(ip("192.0.2.1"))).err(), Some(ConnectionLimit::PerAddress));
    let _other = registry.admit(Some(ip("192.0.2.2"))).ok().unwrap();
    drop(first);
    assert!(registry.admit(Some(ip("192.0.2.1"))).is_ok());
}

#[tokio::test(start_paused = true)]
async fn the_longest_idle_gives_way_and_a_busy_one_does_not() {
    let registry = Arc::new(Registry::new(2, 2));
    let busy = registry.admit(None).ok().unwrap();
    busy.activity.begin();
    let idle = registry.admit(None).ok().unwrap();
    assert_eq!(registry.admit(None).err(), Some(ConnectionLimit::InAll), "idle for no time yet");
    tokio::time::advance(GIVES_WAY).await;
    let _new = registry.admit(None).ok().unwrap();
    idle.activity.close.notified().await;
    assert_eq!(registry.admit(None).err(), Some(ConnectionLimit::InAll), "it is asked to go once");
    drop(idle);
    busy.activity.end(true, 0);
    tokio::time::advance(GIVES_WAY).await;
    assert!(registry.admit(None).is_ok());
}

#[tokio::test(start_paused = true)]
async fn whoever_gives_up_too_much_loses_the_connection() {
    let registry = Arc::new(Registry::new(2, 2));
    let entry = registry.admit(None).ok().unwrap();
    let ended = |answered| {
        entry.activity.begin();
        entry.activity.end(answered, 3);
    };
    for _ in 0..10 {
        ended(true);
    }
    let told = || tokio::time::timeout(Duration::from_millis(1), entry.activity.close.notified());
    for _ in 0..13 {
        ended(false);
    }
    assert!(told().await.is_err(), "as many as were answered, and three more");
    ended(false);
    assert!(told().await.is_ok());
}
