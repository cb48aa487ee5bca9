//! Whether the leaf has the names that were asked for, RFC 9525. Only `subjectAltName` counts.

use hf_core::name::DnsName;

use crate::budget::Budget;
use crate::codes;
use crate::facts::Presented;
use crate::names::dns;
use crate::request::RequestedName;
use crate::rules::{Fault, Path, PathRule};

pub(super) const NAME: PathRule =
    PathRule { code: codes::NAME_MISMATCH, rfc: "RFC 9525 section 6", check: name };

fn name(path: &Path<'_>, _: &mut Budget) -> Vec<Fault> {
    let Some(leaf) = path.links.first() else { return Vec::new() };
    let presented = leaf.facts.names.as_deref().unwrap_or_default();
    let missing =
        path.request.names.iter().filter(|wanted| !presented.iter().any(|name| matches(name, wanted)));
    missing.map(|wanted| mismatch(wanted, leaf.facts.names.as_deref())).collect()
}

fn matches(presented: &Presented, wanted: &RequestedName) -> bool {
    match (presented, wanted) {
        (Presented::Dns(name), RequestedName::Dns(host)) => dns::matches(name, host),
        (Presented::Ip(octets), RequestedName::Ip(address)) => *octets == address.octets(),
        (Presented::Email(name), RequestedName::Email(address)) => name == address,
        _ => false,
    }
}

fn mismatch(wanted: &RequestedName, presented: Option<&[Presented]>) -> Fault {
    let found = match presented {
        None => "no subjectAltName; the common name does not count".to_owned(),
        Some(names) => {
            let shown: Vec<String> = names.iter().take(10).map(ToString::to_string).collect();
            let rest = names.len().saturating_sub(shown.len());
            let tail = if rest > 0 { format!(" and {rest} more") } else { String::new() };
            format!("{}{tail}", shown.join(", "))
        }
    };
    let fault = Fault::new(format!("the leaf does not have the {wanted}"), wanted.to_string(), found);
    match why_wildcard_fails(wanted, presented.unwrap_or_default()) {
        Some(why) => fault.hint(why),
        None => fault.hint(format!(
            "connect to one of the names found, or issue a certificate for it: `handfast issue {}`",
            bare(wanted)
        )),
    }
}

fn bare(wanted: &RequestedName) -> String {
    match wanted {
        RequestedName::Dns(name) => name.to_string(),
        RequestedName::Ip(name) => name.to_string(),
        RequestedName::Email(name) => name.to_string(),
    }
}

/// A wildcard that people expect to match and that does not.
fn why_wildcard_fails(wanted: &RequestedName, presented: &[Presented]) -> Option<String> {
    let RequestedName::Dns(host) = wanted else { return None };
    presented.iter().find_map(|name| {
        let Presented::Dns(name) = name else { return None };
        let parent = name.as_str().strip_prefix("*.")?;
        explain_wildcard(name, parent, host)
    })
}

fn explain_wildcard(name: &DnsName, parent: &str, host: &DnsName) -> Option<String> {
    if dns::is_too_wide(name) && name.matches(host) {
        return Some(format!("`{name}` stands for a whole top-level domain; no peer accepts that"));
    }
    if host.as_str() == parent {
        return Some(format!("`{name}` does not stand for `{parent}` itself; add that name as well"));
    }
    host.is_within(parent).then(|| format!("`{name}` stands for exactly one label, not for several"))
}
