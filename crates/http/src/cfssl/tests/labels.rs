//! multirootca: labels, networks, and its own words for failures.

use http::Method;

use super::house::{House, KEY, Told, Wish, csr, sealed, send, wanted};

async fn ask(house: &House, request: &str) -> Told {
    send(&house.several, Method::POST, "authsign", sealed(KEY, request)).await
}

#[tokio::test]
async fn a_label_chooses_the_signer_and_an_unknown_one_none() {
    let house = House::new(Wish::default()).await;
    for label in ["", "primary", "backup"] {
        ask(&house, &wanted("held", label, &csr(&["db.internal"]))).await.certificate();
    }
    assert!(house.counted("requests_total{operation=\"authsign\",signer=\"backup\"} 1"));
    let told = ask(&house, &wanted("held", "else", &csr(&["db.internal"]))).await;
    assert_eq!((told.status.as_u16(), told.code(), told.message()), (400, 1, "bad request"));
}

#[tokio::test]
async fn failures_have_the_words_of_multirootca() {
    let house = House::new(Wish::default()).await;
    let good = csr(&["db.internal"]);
    for (request, status, message) in [
        (wanted("nobody", "", &good), 400, "invalid profile"),
        (wanted("", "", &good), 401, "authorisation required"),
        (wanted("bound", "", &good), 400, "the key takes only requests that are bound to time and endpoint"),
        (wanted("held", "", ""), 400, "invalid request"),
        (wanted("held", "", "x"), 400, "bad request"),
        (wanted("held", "", &csr(&["db.example.com"])), 400, "bad request"),
    ] {
        let told = ask(&house, &request).await;
        assert_eq!((told.status.as_u16(), told.code(), told.message()), (status, 1, message));
    }
    let get = send(&house.several, Method::GET, "authsign", "").await;
    assert_eq!((get.status.as_u16(), get.code()), (405, 1));
    assert_eq!(send(&house.several, Method::POST, "sign", "{}").await.status.as_u16(), 404);
}

#[tokio::test]
async fn an_address_outside_the_networks_of_a_label_is_refused() {
    let request = wanted("held", "", &csr(&["db.internal"]));
    let outside = House::new(Wish { networks: Some("10.0.0.0/8"), ..Wish::default() }).await;
    let told = ask(&outside, &request).await;
    assert_eq!((told.status.as_u16(), told.code(), told.message()), (403, 1, "not authorised"));
    let inside = House::new(Wish { networks: Some("192.0.2.0/24"), ..Wish::default() }).await;
    ask(&inside, &request).await.certificate();
}
