//! `GET /`: where stock CFSSL has its web pages. Load balancers ask for it to see whether the server is there; people are told
//! where to go.

use axum::response::{IntoResponse, Response};
use http::header::{CONTENT_TYPE, HeaderValue, X_CONTENT_TYPE_OPTIONS};

use super::openings::Openings;
use super::reply;

/// The page, unless it is switched off as `/`.
pub(super) fn answer(openings: &Openings) -> Response {
    if openings.disables_front() {
        return reply::no_such_page();
    }
    let mut response = TEXT.into_response();
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}

const TEXT: &str = "\
Handfast, with the endpoints of CFSSL below /api/v1/cfssl/: for example GET /api/v1/cfssl/health.
The web pages of CFSSL are not here; `cfssl bundle`, `cfssl scan` and the endpoints of these names do what they did.
";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_is_there_until_it_is_switched_off() {
        let status = |disable| answer(&Openings::parse("", disable).unwrap()).status().as_u16();
        assert_eq!(status(""), 200);
        assert_eq!(status("sign, info"), 200);
        assert_eq!(status("/"), 404);
        assert_eq!(status("sign, /"), 404);
    }
}
