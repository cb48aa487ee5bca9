//! Which algorithms and keys are trusted at all.
//!
//! SHA-1 and MD5 are refused (RFC 6194, RFC 6151), RSA below 2048 bits too (NIST SP 800-131A), and what aws-lc-rs cannot
//! verify. The signature of a trust anchor proves nothing, so its algorithm does not matter.

mod distrusted;

use hf_x509::public_key::KeyKind;

use crate::codes;
use crate::rules::{CertificateRule, Fault, Link, Place};

const STRONG: &str =
    "ECDSA on P-256, P-384 or P-521, Ed25519, or RSA from 2048 bits, with SHA-256 or stronger";

pub(super) const SIGNATURE: CertificateRule =
    CertificateRule { code: codes::PATH_ALGORITHM, rfc: "RFC 8603, RFC 6194", check: signature };

pub(super) const KEY: CertificateRule =
    CertificateRule { code: codes::PATH_KEY, rfc: "RFC 5480 section 2.1.1, RFC 8017", check: key };

fn signature(link: &Link<'_>) -> Option<Fault> {
    if link.place == Place::Anchor {
        return None;
    }
    let found = match link.facts.certificate.signature_algorithm() {
        Ok(algorithm) if !algorithm.is_broken() => return None,
        Ok(algorithm) => algorithm.as_str().to_owned(),
        Err(oid) => format!("the unknown algorithm {oid}"),
    };
    Some(
        Fault::new(
            format!("the {} is signed with an algorithm that is refused", link.place.as_str()),
            STRONG,
            found,
        )
        .hint("have the issuer sign it again with a current algorithm"),
    )
}

/// RSA moduli are whole octets: other sizes come from home-made generators, and peers disagree about them.
fn key(link: &Link<'_>) -> Option<Fault> {
    let key = link.facts.certificate.public_key();
    let found = match (key.kind(), key.key_bits()) {
        _ if distrusted::contains(&key.spki_sha256()) => "a key that rustls distrusts by name".to_owned(),
        (KeyKind::Ec(_) | KeyKind::Ed25519, _) => return None,
        (KeyKind::Rsa, Some(bits)) if (2048..=8192).contains(&bits) && bits % 8 == 0 => return None,
        (KeyKind::Rsa, Some(bits)) => format!("RSA with {bits} bits"),
        (kind, _) => kind.to_string(),
    };
    Some(
        Fault::new(format!("the key of the {} is refused", link.place.as_str()), STRONG, found)
            .hint("make a new key, for example with `handfast csr`, and have it certified"),
    )
}
