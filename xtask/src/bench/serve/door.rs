//! The requests of one endpoint, as they go over the wire.

use std::io::Write as _;

use anyhow::{Context as _, Result};
use aws_lc_rs::hmac;
use hf_ca::create::request_for;
use hf_core::algorithm::KeyAlgorithm;
use hf_keys::private_key::PrivateKey;
use hf_x509::distinguished_name::DistinguishedName;

use super::files::AUTHORITY;

/// The profile behind the auth key.
pub(super) const PROFILE: &str = "bench";

/// The auth key of the policy, in hexadecimal.
pub(super) const AUTH_KEY: &str = "0123456789abcdef0123456789abcdef";

/// Its octets.
const AUTH_KEY_OCTETS: [u8; 16] =
    [0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef, 0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef];

/// Signing requests as JSON strings, and the way to ask for their certificates.
pub(super) struct Door {
    requests: Vec<String>,
    way: Way,
}

enum Way {
    /// CFSSL's, with the standard token.
    AuthSign { key: Box<hmac::Key> },
    /// Ours, with an API key.
    V1 { authorization: String },
}

impl Door {
    /// `/api/v1/cfssl/authsign`.
    pub(super) fn authsign(requests: usize) -> Result<Self> {
        let key = hmac::Key::new(hmac::HMAC_SHA256, &AUTH_KEY_OCTETS);
        Ok(Self { requests: signing_requests(requests)?, way: Way::AuthSign { key: Box::new(key) } })
    }

    /// `/v1/certificates`.
    pub(super) fn v1(requests: usize, api_key: &str) -> Result<Self> {
        let authorization = format!("Bearer {api_key}");
        Ok(Self { requests: signing_requests(requests)?, way: Way::V1 { authorization } })
    }

    /// The request number `number`, into `wire`. No two are the same: what was seen before may be treated otherwise.
    pub(super) fn write(&self, number: u64, wire: &mut Vec<u8>) -> Result<()> {
        wire.clear();
        let place = usize::try_from(number)? % self.requests.len().max(1);
        let csr = self.requests.get(place).context("no signing request")?;
        let (path, extra, body) = match &self.way {
            Way::AuthSign { key } => {
                let inner = format!(
                    r#"{{"certificate_request":{csr},"profile":"{PROFILE}","metadata":{{"number":{number}}}}}"#
                );
                let token = hmac::sign(key, inner.as_bytes());
                let body = format!(
                    r#"{{"token":"{}","request":"{}"}}"#,
                    base64(token.as_ref()),
                    base64(inner.as_bytes())
                );
                ("/api/v1/cfssl/authsign", String::new(), body)
            }
            Way::V1 { authorization } => {
                let body = format!(r#"{{"csr":{csr},"authority":"{AUTHORITY}"}}"#);
                ("/v1/certificates", format!("Authorization: {authorization}\r\n"), body)
            }
        };
        write!(
            wire,
            "POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n{extra}Content-Length: {}\r\n\r\n{body}",
            body.len()
        )?;
        Ok(())
    }

    /// The head of a request whose body never comes to an end.
    pub(super) fn slow_head(&self) -> String {
        let (path, extra) = match &self.way {
            Way::AuthSign { .. } => ("/api/v1/cfssl/authsign", String::new()),
            Way::V1 { authorization } => ("/v1/certificates", format!("Authorization: {authorization}\r\n")),
        };
        format!(
            "POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n{extra}Content-Length: 60000\r\n\r\n{{"
        )
    }
}

/// P-256 requests with keys of their own, one name each, as JSON strings.
fn signing_requests(count: usize) -> Result<Vec<String>> {
    let one = |index| {
        let key = PrivateKey::generate(KeyAlgorithm::EcdsaP256)?;
        let name = format!("instance-{index}.bench.internal").parse()?;
        let csr = request_for(&DistinguishedName::empty(), &[name].into_iter().collect(), &key)?;
        Ok(serde_json::to_string(&csr.to_pem())?)
    };
    (0..count).map(one).collect()
}

/// RFC 4648 section 4, with padding.
fn base64(octets: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::with_capacity(octets.len().div_ceil(3) * 4);
    for three in octets.chunks(3) {
        let group = three.iter().fold(0_u32, |group, octet| group << 8 | u32::from(*octet))
            << (8 * (3 - three.len()));
        for place in 0..4 {
            let digit = usize::try_from(group >> (18 - 6 * place) & 0x3f).unwrap_or(0);
            let shown = DIGITS.get(digit).filter(|_| place <= three.len());
            text.push(shown.map_or('=', |digit| char::from(*digit)));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_padded() {
        for (octets, text) in [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg==")]
        {
            assert_eq!(base64(octets.as_bytes()), text);
        }
    }

    #[test]
    fn no_two_requests_are_the_same() {
        let door = Door::authsign(1).unwrap();
        let (mut one, mut other) = (Vec::new(), Vec::new());
        door.write(0, &mut one).unwrap();
        door.write(1, &mut other).unwrap();
        assert_ne!(one, other);
        let text = String::from_utf8(one).unwrap();
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        assert!(head.contains(&format!("Content-Length: {}", body.len())), "{head}");
    }
}
