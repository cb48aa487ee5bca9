//! `scan`: look at a TLS server. The request is a query.

use std::ops::RangeInclusive;

use super::super::duration::GoDuration;
use super::super::envelope::Failure;

/// The query.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ScanQuery {
    /// Host, with a port perhaps.
    pub host: String,
    /// IP address to connect to.
    pub ip: String,
    /// Regular expression for families.
    pub family: String,
    /// Regular expression for scanners.
    pub scanner: String,
    /// How long it may take.
    pub timeout: GoDuration,
}

impl ScanQuery {
    /// From the decoded pairs of a query; the first of each name counts.
    ///
    /// # Errors
    /// Status and code 400 without a host, or with a time-out that is none from 1 second to 5 minutes.
    #[expect(
        clippy::needless_pass_by_value,
        reason = "an iterator that is cheap to clone, as callers have it"
    )]
    pub fn from_pairs<'a>(
        pairs: impl IntoIterator<Item = (&'a str, &'a str)> + Clone,
    ) -> Result<Self, Failure> {
        let get = |name: &str| {
            pairs
                .clone()
                .into_iter()
                .find(|(key, _)| *key == name)
                .map(|(_, value)| value.to_owned())
                .unwrap_or_default()
        };
        let host = get("host");
        if host.is_empty() {
            return Err(Failure::bad_request("no host given"));
        }
        let timeout = match get("timeout").as_str() {
            "" => GoDuration::from_seconds(60),
            text => text.parse().ok().filter(|given| TIMEOUTS.contains(given)).ok_or_else(|| {
                let found: String = text.chars().take(40).collect();
                let found = found.escape_debug();
                Failure::bad_request(format!("invalid timeout given: expected 1s to 5m, found `{found}`"))
            })?,
        };
        Ok(Self { host, ip: get("ip"), family: get("family"), scanner: get("scanner"), timeout })
    }
}

/// The time-outs that CFSSL takes.
const TIMEOUTS: RangeInclusive<GoDuration> = GoDuration::from_seconds(1)..=GoDuration::from_seconds(300);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_needs_a_host_and_bounds_its_time() {
        let read = |timeout| ScanQuery::from_pairs([("host", "x"), ("timeout", timeout), ("host", "y")]);
        assert_eq!(read("").unwrap().timeout.to_string(), "1m0s");
        assert_eq!(read("5m").unwrap().timeout.to_string(), "5m0s");
        assert_eq!(read("1s").unwrap().timeout.to_string(), "1s");
        for outside in ["10h", "300001ms", "999ms", "0s", "-5s", "1e3s"] {
            let refused = read(outside).unwrap_err();
            assert_eq!((refused.status, refused.error.code), (400, 400));
            assert!(
                refused.error.message.starts_with("invalid timeout given: "),
                "{}",
                refused.error.message
            );
        }
        assert_eq!(read("").unwrap().host, "x");
        assert!(read("x").is_err());
        assert!(ScanQuery::from_pairs([("ip", "x")]).is_err());
    }
}
