use super::*;

/// So many SEQUENCEs, one inside the other.
fn nested(levels: usize) -> Vec<u8> {
    (0..levels).fold(Vec::new(), |inside, _| {
        let mut writer = crate::asn1::Writer::default();
        writer.primitive(tag::SEQUENCE, &inside);
        writer.into_bytes()
    })
}

fn problem(input: &[u8]) -> DerProblem {
    check(input, "test", 1000).unwrap_err().problem
}

#[test]
fn depth_is_limited_to_32() {
    assert_eq!(check(&nested(MAX_DEPTH), "test", MAX_OBJECT), Ok(()));
    assert_eq!(problem(&nested(MAX_DEPTH + 1)), DerProblem::TooDeep { max: MAX_DEPTH });
    assert_eq!(problem(&nested(200)), DerProblem::TooDeep { max: MAX_DEPTH });
}

#[test]
fn size_headers_and_ends_are_checked() {
    assert_eq!(problem(&[0; 1001]), DerProblem::TooLarge { octets: 1001, max: 1000 });
    assert_eq!(problem(&[]), DerProblem::Truncated);
    assert_eq!(problem(&[0x30]), DerProblem::Truncated);
    assert_eq!(problem(&[0x30, 1]), DerProblem::Truncated);
    assert_eq!(problem(&[0x30, 0x80, 0, 0]), DerProblem::IndefiniteLength);
    assert_eq!(problem(&[0x30, 2, 0x30, 0x80]), DerProblem::IndefiniteLength);
    assert_eq!(problem(&[0x30, 0x81, 0x7f]), DerProblem::LengthNotMinimal);
    assert_eq!(problem(&[0x30, 0x82, 0, 0x80]), DerProblem::LengthNotMinimal);
    assert_eq!(problem(&[0x30, 0x85, 1, 0, 0, 0, 0]), DerProblem::LengthTooLong);
    assert_eq!(problem(&[0x30, 0x84, 0xff, 0xff, 0xff, 0xff]), DerProblem::Truncated);
    assert_eq!(problem(&[0x30, 0, 0]), DerProblem::Trailing { octets: 1 });
    assert_eq!(problem(&[0x3f, 0x81, 0x01, 0]), DerProblem::HighTag);
}

#[test]
fn siblings_after_deep_children_are_walked() {
    let deep = nested(20);
    let length = u8::try_from(deep.len() + 2).unwrap();
    assert_eq!(check(&[&[0x30, length], deep.as_slice(), &[5, 0]].concat(), "test", 1000), Ok(()));
    let broken = [&[0x30, length], deep.as_slice(), &[5, 1]].concat();
    assert_eq!(problem(&broken), DerProblem::Truncated);
}
