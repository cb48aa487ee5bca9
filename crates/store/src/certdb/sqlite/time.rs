//! Times as texts in SQLite, where CFSSL's driver and SQLite itself write them in several forms.

use hf_core::time::Timestamp;

/// As Go's driver writes UTC: `2027-01-01 00:00:00+00:00`.
pub(super) fn write(time: Timestamp) -> String {
    let text = time.to_string();
    let date = text.trim_end_matches('Z').replacen('T', " ", 1);
    format!("{date}+00:00")
}

/// Date and time with a blank or `T` between, with seconds, fractions and zone or without; or seconds since 1970.
/// UTC where no zone is given.
pub(super) fn read(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    if let Ok(number) = text.parse::<i64>() {
        // Go's driver takes larger numbers for milliseconds.
        let seconds = if number.unsigned_abs() > 1_000_000_000_000 { number / 1_000 } else { number };
        return Some(Timestamp::from_unix_seconds(seconds));
    }
    let (date, rest) = text.split_at_checked(10)?;
    if rest.is_empty() {
        return format!("{date}T00:00:00Z").parse().ok();
    }
    let rest = rest.strip_prefix([' ', 'T'])?;
    let zone_at = rest.find(['Z', '+', '-']).unwrap_or(rest.len());
    let (clock, zone) = rest.split_at(zone_at);
    let seconds = if clock.matches(':').count() == 1 { ":00" } else { "" };
    let zone = if zone.is_empty() { "Z" } else { zone };
    format!("{date}T{}{seconds}{}", clock.trim(), zone.trim()).parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_that_drivers_write_is_read() {
        let expected = Some(Timestamp::from_unix_seconds(1_798_761_600));
        for text in [
            "2027-01-01 00:00:00+00:00",
            "2027-01-01 00:00:00.123456789+00:00",
            "2027-01-01T00:00:00Z",
            "2027-01-01 00:00:00",
            "2027-01-01 00:00",
            "2027-01-01",
            "2027-01-01 02:00:00+02:00",
            "2026-12-31T19:00:00-05:00",
            "1798761600",
            "1798761600000",
        ] {
            assert_eq!(read(text), expected, "{text}");
        }
        for text in ["", "yesterday", "2027-01-01x", "2027-13-01 00:00:00", "2027-01-01 25:00:00"] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn what_is_written_is_what_go_writes() {
        assert_eq!(write(Timestamp::from_unix_seconds(1_798_761_600)), "2027-01-01 00:00:00+00:00");
        assert_eq!(write(crate::certdb::row::or_zero(None)), "0001-01-01 00:00:00+00:00");
        assert_eq!(read("0001-01-01 00:00:00+00:00"), Some(crate::certdb::row::or_zero(None)));
    }
}
