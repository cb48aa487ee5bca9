//! DNS names, RFC 1035, RFC 1123 section 2.1, wildcards as in RFC 9525 section 6.3, A-labels as in RFC 5891.

use std::str::FromStr;

use super::{NameError, NameKind, NameProblem, fault, textual_name};

/// A DNS name: lower-case ASCII, A-labels, no trailing dot. It may begin with `*.`.
///
/// Underscores are refused: they are legal in DNS, but not in host names, and peers disagree about them.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DnsName(String);

textual_name!(DnsName);

impl DnsName {
    /// The longest name, RFC 1035 section 2.3.4, without the trailing dot.
    pub const MAX_LENGTH: usize = 253;

    /// Whether the first label is `*`.
    pub fn is_wildcard(&self) -> bool {
        self.0.starts_with("*.")
    }

    /// Whether this name stands for `host`: equal, or a wildcard over exactly one label of it (RFC 9525 section 6.3).
    pub fn matches(&self, host: &Self) -> bool {
        if self == host {
            return true;
        }
        let Some(parent) = self.0.strip_prefix("*.") else { return false };
        host.0.split_once('.').is_some_and(|(label, rest)| label != "*" && rest == parent)
    }

    /// Whether this name is `parent` or lies below it, label by label (RFC 5280 section 4.2.1.10).
    pub fn is_within(&self, parent: &str) -> bool {
        let parent = parent.strip_prefix('.').unwrap_or(parent);
        self.0
            .strip_suffix(parent)
            .is_some_and(|head| parent.is_empty() || head.is_empty() || head.ends_with('.'))
    }
}

impl FromStr for DnsName {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let refuse = |octet, problem| fault(NameKind::Dns, text, octet, problem);
        let bare = text.strip_suffix('.').unwrap_or(text);
        if bare.is_empty() {
            return Err(refuse(0, NameProblem::Empty));
        }
        if bare.len() > 4 * Self::MAX_LENGTH {
            return Err(refuse(0, NameProblem::TooLong { max: Self::MAX_LENGTH }));
        }
        let ascii = to_a_labels(bare).map_err(|octet| refuse(octet, NameProblem::Idna))?;
        let at = |octet| if bare.is_ascii() { octet } else { 0 };
        if ascii.len() > Self::MAX_LENGTH {
            return Err(refuse(at(Self::MAX_LENGTH), NameProblem::TooLong { max: Self::MAX_LENGTH }));
        }
        check_labels(&ascii).map_err(|(octet, problem)| refuse(at(octet), problem))?;
        Ok(Self(ascii))
    }
}

/// Lower-case, with each internationalized label as an A-label. The error is the octet of the label at fault.
fn to_a_labels(text: &str) -> Result<String, usize> {
    // Almost every name; one copy instead of one a label.
    if text.is_ascii() && !text.as_bytes().windows(4).any(|four| four.eq_ignore_ascii_case(b"xn--")) {
        return Ok(text.to_ascii_lowercase());
    }
    let is_ace = |label: &str| label.get(..4).is_some_and(|prefix| prefix.eq_ignore_ascii_case("xn--"));
    let mut labels = Vec::new();
    let mut octet = 0;
    for label in text.split('.') {
        if label.is_ascii() && !is_ace(label) {
            labels.push(label.to_ascii_lowercase());
        } else {
            labels.push(idna::domain_to_ascii_strict(label).map_err(|_| octet)?);
        }
        octet += label.len() + 1;
    }
    Ok(labels.join("."))
}

/// The rules for each label of an ASCII name.
fn check_labels(name: &str) -> Result<(), (usize, NameProblem)> {
    let mut start = 0;
    let count = 1 + name.bytes().filter(|octet| *octet == b'.').count();
    for (index, label) in name.split('.').enumerate() {
        check_label(label, index == 0).map_err(|(octet, problem)| (start + octet, problem))?;
        if label == "*" && count < 2 {
            return Err((start, NameProblem::WildcardTooWide));
        }
        if index + 1 == count && label.bytes().all(|octet| octet.is_ascii_digit()) {
            return Err((start, NameProblem::NumericTopLabel));
        }
        start += label.len() + 1;
    }
    Ok(())
}

fn check_label(label: &str, first: bool) -> Result<(), (usize, NameProblem)> {
    if label.is_empty() {
        return Err((0, NameProblem::EmptyLabel));
    }
    if label.len() > 63 {
        return Err((63, NameProblem::LabelTooLong));
    }
    if label == "*" && first {
        return Ok(());
    }
    let illegal = label.bytes().position(|octet| !(octet.is_ascii_alphanumeric() || octet == b'-'));
    if let Some((octet, character)) =
        illegal.and_then(|octet| label.get(octet..)?.chars().next().map(|character| (octet, character)))
    {
        let problem =
            if character == '*' { NameProblem::Wildcard } else { NameProblem::Character { character } };
        return Err((octet, problem));
    }
    if label.starts_with('-') {
        return Err((0, NameProblem::Hyphen));
    }
    if label.ends_with('-') {
        return Err((label.len() - 1, NameProblem::Hyphen));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn dns(text: &str) -> DnsName {
        text.parse().unwrap()
    }

    #[test]
    fn canonical_form() {
        assert_eq!(dns("Orders.Fin.Service.LOCAL.").as_str(), "orders.fin.service.local");
        assert_eq!(dns("bücher.example").as_str(), "xn--bcher-kva.example");
        assert_eq!(dns("*.local").as_str(), "*.local");
        assert_eq!(dns("localhost").as_str(), "localhost");
    }

    #[test]
    fn refusals_say_what_and_where() {
        let cases: &[(&str, usize, NameProblem)] = &[
            ("", 0, NameProblem::Empty),
            (".", 0, NameProblem::Empty),
            ("a..b", 2, NameProblem::EmptyLabel),
            ("a_b.example", 1, NameProblem::Character { character: '_' }),
            ("a.b c", 3, NameProblem::Character { character: ' ' }),
            ("a.example\0.b", 9, NameProblem::Character { character: '\0' }),
            ("-a.example", 0, NameProblem::Hyphen),
            ("a-.example", 1, NameProblem::Hyphen),
            ("a.*.example", 2, NameProblem::Wildcard),
            ("a*.example", 1, NameProblem::Wildcard),
            ("*", 0, NameProblem::WildcardTooWide),
            ("10.0.0.1", 7, NameProblem::NumericTopLabel),
            ("ex.xn--a", 3, NameProblem::Idna),
        ];
        for (text, at, problem) in cases {
            let error = text.parse::<DnsName>().unwrap_err();
            assert_eq!((error.at, error.problem), (*at, *problem), "{text}");
        }
        assert!(format!("{}.example", "a".repeat(64)).parse::<DnsName>().is_err());
        assert!(["abcdefghi"; 30].join(".").parse::<DnsName>().is_err());
    }

    #[test]
    fn wildcards_stand_for_one_label() {
        assert!(dns("*.example.com").matches(&dns("a.example.com")));
        assert!(!dns("*.example.com").matches(&dns("a.b.example.com")));
        assert!(!dns("*.example.com").matches(&dns("example.com")));
        assert!(!dns("a.example.com").matches(&dns("b.example.com")));
    }

    #[test]
    fn within_goes_label_by_label() {
        assert!(dns("a.shop.internal").is_within("shop.internal"));
        assert!(dns("shop.internal").is_within("shop.internal"));
        assert!(!dns("workshop.internal").is_within("shop.internal"));
    }

    proptest! {
        #[test]
        fn parsing_is_idempotent(text in "\\PC{0,80}") {
            if let Ok(name) = text.parse::<DnsName>() {
                prop_assert_eq!(name.as_str().parse::<DnsName>().unwrap(), name);
            }
        }
    }
}
