//! URIs as names, RFC 3986, RFC 5280 section 4.2.1.6 (absolute, with a scheme and a scheme-specific part).

use std::str::FromStr;

use super::{NameError, NameKind, NameProblem, fault, textual_name};

/// An absolute URI in ASCII, scheme in lower case, the rest as written.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UriName(String);

textual_name!(UriName);

impl UriName {
    /// The longest URI that is taken; SPIFFE's limit.
    pub const MAX_LENGTH: usize = 2048;

    /// The scheme, lower-case, without the colon.
    pub fn scheme(&self) -> &str {
        self.0.split_once(':').map_or("", |(scheme, _)| scheme)
    }

    /// The host of the authority component, without user information and port; `None` when there is none.
    pub fn host(&self) -> Option<&str> {
        let (_, rest) = self.0.split_once("://")?;
        let authority = rest.split(['/', '?', '#']).next()?;
        let host_port = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
        let host = if host_port.starts_with('[') {
            host_port.split_once(']').map_or(host_port, |(host, _)| host)
        } else {
            host_port.split(':').next().unwrap_or(host_port)
        };
        (!host.is_empty()).then_some(host.strip_prefix('[').unwrap_or(host))
    }
}

impl FromStr for UriName {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let refuse = |octet, problem| fault(NameKind::Uri, text, octet, problem);
        if text.is_empty() {
            return Err(refuse(0, NameProblem::Empty));
        }
        if text.len() > Self::MAX_LENGTH {
            return Err(refuse(0, NameProblem::TooLong { max: Self::MAX_LENGTH }));
        }
        if let Some((octet, character)) = text.char_indices().find(|(_, c)| !is_uri_character(*c)) {
            return Err(refuse(octet, NameProblem::Character { character }));
        }
        let (scheme, rest) = text.split_once(':').ok_or_else(|| refuse(0, NameProblem::UriSyntax))?;
        let scheme_is_legal = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c));
        if !scheme_is_legal || rest.is_empty() {
            return Err(refuse(0, NameProblem::UriSyntax));
        }
        Ok(Self(format!("{}:{rest}", scheme.to_ascii_lowercase())))
    }
}

/// Unreserved, reserved and `%`, RFC 3986 section 2.
fn is_uri_character(character: char) -> bool {
    matches!(
        character,
        'a'..='z' | 'A'..='Z' | '0'..='9'
            | '-' | '.' | '_' | '~' | ':' | '/' | '?' | '#' | '[' | ']' | '@'
            | '!' | '$' | '&' | '\'' | '(' | ')' | '*' | '+' | ',' | ';' | '=' | '%'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_found() {
        let uri: UriName = "HTTPS://user@Host.example:8443/path?q".parse().unwrap();
        assert_eq!((uri.scheme(), uri.host()), ("https", Some("Host.example")));
        assert_eq!("urn:uuid:1".parse::<UriName>().unwrap().host(), None);
        assert_eq!("https://[::1]:1/".parse::<UriName>().unwrap().host(), Some("::1"));
        for bad in ["", "no-scheme", "1a:b", "a b:c", "http:", "é:x"] {
            assert!(bad.parse::<UriName>().is_err(), "{bad}");
        }
    }
}
