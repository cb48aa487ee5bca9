//! What keys may be used for, RFC 5280 sections 4.2.1.3 and 4.2.1.12.
//!
//! A purpose is nested: an authority whose certificate lists purposes vouches for those alone, as Go and browsers have it.

use hf_x509::asn1::Oid;
use hf_x509::oids::ANY_EXTENDED_KEY_USAGE;

use crate::budget::Budget;
use crate::codes;
use crate::rules::{Fault, Link, Path, PathRule};

pub(super) const PURPOSE: PathRule =
    PathRule { code: codes::PATH_PURPOSE, rfc: "RFC 5280 section 4.2.1.12", check: purpose };

pub(super) const KEY_USAGE: PathRule =
    PathRule { code: codes::PATH_KEY_USAGE, rfc: "RFC 5280 section 4.2.1.3", check: key_usage };

fn purpose(path: &Path<'_>, _: &mut Budget) -> Vec<Fault> {
    let asked = path.request.purpose.key_purpose();
    let mut faults = Vec::new();
    for link in &path.links {
        let extra = path.request.eku.iter().filter(|_| !link.issues());
        for wanted in asked.iter().chain(extra) {
            faults.extend(refused(link, wanted));
        }
    }
    faults
}

/// NOTE: a leaf for `anyExtendedKeyUsage` alone is refused for a particular purpose, which RFC 5280 leaves open: OpenSSL
/// and rustls refuse it, so it would not work.
fn refused(link: &Link<'_>, wanted: &Oid) -> Option<Fault> {
    let allowed = link.facts.purposes.as_ref()?;
    if allowed.contains(wanted) || (link.issues() && allowed.contains(&ANY_EXTENDED_KEY_USAGE)) {
        return None;
    }
    let found: Vec<String> = allowed.iter().map(show).collect();
    Some(
        Fault::new(
            format!("the {} may not be used for this purpose", link.place.as_str()),
            format!("extKeyUsage with {}", show(wanted)),
            format!("extKeyUsage with {}", found.join(", ")),
        )
        .about(link.about())
        .hint("issue it from a profile with that usage, for example `server = true, client = true` for mutual TLS"),
    )
}

fn show(oid: &Oid) -> String {
    oid.name().map_or_else(|| oid.to_string(), str::to_owned)
}

fn key_usage(path: &Path<'_>, _: &mut Budget) -> Vec<Fault> {
    let wanted = path.request.key_usage;
    let found = path.links.first().and_then(|leaf| leaf.facts.key_usage);
    let refused = found.filter(|found| !found.contains(wanted));
    let fault = |found| {
        Fault::new(
            "the leaf's key may not be used this way",
            format!("keyUsage with {wanted}"),
            format!("keyUsage {found}"),
        )
    };
    refused.map(fault).into_iter().collect()
}
