//! The requests of one endpoint, as they go over the wire.

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

/// Requests as they go over the wire, made beforehand: what is left to do for each is little, and the same for all
/// servers.
pub(super) struct Door {
    requests: Vec<Request>,
    way: Way,
}

enum Way {
    /// CFSSL's, with the standard token.
    AuthSign,
    /// Ours, with an API key.
    V1 { authorization: String },
}

/// One request over the wire.
struct Request {
    wire: Vec<u8>,
    signed: Option<Signed>,
}

/// What changes with the number of a request that carries a token.
struct Signed {
    /// The MAC over the inner JSON up to the number.
    mac: hmac::Context,
    /// Where the token begins in the wire; the number is at its end.
    token_at: usize,
}

/// Digits of a number, which are the last but [`TAIL`] octets of the inner JSON; together a multiple of three.
const DIGITS: usize = 20;

/// What follows them.
const TAIL: &str = "\"}}";

/// What ends the outer JSON after the inner one.
const END: &str = "\"}";

impl Door {
    /// `/api/v1/cfssl/authsign`.
    pub(super) fn authsign(requests: usize) -> Result<Self> {
        let key = hmac::Key::new(hmac::HMAC_SHA256, &AUTH_KEY_OCTETS);
        let requests = signing_requests(requests)?.iter().map(|csr| authsign(&key, csr)).collect();
        Ok(Self { requests, way: Way::AuthSign })
    }

    /// `/v1/certificates`.
    pub(super) fn v1(requests: usize, api_key: &str) -> Result<Self> {
        let authorization = format!("Authorization: Bearer {api_key}\r\n");
        let one = |csr: &String| {
            let body = format!(r#"{{"csr":{csr},"authority":"{AUTHORITY}"}}"#);
            let head = head("/v1/certificates", &authorization, body.len());
            Request { wire: (head + &body).into_bytes(), signed: None }
        };
        let requests = signing_requests(requests)?.iter().map(one).collect();
        Ok(Self { requests, way: Way::V1 { authorization } })
    }

    /// The request number `number`, into `wire`. No two messages with a token are the same: what was seen before may be
    /// treated otherwise.
    pub(super) fn write(&self, number: u64, wire: &mut Vec<u8>) -> Result<()> {
        let place = usize::try_from(number)? % self.requests.len().max(1);
        let request = self.requests.get(place).context("no signing request")?;
        wire.clear();
        wire.extend_from_slice(&request.wire);
        let Some(signed) = &request.signed else { return Ok(()) };
        let changing = format!("{number:0DIGITS$}{TAIL}");
        let mut mac = signed.mac.clone();
        mac.update(changing.as_bytes());
        let number_at = wire.len() - END.len() - (DIGITS + TAIL.len()).div_ceil(3) * 4;
        base64(mac.sign().as_ref(), wire, signed.token_at);
        base64(changing.as_bytes(), wire, number_at);
        Ok(())
    }

    /// The head of a request whose body never comes to an end.
    pub(super) fn slow_head(&self) -> String {
        let (path, extra) = match &self.way {
            Way::AuthSign => (AUTHSIGN, ""),
            Way::V1 { authorization } => ("/v1/certificates", authorization.as_str()),
        };
        head(path, extra, 60_000) + "{"
    }
}

const AUTHSIGN: &str = "/api/v1/cfssl/authsign";

fn head(path: &str, extra: &str, length: usize) -> String {
    format!(
        "POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n{extra}Content-Length: {length}\r\n\r\n"
    )
}

/// A message with a token for this signing request, its number and token still to come.
fn authsign(key: &hmac::Key, csr: &str) -> Request {
    let mut inner = format!(r#"{{"certificate_request":{csr},"profile":"{PROFILE}","metadata":{{"number":"#);
    while !(inner.len() + 1).is_multiple_of(3) {
        inner.push(' ');
    }
    inner.push('"');
    let mut mac = hmac::Context::with_key(key);
    mac.update(inner.as_bytes());
    let token = hmac::HMAC_SHA256.digest_algorithm().output_len();
    let begin = r#"{"token":""#;
    let octets = |count: usize| count.div_ceil(3) * 4;
    let middle = r#"","request":""#;
    let changing = octets(DIGITS + TAIL.len());
    let length = begin.len() + octets(token) + middle.len() + octets(inner.len()) + changing + END.len();
    let mut wire = (head(AUTHSIGN, "", length) + begin).into_bytes();
    let token_at = wire.len();
    wire.resize(token_at + octets(token), b'=');
    wire.extend_from_slice(middle.as_bytes());
    let inner_at = wire.len();
    wire.resize(inner_at + octets(inner.len()) + changing, b'=');
    base64(inner.as_bytes(), &mut wire, inner_at);
    wire.extend_from_slice(END.as_bytes());
    Request { wire, signed: Some(Signed { mac, token_at }) }
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

/// RFC 4648 section 4, with padding, into `wire` from `at` on, where there is room.
fn base64(octets: &[u8], wire: &mut [u8], at: usize) {
    const SYMBOLS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let room = wire.get_mut(at..).unwrap_or_default();
    for (three, four) in octets.chunks(3).zip(room.chunks_mut(4)) {
        let octet = |place: usize| u32::from(three.get(place).copied().unwrap_or(0));
        let group = octet(0) << 16 | octet(1) << 8 | octet(2);
        for (place, symbol) in four.iter_mut().enumerate() {
            let digit = usize::try_from(group >> (18 - 6 * place) & 0x3f).unwrap_or(0);
            let shown = SYMBOLS.get(digit).filter(|_| place <= three.len());
            *symbol = shown.copied().unwrap_or(b'=');
        }
    }
}

#[cfg(test)]
mod tests {
    use hf_proto::cfssl::auth::{AuthKey, KeyType};
    use hf_proto::cfssl::authenticated::AuthenticatedRequest;
    use hf_proto::cfssl::go_json;
    use hf_proto::cfssl::sign_request::SignRequest;

    use super::*;

    #[test]
    fn base64_is_padded() {
        for (octets, text) in [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg==")]
        {
            let mut wire = vec![b'.'; text.len() + 1];
            base64(octets.as_bytes(), &mut wire, 1);
            assert_eq!(String::from_utf8(wire).unwrap(), format!(".{text}"));
        }
    }

    #[test]
    fn no_two_requests_are_the_same_and_each_has_its_token() {
        let door = Door::authsign(1).unwrap();
        let (mut one, mut other) = (Vec::new(), Vec::new());
        door.write(0, &mut one).unwrap();
        door.write(1, &mut other).unwrap();
        assert_ne!(one, other);
        let key = AuthKey::from_hex(KeyType::Standard, AUTH_KEY).unwrap();
        for (number, wire) in [(0, one), (1, other)] {
            let text = String::from_utf8(wire).unwrap();
            let (head, body) = text.split_once("\r\n\r\n").unwrap();
            assert!(head.contains(&format!("Content-Length: {}", body.len())), "{head}");
            let message: AuthenticatedRequest = go_json::from_str(body).unwrap();
            assert_eq!(key.token(message.request.as_slice()), message.token.as_slice());
            let inner = String::from_utf8(message.request.0).unwrap();
            assert!(inner.ends_with(&format!("{number:020}\"}}}}")), "{inner}");
            assert!(go_json::from_str::<SignRequest>(&inner).unwrap().metadata.is_some());
        }
    }
}
