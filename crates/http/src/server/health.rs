//! Health checks are never turned away for what others ask, nor for how often: whoever is, takes a server out of service that
//! is well. They pay for it by being cheap: `/livez` and CFSSL's `health` are constants, and of `/readyz` one answer at a time
//! is made. One that brings a body is a request like all others.

use axum::http::{Method, Uri};

/// Where they are asked for, on whichever listener.
const PATHS: [&str; 3] = ["/livez", "/readyz", "/api/v1/cfssl/health"];

/// Whether a request is one. With another method it is a request like all others.
pub(super) fn is_health_check(method: &Method, uri: &Uri) -> bool {
    matches!(*method, Method::GET | Method::HEAD) && PATHS.contains(&uri.path())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn health_checks_are_known_by_method_and_path() {
        let is = |method: Method, uri: &str| is_health_check(&method, &uri.parse().unwrap());
        assert!(
            is(Method::GET, "/livez") && is(Method::HEAD, "/readyz") && is(Method::GET, "/livez?verbose")
        );
        assert!(is(Method::GET, "https://ca.test/readyz"));
        assert!(!is(Method::POST, "/livez") && !is(Method::GET, "/livez/") && !is(Method::GET, "/metrics"));
        assert!(!is(Method::GET, "//livez") && !is(Method::GET, "/v1/certificates?/livez"));
    }
}
