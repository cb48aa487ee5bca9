//! How long a path may be, RFC 5280 section 4.2.1.9. Self-issued certificates do not count.

use crate::budget::Budget;
use crate::codes;
use crate::rules::{Fault, Link, Path, PathRule};

pub(super) const LENGTH: PathRule =
    PathRule { code: codes::PATH_LENGTH, rfc: "RFC 5280 section 4.2.1.9", check: length };

pub(super) const DEPTH: PathRule =
    PathRule { code: codes::PATH_DEPTH, rfc: "RFC 5280 section 6.1", check: depth };

fn length(path: &Path<'_>, _: &mut Budget) -> Vec<Fault> {
    let mut faults = Vec::new();
    let mut below = 0_u32;
    for link in path.links.iter().filter(|link| link.issues()) {
        if let Some(allowed) = link.facts.path_length().filter(|allowed| below > *allowed) {
            faults.push(too_long(link, allowed, below));
        }
        below += u32::from(!link.facts.self_issued);
    }
    faults
}

fn too_long(link: &Link<'_>, allowed: u32, found: u32) -> Fault {
    Fault::new(
        format!("the path below the {} is longer than it allows", link.place.as_str()),
        format!("at most {allowed} intermediates below {}", link.facts.label()),
        format!("{found}"),
    )
    .about(link.about())
    .hint("issue from the authority itself, or have it certified again with a larger pathLenConstraint")
}

fn depth(path: &Path<'_>, _: &mut Budget) -> Vec<Fault> {
    let all = path.intermediates().count();
    let counted = path.intermediates().filter(|link| !link.facts.self_issued).count();
    let asked = path.request.max_depth.map_or(usize::MAX, |depth| depth as usize);
    if counted <= asked && all <= Budget::DEPTH {
        return Vec::new();
    }
    let allowed = asked.min(Budget::DEPTH);
    vec![Fault::new(
        "the path has more intermediates than allowed",
        format!("at most {allowed} intermediates"),
        format!("{all}"),
    )]
}
