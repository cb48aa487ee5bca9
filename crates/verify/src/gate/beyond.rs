//! What rustls-webpki cannot decide, as rows: each with the reason. Everything else that it refuses stays refused.

use hf_x509::general_name::GeneralName;
use webpki::Error;

use crate::facts::Facts;
use crate::pool::{Index, Pool};

/// The most intermediates that rustls-webpki puts on a path.
const WEBPKI_DEPTH: usize = 6;

/// One limit of rustls-webpki.
struct Row {
    /// Why it is beyond it.
    #[expect(dead_code, reason = "the row's documentation, kept beside its check")]
    reason: &'static str,
    /// Whether the request runs into it.
    applies: fn(&Pool<'_>, &Error) -> bool,
}

const ROWS: &[Row] = &[
    Row {
        reason: "it refuses an authority as leaf, which RFC 5280 section 6.1 allows",
        applies: |pool, _| pool.facts(Index::LEAF).is_authority(),
    },
    Row {
        reason: "it counts self-issued certificates against pathLenConstraint and constrains their names",
        applies: |pool, _| any_intermediate(pool, |facts| facts.self_issued),
    },
    Row {
        reason: "it does not compare e-mail addresses, URIs and directory names with constraints, and refuses instead",
        applies: |pool, _| any(pool, has_other_constraints),
    },
    Row {
        reason: "it does not know policies and so refuses their critical extensions",
        applies: |pool, _| any(pool, |facts| facts.beyond_webpki.is_some()),
    },
    Row {
        reason: "it looks at paths of at most 6 intermediates",
        applies: |pool, _| pool.intermediates().count() > WEBPKI_DEPTH,
    },
    Row {
        reason: "it forgets signatures that it checked, so its budget ends earlier than ours",
        applies: |_, error| {
            matches!(
                error,
                Error::MaximumSignatureChecksExceeded
                    | Error::MaximumPathBuildCallsExceeded
                    | Error::MaximumPathDepthExceeded
                    | Error::MaximumNameConstraintComparisonsExceeded
            )
        },
    },
    Row {
        reason: "it does not know times before 1970",
        applies: |pool, _| {
            pool.request.time.unix_seconds() < 0
                || any(pool, |facts| facts.certificate.not_before().unix_seconds() < 0)
        },
    },
    Row {
        reason: "it reads pathLenConstraint up to 255",
        applies: |pool, _| any(pool, |facts| facts.path_length().is_some_and(|length| length > 255)),
    },
];

/// The most pairs of a certificate and a possible issuer that rustls-webpki is asked about. Real chains have fewer than
/// ten; with many it reads the same certificates up to 200,000 times.
const TANGLED: usize = 64;

/// Whether there are so many possible issuers that rustls-webpki is not asked at all.
pub(super) fn is_tangled(pool: &Pool<'_>) -> bool {
    let all = std::iter::once(Index::LEAF).chain(pool.intermediates());
    all.map(|index| pool.intermediates_for(index).len()).sum::<usize>() > TANGLED
}

/// Whether our own search must decide.
pub(super) fn is_beyond(pool: &Pool<'_>, error: &Error) -> bool {
    ROWS.iter().any(|row| (row.applies)(pool, error))
}

fn any_intermediate(pool: &Pool<'_>, test: fn(&Facts) -> bool) -> bool {
    pool.intermediates().any(|index| test(pool.facts(index)))
}

fn any(pool: &Pool<'_>, test: fn(&Facts) -> bool) -> bool {
    std::iter::once(Index::LEAF)
        .chain(pool.intermediates())
        .chain(pool.anchors())
        .any(|index| test(pool.facts(index)))
}

fn has_other_constraints(facts: &Facts) -> bool {
    let constraints = facts.constraints.as_ref();
    let mut bases = constraints.into_iter().flat_map(|both| both.permitted.iter().chain(&both.excluded));
    bases.any(|base| !matches!(base, GeneralName::Dns(_) | GeneralName::Ip(_)))
}
