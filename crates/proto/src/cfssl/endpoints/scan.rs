//! `scan`: look at a TLS server. The request is a query.

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
    /// Status and code 400 without a host, or with a time-out that is none. The time-out is brought between 1 second and 5 minutes.
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
            text => text.parse().map_err(|_| Failure::bad_request("invalid timeout"))?,
        };
        let timeout = timeout.clamp(GoDuration::from_seconds(1), GoDuration::from_seconds(300));
        Ok(Self { host, ip: get("ip"), family: get("family"), scanner: get("scanner"), timeout })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_needs_a_host_and_bounds_its_time() {
        let read = |timeout| ScanQuery::from_pairs([("host", "x"), ("timeout", timeout), ("host", "y")]);
        assert_eq!(read("").unwrap().timeout.to_string(), "1m0s");
        assert_eq!(read("10h").unwrap().timeout.to_string(), "5m0s");
        assert_eq!(read("1ms").unwrap().timeout.to_string(), "1s");
        assert_eq!(read("").unwrap().host, "x");
        assert!(read("x").is_err());
        assert!(ScanQuery::from_pairs([("ip", "x")]).is_err());
    }
}
