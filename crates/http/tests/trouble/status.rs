//! The status of certificates goes on being told from memory; what is not known is not made up.

use std::time::Duration;

use hf_store::faulty::Outage;
use hf_x509::ocsp::{CertStatus, ResponseStatus};

use crate::house::House;

const GOOD: (ResponseStatus, Option<CertStatus>) = (ResponseStatus::Successful, Some(CertStatus::Good));
const LATER: (ResponseStatus, Option<CertStatus>) = (ResponseStatus::TryLater, None);

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_stalls_does_not_keep_what_is_known_from_being_told() {
    let house = House::new(Duration::from_secs(1), 8).await;
    let (known, silent) = (house.serial().await, house.serial().await);
    assert_eq!(house.status(&known).await, GOOD);
    house.key.hold(true);
    let (later, again, ()) = tokio::join!(house.status(&silent), house.status(&silent), async {
        while house.authority.signer_counts().held < 1 {
            tokio::task::yield_now().await;
        }
        for _ in 0..3 {
            assert_eq!(house.status(&known).await, GOOD);
        }
    });
    assert_eq!((later, again), (LATER, LATER));
    assert_eq!(house.authority.signer_counts().late, 1, "those who ask at once share an answer");
    house.key.hold(false);
    assert_eq!(house.status(&silent).await, GOOD);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_signer_that_is_overloaded_is_no_reason_to_wait() {
    let house = House::new(Duration::from_secs(3), 2).await;
    let known = house.serial().await;
    assert_eq!(house.status(&known).await, GOOD);
    let silent = [house.serial().await, house.serial().await, house.serial().await];
    house.key.hold(true);
    let (one, two, ()) = tokio::join!(house.status(&silent[0]), house.status(&silent[1]), async {
        while house.authority.signer_counts().held < 2 {
            tokio::task::yield_now().await;
        }
        assert_eq!(house.status(&silent[2]).await, LATER);
        assert_eq!(house.status(&known).await, GOOD);
        house.key.hold(false);
    });
    assert_eq!((one, two), (GOOD, GOOD));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_is_down_does_not_keep_what_is_known_from_being_told() {
    let house = House::new(Duration::from_secs(1), 8).await;
    let (known, silent) = (house.serial().await, house.serial().await);
    assert_eq!(house.status(&known).await, GOOD);
    for outage in [Outage::Refuses, Outage::Hangs] {
        house.store.go_down(outage);
        assert_eq!(house.status(&known).await, GOOD, "{outage:?}");
        assert_eq!(house.status(&silent).await, LATER, "{outage:?}");
        house.store.come_back();
    }
    assert_eq!(house.status(&silent).await, GOOD);
    let metrics = house.get("admin", "/metrics").await.body;
    assert!(metrics.contains("handfast_ocsp_answers_total{status=\"tryLater\"} 2"), "{metrics}");
    assert!(metrics.contains("handfast_ocsp_cache_entries 2"), "{metrics}");
}
