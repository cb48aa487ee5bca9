//! ACME (RFC 8555 and its family), `/acme/…`: one file an endpoint, the router made from the table in [`endpoint`].
//!
//! Every request goes the same way: method, envelope (form, key, signature, nonce, URL), endpoint. Every answer to a POST
//! carries a new nonce, every error is a problem document.

mod account;
mod account_orders;
mod authorization;
mod certificate;
mod challenge;
mod cross_origin;
mod directory;
pub mod door;
pub mod endpoint;
mod envelope;
mod error;
mod finalize;
mod key_change;
mod new_account;
mod new_authz;
mod new_nonce;
mod new_order;
mod order;
mod renewal_info;
mod reply;
mod revoke_cert;
mod shuffle;
mod wording;

use std::sync::Arc;

use axum::Router;
use axum::extract::rejection::RawPathParamsRejection;
use axum::extract::{RawPathParams, Request, State};
use axum::response::Response;
use axum::routing::any;
use hf_ca::registration::Registration;
use hf_proto::acme::jws::MAX_BODY;
use hf_proto::acme::problem::Problem;
use http::request::Parts;
use http::{Method, Uri};

use crate::peer::Peer;
use door::Door;
use endpoint::{Endpoint, Opening};
use envelope::Signed;
use error::Failure;
use reply::Reply;

pub use wording::wording;

/// Below which path everything is.
pub const PATH: &str = "/acme";

/// What an endpoint is given, once the envelope was opened.
struct Asked {
    registration: Arc<Registration>,
    signed: Signed,
    params: Params,
    query: Option<String>,
    peer: Option<Peer>,
}

/// The parts of the path that stand for something.
#[derive(Debug, Default)]
struct Params(Vec<(String, String)>);

impl Params {
    fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str())
    }

    /// The identifier that stands there. What is none names nothing.
    fn id<T: std::str::FromStr>(&self, name: &str) -> Result<T, Failure> {
        self.get(name).and_then(|text| text.parse().ok()).ok_or_else(|| Problem::not_found().into())
    }
}

/// The endpoints over this door.
pub fn router(door: Arc<Door>) -> Router {
    let mut inner = Router::new();
    for endpoint in Endpoint::ALL {
        for path in endpoint.row().paths {
            inner = inner.route(path, any(receive).with_state((Arc::clone(&door), endpoint)));
        }
    }
    // The path with a slash and nothing behind it is not part of what is nested.
    Router::new()
        .route_service(&format!("{PATH}/"), any(nothing).with_state(Arc::clone(&door)))
        .nest(PATH, inner.fallback_service(any(nothing_below).with_state(door)))
}

async fn receive(
    State((door, endpoint)): State<(Arc<Door>, Endpoint)>,
    params: Result<RawPathParams, RawPathParamsRejection>,
    request: Request,
) -> Response {
    // A path that is no text names nothing.
    let Ok(params) = params else { return door.refuse(&Problem::not_found()) };
    let params = params.iter().map(|(name, value)| (name.to_owned(), value.to_owned()));
    let params = Params(params.collect());
    let registration = match params.get("authority") {
        Some(name) => door.registrations.get(name),
        None => door.registrations.default_one(),
    };
    let method = request.method().clone();
    if method == Method::OPTIONS {
        return cross_origin::preflight(endpoint);
    }
    let outcome = match &registration {
        Some(registration) => {
            let below = request.uri().path_and_query().map_or("", |path| path.as_str());
            let path = format!("{PATH}{below}");
            answer(&door, endpoint, registration, params, request, &path).await
        }
        None => Err(Problem::not_found().into()),
    };
    door.finish(endpoint, &method, registration.as_deref(), outcome)
}

/// There is nothing at this path.
async fn nothing(State(door): State<Arc<Door>>) -> Response {
    door.refuse(&Problem::not_found())
}

/// Nor at this one, which may be below that of an authority: then the answer says where to begin.
async fn nothing_below(State(door): State<Arc<Door>>, uri: Uri) -> Response {
    let mut response = door.refuse(&Problem::not_found());
    let name = uri.path().split('/').nth(1);
    if let Some(registration) = name.and_then(|name| door.registrations.get(name)) {
        reply::add_index(response.headers_mut(), &registration);
    }
    response
}

async fn answer(
    door: &Arc<Door>,
    endpoint: Endpoint,
    registration: &Arc<Registration>,
    params: Params,
    request: Request,
    path: &str,
) -> Result<Reply, Failure> {
    let (head, body) = request.into_parts();
    let opening = endpoint.row().opening;
    if opening.reads(&head.method) {
        return read(endpoint, registration, &params, &head.method).await;
    }
    let (Opening::Signed(by) | Opening::ReadOr(by)) = opening;
    if head.method != Method::POST {
        return Err(Problem::method(head.method.as_str()).into());
    }
    let body = axum::body::to_bytes(body, MAX_BODY + 1).await.map_err(|_| too_long())?;
    let signed = envelope::open(door, registration, by, &head, &body, path).await?;
    let asked = asked(registration, signed, params, &head);
    dispatch(door, endpoint, asked).await
}

fn asked(registration: &Arc<Registration>, signed: Signed, params: Params, head: &Parts) -> Asked {
    Asked {
        registration: Arc::clone(registration),
        signed,
        params,
        query: head.uri.query().map(ToOwned::to_owned),
        peer: head.extensions.get::<Peer>().cloned(),
    }
}

/// What needs no signature.
async fn read(
    endpoint: Endpoint,
    registration: &Registration,
    params: &Params,
    method: &Method,
) -> Result<Reply, Failure> {
    match endpoint {
        Endpoint::Directory => directory::answer(registration),
        Endpoint::NewNonce => Ok(new_nonce::answer(method)),
        Endpoint::RenewalInfo => renewal_info::answer(registration, params).await,
        Endpoint::NewAccount
        | Endpoint::NewOrder
        | Endpoint::NewAuthz
        | Endpoint::RevokeCert
        | Endpoint::KeyChange
        | Endpoint::Account
        | Endpoint::AccountOrders
        | Endpoint::Order
        | Endpoint::Finalize
        | Endpoint::Authorization
        | Endpoint::Challenge
        | Endpoint::Certificate
        | Endpoint::AlternateCertificate => Err(Problem::method(method.as_str()).into()),
    }
}

async fn dispatch(door: &Arc<Door>, endpoint: Endpoint, asked: Asked) -> Result<Reply, Failure> {
    match endpoint {
        Endpoint::Directory => {
            asked.signed.request.expect_post_as_get()?;
            directory::answer(&asked.registration)
        }
        Endpoint::NewNonce => {
            asked.signed.request.expect_post_as_get()?;
            Ok(new_nonce::answer(&Method::POST))
        }
        Endpoint::RenewalInfo => {
            asked.signed.request.expect_post_as_get()?;
            renewal_info::answer(&asked.registration, &asked.params).await
        }
        Endpoint::NewAccount => new_account::answer(door, &asked).await,
        Endpoint::NewOrder => new_order::answer(&asked).await,
        Endpoint::NewAuthz => new_authz::answer(&asked).await,
        Endpoint::RevokeCert => revoke_cert::answer(door, asked).await,
        Endpoint::KeyChange => key_change::answer(&asked).await,
        Endpoint::Account => account::answer(&asked).await,
        Endpoint::AccountOrders => account_orders::answer(&asked).await,
        Endpoint::Order => order::answer(&asked).await,
        Endpoint::Finalize => finalize::answer(door, asked).await,
        Endpoint::Authorization => authorization::answer(&asked).await,
        Endpoint::Challenge => challenge::answer(&asked).await,
        Endpoint::Certificate | Endpoint::AlternateCertificate => certificate::answer(&asked).await,
    }
}

fn too_long() -> Failure {
    Problem::malformed(format!("the body is longer than {MAX_BODY} octets")).status(413).into()
}
