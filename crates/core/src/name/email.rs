//! E-mail addresses, RFC 5280 section 4.2.1.6 (`rfc822Name`, RFC 2821 `Mailbox`), ASCII only.

use std::str::FromStr;

use super::{DnsName, NameError, NameKind, NameProblem, fault, textual_name};

/// `local@domain`: the local part as written, the domain as a canonical [`DnsName`].
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EmailAddress(String);

textual_name!(EmailAddress);

impl EmailAddress {
    /// The longest address, RFC 5321 section 4.5.3.1 (path without the angle brackets).
    pub const MAX_LENGTH: usize = 254;

    /// The part after the `@`.
    pub fn domain(&self) -> &str {
        self.0.rsplit_once('@').map_or("", |(_, domain)| domain)
    }
}

impl FromStr for EmailAddress {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let refuse = |octet, problem| fault(NameKind::Email, text, octet, problem);
        if text.is_empty() {
            return Err(refuse(0, NameProblem::Empty));
        }
        if text.len() > Self::MAX_LENGTH {
            return Err(refuse(Self::MAX_LENGTH, NameProblem::TooLong { max: Self::MAX_LENGTH }));
        }
        let (local, domain) = text.split_once('@').ok_or_else(|| refuse(text.len(), NameProblem::AtSign))?;
        if let Some(second) = domain.find('@') {
            return Err(refuse(local.len() + 1 + second, NameProblem::AtSign));
        }
        if local.is_empty() || local.starts_with('.') || local.ends_with('.') || local.contains("..") {
            return Err(refuse(0, NameProblem::EmptyLabel));
        }
        if let Some((octet, character)) = local.char_indices().find(|(_, c)| !is_local_character(*c)) {
            return Err(refuse(octet, NameProblem::Character { character }));
        }
        let domain: DnsName = domain.parse().map_err(|error: NameError| NameError {
            kind: NameKind::Email,
            found: text.chars().take(120).flat_map(super::escape_control).collect(),
            at: local.len() + 1 + error.at,
            problem: error.problem,
        })?;
        if domain.is_wildcard() {
            return Err(refuse(local.len() + 1, NameProblem::Wildcard));
        }
        Ok(Self(format!("{local}@{domain}")))
    }
}

/// `atext` of RFC 5322 section 3.2.3, and the dot.
fn is_local_character(character: char) -> bool {
    character.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.".contains(character)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_domain_is_canonical_and_the_local_part_is_kept() {
        let address: EmailAddress = "Ops@Shop.INTERNAL".parse().unwrap();
        assert_eq!(address.as_str(), "Ops@shop.internal");
        assert_eq!(address.domain(), "shop.internal");
        for bad in ["", "a", "@b.c", "a@", "a@b@c", "a b@c.d", "a@*.c", ".a@b.c", "é@b.c"] {
            assert!(bad.parse::<EmailAddress>().is_err(), "{bad}");
        }
    }
}
