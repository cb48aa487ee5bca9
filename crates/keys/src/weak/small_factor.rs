//! RSA moduli with a small prime factor: made by a broken generator, or not RSA moduli at all.

use std::sync::LazyLock;

use super::{Fault, Subject};

/// Factors below this are looked for. A modulus without any is no proof of health; one with any is a proof of the opposite.
const BOUND: u32 = 10_000;

pub(super) fn small_factor(subject: &Subject<'_>) -> Option<Fault> {
    let factor = find(subject.key.rsa_modulus()?)?;
    Some(Fault::new(
        "the RSA modulus has a small factor",
        format!("no prime factor below {BOUND}"),
        format!("the factor {factor}"),
    ))
}

fn find(modulus: &[u8]) -> Option<u32> {
    PRIMES.iter().copied().find(|prime| remainder(modulus, *prime) == 0)
}

/// `number mod divisor`, for a divisor other than 0.
pub(super) fn remainder(number: &[u8], divisor: u32) -> u32 {
    let divisor = u64::from(divisor.max(1));
    // The first chunk is the short one, so that all others are four octets.
    let (head, tail) = number.split_at_checked(number.len() % 4).unwrap_or_default();
    let digits = std::iter::once(head).chain(tail.chunks(4));
    let rest = digits.fold(0_u64, |rest, chunk| {
        let digit = chunk.iter().fold(0_u64, |digit, octet| (digit << 8) | u64::from(*octet));
        ((rest << 32) | digit) % divisor
    });
    u32::try_from(rest).unwrap_or_default()
}

/// Every prime below [`BOUND`].
static PRIMES: LazyLock<Vec<u32>> = LazyLock::new(|| {
    let mut primes: Vec<u32> = Vec::new();
    for candidate in 2..BOUND {
        if primes
            .iter()
            .take_while(|prime| **prime * **prime <= candidate)
            .all(|prime| candidate % prime != 0)
        {
            primes.push(candidate);
        }
    }
    primes
});

#[cfg(test)]
mod tests {
    use num_bigint::BigUint;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn there_are_1229_primes_below_10000() {
        assert_eq!((PRIMES.len(), PRIMES.last()), (1229, Some(&9973)));
    }

    proptest! {
        #[test]
        fn remainders_are_right(number: Vec<u8>, divisor in 1_u32..) {
            let expected = BigUint::from_bytes_be(&number) % divisor;
            prop_assert_eq!(BigUint::from(remainder(&number, divisor)), expected);
        }
    }
}
