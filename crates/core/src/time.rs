//! Points and spans of time in whole seconds, as certificates count them.
//!
//! RFC 5280 section 4.1.2.5: both ends of a validity are inside it, so the last second counts.

use std::fmt;
use std::str::FromStr;

use jiff::SignedDuration;
use jiff::civil::DateTime;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// 1970-01-01T00:00:00Z.
const EPOCH: DateTime = DateTime::constant(1970, 1, 1, 0, 0, 0, 0);

/// A point in time: whole seconds since 1970-01-01T00:00:00Z, leap seconds not counted. Text form RFC 3339 in UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

/// Text that is no point in time.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{found}` is not a time: expected RFC 3339, for example `2027-03-01T12:00:00Z`")]
pub struct TimestampError {
    /// What was found.
    pub found: String,
}

impl Timestamp {
    /// 9999-12-31T23:59:59Z, which RFC 5280 section 4.1.2.5 gives to certificates without a well-defined end.
    pub const MAX: Self = Self(253_402_300_799);

    /// 0000-01-01T00:00:00Z, the earliest time that `GeneralizedTime` can write.
    pub const MIN: Self = Self(-62_167_219_200);

    /// From seconds since 1970-01-01T00:00:00Z, brought into the range that certificates can write.
    pub fn from_unix_seconds(seconds: i64) -> Self {
        Self(seconds.clamp(Self::MIN.0, Self::MAX.0))
    }

    /// Seconds since 1970-01-01T00:00:00Z.
    pub fn unix_seconds(self) -> i64 {
        self.0
    }

    /// This long after, at most [`Self::MAX`].
    #[must_use]
    pub fn plus(self, lifetime: Lifetime) -> Self {
        Self::from_unix_seconds(self.0.saturating_add(lifetime.0))
    }

    /// This long before, at least [`Self::MIN`].
    #[must_use]
    pub fn minus(self, lifetime: Lifetime) -> Self {
        Self::from_unix_seconds(self.0.saturating_sub(lifetime.0))
    }

    /// Seconds from `earlier` to here; negative when `earlier` is later.
    pub fn seconds_since(self, earlier: Self) -> i64 {
        self.0 - earlier.0
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // A civil date rather than `jiff::Timestamp`, which ends 26 hours before the last second of the year 9999.
        match EPOCH.checked_add(SignedDuration::from_secs(self.0)) {
            Ok(date) => write!(f, "{date}Z"),
            Err(_) => write!(f, "{}s since 1970", self.0),
        }
    }
}

impl FromStr for Timestamp {
    type Err = TimestampError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let fault = || TimestampError { found: text.chars().take(80).collect() };
        let seconds = match text.trim().parse::<jiff::Timestamp>() {
            Ok(parsed) => parsed.as_second() - i64::from(parsed.subsec_nanosecond() < 0),
            Err(_) => late_utc(text.trim()).ok_or_else(fault)?,
        };
        if !(Self::MIN.0..=Self::MAX.0).contains(&seconds) {
            return Err(fault());
        }
        Ok(Self(seconds))
    }
}

/// UTC in the last 26 hours of the year 9999, which `jiff::Timestamp` does not hold but RFC 5280 needs.
fn late_utc(text: &str) -> Option<i64> {
    let date: DateTime = text.strip_suffix('Z').filter(|rest| rest.contains('T'))?.parse().ok()?;
    Some(date.duration_since(EPOCH).as_secs())
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// A span of time of at least one second, in whole seconds. Text form `90d`, `24h`, `1y 6mo`, `30m`, `45s`.
///
/// A day is 24 hours, a week 7 days, a month 30 days and a year 365 days: lifetimes do not depend on a calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Lifetime(i64);

/// Text that is no span of time.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{found}` is not a span of time: expected a number and a unit, for example `90d`, `24h` or `1y 6mo`"
)]
pub struct LifetimeError {
    /// What was found.
    pub found: String,
}

impl Lifetime {
    /// The longest span, 10,000 years.
    pub const MAX: Self = Self(10_000 * 365 * 86_400);

    /// From seconds, brought into the range 1 second to [`Self::MAX`].
    pub const fn from_seconds(seconds: i64) -> Self {
        if seconds < 1 {
            Self(1)
        } else if seconds > Self::MAX.0 {
            Self::MAX
        } else {
            Self(seconds)
        }
    }

    /// So many times 24 hours.
    pub const fn from_days(days: i64) -> Self {
        Self::from_seconds(days.saturating_mul(86_400))
    }

    /// So many hours.
    pub const fn from_hours(hours: i64) -> Self {
        Self::from_seconds(hours.saturating_mul(3_600))
    }

    /// The span in seconds, at least 1.
    pub const fn seconds(self) -> i64 {
        self.0
    }
}

impl fmt::Display for Lifetime {
    /// Exact: as few units as needed, largest first, for example `90d` or `1d 12h`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut rest = self.0;
        let mut separator = "";
        for (unit, seconds) in [("d", 86_400), ("h", 3_600), ("m", 60), ("s", 1)] {
            let count = rest / seconds;
            rest %= seconds;
            if count > 0 {
                write!(f, "{separator}{count}{unit}")?;
                separator = " ";
            }
        }
        Ok(())
    }
}

impl FromStr for Lifetime {
    type Err = LifetimeError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let fault = || LifetimeError { found: text.chars().take(80).collect() };
        let mut seconds: i64 = 0;
        let mut rest = text.trim();
        if rest.is_empty() {
            return Err(fault());
        }
        while !rest.is_empty() {
            let digits = rest.find(|c: char| !c.is_ascii_digit()).ok_or_else(fault)?;
            let (count, tail) = rest.split_at(digits);
            let tail = tail.trim_start();
            let letters = tail.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(tail.len());
            let (unit, tail) = tail.split_at(letters);
            let count: i64 = count.parse().map_err(|_| fault())?;
            let span = count.checked_mul(unit_seconds(unit).ok_or_else(fault)?).ok_or_else(fault)?;
            seconds = seconds.checked_add(span).ok_or_else(fault)?;
            rest = tail.trim_start();
        }
        if !(1..=Self::MAX.0).contains(&seconds) {
            return Err(fault());
        }
        Ok(Self(seconds))
    }
}

/// Seconds in one of the named unit.
fn unit_seconds(unit: &str) -> Option<i64> {
    Some(match unit {
        "s" | "sec" | "second" | "seconds" => 1,
        "m" | "min" | "minute" | "minutes" => 60,
        "h" | "hour" | "hours" => 3_600,
        "d" | "day" | "days" => 86_400,
        "w" | "week" | "weeks" => 7 * 86_400,
        "mo" | "month" | "months" => 30 * 86_400,
        "y" | "year" | "years" => 365 * 86_400,
        _ => return None,
    })
}

impl Serialize for Lifetime {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Lifetime {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// From the first second to the last, both inside (RFC 5280 section 4.1.2.5).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Validity {
    not_before: Timestamp,
    not_after: Timestamp,
}

/// The end lies before the beginning.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("validity ends at {not_after}, before it begins at {not_before}")]
pub struct ValidityError {
    /// The first second.
    pub not_before: Timestamp,
    /// The last second.
    pub not_after: Timestamp,
}

impl Validity {
    /// From both ends.
    pub fn new(not_before: Timestamp, not_after: Timestamp) -> Result<Self, ValidityError> {
        if not_after < not_before {
            return Err(ValidityError { not_before, not_after });
        }
        Ok(Self { not_before, not_after })
    }

    /// Exactly `lifetime` seconds from `not_before` on, the last one included: it ends one second earlier than
    /// adding the numbers suggests.
    pub fn starting(not_before: Timestamp, lifetime: Lifetime) -> Self {
        let last = not_before.unix_seconds().saturating_add(lifetime.seconds() - 1);
        Self { not_before, not_after: Timestamp::from_unix_seconds(last) }
    }

    /// The first second.
    pub fn not_before(self) -> Timestamp {
        self.not_before
    }

    /// The last second.
    pub fn not_after(self) -> Timestamp {
        self.not_after
    }

    /// How many seconds are inside: one more than the difference of the ends.
    pub fn lifetime(self) -> Lifetime {
        Lifetime::from_seconds(self.not_after.seconds_since(self.not_before) + 1)
    }

    /// Whether `time` is inside.
    pub fn contains(self, time: Timestamp) -> bool {
        self.not_before <= time && time <= self.not_after
    }

    /// The same, but ending no later than `end`; `None` when nothing is left.
    #[must_use]
    pub fn ending_by(self, end: Timestamp) -> Option<Self> {
        Self::new(self.not_before, self.not_after.min(end)).ok()
    }
}

/// Where services take the time from. The binary passes the system's clock; tests pass one they turn by hand.
pub trait Clock: Send + Sync {
    /// The time now, UTC.
    fn now(&self) -> Timestamp;
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_last_second_is_inside() {
        let start: Timestamp = "2027-01-01T00:00:00Z".parse().unwrap();
        let validity = Validity::starting(start, Lifetime::from_days(90));
        assert_eq!(validity.not_after().to_string(), "2027-03-31T23:59:59Z");
        assert!(validity.contains(validity.not_after()));
        assert!(!validity.contains(validity.not_after().plus(Lifetime::from_seconds(1))));
        assert_eq!(validity.lifetime(), Lifetime::from_days(90));
    }

    #[test]
    fn lifetimes_are_read_and_written() {
        for (text, seconds) in
            [("90d", 7_776_000), ("24h", 86_400), ("1y 6mo", 47_088_000), ("1d12h", 129_600), ("30 s", 30)]
        {
            assert_eq!(text.parse::<Lifetime>().unwrap().seconds(), seconds, "{text}");
        }
        for bad in ["", "d", "90", "90x", "-1d", "0s", "99999999999999999999d", "9223372036854775807y"] {
            assert!(bad.parse::<Lifetime>().is_err(), "{bad}");
        }
    }

    #[test]
    fn times_are_read_and_written() {
        let time: Timestamp = "2050-01-01T00:00:00+01:00".parse().unwrap();
        assert_eq!(time.to_string(), "2049-12-31T23:00:00Z");
        assert_eq!("9999-12-30T22:00:00Z".parse::<Timestamp>().unwrap().unix_seconds(), 253_402_207_200);
        assert!("tomorrow".parse::<Timestamp>().is_err());
        assert_eq!(Timestamp::MAX.to_string(), "9999-12-31T23:59:59Z");
        assert_eq!(Timestamp::MIN.to_string(), "0000-01-01T00:00:00Z");
        for end in [Timestamp::MIN, Timestamp::MAX] {
            assert_eq!(end.to_string().parse(), Ok(end));
        }
    }

    proptest! {
        #[test]
        fn a_lifetime_survives_its_text(seconds in 1..Lifetime::MAX.seconds()) {
            let lifetime = Lifetime::from_seconds(seconds);
            prop_assert_eq!(lifetime.to_string().parse::<Lifetime>().unwrap(), lifetime);
        }

        #[test]
        fn a_validity_has_exactly_its_lifetime(start in 0_i64..4_000_000_000, seconds in 1_i64..4_000_000_000) {
            let lifetime = Lifetime::from_seconds(seconds);
            let validity = Validity::starting(Timestamp::from_unix_seconds(start), lifetime);
            prop_assert_eq!(validity.lifetime(), lifetime);
        }
    }
}
