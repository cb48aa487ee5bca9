//! Name constraints, RFC 5280 section 4.2.1.10: each authority's apply to all certificates below it, self-issued
//! intermediates apart. The trust anchor's count too.

use hf_core::name::EmailAddress;
use hf_x509::general_name::GeneralName;
use hf_x509::oids;

use crate::budget::Budget;
use crate::codes;
use crate::facts::{Facts, Presented};
use crate::names::{Side, dns, email, ip, uri};
use crate::rules::{Fault, Link, Path, PathRule, Place};

pub(super) const CONSTRAINTS: PathRule =
    PathRule { code: codes::NAME_CONSTRAINT, rfc: "RFC 5280 section 4.2.1.10", check: constraints };

fn constraints(path: &Path<'_>, budget: &mut Budget) -> Vec<Fault> {
    let mut faults = Vec::new();
    for (above, authority) in path.links.iter().enumerate() {
        let Some(constraints) = &authority.facts.constraints else { continue };
        for below in path.links.iter().take(above) {
            if below.place == Place::Intermediate && below.facts.self_issued {
                continue;
            }
            let subject = subject_names(below.facts);
            let outcome = subject.iter().chain(below.facts.names.iter().flatten()).find_map(|name| {
                judge(name, &constraints.permitted, &constraints.excluded, budget).map(|v| (name, v))
            });
            faults.extend(outcome.map(|(name, violation)| violation.describe(name, authority, below)));
        }
    }
    faults
}

/// Names that the subject holds: itself, and e-mail addresses when there are no alternative names.
fn subject_names(facts: &Facts) -> Vec<Presented> {
    let subject = facts.certificate.subject();
    let mut names = Vec::new();
    if !subject.is_empty() {
        names.push(Presented::Directory(subject.clone()));
    }
    if facts.names.is_none() {
        let addresses = subject.attributes().filter(|attribute| attribute.kind == oids::EMAIL_ADDRESS);
        names.extend(addresses.map(|attribute| {
            let text = attribute.text().unwrap_or_default();
            let malformed = || Presented::Malformed { kind: "rfc822Name", text: text.clone() };
            text.parse::<EmailAddress>().map_or_else(|_| malformed(), Presented::Email)
        }));
    }
    names
}

/// How a name breaks constraints.
enum Violation<'a> {
    NotPermitted { permitted: &'a [GeneralName] },
    Excluded { by: &'a GeneralName },
    Unsupported,
    Budget,
}

/// Whether a name breaks constraints: it must lie in a permitted subtree of its kind if there are any, and in no excluded
/// one.
fn judge<'a>(
    name: &Presented,
    permitted: &'a [GeneralName],
    excluded: &'a [GeneralName],
    budget: &mut Budget,
) -> Option<Violation<'a>> {
    let (mut constrained, mut inside) = (false, false);
    for base in permitted {
        if !budget.comparison() {
            return Some(Violation::Budget);
        }
        match is_within(name, base, Side::Permitted) {
            Within::OtherKind => {}
            Within::Unsupported => return Some(Violation::Unsupported),
            Within::Yes => (constrained, inside) = (true, true),
            Within::No => constrained = true,
        }
    }
    if constrained && !inside {
        return Some(Violation::NotPermitted { permitted });
    }
    for base in excluded {
        if !budget.comparison() {
            return Some(Violation::Budget);
        }
        match is_within(name, base, Side::Excluded) {
            Within::OtherKind | Within::No => {}
            Within::Unsupported => return Some(Violation::Unsupported),
            Within::Yes => return Some(Violation::Excluded { by: base }),
        }
    }
    None
}

enum Within {
    Yes,
    No,
    OtherKind,
    Unsupported,
}

fn is_within(name: &Presented, base: &GeneralName, side: Side) -> Within {
    let inside = match (name, base) {
        // All names below a top-level domain: nobody can say whether they lie inside.
        (Presented::Dns(name), GeneralName::Dns(_)) if dns::is_too_wide(name) => return Within::Unsupported,
        (Presented::Dns(name), GeneralName::Dns(base)) => dns::is_within(name, base, side),
        (Presented::Email(name), GeneralName::Email(base)) => email::is_within(name, base),
        (Presented::Ip(octets), GeneralName::Ip(base)) => ip::is_within(octets, base),
        (Presented::Directory(name), GeneralName::Directory(base)) => name.is_within(base),
        (Presented::Uri(name), GeneralName::Uri(base)) => match uri::is_within(name, base) {
            Some(inside) => inside,
            None => return Within::Unsupported,
        },
        (Presented::Other { kind } | Presented::Malformed { kind, .. }, base) if *kind == base.kind() => {
            return Within::Unsupported;
        }
        _ => return Within::OtherKind,
    };
    if inside { Within::Yes } else { Within::No }
}

impl Violation<'_> {
    fn describe(&self, name: &Presented, authority: &Link<'_>, below: &Link<'_>) -> Fault {
        let by = authority.facts.label();
        let fault = match self {
            Self::NotPermitted { permitted } => Fault::new(
                format!("`{name}` lies outside what {by} may name"),
                format!("a name within {}", show(permitted, name)),
                format!("`{name}`"),
            )
            .hint("issue it from an authority that may name it, or have the authority certified again with wider `permitted`"),
            Self::Excluded { by: base } => Fault::new(
                format!("`{name}` is excluded by {by}"),
                format!("no name within `{base}`"),
                format!("`{name}`"),
            ),
            Self::Unsupported => Fault::new(
                format!("{by} constrains names of a kind that cannot be compared"),
                "no name of that kind",
                format!("`{name}`"),
            ),
            Self::Budget => Fault::new(
                "comparing names with constraints was given up",
                "at most 250,000 comparisons",
                "more",
            )
            .code(codes::PATH_BUDGET),
        };
        fault.about(below.about())
    }
}

/// The permitted subtrees of the name's kind, the first few.
fn show(permitted: &[GeneralName], name: &Presented) -> String {
    let same =
        permitted.iter().filter(|base| !matches!(is_within(name, base, Side::Permitted), Within::OtherKind));
    let shown: Vec<String> = same.take(5).map(|base| format!("`{base}`")).collect();
    shown.join(" or ")
}
