//! Whether a certificate that exists is as the file says in what does not show in names and keys: lifetime and addresses.

use hf_core::name::UriName;
use hf_core::time::{Lifetime, Timestamp, Validity};

/// Whether it lasts otherwise than declared. One that was cut to the end of its issuer is as declared; `issuer_ends` is
/// `None` when the issuer has no certificate yet.
pub(crate) fn lifetime(declared: Lifetime, found: Validity, issuer_ends: Option<Timestamp>) -> bool {
    let cut = found.lifetime() < declared && issuer_ends == Some(found.not_after());
    found.lifetime() != declared && !cut
}

/// Whether it names other addresses than those below the declared URL, or some where none is declared.
pub(crate) fn addresses(declared: Option<&UriName>, found: &[String]) -> bool {
    let Some(url) = declared.map(ToString::to_string) else { return !found.is_empty() };
    let base = url.trim_end_matches('/');
    let is_ours = |address: &String| {
        let rest = address.strip_prefix(base).unwrap_or_default();
        ["/crl/", "/ca/", "/ocsp/"].iter().any(|kind| rest.starts_with(kind))
    };
    found.is_empty() || !found.iter().all(is_ours)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_cut_to_its_issuer_is_as_declared() {
        let start = Timestamp::from_unix_seconds(0);
        let found = Validity::starting(start, Lifetime::from_days(30));
        assert!(!lifetime(Lifetime::from_days(30), found, None));
        assert!(lifetime(Lifetime::from_days(90), found, None));
        assert!(!lifetime(Lifetime::from_days(90), found, Some(found.not_after())));
        assert!(lifetime(Lifetime::from_days(7), found, Some(found.not_after())));
    }

    #[test]
    fn addresses_are_those_below_the_url() {
        let url: UriName = "http://pki.shop.internal/".parse().unwrap();
        let list = |text: &str| vec![text.to_owned()];
        assert!(!addresses(Some(&url), &list("http://pki.shop.internal/crl/services.crl")));
        assert!(addresses(Some(&url), &list("http://pki.shop.internal/x/crl/services.crl")));
        assert!(addresses(Some(&url), &list("http://old.shop.internal/crl/services.crl")));
        assert!(addresses(Some(&url), &[]));
        assert!(addresses(None, &list("http://pki.shop.internal/crl/services.crl")));
        assert!(!addresses(None, &[]));
    }
}
