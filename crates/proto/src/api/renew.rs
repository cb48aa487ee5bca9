//! `POST /v1/certificates/renew`.
//!
//! Whoever renews proves to hold the key of the old certificate: by mutual TLS with it, or, where a TLS terminator stands
//! between, by a signature with it over [`signed_text`]. Or it has the right to renew certificates of others.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hf_core::serial::Serial;
use hf_core::time::{Lifetime, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::key::hex;

/// How far the time of a signed request may be from the server's, in seconds, either way.
pub const WINDOW_SECONDS: i64 = 300;

/// The fewest and the most characters of a nonce.
pub const NONCE_CHARACTERS: std::ops::RangeInclusive<usize> = 16..=64;

/// A request for renewal. Exactly one of: nothing more (mutual TLS with the old certificate), `proof`, or `authority` and
/// `serial` (with the right to renew certificates of others).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RenewalRequest {
    /// The signing request with the key of the new certificate, PEM. Its names, if it has any, are those of the old one.
    pub csr: String,
    /// Whether the key may be the old one.
    #[serde(default)]
    pub keep_key: bool,
    /// How long, as in `30d`; as the profile says when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, example = "30d")]
    pub lifetime: Option<Lifetime>,
    /// The proof by signature.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proof: Option<RenewalProof>,
    /// The authority of another's certificate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authority: Option<String>,
    /// The serial number of another's certificate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub serial: Option<Serial>,
}

/// A signature with the old key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RenewalProof {
    /// The old certificate, PEM.
    pub certificate: String,
    /// When the signature was made, UTC; at most five minutes from the server's time.
    #[schema(value_type = String, format = DateTime)]
    pub time: Timestamp,
    /// 16 to 64 random letters, digits, `-` and `_`. Accepted once.
    pub nonce: String,
    /// The signature, base64: ECDSA (DER of `r` and `s`) with SHA-256 for P-256 and SHA-384 for P-384, Ed25519, or RSA
    /// PKCS#1 v1.5 with SHA-256.
    pub signature: String,
}

impl RenewalProof {
    /// With the octets of a signature over [`signed_text`].
    pub fn new(certificate: String, time: Timestamp, nonce: String, signature: &[u8]) -> Self {
        Self { certificate, time, nonce, signature: STANDARD.encode(signature) }
    }
}

/// Whether the text can be a nonce.
pub fn is_nonce(text: &str) -> bool {
    NONCE_CHARACTERS.contains(&text.len())
        && text.bytes().all(|octet| octet.is_ascii_alphanumeric() || matches!(octet, b'-' | b'_'))
}

/// What a [`RenewalProof`] signs: everything that decides about the certificate to come, a line each.
#[derive(Clone, Copy, Debug)]
pub struct Signed<'a> {
    /// SHA-256 of the old certificate, DER.
    pub certificate_sha256: &'a [u8; 32],
    /// SHA-256 of the signing request, DER.
    pub csr_sha256: &'a [u8; 32],
    /// [`RenewalRequest::keep_key`].
    pub keep_key: bool,
    /// [`RenewalRequest::lifetime`].
    pub lifetime: Option<Lifetime>,
    /// [`RenewalProof::time`].
    pub time: Timestamp,
    /// [`RenewalProof::nonce`].
    pub nonce: &'a str,
}

/// The text to be signed. Its first line cannot begin any DER structure, so that the signature is good for nothing else.
pub fn signed_text(signed: &Signed<'_>) -> String {
    let lifetime = signed.lifetime.map(|lifetime| lifetime.seconds().to_string()).unwrap_or_default();
    [
        "handfast renewal 1",
        "POST /v1/certificates/renew",
        &format!("time {}", signed.time),
        &format!("nonce {}", signed.nonce),
        &format!("certificate {}", hex(signed.certificate_sha256)),
        &format!("csr {}", hex(signed.csr_sha256)),
        &format!("keep-key {}", signed.keep_key),
        &format!("lifetime {lifetime}"),
        "",
    ]
    .join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signed(nonce: &str) -> Signed<'_> {
        Signed {
            certificate_sha256: &[1; 32],
            csr_sha256: &[2; 32],
            keep_key: false,
            lifetime: None,
            time: Timestamp::from_unix_seconds(1_800_000_000),
            nonce,
        }
    }

    #[test]
    fn every_part_changes_the_text() {
        let base = signed("0123456789abcdef");
        let others = [
            Signed { certificate_sha256: &[9; 32], ..base },
            Signed { csr_sha256: &[9; 32], ..base },
            Signed { keep_key: true, ..base },
            Signed { lifetime: Some(Lifetime::from_days(1)), ..base },
            Signed { time: Timestamp::from_unix_seconds(1_800_000_001), ..base },
            signed("0123456789abcdeg"),
        ];
        for other in others {
            assert_ne!(signed_text(&base), signed_text(&other));
        }
    }

    #[test]
    fn a_nonce_cannot_bring_a_line_of_its_own() {
        assert!(is_nonce("0123456789abcdef"));
        for bad in ["", "short", "0123456789abcdef\n", "0123456789 abcdef", &"a".repeat(65)] {
            assert!(!is_nonce(bad), "{bad}");
        }
    }
}
