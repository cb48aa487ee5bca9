//! What is counted of an ACME server.

use hf_proto::acme::challenge::ChallengeKind;

/// Counts what happens. Must not block.
pub trait Observer: Send + Sync {
    /// An order came to an end.
    fn order(&self, authority: &str, outcome: OrderOutcome);

    /// A certificate was issued for an order, under this profile.
    fn certificate(&self, authority: &str, profile: &str);

    /// A challenge was looked at.
    fn validation(&self, authority: &str, kind: ChallengeKind, end: ValidationEnd);
}

/// How an order ended, or that it began.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum OrderOutcome {
    /// It was made.
    Placed,
    /// Its certificate was issued.
    Issued,
    /// A signing request was refused; the order stays ready.
    Refused,
    /// Nothing will come of it.
    Failed,
}

impl OrderOutcome {
    /// The word in metrics.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Placed => "placed",
            Self::Issued => "issued",
            Self::Refused => "refused",
            Self::Failed => "failed",
        }
    }
}

/// What a look at a challenge led to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ValidationEnd {
    /// The account controls the name.
    Valid,
    /// It does not.
    Invalid,
    /// There will be another look.
    Again,
    /// The challenge was over before the look was.
    Late,
}

impl ValidationEnd {
    /// The word in metrics.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Valid => "valid",
            Self::Invalid => "invalid",
            Self::Again => "again",
            Self::Late => "late",
        }
    }
}

/// Nobody counts.
impl Observer for () {
    fn order(&self, _authority: &str, _outcome: OrderOutcome) {}

    fn certificate(&self, _authority: &str, _profile: &str) {}

    fn validation(&self, _authority: &str, _kind: ChallengeKind, _end: ValidationEnd) {}
}
