//! Criticality, RFC 5280 section 4.2.

use hf_x509::asn1::Oid;
use hf_x509::oids;

use crate::codes;
use crate::rules::{CertificateRule, Fault, Link, Place};

pub(super) const UNKNOWN: CertificateRule =
    CertificateRule { code: codes::CERT_CRITICAL_UNKNOWN, rfc: "RFC 5280 section 4.2", check: unknown };

pub(super) const CRITICALITY: CertificateRule =
    CertificateRule { code: codes::CERT_CRITICALITY, rfc: "RFC 5280 section 4.2", check: criticality };

/// Extensions whose meaning these rules enforce, so that they may be critical.
const ENFORCED: &[Oid] = &[
    oids::SUBJECT_KEY_IDENTIFIER,
    oids::KEY_USAGE,
    oids::SUBJECT_ALT_NAME,
    oids::BASIC_CONSTRAINTS,
    oids::NAME_CONSTRAINTS,
    oids::CRL_DISTRIBUTION_POINTS,
    oids::CERTIFICATE_POLICIES,
    oids::POLICY_MAPPINGS,
    oids::AUTHORITY_KEY_IDENTIFIER,
    oids::POLICY_CONSTRAINTS,
    oids::EXTENDED_KEY_USAGE,
    oids::INHIBIT_ANY_POLICY,
    oids::AUTHORITY_INFO_ACCESS,
    oids::SUBJECT_INFO_ACCESS,
];

fn unknown(link: &Link<'_>) -> Option<Fault> {
    let critical = link.facts.extensions.iter().filter(|(_, critical)| *critical);
    let (oid, _) = critical.into_iter().find(|(oid, _)| !ENFORCED.contains(oid))?;
    Some(Fault::new(
        "a critical extension is not understood, so the certificate must be refused",
        "no critical extension but those of RFC 5280",
        format!("critical extension {}", show(oid)),
    ))
}

/// When an extension must be critical, or must not.
struct Row {
    oid: Oid,
    clause: &'static str,
    critical: bool,
    applies: fn(&Link<'_>) -> bool,
}

/// NOTE: rustls-webpki, Go and OpenSSL accept name constraints that are not critical, as CA/Browser Forum rules allow.
const ROWS: &[Row] = &[
    Row { oid: oids::AUTHORITY_KEY_IDENTIFIER, clause: "4.2.1.1", critical: false, applies: always },
    Row { oid: oids::SUBJECT_KEY_IDENTIFIER, clause: "4.2.1.2", critical: false, applies: always },
    Row { oid: oids::BASIC_CONSTRAINTS, clause: "4.2.1.9", critical: true, applies: is_authority },
    Row { oid: oids::NAME_CONSTRAINTS, clause: "4.2.1.10", critical: true, applies: always },
    Row { oid: oids::POLICY_CONSTRAINTS, clause: "4.2.1.11", critical: true, applies: always },
    Row { oid: oids::INHIBIT_ANY_POLICY, clause: "4.2.1.14", critical: true, applies: always },
    Row { oid: oids::AUTHORITY_INFO_ACCESS, clause: "4.2.2.1", critical: false, applies: always },
    Row { oid: oids::SUBJECT_INFO_ACCESS, clause: "4.2.2.2", critical: false, applies: always },
];

fn always(_: &Link<'_>) -> bool {
    true
}

fn is_authority(link: &Link<'_>) -> bool {
    link.place != Place::Leaf || link.facts.is_authority()
}

fn criticality(link: &Link<'_>) -> Option<Fault> {
    let row = ROWS.iter().find(|row| {
        let critical = link.facts.criticality(&row.oid);
        critical.is_some_and(|critical| critical != row.critical) && (row.applies)(link)
    })?;
    let word = |critical| if critical { "critical" } else { "not critical" };
    Some(
        Fault::new(
            format!("{} is {}", show(&row.oid), word(!row.critical)),
            format!("{} (RFC 5280 section {})", word(row.critical), row.clause),
            word(!row.critical),
        )
        .hint("have the certificate issued again with the criticality that the RFC asks for"),
    )
}

fn show(oid: &Oid) -> String {
    oid.name().map_or_else(|| oid.to_string(), |name| format!("{name} ({oid})"))
}
