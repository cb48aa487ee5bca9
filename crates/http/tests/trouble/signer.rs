//! A key that does not answer, and a queue that is full.

use std::time::Duration;

use crate::house::House;

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_stalls_holds_up_nobody_else() {
    let house = House::new(Duration::from_secs(1), 8).await;
    house.key.hold(true);
    let (own, cfssl, ()) = tokio::join!(house.issue(), house.authsign(), async {
        while house.authority.signer_counts().held < 2 {
            tokio::task::yield_now().await;
        }
        house.reads_go_on().await;
    });
    assert_eq!(own.problem(), "overloaded");
    assert!(cfssl.envelope().contains("log of the server"), "{}", cfssl.body);
    assert_eq!(house.issued().await, 0);
    house.key.hold(false);
    assert_eq!(house.issue().await.status, 201);
    assert_eq!(house.authsign().await.status, 200);
    assert_eq!(house.issued().await, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_finds_the_queue_full_is_sent_away_and_leaves_no_trace() {
    let house = House::new(Duration::from_secs(3), 2).await;
    house.key.hold(true);
    // One place for each requester: both are taken by those who came first.
    let (own, cfssl, ()) = tokio::join!(house.issue(), house.authsign(), async {
        while house.authority.signer_counts().held < 2 || house.intents().await < 2 {
            tokio::task::yield_now().await;
        }
        assert_eq!(house.issue().await.problem(), "overloaded");
        house.authsign().await.envelope();
        assert_eq!((house.intents().await, house.authority.signer_counts().overloaded), (2, 2));
        house.reads_go_on().await;
        house.key.hold(false);
    });
    assert_eq!((own.status, cfssl.status), (201, 200), "{}{}", own.body, cfssl.body);
    assert_eq!(house.issued().await, 2);
}
