//! Answers about the status of certificates, RFC 6960, in the profile of RFC 5019, with the nonces of RFC 9654.
//!
//! The authority answers for what it issued and for nothing else. What it has no record of is *unknown*, never *good*: a
//! certificate that somebody forged with a stolen key must not be vouched for. A status is kept in memory and forgotten
//! before its change is acknowledged, so that a revocation is told from the next answer on.

mod answer;
mod cache;
mod counts;
mod delegate;
mod error;
mod responder;
mod signing;
mod standing;

pub use answer::{Kept, OcspAnswer};
pub(crate) use cache::StatusCache;
pub use counts::OcspCounts;
pub use delegate::{Delegate, DelegateError};
pub use error::OcspError;
pub use responder::Responder;

use hf_core::time::Lifetime;

/// How answers are made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OcspSettings {
    /// From `thisUpdate` to `nextUpdate`.
    pub lifetime: Lifetime,
    /// Who signs.
    pub signed_by: SignedBy,
}

/// Who signs the answers for an authority.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SignedBy {
    /// The authority itself: clients need no further certificate.
    #[default]
    Authority,
    /// A delegate with a certificate of the authority for this one purpose, RFC 6960 section 4.2.2.2: the key of the
    /// authority, which may be slow or far away, is not asked for each answer.
    Delegate,
}

impl Default for OcspSettings {
    /// A day, signed by the authority itself.
    fn default() -> Self {
        Self { lifetime: Lifetime::from_days(1), signed_by: SignedBy::default() }
    }
}
