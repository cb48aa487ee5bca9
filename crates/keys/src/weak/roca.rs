//! Keys of a library for smart cards that made primes of the form `k · M + (65537^a mod M)`, so that they can be factored
//! (ROCA, CVE-2017-15361). Their moduli are powers of 65537 modulo every small prime; others are so by chance once in
//! more than a hundred million.

use super::small_factor::remainder;
use super::{Fault, Subject};

pub(super) fn roca(subject: &Subject<'_>) -> Option<Fault> {
    if !has_fingerprint(subject.key.rsa_modulus()?) {
        return None;
    }
    Some(Fault::new(
        "the RSA key was made by the vulnerable library of ROCA",
        "a modulus without that library's fingerprint",
        "a modulus that is a power of 65537 modulo every prime from 3 to 167",
    ))
}

fn has_fingerprint(modulus: &[u8]) -> bool {
    PRIMES.iter().all(|prime| is_power(remainder(modulus, *prime), *prime))
}

/// Whether `residue` is a power of 65537 modulo `prime`.
fn is_power(residue: u32, prime: u32) -> bool {
    let generator = 65_537 % prime;
    let mut power = 1;
    loop {
        if power == residue {
            return true;
        }
        power = power * generator % prime;
        if power == 1 {
            return false;
        }
    }
}

/// The primes by which the published detector tells those keys.
const PRIMES: [u32; 38] = [
    3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97, 101, 103,
    107, 109, 113, 127, 131, 137, 139, 149, 151, 157, 163, 167,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fingerprint_is_rare() {
        // The share of residues that pass, multiplied over all primes.
        let share: f64 = PRIMES
            .iter()
            .map(|prime| {
                let passing = (1..*prime).filter(|residue| is_power(*residue, *prime)).count();
                f64::from(u32::try_from(passing).unwrap()) / f64::from(prime - 1)
            })
            .product();
        assert!(share < 1e-8, "{share}");
        assert!(PRIMES.iter().all(|prime| !is_power(0, *prime)));
    }
}
