//! Where sources contradict each other.

use hf_core::finding::Finding;
use hf_core::time::Timestamp;

use super::{Kind, Says, Source};
use crate::codes;

/// Every source that contradicts the gravest word, which is the first that revokes, or else the first that says anything.
/// `end`: the certificate's `notAfter`.
pub(super) fn all(about: &str, end: Timestamp, sources: &[Source]) -> Vec<Finding> {
    let decided = || sources.iter().filter(|source| source.opinion.says != Says::Nothing);
    let revoked = decided().find(|source| matches!(source.opinion.says, Says::Revoked { .. }));
    let Some(first) = revoked.or_else(|| decided().next()) else { return Vec::new() };
    decided().filter_map(|other| between(about, end, first, other)).collect()
}

fn between(about: &str, end: Timestamp, first: &Source, other: &Source) -> Option<Finding> {
    let (ours, theirs) = (first.opinion.says, other.opinion.says);
    if ours == theirs {
        return None;
    }
    let evidence = |finding: Finding| {
        finding
            .evidence(word(first), format!("{} says {}", first.at, said(ours)))
            .evidence(word(other), format!("{} says {}", other.at, said(theirs)))
    };
    let error = |summary: &str| Finding::error(codes::STATUS_CONFLICT, about, summary);
    let warning = |summary: &str| Finding::warning(codes::STATUS_CONFLICT, about, summary);
    let finding = match (ours, theirs) {
        (Says::Revoked { at, .. }, Says::Good) => match &other.opinion.basis {
            // Times are whole seconds: a list of the same second may have been made before the revocation.
            Some(basis) if basis.this_update <= at => {
                warning("one source is older than the revocation and still calls the certificate good")
                    .evidence("older", format!("of {}, revoked at {at}", basis.this_update))
                    .hint("whoever relies on it does not notice before its nextUpdate; ask it again then")
            }
            // RFC 5280 section 3.3: it may go from the lists after its end.
            Some(basis) if other.kind == Kind::Crl && basis.this_update > end => {
                warning("the certificate has expired, and a list from after its end no longer names it")
                    .evidence("expired", format!("at {end}, the list is of {}", basis.this_update))
            }
            _ => error("one source calls the certificate good that another one calls revoked")
                .hint("do not rely on the source that says good; tell whoever publishes it"),
        },
        (Says::Revoked { .. }, Says::Revoked { .. }) => {
            warning("the sources name different times or reasons of the revocation")
        }
        _ => error("one source knows nothing of a certificate that another one vouches for")
            .hint("a responder that lacks the record of what was issued calls it unknown; look whether it is the right one"),
    };
    Some(evidence(finding).rfc("RFC 6960 section 2.2"))
}

fn word(source: &Source) -> &'static str {
    match source.kind {
        Kind::Crl => "crl",
        Kind::Ocsp => "ocsp",
    }
}

fn said(says: Says) -> String {
    match says {
        Says::Good => "good".to_owned(),
        Says::Revoked { at, reason } => format!("revoked at {at}, {reason}"),
        Says::Unknown => "unknown".to_owned(),
        Says::Nothing => "nothing".to_owned(),
    }
}
