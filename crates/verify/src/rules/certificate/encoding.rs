//! What cannot be read is refused: nobody knows what it would have forbidden.

use crate::codes;
use crate::rules::{CertificateRule, Fault, Link};

pub(super) const READABLE: CertificateRule =
    CertificateRule { code: codes::CERT_ENCODING, rfc: "RFC 5280 sections 4.1 and 4.2", check: readable };

fn readable(link: &Link<'_>) -> Option<Fault> {
    let malformed = link.facts.malformed.first()?;
    Some(
        Fault::new(
            format!("{} cannot be read", malformed.part),
            "DER as the RFC defines it",
            malformed.problem.clone(),
        )
        .hint("have the certificate issued again; its issuer wrote it wrongly"),
    )
}
