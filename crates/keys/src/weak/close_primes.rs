//! RSA moduli whose primes lie so close together that Fermat's method finds them (CVE-2022-26320).

use num_bigint::BigUint;

use super::{Fault, Subject};

/// Rounds of Fermat's method, as the CA/Browser Forum's Baseline Requirements ask (section 6.1.1.3). Keys in use need far more
/// rounds than there will ever be time for, or fewer than 20.
const ROUNDS: u32 = 100;

pub(super) fn close_primes(subject: &Subject<'_>) -> Option<Fault> {
    let round = fermat(&BigUint::from_bytes_be(subject.key.rsa_modulus()?))?;
    Some(Fault::new(
        "the RSA key's primes are close together: it is factored in no time",
        format!("no factors after {ROUNDS} rounds of Fermat's method"),
        format!("both factors in round {round}"),
    ))
}

/// The round in which `modulus` falls apart as `a² − b²`.
fn fermat(modulus: &BigUint) -> Option<u32> {
    let mut a = modulus.sqrt();
    if &a * &a < *modulus {
        a += 1_u32;
    }
    let mut square = &a * &a - modulus;
    for round in 1..=ROUNDS {
        if is_square(&square) {
            return Some(round);
        }
        // (a + 1)² − n = (a² − n) + 2a + 1
        square += &a * 2_u32 + 1_u32;
        a += 1_u32;
    }
    None
}

fn is_square(number: &BigUint) -> bool {
    // Only 12 of 64 remainders are those of squares, so most roots need not be taken.
    const SQUARES: u64 = 0x0202_0212_0203_0213;
    let remainder = number.iter_u32_digits().next().unwrap_or_default() % 64;
    if SQUARES >> remainder & 1 == 0 {
        return false;
    }
    let root = number.sqrt();
    &root * &root == *number
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn close_factors_are_found_and_distant_ones_not(root in 1_u64 << 40.., gap in 1_u32..1000) {
            let close = BigUint::from(root) * (BigUint::from(root) + gap * 2);
            prop_assert_eq!(fermat(&close), Some(1));
            let odd = BigUint::from(root | 1);
            prop_assert_eq!(fermat(&(&odd * (&odd * 3_u32 + 2_u32))), None);
        }

        #[test]
        fn squares_are_recognized(number: u64) {
            let square = BigUint::from(number) * number;
            prop_assert!(is_square(&square));
            prop_assert!(number < 2 || !is_square(&(square - 1_u32)));
        }
    }
}
