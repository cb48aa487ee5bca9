//! Pages of other sites: a browser that holds a client certificate, or stands in an admitted network, must not ask for them.
//!
//! Clients of CFSSL say no `Content-Type` that could tell them from forms, so it is told by what browsers alone send: `Origin` (RFC
//! 6454 section 7) and `Sec-Fetch-Site` (Fetch Metadata Request Headers section 2.2).

use axum::http::header::{HOST, ORIGIN};
use axum::http::request::Parts;
use hf_proto::cfssl::envelope::Failure;

use super::reply::Refusal;

/// Nothing, when no page of another site sent the request with this head.
pub(super) fn refuse(head: &Parts) -> Result<(), Refusal> {
    if is_of_another_site(head) {
        let text = "a page of another site sent this: ask from a program, or from a page of this server";
        return Err(Refusal::new("cross-site", Failure::with_status(403, text)));
    }
    Ok(())
}

fn is_of_another_site(head: &Parts) -> bool {
    let text = |name| head.headers.get(name).map(|value| value.to_str().unwrap_or_default());
    // `none` is what a person typed.
    if head.headers.get("sec-fetch-site").is_some_and(|site| site != "same-origin" && site != "none") {
        return true;
    }
    let Some(origin) = text(ORIGIN) else { return false };
    let own = head.uri.authority().map(http::uri::Authority::as_str).or_else(|| text(HOST));
    let named = origin.split_once("://").map(|(_, authority)| authority);
    match (named, own) {
        (Some(named), Some(own)) => !named.eq_ignore_ascii_case(own),
        (None, _) | (_, None) => true,
    }
}

#[cfg(test)]
mod tests {
    use axum::http::Request;

    use super::*;

    fn is_refused(headers: &[(&str, &str)]) -> bool {
        let mut request = Request::get("/api/v1/cfssl/crl");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        refuse(&request.body(()).unwrap().into_parts().0).is_err()
    }

    #[test]
    fn a_page_of_another_site_asks_for_nothing() {
        let host = ("host", "ca.shop.internal:8888");
        assert!(!is_refused(&[host]) && !is_refused(&[]), "programs");
        assert!(!is_refused(&[host, ("origin", "https://CA.shop.internal:8888")]), "its own page");
        assert!(!is_refused(&[host, ("sec-fetch-site", "same-origin")]));
        assert!(!is_refused(&[host, ("sec-fetch-site", "none")]));
        for other in
            ["https://evil.example", "https://ca.shop.internal", "null", "", "http://x.ca.shop.internal:8888"]
        {
            assert!(is_refused(&[host, ("origin", other)]), "{other}");
        }
        for other in ["cross-site", "same-site", ""] {
            assert!(is_refused(&[host, ("sec-fetch-site", other)]), "{other}");
        }
        assert!(is_refused(&[("origin", "https://ca.shop.internal")]), "a host is named");
    }
}
