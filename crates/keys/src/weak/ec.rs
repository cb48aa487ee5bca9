//! Points of elliptic-curve keys, SEC 1 section 3.2.2: on the curve, not the point at infinity.

use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1, ECDSA_P384_SHA384_ASN1, ECDSA_P521_SHA512_ASN1, ParsedPublicKey,
};
use hf_x509::public_key::Curve;

use super::{Fault, Subject};

pub(super) fn point(subject: &Subject<'_>) -> Option<Fault> {
    let (curve, point) = subject.key.ec_point()?;
    let algorithm = match curve {
        Curve::P256 => &ECDSA_P256_SHA256_ASN1,
        Curve::P384 => &ECDSA_P384_SHA384_ASN1,
        Curve::P521 => &ECDSA_P521_SHA512_ASN1,
    };
    if ParsedPublicKey::new(algorithm, point).is_ok() {
        return None;
    }
    let bits = curve.bits();
    Some(Fault::new(
        "the public key is not a point of its curve",
        format!("a point on P-{bits} other than infinity"),
        "a pair of numbers that does not solve the curve's equation",
    ))
}
