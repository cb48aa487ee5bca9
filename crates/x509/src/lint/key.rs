//! Rows about the subject's key.

use super::view::View;
use super::{CertificateRow, Context, Fault, fault, row};
use crate::hex;
use crate::public_key::KeyKind;

pub(super) static ROWS: &[CertificateRow] = &[
    row!(
        Error,
        "HF-LINT-KEY-ALGORITHM",
        "Handfast: ECDSA P-256, P-384 or P-521, Ed25519, RSA",
        key_algorithm
    ),
    row!(Error, "HF-LINT-KEY-RSA-SIZE", "Handfast: RSA of 2048 to 8192 bits", key_rsa_size),
    row!(Error, "HF-LINT-KEY-RSA-EXPONENT", "NIST SP 800-56B section 6.2", key_rsa_exponent),
    row!(Warning, "HF-LINT-KEY-EC-POINT", "RFC 5480 section 2.2", key_ec_point),
];

/// A key that can be read, of an algorithm that Handfast issues for.
fn key_algorithm(view: &View<'_>, _: Context<'_>) -> Option<Fault> {
    let kind = view.public_key.kind();
    if matches!(kind, KeyKind::Rsa | KeyKind::Ed25519 | KeyKind::Ec(_)) {
        return None;
    }
    let expected = "ECDSA P-256, P-384 or P-521, Ed25519, RSA";
    fault("the key is not of a supported algorithm", expected, kind.to_string())
}

/// Smaller ones are broken, larger ones cost every peer.
fn key_rsa_size(view: &View<'_>, _: Context<'_>) -> Option<Fault> {
    view.public_key.rsa_modulus()?;
    let bits = view.public_key.key_bits().unwrap_or(0);
    if (2048..=8192).contains(&bits) {
        return None;
    }
    fault("the RSA modulus is too small or too large", "2048 to 8192 bits", format!("{bits} bits"))
}

/// Odd, at least 65537, fewer than 257 bits.
fn key_rsa_exponent(view: &View<'_>, _: Context<'_>) -> Option<Fault> {
    let exponent = view.public_key.rsa_exponent()?;
    let odd = exponent.last().is_some_and(|last| last & 1 == 1);
    let large = exponent.len() > 3 || exponent >= [1, 0, 1].as_slice() && exponent.len() == 3;
    if odd && large && exponent.len() <= 32 {
        return None;
    }
    let found = hex::text(exponent, 40);
    fault(
        "the RSA public exponent is weak",
        "an odd number from 65537 on, at most 256 bits",
        format!("0x{found}"),
    )
}

/// "Implementations … MUST support the uncompressed form"; not every peer supports the other.
fn key_ec_point(view: &View<'_>, _: Context<'_>) -> Option<Fault> {
    if !view.public_key.is_compressed() {
        return None;
    }
    fault("the point of the EC key is compressed", "the uncompressed form", "the compressed form")
}
