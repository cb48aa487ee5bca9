//! How many requests a credential may make.

use super::rate::Keyed;
use super::{Rate, RetryAfter};

/// Judges requests by the credential that was proven. Doors ask it after they know who asks.
pub struct CredentialLimiter(Option<Keyed<String>>);

impl CredentialLimiter {
    /// With this rate; `None` lets everything pass.
    pub fn new(rate: Option<Rate>) -> Self {
        Self(rate.map(Keyed::new))
    }

    /// One more request of the credential called `credential`: a text that is the same for the same credential and
    /// differs for any other, as the `Display` of a `Principal` does.
    pub fn check(&self, credential: &str) -> Result<(), RetryAfter> {
        self.0.as_ref().map_or(Ok(()), |keyed| keyed.check(&credential.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_credential_has_its_measure() {
        let limiter = CredentialLimiter::new(Some(Rate::per_second(1, 2)));
        assert!(limiter.check("API key a").is_ok());
        assert!(limiter.check("API key a").is_ok());
        assert!(limiter.check("API key a").is_err());
        assert!(limiter.check("API key b").is_ok());
        assert!((0..1000).all(|_| CredentialLimiter::new(None).check("API key a").is_ok()));
    }
}
