//! On which terms an authority gives certificates by ACME.

use hf_core::name::DnsName;
use hf_core::time::Lifetime;
use hf_proto::acme::challenge::{ChallengeKind, RetryPolicy};

use crate::policy::NamePattern;

/// What the file says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegistrationSettings {
    /// Profiles that may be asked for; the first is given to whoever names none.
    pub profiles: Vec<String>,
    /// Whether an account must be bound to an external account key.
    pub external_account_required: bool,
    /// By which challenges names may be proven.
    pub challenges: Vec<ChallengeKind>,
    /// Names that may be ordered.
    pub names: Vec<NamePattern>,
    /// Names that accounts with an external account key need not prove, when the key allows them.
    pub trusted: Vec<NamePattern>,
    /// How long the proof of a name counts.
    pub authorization_lifetime: Lifetime,
    /// For how long after it further orders of the account need none.
    pub reuse: Lifetime,
    /// How long an order may take.
    pub order_lifetime: Lifetime,
    /// Whether names can be proven before they are ordered.
    pub pre_authorization: bool,
    /// Terms that whoever registers must agree to.
    pub terms: Option<String>,
    /// A page about the authority.
    pub website: Option<String>,
    /// The names that CAA records (RFC 8659) know the authority by; none: nobody is asked for such records.
    pub caa: Vec<DnsName>,
    /// How often a proof is tried, and how far apart.
    pub retry: RetryPolicy,
    /// How much an account may ask.
    pub limits: RegistrationLimits,
}

/// How much may be asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RegistrationLimits {
    /// New accounts of one address in an hour.
    pub accounts_per_hour: u32,
    /// New orders of one account in an hour, renewals apart.
    pub orders_per_hour: u32,
    /// Proofs of one name that may fail for one account in an hour.
    pub failures_per_hour: u32,
    /// Names of an order.
    pub identifiers: usize,
    /// Proofs of one account that are tried at one time.
    pub validations: usize,
    /// After so many failures in a row an account is paused.
    pub pause_after: u32,
    /// For how long.
    pub pause: Lifetime,
}

impl RegistrationSettings {
    /// The profile of whoever names none.
    pub fn default_profile(&self) -> Option<&str> {
        self.profiles.first().map(String::as_str)
    }
}
