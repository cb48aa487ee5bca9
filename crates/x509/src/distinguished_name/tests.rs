use super::*;
use crate::asn1::DerProblem;

fn name(text: &str) -> DistinguishedName {
    text.parse().unwrap()
}

#[test]
fn text_and_der_round_trip() {
    for text in
        ["CN=Root,O=Shop", "CN=a\\,b,C=DE", "CN=\\ x\\ ,DC=internal", "1.2.3.4=x", "CN=Grüße", "CN=\\#a\\+b"]
    {
        assert_eq!(DistinguishedName::from_der(name(text).to_der()).unwrap(), name(text));
        assert_eq!(name(text).to_string(), text);
    }
    assert!(name("").is_empty() && DistinguishedName::common("").is_empty());
    assert_eq!(name(" cn = x , o=y ").to_string(), "CN=x,O=y");
    assert_eq!(
        name("CN=outer,CN=inner").common_name().as_deref(),
        Some("outer"),
        "the last encoded is the first in text"
    );
}

#[test]
fn text_that_is_no_name_is_refused_with_the_part_at_fault() {
    let message = |text: &str| text.parse::<DistinguishedName>().unwrap_err();
    for (text, problem) in [
        ("Root", NameTextProblem::NoEquals),
        ("XX=a", NameTextProblem::UnknownType),
        ("CN=", NameTextProblem::EmptyValue),
        ("CN=a\\", NameTextProblem::Escape),
        ("CN=a\\q", NameTextProblem::Escape),
        ("CN=a\\00", NameTextProblem::Control),
        ("CN=a\u{7}", NameTextProblem::Control),
        ("CN=a+O=b", NameTextProblem::MultiValued),
        ("C=DEU", NameTextProblem::TooLong { max: 2 }),
        ("CN=a,", NameTextProblem::NoEquals),
    ] {
        assert_eq!(message(text).problem, problem, "{text}");
    }
    assert_eq!(message(&format!("CN={}", "x".repeat(65))).problem, NameTextProblem::TooLong { max: 64 });
    assert_eq!(message(&["O=a"; 65].join(",")).problem, NameTextProblem::TooMany);
}

#[test]
fn structure_is_strict() {
    let problem = |der: &[u8]| DistinguishedName::from_der(der).unwrap_err().problem;
    assert_eq!(problem(&[0x30, 2, 0x31, 0]), DerProblem::Empty);
    assert_eq!(problem(&[0x30, 0, 0]), DerProblem::Trailing { octets: 1 });
    let attribute = |value: u8| [0x30, 8, 6, 3, 0x55, 4, 3, 0x0c, 1, value];
    let set = |first: u8, second: u8| {
        [&[0x30, 22, 0x31, 20], attribute(first).as_slice(), &attribute(second)].concat()
    };
    assert!(DistinguishedName::from_der(&set(b'a', b'b')).is_ok());
    assert_eq!(problem(&set(b'b', b'a')), DerProblem::SetOrder);
}

#[test]
fn values_that_are_no_text_are_shown_without_harm() {
    let der = [0x30, 13, 0x31, 11, 0x30, 9, 6, 3, 0x55, 4, 3, 0x0c, 2, 0xff, 0xfe];
    let broken = DistinguishedName::from_der(&der).unwrap();
    assert_eq!((broken.to_string().as_str(), broken.common_name()), ("CN=#fffe", None));
    let mut nul = der;
    nul[13..].copy_from_slice(&[b'a', 0]);
    let nul = DistinguishedName::from_der(&nul).unwrap();
    assert_eq!(nul.attributes().next().unwrap().text().unwrap_err().problem, DerProblem::Nul);
    let mut escape = der;
    escape[13..].copy_from_slice(&[0x1b, b'[']);
    assert_eq!(DistinguishedName::from_der(&escape).unwrap().to_string(), "CN=\\1b[");
}

#[test]
fn comparison_ignores_case_type_and_repeated_spaces() {
    let printable = [0x30, 16, 0x31, 14, 0x30, 12, 6, 3, 0x55, 4, 3, 0x13, 5, b'M', b'y', b' ', b' ', b'x'];
    let printable = DistinguishedName::from_der(&printable).unwrap();
    assert!(printable.matches(&name("CN=my X")) && printable != name("CN=my X"));
    assert!(!printable.matches(&name("CN=my")) && !printable.matches(&name("O=my x")));
    assert!(
        name("CN=a,O=Shop").is_within(&name("O=shop")) && !name("O=Shop").is_within(&name("CN=a,O=Shop"))
    );
    assert!(name("CN=a").is_within(&DistinguishedName::empty()));
}
