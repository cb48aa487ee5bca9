//! URLs in certificates with a place for the issuer's name, RFC 5280 sections 4.2.1.13 and 4.2.2.1.

use std::fmt::Write as _;
use std::str::FromStr;

use hf_core::name::UriName;

/// An `http` URL in which `{authority}` stands for the name of the issuing authority.
///
/// Plain `http` is what the RFC asks for: what is fetched is signed, and `https` could need the very certificate that
/// is being checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UrlTemplate(String);

/// Text that is no such URL.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{found}` is no usable URL: expected `http://HOST/PATH`, with `{{authority}}` for the issuer's name"
)]
pub struct UrlTemplateError {
    /// What was found, cut to 120 characters.
    pub found: String,
}

impl UrlTemplate {
    const PLACE: &'static str = "{authority}";

    /// Stands for the number of a shard.
    pub(super) const SHARD: &'static str = "{shard}";

    /// The URL for the authority of this name. The name is data: characters beyond letters, digits, `-`, `.` and `_`
    /// are percent-encoded (RFC 3986 section 2.1), so it cannot add a path segment.
    pub fn url(&self, authority: &str) -> String {
        self.0.replace(Self::PLACE, &encode(authority))
    }

    /// The URL for a shard of the CRL of the authority of this name.
    pub fn shard_url(&self, authority: &str, shard: u32) -> String {
        self.url(authority).replace(Self::SHARD, &shard.to_string())
    }
}

impl FromStr for UrlTemplate {
    type Err = UrlTemplateError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let fault = || UrlTemplateError { found: text.chars().take(120).collect() };
        let sample: UriName =
            text.replace(Self::PLACE, "x").replace(Self::SHARD, "1").parse().map_err(|_| fault())?;
        if !matches!(sample.scheme(), "http" | "https") || sample.host().is_none() {
            return Err(fault());
        }
        Ok(Self(text.to_owned()))
    }
}

fn encode(name: &str) -> String {
    let mut encoded = String::with_capacity(name.len());
    for octet in name.bytes() {
        if octet.is_ascii_alphanumeric() || matches!(octet, b'-' | b'.' | b'_') {
            encoded.push(char::from(octet));
        } else {
            // Writing to a `String` cannot fail.
            let _ = write!(encoded, "%{octet:02X}");
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_is_filled_in_as_data() {
        let template: UrlTemplate = "http://pki.shop.internal/{authority}.crl".parse().unwrap();
        assert_eq!(template.url("services"), "http://pki.shop.internal/services.crl");
        assert_eq!(template.url("../a b"), "http://pki.shop.internal/..%2Fa%20b.crl");
        let template: UrlTemplate = "http://pki.shop.internal/{authority}/{shard}.crl".parse().unwrap();
        assert_eq!(template.shard_url("services", 7), "http://pki.shop.internal/services/7.crl");
        assert_eq!(template.shard_url("{shard}", 7), "http://pki.shop.internal/%7Bshard%7D/7.crl");
    }

    #[test]
    fn other_things_are_refused() {
        for bad in ["", "ftp://a/b", "ldap://a/b", "http:", "no url", "http:///x"] {
            assert!(bad.parse::<UrlTemplate>().is_err(), "{bad}");
        }
    }
}
