//! `crl`: the CRL of the server's database, base64 of DER.

use super::super::duration::GoDuration;
use super::super::envelope::Failure;

/// How long a CRL is good by default, 7 days.
pub const DEFAULT_EXPIRY: GoDuration = GoDuration::from_hours(168);

/// The lifetime that the query asks for: `expiry`, a Go duration.
///
/// # Errors
/// Status and code 400 for text that is none, or none that is more than zero.
pub fn expiry(query: Option<&str>) -> Result<GoDuration, Failure> {
    match query {
        None | Some("") => Ok(DEFAULT_EXPIRY),
        Some(text) => match text.parse::<GoDuration>() {
            Ok(expiry) if expiry.to_lifetime().is_some() => Ok(expiry),
            Ok(_) => Err(Failure::bad_request(format!(
                "expiry `{}` is no time in the future",
                text.escape_debug()
            ))),
            Err(error) => Err(Failure::bad_request(error.to_string())),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lifetime_is_a_go_duration() {
        assert_eq!(expiry(None).unwrap().to_string(), "168h0m0s");
        assert_eq!(expiry(Some("7200h")).unwrap().to_string(), "7200h0m0s");
        assert!(expiry(Some("7200")).is_err() && expiry(Some("-1h")).is_err());
    }
}
