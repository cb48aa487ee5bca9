use hf_core::algorithm::KeyAlgorithm;
use hf_x509::public_key::Curve;
use num_bigint::BigUint;

use super::*;
use crate::private_key::PrivateKey;
use crate::signing_key::SigningKey as _;
use crate::tlv::{INTEGER, element, sequence};

fn rsa(modulus: &BigUint, exponent: &BigUint) -> PublicKey {
    let integer = |number: &BigUint| {
        let octets = number.to_bytes_be();
        let sign: &[u8] = if octets[0] < 0x80 { &[] } else { &[0] };
        element(INTEGER, &[sign, &octets])
    };
    PublicKey::from_rsa_public_key_der(&sequence(&[&integer(modulus), &integer(exponent)])).unwrap()
}

fn codes(key: &PublicKey) -> Vec<&'static str> {
    match check(key, &BlockList::empty()) {
        Ok(accepted) => {
            assert_eq!(accepted.public_key(), key);
            Vec::new()
        }
        Err(findings) => {
            assert!(findings.iter().all(|finding| !finding.hints.is_empty() && finding.evidence.len() == 3));
            findings.iter().map(|finding| finding.code.as_str()).collect()
        }
    }
}

/// A number of `bits` bits without small factors, near `seed` and found by counting up.
fn rough(bits: u32, seed: u32) -> BigUint {
    let mut number = (BigUint::from(3_u32) << (bits - 2)) + (BigUint::from(seed) << (bits / 2)) + 1_u32;
    while small_factor_of(&number) {
        number += 2_u32;
    }
    number
}

fn small_factor_of(number: &BigUint) -> bool {
    (2_u32..10_000).any(|divisor| (number % divisor) == BigUint::ZERO)
}

fn f4() -> BigUint {
    BigUint::from(65_537_u32)
}

#[test]
fn keys_that_we_make_are_accepted() {
    for algorithm in KeyAlgorithm::ALL {
        let key = PrivateKey::generate(algorithm).unwrap();
        assert_eq!(codes(key.public_key()), [""; 0], "{algorithm}");
    }
}

#[test]
fn listed_keys_are_refused() {
    let [listed, other] = [KeyAlgorithm::EcdsaP256, KeyAlgorithm::Ed25519]
        .map(|algorithm| PrivateKey::generate(algorithm).unwrap());
    let mut list = BlockList::empty();
    list.insert(listed.public_key().spki_sha256());
    let findings = check(listed.public_key(), &list).unwrap_err();
    assert_eq!(findings[0].code.as_str(), "HF-KEY-BLOCKED");
    assert!(check(other.public_key(), &list).is_ok());
}

#[test]
fn sizes_of_rsa_keys() {
    let key = |bits: u32| rsa(&(rough(bits / 2, 5) * rough(bits - bits / 2, 1 << 30)), &f4());
    assert_eq!(codes(&key(2048)), [""; 0]);
    assert_eq!(codes(&key(1024)), ["HF-KEY-SIZE"]);
    assert_eq!(codes(&key(2040)), ["HF-KEY-SIZE"]);
    // In range, but not a size that we issue for.
    assert_eq!(codes(&key(2560)), ["HF-KEY-ALGORITHM"]);
    assert_eq!(codes(&key(8192)), [""; 0]);
    let large = key(8448);
    assert_eq!(codes(&large), ["HF-KEY-SIZE"]);
    let limits = Limits { rsa_bits: 2048..=16384 };
    assert!(check_foreign(&large, &BlockList::empty(), &limits).is_empty());
}

#[test]
fn exponents_of_rsa_keys() {
    let modulus = rough(1024, 5) * rough(1024, 1 << 30);
    for (exponent, accepted) in [
        (f4(), true),
        (f4() + 2_u32, true),
        (BigUint::from(3_u32), false),
        (BigUint::from(1_u32), false),
        (f4() - 2_u32, false),
        (f4() + 1_u32, false),
        (BigUint::from(u32::MAX), true),
        ((BigUint::from(1_u32) << 32) + 1_u32, false),
        ((BigUint::from(1_u32) << 300) + 1_u32, false),
    ] {
        let expected: &[&str] = if accepted { &[] } else { &["HF-KEY-EXPONENT"] };
        assert_eq!(codes(&rsa(&modulus, &exponent)), expected, "{exponent}");
    }
}

#[test]
fn moduli_that_can_be_factored() {
    let small = rough(2035, 5) * 9_973_u32;
    assert_eq!(codes(&rsa(&small, &f4())), ["HF-KEY-SMALL-FACTOR"]);
    assert_eq!(codes(&rsa(&(BigUint::from(3_u32) << 2046), &f4()))[0], "HF-KEY-SMALL-FACTOR");
    let prime = rough(1024, 5);
    let mut neighbour = &prime + 2_u32;
    while small_factor_of(&neighbour) {
        neighbour += 2_u32;
    }
    assert_eq!(codes(&rsa(&(prime * neighbour), &f4())), ["HF-KEY-CLOSE-PRIMES"]);
}

#[test]
fn moduli_of_the_vulnerable_library() {
    // Two factors of its form: k · M + (65537^a mod M), M being the product of the first 126 primes.
    let product: BigUint =
        (2_u32..702).filter(|n| (2..*n).all(|divisor| n % divisor != 0)).map(BigUint::from).product();
    let factor = |start: u32, power: u32| {
        let residue = f4().modpow(&BigUint::from(power), &product);
        let first = (BigUint::from(3_u32) << 1022_u32) / &product + start;
        (0_u32..1000).map(|step| (&first + step) * &product + &residue).find(|n| !small_factor_of(n)).unwrap()
    };
    let modulus = factor(1, 12_345) * factor(1 << 20, 54_321);
    assert_eq!(codes(&rsa(&modulus, &f4())), ["HF-KEY-ROCA"]);
}

#[test]
fn points_off_the_curve() {
    for (algorithm, curve) in [(KeyAlgorithm::EcdsaP256, Curve::P256), (KeyAlgorithm::EcdsaP384, Curve::P384)]
    {
        let key = PrivateKey::generate(algorithm).unwrap();
        let mut point = key.public_key().key_octets().to_vec();
        let x = point[1..=point.len() / 2].to_vec();
        let last = point.len() - 1;
        let sign = 2 | (point[last] & 1);
        let compressed = PublicKey::from_ec_point(curve, &[&[sign], &x[..]].concat()).unwrap();
        assert_eq!(codes(&compressed), [""; 0]);
        point[last] ^= 1;
        assert_eq!(codes(&PublicKey::from_ec_point(curve, &point).unwrap()), ["HF-KEY-POINT"]);
        let zeros = [&[4], &vec![0; last][..]].concat();
        assert_eq!(codes(&PublicKey::from_ec_point(curve, &zeros).unwrap()), ["HF-KEY-POINT"]);
        // The point at infinity is a single octet, which is no form of a key at all.
        assert!(PublicKey::from_ec_point(curve, &[0]).is_err());
    }
}

#[test]
fn kinds_that_are_not_certified() {
    // id-DSA without parameters.
    let dsa = [0x30, 17, 0x30, 9, 6, 7, 0x2a, 0x86, 0x48, 0xce, 0x38, 4, 1, 3, 4, 0, 2, 1, 5];
    assert_eq!(codes(&PublicKey::from_spki_der(&dsa).unwrap()), ["HF-KEY-ALGORITHM"]);
}
