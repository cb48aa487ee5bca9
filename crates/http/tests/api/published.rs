//! Certificates of authorities, as everybody may fetch them.

use axum::body::Body;
use axum::http::{Request, header};
use hf_ca::reissue::ReissueKey;
use tower::ServiceExt as _;

use crate::founding::{new_authority, origin};
use crate::house::House;

/// What is at this path, its tag, and whether whoever has this tag gets it again.
async fn fetch(house: &House, path: &str, known: Option<&str>) -> (Vec<u8>, String, u16) {
    let mut request = Request::get(path);
    if let Some(tag) = known {
        request = request.header(header::IF_NONE_MATCH, tag);
    }
    let router = hf_http::pki::router(house.doors.clone());
    let (head, body) = router.oneshot(request.body(Body::empty()).unwrap()).await.unwrap().into_parts();
    let octets = axum::body::to_bytes(body, usize::MAX).await.unwrap().to_vec();
    (octets, head.headers[header::ETAG].to_str().unwrap().to_owned(), head.status.as_u16())
}

/// The certificate of `services` stays, and the one above it is a new one.
#[tokio::test]
async fn the_tag_is_that_of_what_is_sent() {
    let house = House::new().await;
    let (chain, certificate) = ("/ca/services.pem", "/ca/services.cer");
    let (octets, tag, _) = fetch(&house, chain, None).await;
    let (own, own_tag, _) = fetch(&house, certificate, None).await;
    assert_ne!(tag, own_tag);
    assert_eq!(fetch(&house, chain, Some(&tag)).await.2, 304);
    let root = new_authority("root", "root");
    let authority = &house.doors.authority;
    authority.reissue(root, None, ReissueKey::Same, origin(house.now())).await.unwrap();
    let (next, next_tag, status) = fetch(&house, chain, Some(&tag)).await;
    assert_eq!(status, 200, "whoever has the old chain gets the new one");
    assert_ne!((next, &next_tag), (octets, &tag));
    assert_eq!(fetch(&house, chain, Some(&next_tag)).await.2, 304);
    let (again, again_tag, status) = fetch(&house, certificate, Some(&own_tag)).await;
    assert_eq!((again.len(), again_tag, status), (0, own_tag, 304), "nothing new here");
    assert!(!own.is_empty());
}
