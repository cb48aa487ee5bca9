//! DNS names, RFC 5280 sections 4.2.1.6 and 4.2.1.10, RFC 9525 section 6.3.

use hf_core::name::DnsName;

use super::Side;

/// The canonical name, when `text` is in preferred name syntax as RFC 5280 section 4.2.1.6 asks: A-labels, no trailing
/// dot, no underscore, no address.
pub(crate) fn presented(text: &str) -> Option<DnsName> {
    let name: DnsName = text.parse().ok()?;
    name.as_str().eq_ignore_ascii_case(text).then_some(name)
}

/// Whether a subtree is well-formed: a DNS name without wildcard and without leading dot, or nothing, which is all names.
pub(crate) fn is_subtree(text: &str) -> bool {
    text.is_empty() || presented(text).is_some_and(|name| !name.is_wildcard())
}

/// Whether a presented name stands for the host, and is not a wildcard over a whole top-level domain.
pub(crate) fn matches(presented: &DnsName, host: &DnsName) -> bool {
    presented.matches(host) && !is_too_wide(presented)
}

/// Whether a wildcard has fewer than two labels behind it, such as `*.com`: no host may rely on it.
pub(crate) fn is_too_wide(presented: &DnsName) -> bool {
    presented.as_str().strip_prefix("*.").is_some_and(|parent| !parent.contains('.'))
}

/// Whether the presented name lies in the subtree. A wildcard is permitted when all names that it stands for are, and
/// excluded when one of them is.
pub(crate) fn is_within(presented: &DnsName, subtree: &str, side: Side) -> bool {
    let subtree = subtree.to_ascii_lowercase();
    match presented.as_str().strip_prefix("*.") {
        None => presented.is_within(&subtree),
        Some(parent) => {
            is_below(parent, &subtree)
                || (side == Side::Excluded
                    && subtree
                        .split_once('.')
                        .is_some_and(|(label, rest)| !label.is_empty() && rest == parent))
        }
    }
}

fn is_below(name: &str, subtree: &str) -> bool {
    subtree.is_empty()
        || name.strip_suffix(subtree).is_some_and(|head| head.is_empty() || head.ends_with('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn within(name: &str, subtree: &str, side: Side) -> bool {
        is_within(&presented(name).unwrap(), subtree, side)
    }

    #[test]
    fn only_preferred_syntax_is_well_formed() {
        assert!(presented("www.Example.com").is_some());
        assert!(presented("*.example.com").is_some());
        for bad in [
            "",
            ".example.com",
            "example.com.",
            "a_b.example.com",
            "192.0.2.1",
            "ba*.example.com",
            "bücher.example",
        ] {
            assert!(presented(bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn subtrees_have_neither_wildcard_nor_leading_dot() {
        assert!(is_subtree("") && is_subtree("example.com"));
        assert!(!is_subtree(".example.com") && !is_subtree("*.example.com") && !is_subtree("example.com."));
    }

    #[test]
    fn subtrees_hold_whole_labels() {
        for side in [Side::Permitted, Side::Excluded] {
            assert!(within("a.example.com", "example.com", side));
            assert!(within("example.com", "EXAMPLE.com", side));
            assert!(within("example.com", "", side));
            assert!(!within("badexample.com", "example.com", side));
            assert!(!within("example.com", "a.example.com", side));
            assert!(within("*.a.example.com", "example.com", side));
            assert!(within("*.example.com", "example.com", side));
        }
    }

    #[test]
    fn a_wildcard_is_excluded_by_one_of_its_names_and_permitted_by_all() {
        assert!(within("*.example.com", "bar.example.com", Side::Excluded));
        assert!(!within("*.example.com", "bar.example.com", Side::Permitted));
        assert!(!within("*.example.com", "a.bar.example.com", Side::Excluded));
    }

    #[test]
    fn a_wildcard_over_a_top_level_domain_matches_nothing() {
        let host = "example.com".parse().unwrap();
        assert!(!matches(&presented("*.com").unwrap(), &host));
        assert!(matches(&presented("*.com.example").unwrap(), &"a.com.example".parse().unwrap()));
    }
}
