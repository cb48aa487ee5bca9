//! SPIFFE IDs and trust domains, SPIFFE-ID specification sections 2.1 and 2.2.

use std::str::FromStr;

use super::{NameError, NameKind, NameProblem, fault, textual_name};

/// The name of a SPIFFE trust domain: lower-case letters, digits, dots, hyphens and underscores.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TrustDomain(String);

textual_name!(TrustDomain);

impl TrustDomain {
    /// The longest trust domain name.
    pub const MAX_LENGTH: usize = 255;
}

impl FromStr for TrustDomain {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let refuse = |octet, problem| fault(NameKind::TrustDomain, text, octet, problem);
        if text.is_empty() {
            return Err(refuse(0, NameProblem::Empty));
        }
        if text.len() > Self::MAX_LENGTH {
            return Err(refuse(Self::MAX_LENGTH, NameProblem::TooLong { max: Self::MAX_LENGTH }));
        }
        let legal = |c: &char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '.' | '-' | '_');
        match text.char_indices().find(|(_, c)| !legal(c)) {
            Some((octet, character)) => Err(refuse(octet, NameProblem::Character { character })),
            None => Ok(Self(text.to_owned())),
        }
    }
}

/// `spiffe://trust-domain/path`, the path possibly empty.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SpiffeId(String);

textual_name!(SpiffeId);

impl SpiffeId {
    /// The longest SPIFFE ID.
    pub const MAX_LENGTH: usize = 2048;

    const SCHEME: &'static str = "spiffe://";

    /// The trust domain's name.
    pub fn trust_domain(&self) -> &str {
        let rest = self.0.strip_prefix(Self::SCHEME).unwrap_or(&self.0);
        rest.split('/').next().unwrap_or(rest)
    }

    /// The path with its leading slash, or nothing.
    pub fn path(&self) -> &str {
        let rest = self.0.strip_prefix(Self::SCHEME).unwrap_or(&self.0);
        rest.find('/').and_then(|slash| rest.get(slash..)).unwrap_or("")
    }
}

impl FromStr for SpiffeId {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let refuse = |octet, problem| fault(NameKind::SpiffeId, text, octet, problem);
        if text.len() > Self::MAX_LENGTH {
            return Err(refuse(0, NameProblem::TooLong { max: Self::MAX_LENGTH }));
        }
        let rest = text.strip_prefix(Self::SCHEME).ok_or_else(|| refuse(0, NameProblem::SpiffeScheme))?;
        if let Some(octet) = rest.find(['?', '#', ':', '@']) {
            return Err(refuse(Self::SCHEME.len() + octet, NameProblem::SpiffeComponent));
        }
        let (domain, path) = match rest.find('/') {
            Some(slash) => rest.split_at(slash),
            None => (rest, ""),
        };
        let domain: TrustDomain = domain
            .parse()
            .map_err(|error: NameError| refuse(Self::SCHEME.len() + error.at, error.problem))?;
        let path_start = Self::SCHEME.len() + domain.as_str().len();
        let mut start = path_start;
        for segment in path.split('/').skip(1) {
            start += 1;
            if matches!(segment, "" | "." | "..") {
                return Err(refuse(start, NameProblem::PathSegment));
            }
            let legal = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
            if let Some((octet, character)) = segment.char_indices().find(|(_, c)| !legal(c)) {
                return Err(refuse(start + octet, NameProblem::Character { character }));
            }
            start += segment.len();
        }
        Ok(Self(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_found() {
        let id: SpiffeId = "spiffe://shop.internal/service/a".parse().unwrap();
        assert_eq!((id.trust_domain(), id.path()), ("shop.internal", "/service/a"));
        assert_eq!("spiffe://x".parse::<SpiffeId>().unwrap().path(), "");
    }

    #[test]
    fn everything_else_is_refused() {
        let bad = [
            "",
            "https://x/a",
            "spiffe://",
            "spiffe://X/a",
            "spiffe://x/",
            "spiffe://x//a",
            "spiffe://x/../a",
            "spiffe://x/a?q",
            "spiffe://x:1/a",
            "spiffe://u@x/a",
            "spiffe://x/a%20b",
            "SPIFFE://x/a",
        ];
        for text in bad {
            assert!(text.parse::<SpiffeId>().is_err(), "{text}");
        }
    }
}
