//! Size and public exponent of RSA keys.

use super::{Fault, Subject};

/// The smallest exponent: 2^16 + 1 (NIST SP 800-56B section 6.2). Smaller ones have been the way in of many attacks.
const MIN_EXPONENT: u64 = 65_537;

/// The largest exponent: 32 bits, what Windows and other widespread verifiers can read.
const MAX_EXPONENT: u64 = u32::MAX as u64;

pub(super) fn size(subject: &Subject<'_>) -> Option<Fault> {
    let bits = subject.key.key_bits()?;
    let allowed = &subject.limits.rsa_bits;
    if allowed.contains(&bits) {
        return None;
    }
    let summary = if bits < *allowed.start() {
        "the RSA key is too small: it can be factored"
    } else {
        "the RSA key is too large: it costs those who verify more than it gains"
    };
    Some(Fault::new(
        summary,
        format!("{} to {} bits", allowed.start(), allowed.end()),
        format!("{bits} bits"),
    ))
}

pub(super) fn exponent(subject: &Subject<'_>) -> Option<Fault> {
    let octets = subject.key.rsa_exponent()?;
    let expected = format!("an odd number from {MIN_EXPONENT} to {MAX_EXPONENT}");
    let Some(exponent) = number(octets) else {
        return Some(Fault::new(
            "the public exponent is too large",
            expected,
            format!("a number of {} octets", octets.len()),
        ));
    };
    let summary = if exponent % 2 == 0 {
        "the public exponent is even: no private key belongs to it"
    } else if exponent < MIN_EXPONENT {
        "the public exponent is too small"
    } else if exponent > MAX_EXPONENT {
        "the public exponent is too large"
    } else {
        return None;
    };
    Some(Fault::new(summary, expected, exponent.to_string()))
}

fn number(octets: &[u8]) -> Option<u64> {
    if octets.len() > 8 {
        return None;
    }
    Some(octets.iter().fold(0, |number, octet| (number << 8) | u64::from(*octet)))
}
