//! Who may revoke a certificate and for which reason, RFC 8555 section 7.6.

use hf_core::reason::RevocationReason;

use super::problem::{Problem, ProblemType};

/// Who asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Revoker {
    /// An account.
    Account {
        /// Whether it ordered the certificate.
        ordered_it: bool,
        /// Whether it has valid authorizations for every name of the certificate.
        authorized_for_all: bool,
    },
    /// Whoever holds the private key of the certificate.
    CertificateKey,
}

/// What shall be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Revocation {
    /// The reason on record.
    pub reason: RevocationReason,
    /// Whether it is revoked already and only the reason is raised to `keyCompromise`; the first time stays.
    pub raises_reason: bool,
}

/// The reasons that a subscriber may give (RFC 5280 section 5.3.1). The others are for authorities.
const SUBSCRIBER: [RevocationReason; 6] = [
    RevocationReason::Unspecified,
    RevocationReason::KeyCompromise,
    RevocationReason::AffiliationChanged,
    RevocationReason::Superseded,
    RevocationReason::CessationOfOperation,
    RevocationReason::PrivilegeWithdrawn,
];

/// Judge a revocation. `recorded` is the reason it is revoked for already.
///
/// | who asks | reason |
/// |---|---|
/// | the account that ordered it | as asked: 0, 1, 3, 4, 5 or 9 |
/// | an account authorized for all names | 5, whatever was asked: the names have another owner now |
/// | the holder of its key | 1, whatever was asked: the key proves nothing any more |
///
/// # Errors
/// `unauthorized`, `badRevocationReason`, `alreadyRevoked`.
pub fn judge(
    revoker: Revoker,
    asked: Option<i64>,
    recorded: Option<RevocationReason>,
) -> Result<Revocation, Problem> {
    let asked = read_reason(asked)?;
    let reason = match revoker {
        Revoker::CertificateKey => RevocationReason::KeyCompromise,
        Revoker::Account { ordered_it: true, .. } => asked,
        Revoker::Account { authorized_for_all: true, .. } => RevocationReason::CessationOfOperation,
        Revoker::Account { ordered_it: false, authorized_for_all: false } => {
            return Err(Problem::unauthorized(
                "this account did not order the certificate and is not authorized for all of its names",
            ));
        }
    };
    match recorded {
        None => Ok(Revocation { reason, raises_reason: false }),
        Some(recorded)
            if reason == RevocationReason::KeyCompromise && recorded != RevocationReason::KeyCompromise =>
        {
            Ok(Revocation { reason, raises_reason: true })
        }
        Some(recorded) => Err(already_revoked(recorded)),
    }
}

/// The certificate is revoked.
pub fn already_revoked(recorded: RevocationReason) -> Problem {
    Problem::new(ProblemType::AlreadyRevoked, format!("the certificate is revoked already, for `{recorded}`"))
}

fn read_reason(asked: Option<i64>) -> Result<RevocationReason, Problem> {
    let Some(number) = asked else { return Ok(RevocationReason::Unspecified) };
    let found = SUBSCRIBER.into_iter().find(|reason| i64::from(reason.code()) == number);
    let fault = || {
        let allowed: Vec<String> =
            SUBSCRIBER.iter().map(|reason| format!("{} ({reason})", reason.code())).collect();
        let detail = format!("the reason {number} may not be given: expected one of {}", allowed.join(", "));
        Problem::new(ProblemType::BadRevocationReason, detail)
    };
    found.ok_or_else(fault)
}

#[cfg(test)]
mod tests {
    use super::*;

    const OWNER: Revoker = Revoker::Account { ordered_it: true, authorized_for_all: false };
    const HEIR: Revoker = Revoker::Account { ordered_it: false, authorized_for_all: true };
    const STRANGER: Revoker = Revoker::Account { ordered_it: false, authorized_for_all: false };

    fn refused(revoker: Revoker, asked: Option<i64>, recorded: Option<RevocationReason>) -> ProblemType {
        judge(revoker, asked, recorded).unwrap_err().kind
    }

    #[test]
    fn the_table_of_reasons() {
        for number in -1..=12 {
            let allowed = [0, 1, 3, 4, 5, 9].contains(&number);
            for revoker in [OWNER, HEIR, Revoker::CertificateKey] {
                let judged = judge(revoker, Some(number), None);
                if allowed {
                    let reason = judged.unwrap().reason.code();
                    let expected = match revoker {
                        Revoker::CertificateKey => 1,
                        Revoker::Account { ordered_it: true, .. } => number,
                        Revoker::Account { ordered_it: false, .. } => 5,
                    };
                    assert_eq!(i64::from(reason), expected);
                } else {
                    assert_eq!(judged.unwrap_err().kind, ProblemType::BadRevocationReason);
                }
            }
        }
        assert_eq!(judge(OWNER, None, None).unwrap().reason, RevocationReason::Unspecified);
        assert!(judge(OWNER, Some(8), None).unwrap_err().detail.contains("4 (superseded)"));
    }

    #[test]
    fn a_stranger_revokes_nothing() {
        assert_eq!(refused(STRANGER, None, None), ProblemType::Unauthorized);
        let recorded = Some(RevocationReason::Superseded);
        assert_eq!(
            refused(STRANGER, Some(1), recorded),
            ProblemType::Unauthorized,
            "nor learns what is revoked"
        );
    }

    #[test]
    fn what_is_revoked_stays_so_but_for_a_compromised_key() {
        let recorded = Some(RevocationReason::Superseded);
        assert_eq!(refused(OWNER, Some(5), recorded), ProblemType::AlreadyRevoked);
        assert_eq!(refused(HEIR, Some(1), recorded), ProblemType::AlreadyRevoked);
        let raised = judge(Revoker::CertificateKey, None, recorded).unwrap();
        assert_eq!(raised, Revocation { reason: RevocationReason::KeyCompromise, raises_reason: true });
        let compromised = Some(RevocationReason::KeyCompromise);
        assert_eq!(refused(Revoker::CertificateKey, None, compromised), ProblemType::AlreadyRevoked);
    }
}
