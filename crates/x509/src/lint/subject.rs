//! Rows about alternative names.

use hf_core::name::{Identifier, SanSet};

use super::view::View;
use super::{CertificateRow, Context, Fault, fault, row};
use crate::ext::ConstraintRefusal;
use crate::general_name::GeneralName;
use crate::oids;

pub(super) static ROWS: &[CertificateRow] = &[
    row!(Warning, "HF-LINT-SAN-CRITICAL", "RFC 5280 section 4.2.1.6", san_critical),
    row!(Error, "HF-LINT-SAN-NAME", "RFC 5280 section 4.2.1.6", san_name),
    row!(Error, "HF-LINT-SAN-CANONICAL", "Handfast: names are written in canonical form", san_canonical),
    row!(Error, "HF-LINT-SAN-DUPLICATE", "Handfast: each name once", san_duplicate),
    row!(Error, "HF-LINT-SAN-COUNT", "Handfast: at most 100 names", san_count),
    row!(
        Error,
        "HF-LINT-COMMON-NAME",
        "Handfast: a host in the common name is an alternative name too",
        common_name
    ),
    row!(Error, "HF-LINT-NAME-CONSTRAINED", "RFC 5280 section 4.2.1.10", name_constrained),
];

fn names<'a>(view: &'a View<'_>) -> &'a [GeneralName] {
    view.extensions.subject_alt_name.value().map(|names| names.0.as_slice()).unwrap_or_default()
}

/// With a subject, the extension "SHOULD" not be critical.
fn san_critical(view: &View<'_>, _: Context<'_>) -> Option<Fault> {
    if view.subject.is_empty() || !view.extensions.subject_alt_name.is_critical() {
        return None;
    }
    fault("subjectAltName is critical although there is a subject", "not critical", "critical")
}

/// Every name is one that Handfast understands: its syntax is right and its kind known.
fn san_name(view: &View<'_>, _: Context<'_>) -> Option<Fault> {
    let error = view.identifiers.iter().find_map(|name| name.as_ref().err())?;
    fault(
        "an alternative name is not valid",
        "a DNS name, IP address, e-mail address or URI",
        error.to_string(),
    )
}

/// Written as the canonical form, so that two spellings of one name cannot exist.
fn san_canonical(view: &View<'_>, _: Context<'_>) -> Option<Fault> {
    let (name, canonical) = names(view)
        .iter()
        .zip(&view.identifiers)
        .filter_map(|(name, identifier)| identifier.as_ref().ok().map(|identifier| (name, identifier)))
        .find(|(name, canonical)| !name.is_canonical(canonical))?;
    fault("an alternative name is not canonical", canonical.to_string(), name.to_string())
}

/// A name that is there twice.
fn san_duplicate(view: &View<'_>, _: Context<'_>) -> Option<Fault> {
    // More names than allowed are another row's matter; comparing each with each would take long.
    let names = names(view).get(..SanSet::MAX_NAMES.min(names(view).len()))?;
    let (_, name) = names
        .iter()
        .enumerate()
        .find(|(index, name)| names.iter().take(*index).any(|before| before == *name))?;
    fault("an alternative name is there twice", "each name once", name.to_string())
}

/// Peers are known to handle 100.
fn san_count(view: &View<'_>, _: Context<'_>) -> Option<Fault> {
    let (count, max) = (names(view).len(), SanSet::MAX_NAMES);
    if count <= max {
        return None;
    }
    fault("too many alternative names", format!("at most {max}"), count.to_string())
}

/// A common name that reads as a host name with a dot or an address must be among the alternative names, since verifiers
/// look only there (RFC 9525 section 6.3). Other common names, such as a database user, are free.
fn common_name(view: &View<'_>, _: Context<'_>) -> Option<Fault> {
    let named = view.subject_attributes.iter().rfind(|attribute| attribute.kind == oids::COMMON_NAME)?;
    let common = named.text.as_deref().ok().filter(|common| !view.is_ca() && common.contains(['.', ':']))?;
    if names(view)
        .iter()
        .any(|name| matches!(name, GeneralName::Dns(name) if name.eq_ignore_ascii_case(common)))
    {
        return None;
    }
    let host: Identifier = common.parse().ok()?;
    let is_host = matches!(host, Identifier::Dns(_) | Identifier::Ip(_));
    if !is_host || view.identifiers.iter().flatten().any(|name| *name == host) {
        return None;
    }
    fault(
        "the common name is a host that is no alternative name",
        format!("{host} in subjectAltName"),
        "it is missing",
    )
}

/// The issuer's own name constraints, so that no certificate is issued that nobody may accept.
fn name_constrained(view: &View<'_>, context: Context<'_>) -> Option<Fault> {
    let constraints = context.issuer.name_constraints.as_ref()?;
    let subject = (!view.subject.is_empty()).then(|| GeneralName::Directory(view.subject.clone()));
    let (name, refusal) = names(view)
        .iter()
        .chain(subject.as_ref())
        .find_map(|name| constraints.refusal(name).map(|refusal| (name, refusal)))?;
    let expected = match refusal {
        ConstraintRefusal::NotPermitted => {
            let of_kind = constraints.permitted.iter().filter(|base| base.kind() == name.kind());
            let bases: Vec<String> = of_kind.map(ToString::to_string).collect();
            format!("a name in {}", bases.join(", "))
        }
        ConstraintRefusal::Excluded(base) => format!("a name outside {base}"),
        ConstraintRefusal::Undecidable(base) => format!("a name that can be compared with {base}"),
    };
    fault("the issuer's name constraints forbid a name", expected, name.to_string())
}
