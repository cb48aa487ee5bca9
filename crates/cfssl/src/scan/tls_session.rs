//! Whether the host goes on with sessions.

mod session_resume;

use super::Family;

pub(super) static FAMILY: Family = Family {
    name: "TLSSession",
    description: "Scans host's implementation of TLS session resumption using session tickets/session IDs",
    scanners: &[&session_resume::SCANNER],
};
