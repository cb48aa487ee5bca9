//! The port through which keys of identity providers are fetched. The binary gives it an HTTP client.

use std::future::Future;
use std::pin::Pin;

/// Octets that came.
pub type Fetched<'a> = Pin<Box<dyn Future<Output = Result<Vec<u8>, FetchError>> + Send + 'a>>;

/// Fetches a document over HTTPS.
///
/// Contract: follows no redirect, ends within ten seconds, reads at most `most` octets and fails when there are more, and
/// takes only an answer with status 200.
pub trait KeyFetcher: Send + Sync {
    /// Fetch it.
    fn fetch<'a>(&'a self, url: &'a str, most: usize) -> Fetched<'a>;
}

/// Why nothing was fetched.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{url}` cannot be fetched: {reason}")]
pub struct FetchError {
    /// From where.
    pub url: String,
    /// Why.
    pub reason: String,
}

/// Whether keys may be fetched from there: over TLS, or from this machine itself.
pub fn is_allowed_url(url: &str) -> bool {
    if let Some(rest) = url.strip_prefix("https://") {
        return has_host(rest);
    }
    let Some(rest) = url.strip_prefix("http://") else { return false };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = match authority.strip_prefix('[') {
        Some(v6) => v6.split(']').next().unwrap_or_default(),
        None => authority.split(':').next().unwrap_or_default(),
    };
    matches!(host, "127.0.0.1" | "::1" | "localhost")
}

fn has_host(rest: &str) -> bool {
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    !authority.is_empty() && !authority.contains('@') && rest.chars().all(|c| c.is_ascii_graphic())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_come_over_tls_or_from_this_machine() {
        for good in
            ["https://id.example/keys", "http://127.0.0.1:8080/keys", "http://[::1]:80/", "http://localhost/"]
        {
            assert!(is_allowed_url(good), "{good}");
        }
        for bad in [
            "http://id.example/keys",
            "http://127.0.0.1.evil.example/",
            "http://127.0.0.1@evil.example/",
            "http://localhost.evil.example/",
            "https://",
            "https://user@id.example/",
            "file:///etc/passwd",
            "https://id.example/a b",
        ] {
            assert!(!is_allowed_url(bad), "{bad}");
        }
    }
}
