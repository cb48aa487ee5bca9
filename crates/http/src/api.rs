//! Our own API, `/v1`: one file an endpoint; the path of the file is the path of the endpoint.
//!
//! The router is made from [`crate::access::table`]: every endpoint stands behind the check of its row.

mod answer;
mod audit;
mod authorities;
mod body;
mod certificates;
mod choose;
mod credentials;
mod failure;
mod openapi;
mod profiles;
mod view;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::HeaderValue;
use axum::http::header;
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, delete, get, post};
use hf_core::principal::Principal;
use hf_proto::api::problem::{Code, Problem};

use crate::access::table::{Endpoint, Need};
use crate::peer::{Peer, RequestId};
use crate::state::Doors;
use failure::Failure;
pub use openapi::document;

/// The whole API.
pub fn router(doors: Doors) -> Router {
    let mut router = Router::new();
    for endpoint in Endpoint::ALL {
        let guard = middleware::from_fn_with_state((doors.clone(), endpoint), authorize);
        router = router.route(endpoint.row().path, handler(endpoint).route_layer(guard));
    }
    router
        .fallback(async || Failure::from(Problem::new(Code::NotFound)))
        .method_not_allowed_fallback(async || Failure::from(Problem::new(Code::Method)))
        .layer(middleware::from_fn(finish))
        .with_state(doors)
}

fn handler(endpoint: Endpoint) -> MethodRouter<Doors> {
    match endpoint {
        Endpoint::IssueCertificate => post(certificates::issue::handle),
        Endpoint::ListCertificates => get(certificates::list::handle),
        Endpoint::RenewCertificate => post(certificates::renew::handle),
        Endpoint::GetCertificate => get(certificates::get::handle),
        Endpoint::RevokeCertificate => post(certificates::revoke::handle),
        Endpoint::ListAuthorities => get(authorities::list::handle),
        Endpoint::GetAuthority => get(authorities::get::handle),
        Endpoint::GetChain => get(authorities::chain::handle),
        Endpoint::GetCrl => get(authorities::crl::handle),
        Endpoint::IssueCrl => post(authorities::new_crl::handle),
        Endpoint::ListProfiles => get(profiles::handle),
        Endpoint::ReadAudit => get(audit::handle),
        Endpoint::ListCredentials => get(credentials::list::handle),
        Endpoint::CreateCredential => post(credentials::create::handle),
        Endpoint::RevokeCredential => delete(credentials::revoke::handle),
        Endpoint::OpenApi => get(openapi::handle),
    }
}

/// Let through whoever may use the endpoint. What is public asks for no credential and looks at none.
async fn authorize(
    State((doors, endpoint)): State<(Doors, Endpoint)>,
    mut request: Request,
    next: Next,
) -> Response {
    let need = endpoint.row().need;
    if need != Need::Public {
        let Some(peer) = request.extensions().get::<Peer>() else {
            tracing::error!("a request without a peer: the listener did not say who is at the other end");
            return Failure::from(Problem::new(Code::Internal)).into_response();
        };
        let now = doors.clock.now();
        let store = doors.authority.store().as_ref();
        let caller = doors.access.identify(request.headers(), peer, store, now).await;
        let caller = match caller.and_then(|caller| caller.check(need).map(|()| caller)) {
            Ok(caller) => caller,
            Err(denied) => return Failure::from(denied).into_response(),
        };
        // Anonymous callers are measured by their address, before they come here.
        if !matches!(caller.principal, Principal::Anonymous { .. })
            && let Err(retry) = doors.credentials.check(&caller.principal.to_string())
        {
            let problem = Problem::new(Code::TooManyRequests)
                .detail(format!("this credential asks too often: ask again in {retry}"))
                .retry_after(retry.seconds());
            return Failure::from(problem).into_response();
        }
        tracing::debug!(principal = %caller.principal, ?endpoint, "allowed");
        request.extensions_mut().insert(caller);
    }
    next.run(request).await
}

/// Put failures into words, with the name of the request; and let nobody keep answers.
async fn finish(request: Request, next: Next) -> Response {
    let id = request.extensions().get::<RequestId>().cloned();
    let mut response = next.run(request).await;
    if let Some(failure) = response.extensions_mut().remove::<Failure>() {
        failure.write(&mut response, id.as_ref());
    }
    let headers = response.headers_mut();
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}
