use proptest::prelude::*;

use super::super::problem::ProblemType;
use super::*;

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_unix_seconds(seconds)
}

fn validity(days: i64) -> Validity {
    Validity::starting(at(0), Lifetime::from_days(days))
}

#[test]
fn the_vector() {
    let id: CertId = "aYhba4dGQEHhs3uEe6CuLN4ByNQ.AIdlQyE".parse().unwrap();
    assert_eq!(id.serial().to_string(), "87654321");
    let key_id = 0x6988_5b6b_8746_4041_e1b3_7b84_7ba0_ae2c_u128.to_be_bytes();
    assert_eq!(id.authority_key_id(), [&key_id[..], &[0xde, 0x01, 0xc8, 0xd4]].concat());
    assert_eq!(id.to_string(), "aYhba4dGQEHhs3uEe6CuLN4ByNQ.AIdlQyE");
    assert_eq!(CertId::new(id.authority_key_id().to_vec(), id.serial().clone()), id);
}

#[test]
fn only_the_one_text_names_a_certificate() {
    let long = format!("{}.AQ", "A".repeat(200));
    for bad in [
        "",
        ".",
        "aYhba4dGQEHhs3uEe6CuLN4ByNQ",
        "aYhba4dGQEHhs3uEe6CuLN4ByNQ.",
        ".AIdlQyE",
        "aYhba4dGQEHhs3uEe6CuLN4ByNQ=.AIdlQyE=",
        "aYhba4dGQEHhs3uEe6CuLN4ByNQ.AIdlQyE.",
        "aYhba4dGQEHhs3uEe6CuLN4ByNQ.AIdlQyE.AQ",
        // Not the serial number as DER has it: negative, zero, with a zero too many.
        "aYhba4dGQEHhs3uEe6CuLN4ByNQ.h2VDIQ",
        "aYhba4dGQEHhs3uEe6CuLN4ByNQ.AA",
        "aYhba4dGQEHhs3uEe6CuLN4ByNQ.AAAB",
        &long,
    ] {
        assert_eq!(CertId::read(bad).unwrap_err().kind, ProblemType::Malformed, "{bad}");
    }
}

#[test]
fn the_usual_window_lies_at_two_thirds_or_half() {
    let day = 86_400;
    let window = suggested_window(validity(90), None, &[], at(0));
    assert_eq!(window.start, at(60 * day - 90 * day / 100));
    assert_eq!(window.end, at(60 * day + 90 * day / 100));
    let short = suggested_window(validity(2), None, &[], at(0));
    assert_eq!(short.end.unix_seconds() - short.start.unix_seconds(), 2 * day / 50);
    assert_eq!(short.start, at(day - 2 * day / 100));
}

#[test]
fn a_revoked_certificate_is_replaced_at_once() {
    for revoked in [1_000_000, 2_000_000] {
        let window = suggested_window(validity(90), Some(at(revoked)), &[], at(1_500_000));
        assert!(window.start < window.end && window.end < at(1_500_000));
    }
}

#[test]
fn an_operator_moves_the_window_forward_but_never_back() {
    let usual = suggested_window(validity(90), None, &[], at(0));
    let friday = WindowOverride { start: at(1_000), end: at(100_000) };
    let sunday = WindowOverride { start: at(1_000), end: at(300_000) };
    let never = WindowOverride { start: at(1_000), end: Timestamp::MAX };
    let window = suggested_window(validity(90), None, &[sunday, friday, never], at(0));
    assert_eq!((window.start, window.end), (at(1_000), at(100_000)));
    assert_eq!(suggested_window(validity(90), None, &[never], at(0)), usual);
    let empty = WindowOverride { start: at(5_000), end: at(5_000) };
    let window = suggested_window(validity(90), None, &[empty], at(0));
    assert!(window.start < window.end);
}

#[test]
fn short_certificates_are_asked_about_more_often() {
    assert_eq!(retry_after(validity(90)), 6 * 3_600);
    assert_eq!(retry_after(validity(1)), 7_200);
    assert_eq!(retry_after(Validity::starting(at(0), Lifetime::from_seconds(60))), 60);
}

proptest! {
    #[test]
    fn a_window_lasts_and_lies_within_the_validity(seconds in 10_i64..4_000_000_000, start in 0_i64..4_000_000_000) {
        let validity = Validity::starting(at(start), Lifetime::from_seconds(seconds));
        let window = suggested_window(validity, None, &[], at(start));
        prop_assert!(window.start < window.end);
        prop_assert!(validity.contains(window.start) && validity.contains(window.end));
    }

    #[test]
    fn whatever_is_overridden_the_window_lasts(a in 0_i64..10_000_000, b in 0_i64..10_000_000, revoked: bool) {
        let over = WindowOverride { start: at(a), end: at(b) };
        let window = suggested_window(validity(90), revoked.then(|| at(a)), &[over], at(b));
        prop_assert!(window.start < window.end);
    }

    #[test]
    fn an_identifier_survives_its_text(key in prop::collection::vec(any::<u8>(), 1..64), serial in prop::collection::vec(1_u8.., 1..20)) {
        let id = CertId::new(key, Serial::from_unsigned(&serial).unwrap());
        prop_assert_eq!(id.to_string().parse::<CertId>().unwrap(), id);
    }

    #[test]
    fn whatever_names_a_certificate_is_written_alike(text in "[A-Za-z0-9_-]{1,30}\\.[A-Za-z0-9_-]{1,27}") {
        if let Ok(id) = text.parse::<CertId>() {
            prop_assert_eq!(id.to_string(), text);
        }
    }
}
