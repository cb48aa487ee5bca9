//! `gencrl`: a CRL for an issuer whose private key the request carries.

use hf_core::time::Lifetime;
use serde::{Deserialize, Serialize};

/// The request.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct GenCrlRequest {
    /// PEM of the issuer.
    pub certificate: String,
    /// Serial numbers, decimal.
    #[serde(rename = "serialNumber")]
    pub serial_number: Vec<String>,
    /// PEM of the issuer's private key.
    #[serde(rename = "issuingKey")]
    pub issuing_key: String,
    /// Seconds until the next CRL; a week when empty or 0.
    #[serde(rename = "expireTime")]
    pub expire_time: String,
}

impl GenCrlRequest {
    /// How long the CRL is good. `None` for text that is no number of seconds.
    pub fn lifetime(&self) -> Option<Lifetime> {
        match self.expire_time.as_str() {
            "" | "0" => Some(Lifetime::from_days(7)),
            text => text.parse().ok().filter(|seconds| *seconds > 0).map(Lifetime::from_seconds),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lifetime_is_in_seconds() {
        let lifetime =
            |text: &str| GenCrlRequest { expire_time: text.into(), ..GenCrlRequest::default() }.lifetime();
        assert_eq!(lifetime(""), Some(Lifetime::from_days(7)));
        assert_eq!(lifetime("3600"), Some(Lifetime::from_seconds(3_600)));
        assert_eq!(lifetime("1h"), None);
        assert_eq!(lifetime("-1"), None);
    }
}
