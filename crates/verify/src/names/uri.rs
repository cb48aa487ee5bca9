//! URIs, RFC 5280 sections 4.2.1.6 and 4.2.1.10: constraints are on the host.

use hf_core::name::UriName;

/// The URI, when it is absolute.
pub(crate) fn presented(text: &str) -> Option<UriName> {
    text.parse().ok()
}

/// Whether a subtree is well-formed: a host, or a domain with a leading dot.
pub(crate) fn is_subtree(text: &str) -> bool {
    text.is_empty()
        || super::dns::presented(text.strip_prefix('.').unwrap_or(text))
            .is_some_and(|host| !host.is_wildcard())
}

/// Whether the URI's host lies in the subtree; `None` when it has no host name, and so must be refused wherever a
/// constraint on URIs applies.
pub(crate) fn is_within(uri: &UriName, subtree: &str) -> Option<bool> {
    let host = super::dns::presented(uri.host()?)?;
    let host = host.as_str();
    let subtree = subtree.to_ascii_lowercase();
    Some(match subtree.strip_prefix('.') {
        Some(_) => host.len() > subtree.len() && host.ends_with(&subtree),
        None => subtree.is_empty() || host == subtree,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_compared() {
        let uri = presented("spiffe://Shop.internal/a").unwrap();
        assert_eq!(is_within(&uri, "shop.internal"), Some(true));
        assert_eq!(is_within(&uri, ".internal"), Some(true));
        assert_eq!(is_within(&uri, "internal"), Some(false));
        assert_eq!(is_within(&presented("urn:a:b").unwrap(), "internal"), None);
        assert_eq!(is_within(&presented("https://192.0.2.1/").unwrap(), "internal"), None);
    }
}
