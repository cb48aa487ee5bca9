use proptest::prelude::*;

use super::*;
use crate::asn1::DerProblem;
use crate::distinguished_name::DistinguishedName;
use crate::general_name::GeneralName;
use crate::oids;

fn encode<E: ExtensionValue>(value: &E) -> Vec<u8> {
    let mut writer = Writer::default();
    value.write(&mut writer);
    writer.into_bytes()
}

fn problem<E: ExtensionValue + std::fmt::Debug>(value: &[u8]) -> DerProblem {
    E::decode(value).unwrap_err().problem
}

fn any_name() -> impl Strategy<Value = GeneralName> {
    prop_oneof![
        "[a-z.]{1,30}".prop_map(GeneralName::Dns),
        "[a-z]{1,9}@[a-z.]{1,30}".prop_map(GeneralName::Email),
        "[ -~]{1,30}".prop_map(GeneralName::Uri),
        any::<[u8; 4]>().prop_map(|octets| GeneralName::Ip(octets.to_vec())),
        any::<[u8; 16]>().prop_map(|octets| GeneralName::Ip(octets.to_vec())),
        "[ -~]{1,30}".prop_map(|cn| GeneralName::Directory(DistinguishedName::common(&cn))),
        Just(GeneralName::RegisteredId(oids::SERVER_AUTH)),
        Just(GeneralName::Other { kind: oids::COMMON_NAME, value: vec![0x0c, 1, b'x'] }),
    ]
}

proptest! {
    #[test]
    fn names_and_points_survive(names in proptest::collection::vec(any_name(), 1..5), reasons in any::<Option<u8>>()) {
        let alt = SubjectAltName(names.clone());
        prop_assert_eq!(SubjectAltName::decode(&encode(&alt)).unwrap(), alt);
        let reasons = reasons.map(|reasons| u16::from(reasons) << 8);
        let name = Some(DistributionPointName::Full(names.clone()));
        let point = DistributionPoint { name: name.clone(), reasons, crl_issuer: names.clone() };
        let points = CrlDistributionPoints(vec![point.clone(), point]);
        prop_assert_eq!(CrlDistributionPoints::decode(&encode(&points)).unwrap(), points);
        let issuing = IssuingDistributionPoint {
            name, only_some_reasons: reasons, indirect: true, ..IssuingDistributionPoint::default()
        };
        prop_assert_eq!(IssuingDistributionPoint::decode(&encode(&issuing)).unwrap(), issuing);
        let authority = AuthorityKeyIdentifier {
            key_identifier: Some(KeyIdentifier::new(&[1, 2])), issuer: names.clone(), serial: Some(vec![0, 0x80]),
        };
        prop_assert_eq!(AuthorityKeyIdentifier::decode(&encode(&authority)).unwrap(), authority);
        let access = AuthorityInfoAccess(names.into_iter()
            .map(|location| AccessDescription { method: oids::AD_OCSP, location }).collect());
        prop_assert_eq!(AuthorityInfoAccess::decode(&encode(&access)).unwrap(), access);
    }

    #[test]
    fn usages_and_numbers_survive(bits in 0_u16..512, ca in any::<bool>(), length in any::<Option<u32>>(), number in any::<u64>()) {
        let usage = KeyUsage::ALL.iter().enumerate()
            .filter(|(index, _)| bits >> index & 1 == 1)
            .fold(KeyUsage::NONE, |usage, (_, (one, _))| usage | *one);
        prop_assert_eq!(KeyUsage::decode(&encode(&usage)).unwrap(), usage);
        for name in usage.names() {
            prop_assert!(usage.contains(KeyUsage::from_name(name).unwrap()));
        }
        let basic = BasicConstraints { ca, path_length: length };
        prop_assert_eq!(BasicConstraints::decode(&encode(&basic)).unwrap(), basic);
        let crl_number = CrlNumber::from(number);
        prop_assert_eq!(CrlNumber::decode(&encode(&crl_number)).unwrap().to_u64(), Some(number));
        if let Some(skip) = length {
            let constraints = PolicyConstraints { require_explicit_policy: Some(skip), inhibit_policy_mapping: None };
            prop_assert_eq!(PolicyConstraints::decode(&encode(&constraints)).unwrap(), constraints);
            prop_assert_eq!(InhibitAnyPolicy::decode(&encode(&InhibitAnyPolicy(skip))).unwrap(), InhibitAnyPolicy(skip));
        }
    }
}

#[test]
fn constraints_and_policies_survive() {
    let net = GeneralName::Ip(vec![10, 0, 0, 0, 255, 255, 128, 0]);
    let constraints =
        NameConstraints { permitted: vec![GeneralName::Dns("a".to_owned())], excluded: vec![net.clone()] };
    assert_eq!(NameConstraints::decode(&encode(&constraints)).unwrap(), constraints);
    assert_eq!(net.to_string(), "10.0.0.0/17");
    let cps = PolicyQualifier::PracticeStatement("http://a.example/".to_owned());
    let other = PolicyQualifier::Other { kind: oids::QUALIFIER_USER_NOTICE, value: vec![0x30, 0] };
    let policy = PolicyInformation { policy: oids::ANY_POLICY, qualifiers: vec![cps, other] };
    let policies = CertificatePolicies(vec![policy]);
    assert_eq!(CertificatePolicies::decode(&encode(&policies)).unwrap(), policies);
    let mappings = PolicyMappings(vec![(oids::ANY_POLICY, oids::SERVER_AUTH)]);
    assert_eq!(PolicyMappings::decode(&encode(&mappings)).unwrap(), mappings);
}

#[test]
fn empty_and_defaulted_values_are_refused() {
    assert_eq!(problem::<ExtendedKeyUsage>(&[0x30, 0]), DerProblem::Empty);
    assert_eq!(problem::<SubjectAltName>(&[0x30, 0]), DerProblem::Empty);
    assert_eq!(problem::<NameConstraints>(&[0x30, 0]), DerProblem::Empty);
    assert_eq!(problem::<NameConstraints>(&[0x30, 2, 0xa0, 0]), DerProblem::Empty);
    assert_eq!(problem::<CrlDistributionPoints>(&[0x30, 0]), DerProblem::Empty);
    assert_eq!(problem::<CertificatePolicies>(&[0x30, 0]), DerProblem::Empty);
    assert_eq!(problem::<PolicyConstraints>(&[0x30, 0]), DerProblem::Empty);
    assert_eq!(problem::<PolicyMappings>(&[0x30, 0]), DerProblem::Empty);
    assert_eq!(problem::<AuthorityInfoAccess>(&[0x30, 0]), DerProblem::Empty);
    assert_eq!(problem::<BasicConstraints>(&[0x30, 3, 1, 1, 0]), DerProblem::DefaultEncoded);
    assert_eq!(problem::<BasicConstraints>(&[0x30, 3, 1, 1, 1]), DerProblem::Boolean);
    assert_eq!(problem::<IssuingDistributionPoint>(&[0x30, 3, 0x81, 1, 0]), DerProblem::DefaultEncoded);
}

#[test]
fn numbers_bits_and_trailing_octets_are_strict() {
    assert_eq!(problem::<BasicConstraints>(&[0x30, 3, 2, 1, 0xff]), DerProblem::IntegerNegative);
    assert_eq!(problem::<BasicConstraints>(&[0x30, 4, 2, 2, 0, 1]), DerProblem::IntegerNotMinimal);
    assert_eq!(
        problem::<InhibitAnyPolicy>(&[2, 5, 1, 0, 0, 0, 0]),
        DerProblem::IntegerTooLarge { max: u64::from(u32::MAX) }
    );
    assert_eq!(problem::<KeyUsage>(&[3, 2, 0, 0x80]), DerProblem::NamedBits);
    assert_eq!(problem::<KeyUsage>(&[3, 2, 7, 0x81]), DerProblem::BitString);
    assert_eq!(problem::<KeyUsage>(&[3, 2, 8, 0x80]), DerProblem::BitString);
    assert_eq!(problem::<KeyUsage>(&[3, 1, 1]), DerProblem::BitString);
    assert_eq!(problem::<KeyUsage>(&[3, 2, 7, 0x80, 0]), DerProblem::Trailing { octets: 1 });
    assert_eq!(
        problem::<CrlNumber>(&[&[2, 21, 1], [0; 20].as_slice()].concat()),
        DerProblem::TooLarge { octets: 21, max: 20 }
    );
    assert_eq!(problem::<KeyIdentifier>(&[4, 0x80]), DerProblem::IndefiniteLength);
    assert_eq!(problem::<KeyIdentifier>(&[4, 0x81, 1, 0]), DerProblem::LengthNotMinimal);
}

#[test]
fn names_are_strict() {
    assert_eq!(problem::<SubjectAltName>(&[0x30, 5, 0x82, 3, b'a', 0, b'b']), DerProblem::Nul);
    let ia5 = DerProblem::Characters { string: crate::asn1::Tag(0x16) };
    assert_eq!(problem::<SubjectAltName>(&[0x30, 4, 0x82, 2, 0xc3, 0xa4]), ia5);
    assert_eq!(problem::<SubjectAltName>(&[0x30, 5, 0x87, 3, 1, 2, 3]), DerProblem::IpAddress { octets: 3 });
    let subtree = |octets: &[u8]| {
        let length = u8::try_from(octets.len()).unwrap();
        [&[0x30, length + 6, 0xa0, length + 4, 0x30, length + 2, 0x87, length], octets].concat()
    };
    assert_eq!(problem::<NameConstraints>(&subtree(&[10, 0, 0, 0])), DerProblem::IpAddress { octets: 4 });
    assert_eq!(problem::<NameConstraints>(&subtree(&[10, 0, 0, 0, 255, 0, 255, 0])), DerProblem::IpMask);
    assert!(NameConstraints::decode(&subtree(&[0; 8])).is_ok());
    assert!(NameConstraints::decode(&subtree(&[255; 8])).is_ok());
    // `minimum` other than its default, RFC 5280 section 4.2.1.10.
    let minimum = [0x30, 10, 0xa0, 8, 0x30, 6, 0x82, 1, b'a', 0x80, 1, 1];
    assert_eq!(problem::<NameConstraints>(&minimum), DerProblem::Trailing { octets: 3 });
    // An issuer without a serial number.
    assert!(AuthorityKeyIdentifier::decode(&[0x30, 5, 0xa1, 3, 0x82, 1, b'a']).is_err());
    let policy = [0x30, 5, 6, 3, 42, 3, 4];
    let twice = [&[0x30, 14], policy.as_slice(), &policy].concat();
    assert_eq!(problem::<CertificatePolicies>(&twice), DerProblem::Duplicate);
}
