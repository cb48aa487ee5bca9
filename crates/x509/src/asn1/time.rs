//! `UTCTime` and `GeneralizedTime` as certificates write them, RFC 5280 section 4.1.2.5.

use hf_core::time::Timestamp;

use super::{DerError, DerProblem, Element, Reader, Tag, Writer, tag};

/// 2050-01-01T00:00:00Z: from here on times are `GeneralizedTime`.
const GENERALIZED_FROM: i64 = 2_524_608_000;

/// 1950-01-01T00:00:00Z: the earliest time that `UTCTime` can write.
const UTC_FROM: i64 = -631_152_000;

const SECONDS_A_DAY: i64 = 86_400;

/// Read a `Time`: `YYMMDDHHMMSSZ` or `YYYYMMDDHHMMSSZ`.
pub(crate) fn read(reader: &mut Reader<'_>, field: &'static str) -> Result<Timestamp, DerError> {
    let element = reader.any(field)?;
    match element.tag {
        tag::UTC_TIME => from_utc_time(element.content),
        tag::GENERALIZED_TIME => from_generalized_time(element.content),
        found => return Err(element.fault(field, DerProblem::TagNotAllowed { found: Tag(found) })),
    }
    .ok_or_else(|| element.fault(field, DerProblem::Time))
}

/// Read a `GeneralizedTime`.
pub(crate) fn generalized(element: &Element<'_>, field: &'static str) -> Result<Timestamp, DerError> {
    from_generalized_time(element.content).ok_or_else(|| element.fault(field, DerProblem::Time))
}

/// The type that RFC 5280 section 4.1.2.5 asks for at this point in time.
pub(crate) fn expected_tag(time: Timestamp) -> u8 {
    let fits = (UTC_FROM..GENERALIZED_FROM).contains(&time.unix_seconds());
    if fits { tag::UTC_TIME } else { tag::GENERALIZED_TIME }
}

/// Write a `Time`: `UTCTime` to the end of 2049, then `GeneralizedTime`.
pub(crate) fn write(writer: &mut Writer, time: Timestamp) {
    let digits = digits(time);
    match expected_tag(time) {
        tag::UTC_TIME => writer.primitive(tag::UTC_TIME, digits.get(2..).unwrap_or_default()),
        other => writer.primitive(other, &digits),
    }
}

/// Write a `GeneralizedTime` whatever the year.
pub(crate) fn write_generalized(writer: &mut Writer, tag: u8, time: Timestamp) {
    writer.primitive(tag, &digits(time));
}

fn from_utc_time(content: &[u8]) -> Option<Timestamp> {
    let (year, rest) = two_digits(content)?;
    let year = if year < 50 { 2000 + year } else { 1900 + year };
    from_month_on(year, rest)
}

fn from_generalized_time(content: &[u8]) -> Option<Timestamp> {
    let (century, rest) = two_digits(content)?;
    let (year, rest) = two_digits(rest)?;
    from_month_on(century * 100 + year, rest)
}

fn from_month_on(year: i64, rest: &[u8]) -> Option<Timestamp> {
    let (month, rest) = two_digits(rest)?;
    let (day, rest) = two_digits(rest)?;
    let (hour, rest) = two_digits(rest)?;
    let (minute, rest) = two_digits(rest)?;
    let (second, rest) = two_digits(rest)?;
    let legal = (1..=12).contains(&month)
        && (1..=days_in_month(year, month)).contains(&day)
        && hour < 24
        && minute < 60
        && second < 60;
    if rest != b"Z" || !legal {
        return None;
    }
    let days = days_from_civil(year, month, day);
    Some(Timestamp::from_unix_seconds(days * SECONDS_A_DAY + hour * 3600 + minute * 60 + second))
}

fn two_digits(content: &[u8]) -> Option<(i64, &[u8])> {
    match content {
        [tens @ b'0'..=b'9', ones @ b'0'..=b'9', rest @ ..] => {
            Some((i64::from(tens - b'0') * 10 + i64::from(ones - b'0'), rest))
        }
        _ => None,
    }
}

fn days_in_month(year: i64, month: i64) -> i64 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        _ => 31,
    }
}

/// Days since 1970-01-01 in the proleptic Gregorian calendar. Years begin in March here, so that the leap day comes last.
fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

/// Year, month and day of a number of days since 1970-01-01; the reverse of [`days_from_civil`].
fn civil_from_days(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

/// `YYYYMMDDHHMMSSZ`.
fn digits(time: Timestamp) -> [u8; 15] {
    let seconds = time.unix_seconds();
    let (year, month, day) = civil_from_days(seconds.div_euclid(SECONDS_A_DAY));
    let clock = seconds.rem_euclid(SECONDS_A_DAY);
    let pairs = [year / 100, year % 100, month, day, clock / 3600, clock / 60 % 60, clock % 60];
    let mut digits = [b'Z'; 15];
    for (place, pair) in digits.chunks_exact_mut(2).zip(pairs) {
        let pair = u8::try_from(pair).unwrap_or(0);
        place.copy_from_slice(&[b'0' + pair / 10, b'0' + pair % 10]);
    }
    digits
}
