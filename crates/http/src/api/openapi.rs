//! `GET /v1/openapi.json`: the description of this API, made from its code.

use axum::http::{Method, StatusCode};
use axum::response::Response;
use hf_proto::api::route;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme};
use utoipa::{Modify, OpenApi};

use super::answer::json;
use super::failure::Failure;
use super::{audit, authorities, certificates, credentials, profiles};
use crate::access::table::{Endpoint, Need};

/// The certificate authority of a trust domain.
#[derive(OpenApi)]
#[openapi(
    info(title = "Handfast", description = "The certificate authority of a trust domain."),
    paths(
        certificates::issue::handle, certificates::list::handle, certificates::renew::handle,
        certificates::get::handle, certificates::revoke::handle,
        authorities::list::handle, authorities::get::handle, authorities::chain::handle,
        authorities::crl::handle, authorities::new_crl::handle,
        profiles::handle, audit::handle,
        credentials::list::handle, credentials::create::handle, credentials::revoke::handle,
        handle,
    ),
    modifiers(&Security),
)]
struct Described;

/// Says of each endpoint what its row of the table says.
struct Security;

const BEARER: &str = "bearer";

impl Modify for Security {
    fn modify(&self, description: &mut utoipa::openapi::OpenApi) {
        let bearer = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .description(Some(
                "an API key (`hfk_…`), or a token of an identity provider that `[access.NAME]` takes",
            ))
            .build();
        let components = description.components.get_or_insert_with(Default::default);
        components.add_security_scheme(BEARER, SecurityScheme::Http(bearer));
        for row in Endpoint::ALL.map(Endpoint::row) {
            let Some(item) = description.paths.paths.get_mut(row.path) else { continue };
            let operation = match row.method {
                Method::GET => item.get.as_mut(),
                Method::POST => item.post.as_mut(),
                Method::DELETE => item.delete.as_mut(),
                _ => None,
            };
            let Some(operation) = operation else { continue };
            let bearer = SecurityRequirement::new::<_, [&str; 0], &str>(BEARER, []);
            operation.security = match row.need {
                Need::Public => None,
                Need::Right(_) => Some(vec![bearer]),
                Need::OwnKeyOr(_) => Some(vec![SecurityRequirement::default(), bearer]),
            };
            let right = format!("Needs {}.", row.need);
            operation.description = Some(match operation.description.take() {
                Some(text) if !text.is_empty() => format!("{text}\n\n{right}"),
                _ => right,
            });
        }
    }
}

/// The description.
pub fn document() -> utoipa::openapi::OpenApi {
    Described::openapi()
}

/// The description of this API.
#[utoipa::path(
    get, path = route::OPENAPI, operation_id = "getOpenApi", tag = "api",
    responses((status = 200, description = "OpenAPI 3.1", body = serde_json::Value)),
)]
pub(super) async fn handle() -> Result<Response, Failure> {
    json(StatusCode::OK, &document())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_description_is_the_table() {
        let described = serde_json::to_value(document()).unwrap();
        let mut found: Vec<String> = described["paths"]
            .as_object()
            .unwrap()
            .iter()
            .flat_map(|(path, item)| {
                item.as_object()
                    .unwrap()
                    .keys()
                    .map(move |method| format!("{} {path}", method.to_uppercase()))
            })
            .collect();
        let mut expected: Vec<String> = Endpoint::ALL
            .map(Endpoint::row)
            .iter()
            .map(|row| format!("{} {}", row.method, row.path))
            .collect();
        found.sort();
        expected.sort();
        assert_eq!(found, expected);
    }
}
