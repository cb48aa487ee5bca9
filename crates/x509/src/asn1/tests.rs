use hf_core::time::Timestamp;
use proptest::prelude::*;

use super::*;

fn read_time(tag: u8, text: &str) -> Result<Timestamp, DerError> {
    let mut writer = Writer::default();
    writer.primitive(tag, text.as_bytes());
    time::read(&mut Reader::new(&writer.into_bytes()), "test")
}

proptest! {
    #[test]
    fn times_survive(seconds in -62_167_219_200_i64..=253_402_300_799) {
        let time = Timestamp::from_unix_seconds(seconds);
        let mut writer = Writer::default();
        time::write(&mut writer, time);
        let der = writer.into_bytes();
        prop_assert_eq!(der[0], time::expected_tag(time));
        prop_assert_eq!(time::read(&mut Reader::new(&der), "test").unwrap(), time);
        let text = time.to_string().replace(['-', 'T', ':'], "");
        prop_assert!(text.ends_with(std::str::from_utf8(&der[2..]).unwrap()));
    }

    #[test]
    fn numbers_survive(number in any::<u64>()) {
        let mut writer = Writer::default();
        writer.number(tag::INTEGER, number);
        let der = writer.into_bytes();
        let element = Reader::new(&der).any("test").unwrap();
        prop_assert_eq!(element.small_integer("test", u64::MAX), Ok(number));
    }

    #[test]
    fn identifiers_survive(arcs in proptest::collection::vec(any::<u128>(), 0..5)) {
        let text = std::iter::once("2.999".to_owned()).chain(arcs.iter().map(u128::to_string)).collect::<Vec<_>>().join(".");
        if let Ok(oid) = text.parse::<Oid>() {
            prop_assert_eq!(oid.to_string(), text);
        }
    }

    #[test]
    fn lengths_survive(length in 0_usize..70_000) {
        let mut writer = Writer::default();
        writer.nested(tag::SEQUENCE, |inside| inside.raw(&vec![0; length]));
        let der = writer.into_bytes();
        let mut reader = Reader::new(&der);
        prop_assert_eq!(reader.any("test").unwrap().content.len(), length);
        prop_assert!(reader.finish("test").is_ok());
        let mut primitive = Writer::default();
        primitive.primitive(tag::SEQUENCE, &vec![0; length]);
        prop_assert_eq!(primitive.into_bytes(), der);
    }
}

#[test]
fn times_at_the_borders() {
    let utc = |text| read_time(tag::UTC_TIME, text).map(|time| time.to_string());
    assert_eq!(utc("491231235959Z").unwrap(), "2049-12-31T23:59:59Z");
    assert_eq!(utc("500101000000Z").unwrap(), "1950-01-01T00:00:00Z");
    assert_eq!(utc("000229000000Z").unwrap(), "2000-02-29T00:00:00Z");
    for bad in [
        "4912312359Z",
        "491231235959",
        "491231235960Z",
        "491301000000Z",
        "490229000000Z",
        "491231235959+0000",
        "",
    ] {
        assert!(utc(bad).is_err(), "{bad}");
    }
    let generalized = |text| read_time(tag::GENERALIZED_TIME, text).map(|time| time.to_string());
    assert_eq!(generalized("99991231235959Z").unwrap(), "9999-12-31T23:59:59Z");
    assert_eq!(generalized("20500101000000Z").unwrap(), "2050-01-01T00:00:00Z");
    for bad in ["20500101000000.5Z", "19000229000000Z", "20500100000000Z", "2050010100000Z"] {
        assert!(generalized(bad).is_err(), "{bad}");
    }
    assert!(read_time(tag::OCTET_STRING, "491231235959Z").is_err());
}

#[test]
fn identifiers_are_strict() {
    for bad in [&[][..], &[0x80], &[42, 0x86], &[42, 0x80, 1], &[1; 129]] {
        assert_eq!(Oid::from_content(bad), Err(OidError));
    }
    for bad in ["", "1", "3.1", "1.40", "1.2.", "1.02", "a.b", "1.2.-3"] {
        assert_eq!(bad.parse::<Oid>(), Err(OidError), "{bad}");
    }
    assert_eq!("2.25.340282366920938463463374607431768211455".parse::<Oid>().unwrap().to_string().len(), 44);
}

#[test]
fn errors_say_where_and_what() {
    let error = whole_sequence(&[0x31, 0], "Certificate").unwrap_err();
    assert_eq!(error.to_string(), "Certificate: found SET, expected SEQUENCE, at octet 0");
    let mut reader = whole_sequence(&[0x30, 3, 2, 1, 5], "Certificate").unwrap();
    reader.any("serialNumber").unwrap();
    let error = reader.expect(tag::BOOLEAN, "flag").unwrap_err();
    assert_eq!(error.to_string(), "flag: nothing is there, expected BOOLEAN, at octet 5");
}
