//! Points of elliptic-curve keys, SEC 1 section 3.2.2: on the curve, not the point at infinity.

use super::{Fault, Subject};

pub(super) fn point(subject: &Subject<'_>) -> Option<Fault> {
    let (curve, _) = subject.key.ec_point()?;
    if subject.key.has_valid_point() {
        return None;
    }
    let bits = curve.bits();
    Some(Fault::new(
        "the public key is not a point of its curve",
        format!("a point on P-{bits} other than infinity"),
        "a pair of numbers that does not solve the curve's equation",
    ))
}
