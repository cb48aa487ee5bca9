//! Failures of the engine on their way out: status and headers, and how much of them is told.

use hf_proto::cfssl::code::{CfsslError, ErrorKind};
use hf_proto::cfssl::envelope::Failure;

use super::reply::{REFUSED, Refusal};

/// What the caller can mend is told whole, with status 400 as CFSSL does. What only the operator can mend keeps its code
/// and CFSSL's words for it; the log has the rest.
pub(super) fn refusal(operation: &'static str, signer: &str, error: CfsslError) -> Refusal {
    let Some(kind) = error.kind().filter(|kind| is_ours(*kind)) else {
        return Refusal::new(REFUSED, error.into());
    };
    tracing::error!(operation, signer, code = error.code, detail = error.message, "cannot be done");
    let told = CfsslError::wrap(kind, format!("{}: the log of the server says why", kind.message()));
    Refusal::later("unavailable", Failure { status: 503, error: told.into() }, RETRY_SECONDS)
}

/// The endpoint lacks something that the operator did not name at the start: 404, as stock CFSSL answers for endpoints
/// that could not be set up, with what is missing.
pub(super) fn unavailable(text: &str) -> Refusal {
    Refusal::new("not-set-up", Failure::with_status(404, text))
}

/// A server that was connected to showed no certificate.
pub(super) fn nothing_presented() -> Refusal {
    CfsslError::new(ErrorKind::Dial).into()
}

/// Whether the fault is on this side.
fn is_ours(kind: ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::CertificateUnknown
            | ErrorKind::KeyUnavailable
            | ErrorKind::KeyUnknown
            | ErrorKind::StoreUnknown
            | ErrorKind::StoreInsertion
    )
}

/// A database that was locked or a queue that was full may be free again.
const RETRY_SECONDS: u64 = 1;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_only_the_operator_can_mend_is_not_told() {
        let locked = CfsslError::wrap(ErrorKind::StoreUnknown, "/var/lib/ca/store.db is locked");
        let refusal = refusal("sign", "default", locked);
        assert_eq!((refusal.failure.status, refusal.retry_after), (503, Some(1)));
        assert!(!refusal.failure.error.message.contains("/var"), "{}", refusal.failure.error.message);
    }

    #[test]
    fn what_the_caller_can_mend_is_told_whole() {
        let refusal = refusal("sign", "default", CfsslError::wrap(ErrorKind::PolicyWhitelist, "no `x`"));
        assert_eq!((refusal.failure.status, refusal.failure.error.code), (400, 5500));
        assert_eq!(refusal.failure.error.message, "no `x`");
    }
}
