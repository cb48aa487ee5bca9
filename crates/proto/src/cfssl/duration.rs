//! Spans of time in the words of Go's `time.ParseDuration`: `8760h`, `1h30m`, `1.5s`. No days, weeks or years.

use std::fmt;
use std::str::FromStr;

use hf_core::time::Lifetime;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A span of time in nanoseconds, Go's `time.Duration`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct GoDuration(i64);

/// Text that is no duration, in the words of Go.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DurationError {
    /// Not of the form at all, or beyond 292 years.
    #[error("time: invalid duration \"{}\"", .found.escape_debug())]
    Invalid {
        /// What was found.
        found: String,
    },
    /// A number without a unit.
    #[error("time: missing unit in duration \"{}\"", .found.escape_debug())]
    MissingUnit {
        /// What was found.
        found: String,
    },
    /// A unit that Go does not know, for example `d`.
    #[error("time: unknown unit \"{}\" in duration \"{}\"", .unit.escape_debug(), .found.escape_debug())]
    UnknownUnit {
        /// The unit.
        unit: String,
        /// What was found.
        found: String,
    },
}

const SECOND: i64 = 1_000_000_000;

impl GoDuration {
    /// One year as CFSSL counts it, 8760 hours.
    pub const ONE_YEAR: Self = Self::from_hours(8_760);

    /// So many hours.
    pub const fn from_hours(hours: i64) -> Self {
        Self::from_seconds(hours.saturating_mul(3_600))
    }

    /// So many seconds.
    pub const fn from_seconds(seconds: i64) -> Self {
        Self(seconds.saturating_mul(SECOND))
    }

    /// Nanoseconds.
    pub fn nanoseconds(self) -> i64 {
        self.0
    }

    /// Whole seconds, rounded down towards the past.
    pub fn seconds(self) -> i64 {
        self.0.div_euclid(SECOND)
    }

    /// Whether it is no time at all, which CFSSL takes for "not given".
    pub fn is_zero(self) -> bool {
        self.0 == 0
    }

    /// As the lifetime of a certificate. `None` below one second.
    pub fn to_lifetime(self) -> Option<Lifetime> {
        (self.0 >= SECOND).then(|| Lifetime::from_seconds(self.seconds()))
    }
}

impl FromStr for GoDuration {
    type Err = DurationError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let found: String = text.chars().take(80).collect();
        let invalid = || DurationError::Invalid { found: found.clone() };
        let (negative, mut rest) = match text.strip_prefix(['-', '+']) {
            Some(rest) => (text.starts_with('-'), rest),
            None => (false, text),
        };
        if rest == "0" {
            return Ok(Self(0));
        }
        if rest.is_empty() || text.len() > 256 {
            return Err(invalid());
        }
        let mut total: i128 = 0;
        while !rest.is_empty() {
            let (nanoseconds, after) = part(rest, &found)?;
            total = total.saturating_add(nanoseconds);
            rest = after;
        }
        i64::try_from(if negative { -total } else { total }).map(Self).map_err(|_| invalid())
    }
}

/// One number with its unit, and what follows.
fn part<'a>(text: &'a str, found: &str) -> Result<(i128, &'a str), DurationError> {
    let invalid = || DurationError::Invalid { found: found.to_owned() };
    let (whole, rest) = split(text, |c| !c.is_ascii_digit());
    let (fraction, rest) = match rest.strip_prefix('.') {
        Some(rest) => split(rest, |c| !c.is_ascii_digit()),
        None => ("", rest),
    };
    if whole.is_empty() && fraction.is_empty() {
        return Err(invalid());
    }
    let (unit, rest) = split(rest, |c| c == '.' || c.is_ascii_digit());
    let scale: i128 = match unit {
        "ns" => 1,
        "us" | "µs" | "μs" => 1_000,
        "ms" => 1_000_000,
        "s" => i128::from(SECOND),
        "m" => 60 * i128::from(SECOND),
        "h" => 3_600 * i128::from(SECOND),
        "" => return Err(DurationError::MissingUnit { found: found.to_owned() }),
        _ => return Err(DurationError::UnknownUnit { unit: unit.to_owned(), found: found.to_owned() }),
    };
    let whole: i64 = if whole.is_empty() { 0 } else { whole.parse().map_err(|_| invalid())? };
    // Beyond 15 digits a fraction of the largest unit is less than a nanosecond.
    let digits = fraction.get(..15).unwrap_or(fraction);
    let numerator: i128 = if digits.is_empty() { 0 } else { digits.parse().map_err(|_| invalid())? };
    let denominator = 10_i128.pow(u32::try_from(digits.len()).unwrap_or(0));
    Ok((i128::from(whole) * scale + numerator * scale / denominator, rest))
}

fn split(text: &str, end: impl Fn(char) -> bool) -> (&str, &str) {
    text.split_at(text.find(end).unwrap_or(text.len()))
}

/// As Go prints it: `8760h0m0s`, `1.5s`, `300ms`, `0s`.
impl fmt::Display for GoDuration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let total = self.0.unsigned_abs();
        let decimal = |scale: u64| {
            let text =
                format!("{}.{:0width$}", total / scale, total % scale, width = scale.ilog10() as usize);
            text.trim_end_matches('0').trim_end_matches('.').to_owned()
        };
        let second = SECOND.unsigned_abs();
        if total == 0 {
            return f.write_str("0s");
        }
        if total < 1_000 {
            return write!(f, "{sign}{total}ns");
        }
        if total < 1_000_000 {
            return write!(f, "{sign}{}µs", decimal(1_000));
        }
        if total < second {
            return write!(f, "{sign}{}ms", decimal(1_000_000));
        }
        let (hours, minutes) = (total / (3_600 * second), total / (60 * second) % 60);
        let rest = Self(i64::try_from(total % (60 * second)).unwrap_or(0));
        let fraction = format!("{:09}", rest.0 % SECOND);
        let fraction = fraction.trim_end_matches('0');
        let dot = if fraction.is_empty() { "" } else { "." };
        f.write_str(sign)?;
        if hours > 0 {
            write!(f, "{hours}h")?;
        }
        if hours > 0 || minutes > 0 {
            write!(f, "{minutes}m")?;
        }
        write!(f, "{}{dot}{fraction}s", rest.seconds())
    }
}

impl Serialize for GoDuration {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for GoDuration {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<GoDuration, String> {
        text.parse().map_err(|error: DurationError| error.to_string())
    }

    #[test]
    fn durations_are_read_and_printed_as_go_does() {
        let rows = [
            ("8760h", "8760h0m0s"),
            ("1h30m", "1h30m0s"),
            ("1.5s", "1.5s"),
            ("-5m", "-5m0s"),
            (".5h", "30m0s"),
            ("1us", "1µs"),
            ("1500us", "1.5ms"),
            ("100ns", "100ns"),
            ("0", "0s"),
            ("+1m0.000000001s", "1m0.000000001s"),
            ("0.3333333333333333333h", "19m59.999999999s"),
        ];
        for (text, printed) in rows {
            assert_eq!(read(text).unwrap().to_string(), printed, "{text}");
        }
    }

    #[test]
    fn other_text_is_refused_in_go_s_words() {
        assert_eq!(read(""), Err("time: invalid duration \"\"".into()));
        assert_eq!(read("5"), Err("time: missing unit in duration \"5\"".into()));
        assert_eq!(read("5d"), Err("time: unknown unit \"d\" in duration \"5d\"".into()));
        for text in ["h", "-", "1h ", " 1h", "1 h", "--1h", ".s", "3000000h", "9999999999999999999h"] {
            assert!(read(text).is_err(), "{text}");
        }
    }

    #[test]
    fn lifetimes_begin_at_a_second() {
        assert_eq!(read("90s").unwrap().to_lifetime(), Some(Lifetime::from_seconds(90)));
        assert_eq!(read("999ms").unwrap().to_lifetime(), None);
        assert_eq!(read("-1h").unwrap().to_lifetime(), None);
    }
}
