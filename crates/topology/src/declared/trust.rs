//! The section `[trust]`: what holds for the whole domain.

use std::fmt;
use std::str::FromStr;

use hf_core::algorithm::KeyAlgorithm;
use hf_core::name::{TrustDomain, UriName};
use hf_core::time::{Lifetime, Timestamp, Validity};
use serde::Serialize;

/// What holds for the whole trust domain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trust {
    /// Name of the trust domain, for example `shop.internal`.
    pub domain: TrustDomain,
    /// Who trusts whom by default.
    pub model: Model,
    /// Where CRLs, issuers' certificates and status are published: `<url>/crl/…`, `<url>/ca/…`, `<url>/ocsp/…`. Where the
    /// file names none, the server's address for plain HTTP ([`super::Server::plain_url`]). Without it certificates carry
    /// neither a CRL distribution point nor authority information access.
    pub url: Option<UriName>,
    /// Key algorithm where a section names none.
    pub key: KeyAlgorithm,
    /// Lifetime of an instance's certificate where neither service nor profile names one.
    pub lifetime: Lifetime,
    /// Which part of a lifetime passes before renewal.
    pub renew_at: Fraction,
}

/// Who trusts whom by default.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Model {
    /// One tree of authorities; everybody trusts its root.
    #[default]
    Root,
    /// Each service has a self-signed authority of its own; a service trusts only those of its peers.
    PerService,
}

impl Model {
    /// As written in the file.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Root => "root",
            Self::PerService => "per-service",
        }
    }
}

impl fmt::Display for Model {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A part of a whole, more than nothing and less than all; text form `2/3`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Fraction {
    numerator: u32,
    denominator: u32,
}

/// Text that is no fraction between 0 and 1.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{found}` is not a part of a lifetime: expected a fraction between 0 and 1, for example `2/3`")]
pub struct FractionError {
    /// What was found.
    pub found: String,
}

impl Fraction {
    /// Two thirds, what the field uses.
    pub const TWO_THIRDS: Self = Self { numerator: 2, denominator: 3 };

    /// The moment at which this part of the validity has passed, rounded down to a second.
    pub fn of(self, validity: Validity) -> Timestamp {
        let whole = i128::from(validity.lifetime().seconds());
        let part = whole * i128::from(self.numerator) / i128::from(self.denominator);
        let seconds = i64::try_from(part).unwrap_or(i64::MAX);
        Timestamp::from_unix_seconds(validity.not_before().unix_seconds().saturating_add(seconds))
    }
}

impl FromStr for Fraction {
    type Err = FractionError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let fault = || FractionError { found: text.chars().take(80).collect() };
        let (numerator, denominator) = match text.strip_suffix('%') {
            Some(percent) => (percent, "100"),
            None => text.split_once('/').ok_or_else(fault)?,
        };
        let numerator: u32 = numerator.trim().parse().map_err(|_| fault())?;
        let denominator: u32 = denominator.trim().parse().map_err(|_| fault())?;
        if numerator == 0 || numerator >= denominator {
            return Err(fault());
        }
        Ok(Self { numerator, denominator })
    }
}

impl fmt::Display for Fraction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.numerator, self.denominator)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fractions_are_read_and_applied() {
        let start = Timestamp::from_unix_seconds(0);
        let validity = Validity::starting(start, Lifetime::from_seconds(90));
        assert_eq!(Fraction::TWO_THIRDS.of(validity).unix_seconds(), 60);
        assert_eq!("50%".parse::<Fraction>().unwrap().of(validity).unix_seconds(), 45);
        assert_eq!("2/3".parse::<Fraction>().unwrap().to_string(), "2/3");
        for bad in ["", "0/3", "3/3", "4/3", "2", "0.5", "-1/3", "1/0", "100%"] {
            assert!(bad.parse::<Fraction>().is_err(), "{bad}");
        }
    }
}
