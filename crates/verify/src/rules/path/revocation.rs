//! Revocation of every certificate on the path but the trust anchor, when the request asks for it.

use hf_x509::ext::DistributionPointName;

use crate::budget::Budget;
use crate::codes;
use crate::crl::{self, Status, Unusable};
use crate::rules::{Fault, Link, Path, PathRule};

pub(super) const REVOCATION: PathRule =
    PathRule { code: codes::CRL_MISSING, rfc: "RFC 5280 section 6.3", check: revocation };

fn revocation(path: &Path<'_>, budget: &mut Budget) -> Vec<Fault> {
    if !path.request.crl_check {
        return Vec::new();
    }
    let pairs = path.links.iter().zip(path.links.iter().skip(1));
    let pairs = pairs.map(|(child, issuer)| judge(child, issuer, path, budget));
    pairs.flatten().collect()
}

fn judge(child: &Link<'_>, issuer: &Link<'_>, path: &Path<'_>, budget: &mut Budget) -> Vec<Fault> {
    match crl::status(child.facts, issuer.facts, &path.request.crls, child.time, budget) {
        Status::Good => Vec::new(),
        Status::Revoked { date, reason } => vec![
            Fault::new(
                format!("the {} was revoked", child.place.as_str()),
                "a certificate that its issuer still vouches for",
                format!("revoked at {date}, reason {reason}"),
            )
            .about(child.about())
            .code(codes::CRL_REVOKED)
            .rfc("RFC 5280 section 5.3")
            .hint("make a new key and have it certified; do not use this one again"),
        ],
        Status::Unknown { unusable } if unusable.is_empty() => vec![
            Fault::new(
                format!("no revocation list of {} is at hand", issuer.facts.label()),
                format!("a CRL issued by {}", issuer.facts.label()),
                lists_at_hand(path),
            )
            .about(child.about())
            .hint(fetch_hint(child)),
        ],
        Status::Unknown { unusable } => unusable.into_iter().map(|fault| describe(fault, issuer)).collect(),
    }
}

fn lists_at_hand(path: &Path<'_>) -> String {
    let issuers: Vec<String> =
        path.request.crls.iter().take(5).map(|list| format!("`{}`", list.issuer())).collect();
    if issuers.is_empty() { "no list".to_owned() } else { format!("lists of {}", issuers.join(", ")) }
}

fn describe(fault: Unusable, issuer: &Link<'_>) -> Fault {
    Fault::new(fault.summary, fault.expected, fault.found)
        .about(format!("CRL of {}", issuer.facts.label()))
        .code(fault.code)
        .rfc(fault.rfc)
        .hint("fetch the current list of that issuer and pass it with `--crl FILE`")
}

fn fetch_hint(child: &Link<'_>) -> String {
    let names = child.facts.distribution.iter().filter_map(|point| point.name.as_ref());
    match names.flat_map(DistributionPointName::uris).next() {
        Some(uri) => format!("fetch it: `curl -o issuer.crl {uri}`, then pass it with `--crl issuer.crl`"),
        None => "the certificate names no distribution point; ask its issuer for the list and pass it with `--crl FILE`".to_owned(),
    }
}
