//! instant-acme over the router itself, without sockets.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use hf_http::peer::{Peer, PeerAddress, RequestId};
use http::Request;
use instant_acme::{
    Account, AuthorizationStatus, BodyWrapper, BytesResponse, ChallengeType, Error, ExternalAccountKey,
    HttpClient, Identifier, NewAccount, NewOrder, Order, OrderStatus,
};
use tower::ServiceExt as _;

use crate::house::{BASE, House};

/// Sends requests to a router.
struct OverRouter(Router);

impl HttpClient for OverRouter {
    fn request(
        &self,
        request: Request<BodyWrapper<bytes::Bytes>>,
    ) -> Pin<Box<dyn Future<Output = Result<BytesResponse, Error>> + Send>> {
        let router = self.0.clone();
        Box::pin(async move {
            let (mut head, body) = request.into_parts();
            let path = head.uri.path_and_query().unwrap().as_str().to_owned();
            assert_eq!(format!("{BASE}{path}"), head.uri.to_string(), "URLs begin with the base");
            head.uri = path.parse().unwrap();
            head.extensions.insert(Peer {
                address: PeerAddress::Tcp(([192, 0, 2, 1], 50_000).into()),
                tls: None,
                unix: None,
                private: true,
            });
            head.extensions.insert(RequestId(Arc::from("test-request")));
            let response = router.oneshot(Request::from_parts(head, Body::new(body))).await.unwrap();
            Ok(BytesResponse::from(response))
        })
    }
}

pub(crate) fn directory(authority: &str) -> String {
    format!("{BASE}/acme/{authority}/directory")
}

/// Register at an authority.
pub(crate) async fn register(house: &House, authority: &str) -> Account {
    register_with(house, authority, None).await.unwrap()
}

pub(crate) async fn register_with(
    house: &House,
    authority: &str,
    key: Option<&ExternalAccountKey>,
) -> Result<Account, Error> {
    let new = NewAccount {
        contact: &["mailto:ops@shop.internal"],
        terms_of_service_agreed: true,
        only_return_existing: false,
    };
    let http = Box::new(OverRouter(house.router.clone()));
    let made = Account::builder_with_http(http).create(&new, directory(authority), key).await;
    made.map(|(account, _)| account)
}

pub(crate) fn dns(names: &[&str]) -> Vec<Identifier> {
    names.iter().map(|name| Identifier::Dns((*name).to_owned())).collect()
}

/// Order names, and say that everything is ready for a challenge of this kind.
pub(crate) async fn order_and_start(account: &Account, names: &[&str], kind: ChallengeType) -> Order {
    let identifiers = dns(names);
    let mut order = account.new_order(&NewOrder::new(&identifiers)).await.unwrap();
    start(&mut order, kind).await;
    order
}

/// Say that everything is ready for a challenge of this kind, wherever one is pending.
pub(crate) async fn start(order: &mut Order, kind: ChallengeType) {
    let mut authorizations = order.authorizations();
    while let Some(next) = authorizations.next().await {
        let mut authorization = next.unwrap();
        if authorization.status != AuthorizationStatus::Pending {
            continue;
        }
        let mut challenge = authorization.challenge(kind.clone()).unwrap();
        challenge.set_ready().await.unwrap();
    }
}

/// From names to a certificate, PEM.
pub(crate) async fn obtain(house: &House, account: &Account, names: &[&str]) -> String {
    let mut order = order_and_start(account, names, ChallengeType::Http01).await;
    house.work().await;
    finish(&mut order).await
}

/// Finalize an order whose names are proven, and fetch the certificate.
pub(crate) async fn finish(order: &mut Order) -> String {
    assert_eq!(order.refresh().await.unwrap().status, OrderStatus::Ready);
    order.finalize().await.unwrap();
    assert_eq!(order.state().status, OrderStatus::Valid);
    order.certificate().await.unwrap().unwrap()
}
