//! What is to be looked at for a challenge, and what was found.

use aws_lc_rs::digest;
use hf_core::name::Identifier;

use super::base64url;
use super::id::Token;
use super::problem::Problem;

pub use super::challenge::ChallengeKind;

/// One look at the world: everything that it needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ValidationTask {
    /// The name, without `*.`.
    pub identifier: Identifier,
    /// Whether the order asks for the wildcard over it.
    pub wildcard: bool,
    /// How control is shown.
    pub kind: ChallengeKind,
    /// The token of the challenge.
    pub token: Token,
    /// What must be found: token, dot, thumbprint of the account's key (RFC 8555 section 8.1).
    pub key_authorization: String,
    /// The URL of the account, for dns-account-01.
    pub account_url: String,
}

impl ValidationTask {
    /// SHA-256 of the key authorization: the extension of tls-alpn-01 (RFC 8737 section 3).
    pub fn digest(&self) -> [u8; 32] {
        sha256(self.key_authorization.as_bytes())
    }

    /// The text of the TXT record of dns-01 and dns-account-01 (RFC 8555 section 8.4).
    pub fn txt_record(&self) -> String {
        base64url::encode(&self.digest())
    }

    /// The label of dns-account-01 that stands before `_acme-challenge`: `_` and base32 of the first 10 octets of
    /// SHA-256 of the account's URL, in lower case.
    pub fn account_label(&self) -> String {
        let hash = sha256(self.account_url.as_bytes());
        format!("_{}", base32(hash.get(..10).unwrap_or_default()))
    }

    /// The domain name whose TXT records are looked at; `None` for the other kinds of challenge, and for addresses.
    pub fn txt_name(&self) -> Option<String> {
        let Identifier::Dns(name) = &self.identifier else { return None };
        match self.kind {
            ChallengeKind::Dns01 => Some(format!("_acme-challenge.{name}")),
            ChallengeKind::DnsAccount01 => Some(format!("{}._acme-challenge.{name}", self.account_label())),
            ChallengeKind::Http01 | ChallengeKind::TlsAlpn01 => None,
        }
    }

    /// The path of http-01 (RFC 8555 section 8.3).
    pub fn http_path(&self) -> String {
        format!("/.well-known/acme-challenge/{}", self.token)
    }
}

/// What one look found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ValidationOutcome {
    /// What the challenge asks for.
    Valid,
    /// Something else: looking again would not help.
    Failed(Problem),
    /// Nothing, or not yet: looking again may help.
    Retry(Problem),
}

pub(super) fn sha256(octets: &[u8]) -> [u8; 32] {
    let mut hash = [0; 32];
    hash.copy_from_slice(digest::digest(&digest::SHA256, octets).as_ref());
    hash
}

/// RFC 4648 section 6 in lower case, for a multiple of 5 octets, which needs no padding.
fn base32(octets: &[u8]) -> String {
    const DIGITS: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";
    let mut text = String::new();
    let (mut held, mut bits) = (0_u32, 0_u32);
    for octet in octets {
        held = (held << 8 | u32::from(*octet)) & 0xfff;
        bits += 8;
        while bits >= 5 {
            bits -= 5;
            let index = usize::try_from(held >> bits & 31).unwrap_or(0);
            text.extend(DIGITS.get(index).map(|digit| char::from(*digit)));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOKEN: &str = "evaGxfADs6pSRb2LAv9IZf17Dt3juxGJ-PCt92wr-oA";

    fn task(kind: ChallengeKind, identifier: &str) -> ValidationTask {
        ValidationTask {
            identifier: identifier.parse().unwrap(),
            wildcard: false,
            kind,
            token: TOKEN.parse().unwrap(),
            key_authorization: format!("{TOKEN}.NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"),
            account_url: "https://example.com/acme/acct/ExampleAccount".into(),
        }
    }

    #[test]
    fn the_vectors() {
        let task = task(ChallengeKind::DnsAccount01, "example.org");
        assert_eq!(task.txt_record(), "ZTRx1Ckl1-tM05o5zaizTTA0yUy5AGereMgSNWC6Ll8");
        let hex: String =
            task.digest().iter().fold(String::new(), |text, octet| format!("{text}{octet:02x}"));
        assert_eq!(hex, "653471d42925d7eb4cd39a39cda8b34d3034c94cb90067ab78c8123560ba2e5f");
        assert_eq!(task.txt_name().unwrap(), "_ujmmovf2vn55tgye._acme-challenge.example.org");
        assert_eq!(task.http_path(), format!("/.well-known/acme-challenge/{TOKEN}"));
    }

    #[test]
    fn only_names_have_records() {
        assert_eq!(task(ChallengeKind::Dns01, "a.example").txt_name().unwrap(), "_acme-challenge.a.example");
        assert_eq!(task(ChallengeKind::Dns01, "ip:10.0.0.1").txt_name(), None);
        assert_eq!(task(ChallengeKind::Http01, "a.example").txt_name(), None);
    }
}
