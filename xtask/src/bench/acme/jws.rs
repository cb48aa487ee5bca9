//! Signed requests (RFC 7515, RFC 8555 section 6.2): ES256 and the flattened serialization.

use anyhow::{Context as _, Result};
use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};

/// The key of an account.
pub(super) struct AccountKey {
    key: EcdsaKeyPair,
    random: SystemRandom,
    /// Its public key, with the members in the order of RFC 7638.
    jwk: String,
}

impl AccountKey {
    pub(super) fn generate() -> Result<Self> {
        let key = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).ok().context("no key")?;
        let point = key.public_key().as_ref();
        let (x, y) = point.get(1..).and_then(|xy| xy.split_at_checked(32)).context("no point")?;
        let jwk = format!(r#"{{"crv":"P-256","kty":"EC","x":"{}","y":"{}"}}"#, base64url(x), base64url(y));
        Ok(Self { key, random: SystemRandom::new(), jwk })
    }

    /// `thumbprint` of RFC 7638, base64url.
    pub(super) fn thumbprint(&self) -> String {
        base64url(digest(&SHA256, self.jwk.as_bytes()).as_ref())
    }

    /// The body of a request. `kid` is the URL of the account, once there is one.
    pub(super) fn sign(&self, kid: Option<&str>, nonce: &str, url: &str, payload: &str) -> Result<String> {
        let who = match kid {
            Some(kid) => format!(r#""kid":"{kid}""#),
            None => format!(r#""jwk":{}"#, self.jwk),
        };
        let header = format!(r#"{{"alg":"ES256",{who},"nonce":"{nonce}","url":"{url}"}}"#);
        let (header, payload) = (base64url(header.as_bytes()), base64url(payload.as_bytes()));
        let signed = format!("{header}.{payload}");
        let signature = self.key.sign(&self.random, signed.as_bytes()).ok().context("no signature")?;
        let signature = base64url(signature.as_ref());
        Ok(format!(r#"{{"protected":"{header}","payload":"{payload}","signature":"{signature}"}}"#))
    }
}

/// RFC 4648 section 5, without padding.
pub(super) fn base64url(octets: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut text = String::with_capacity(octets.len().div_ceil(3) * 4);
    for three in octets.chunks(3) {
        let group = three.iter().fold(0_u32, |group, octet| group << 8 | u32::from(*octet))
            << (8 * (3 - three.len()));
        for place in 0..=three.len() {
            let digit = usize::try_from(group >> (18 - 6 * place) & 0x3f).unwrap_or(0);
            text.extend(DIGITS.get(digit).map(|digit| char::from(*digit)));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64url_has_no_padding() {
        for (octets, text) in
            [(&b""[..], ""), (b"f", "Zg"), (b"fo", "Zm8"), (b"foo", "Zm9v"), (b"\xff\xfe", "__4")]
        {
            assert_eq!(base64url(octets), text);
        }
    }

    #[test]
    fn a_request_says_who_asks() {
        let key = AccountKey::generate().unwrap();
        let first = key.sign(None, "n", "https://u", "{}").unwrap();
        let later = key.sign(Some("https://a"), "n", "https://u", "").unwrap();
        assert!(first.contains(&base64url(b"{}")) && later.contains(r#""payload":"""#), "{later}");
        assert_eq!(key.thumbprint().len(), 43);
    }
}
