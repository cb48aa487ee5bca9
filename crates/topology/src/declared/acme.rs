//! The sections `[acme.AUTHORITY]`: authorities that give certificates by ACME (RFC 8555).

use std::collections::BTreeMap;
use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;

use hf_core::name::DnsName;
use hf_core::time::Lifetime;

use super::{NameConstraint, Place};

/// An authority that gives certificates by ACME, and on which terms.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Acme {
    /// The authority, which is also the name of the section and a part of its URLs.
    pub authority: String,
    /// Where it was declared.
    pub place: Place,
    /// Whether `/acme/directory` leads to it. Of all sections at most one; the only one always.
    pub default: bool,
    /// Profiles that may be asked for, at least one; the first is given to whoever names none.
    pub profiles: Vec<String>,
    /// Whether an account needs a key that `acme eab create` made.
    pub external_account: ExternalAccount,
    /// By which challenges names may be proven, each once, at least one.
    pub challenges: Vec<AcmeChallenge>,
    /// Names that may be ordered, and those below them.
    pub names: Vec<NameConstraint>,
    /// Names that accounts with an external account key need not prove, if their key allows them.
    pub trusted: Vec<NameConstraint>,
    /// How names are proven.
    pub validation: AcmeValidation,
    /// How long the proof of a name counts.
    pub authorization_lifetime: Lifetime,
    /// For how long after its proof a name needs none again in further orders of the account.
    pub reuse: Lifetime,
    /// How long an order may take from its beginning to its certificate.
    pub order_lifetime: Lifetime,
    /// Whether a name can be proven before it is ordered (RFC 8555 section 7.4.1).
    pub pre_authorization: bool,
    /// Terms that whoever registers must agree to; a URL.
    pub terms: Option<String>,
    /// A page about the authority; a URL.
    pub website: Option<String>,
    /// The names that CAA records (RFC 8659) know the authority by; none: nobody is asked for such records.
    pub caa: Vec<DnsName>,
    /// How much an account may ask.
    pub limits: AcmeLimits,
}

/// How names are proven: where the authority looks, and where it never does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AcmeValidation {
    /// The port of `http-01`.
    pub http_port: u16,
    /// The port that redirects to `https` lead to.
    pub https_port: u16,
    /// The port of `tls-alpn-01`.
    pub tls_port: u16,
    /// Name servers; empty: those of the system.
    pub resolver: Vec<SocketAddr>,
    /// Addresses of hosts, before any name server is asked.
    pub hosts: BTreeMap<DnsName, Vec<IpAddr>>,
    /// A file like `/etc/hosts`, after these and before any name server, relative to the directory of the topology file.
    pub hosts_file: Option<String>,
    /// Networks that the authority connects to though they are denied, or reserved as loopback is. The smallest network
    /// that holds an address decides.
    pub allow: Vec<String>,
    /// Networks that it does not connect to.
    pub deny: Vec<String>,
    /// How often a proof is tried before it counts as failed.
    pub attempts: u32,
    /// How long after an attempt the next one comes.
    pub retry: Lifetime,
}

/// How much an account may ask. Renewals do not count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AcmeLimits {
    /// New accounts of one address in an hour.
    pub accounts_per_hour: u32,
    /// New orders of one account in an hour.
    pub orders_per_hour: u32,
    /// Proofs of one name that may fail for one account in an hour.
    pub failures_per_hour: u32,
    /// Names of one order.
    pub identifiers: u32,
    /// Proofs of one account that are tried at one time.
    pub validations: u32,
    /// After so many failures in a row an account is paused.
    pub pause_after: u32,
    /// For how long it is paused.
    pub pause: Lifetime,
}

/// Whether an account must be bound to an account elsewhere (RFC 8555 section 7.3.4).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ExternalAccount {
    /// Whoever can prove its names may register; a key widens or narrows what it may order.
    #[default]
    Optional,
    /// Nobody registers without a key.
    Required,
}

/// A kind of challenge.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AcmeChallenge {
    /// A file at the host, RFC 8555 section 8.3.
    Http01,
    /// A record below the name, RFC 8555 section 8.4.
    Dns01,
    /// A record below the name, one for each account.
    DnsAccount01,
    /// A certificate that the host shows, RFC 8737.
    TlsAlpn01,
}

impl AcmeChallenge {
    /// Every kind.
    pub const ALL: [Self; 4] = [Self::Http01, Self::Dns01, Self::DnsAccount01, Self::TlsAlpn01];

    /// The word of the protocol.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Http01 => "http-01",
            Self::Dns01 => "dns-01",
            Self::DnsAccount01 => "dns-account-01",
            Self::TlsAlpn01 => "tls-alpn-01",
        }
    }
}

impl fmt::Display for AcmeChallenge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Text that names no kind of challenge.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{found}` is no challenge: expected `http-01`, `dns-01`, `dns-account-01` or `tls-alpn-01`")]
pub struct AcmeChallengeError {
    /// What was found.
    pub found: String,
}

impl FromStr for AcmeChallenge {
    type Err = AcmeChallengeError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let found = Self::ALL.into_iter().find(|kind| kind.as_str() == text);
        found.ok_or_else(|| AcmeChallengeError { found: text.chars().take(80).collect() })
    }
}

impl Default for AcmeLimits {
    fn default() -> Self {
        Self {
            accounts_per_hour: 100,
            orders_per_hour: 1_000,
            failures_per_hour: 30,
            identifiers: 100,
            validations: 20,
            pause_after: 100,
            pause: Lifetime::from_seconds(3_600),
        }
    }
}

impl Default for AcmeValidation {
    fn default() -> Self {
        Self {
            http_port: 80,
            https_port: 443,
            tls_port: 443,
            resolver: Vec::new(),
            hosts: BTreeMap::new(),
            hosts_file: None,
            allow: Vec::new(),
            deny: Vec::new(),
            attempts: 3,
            retry: Lifetime::from_seconds(6),
        }
    }
}
