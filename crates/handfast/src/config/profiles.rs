//! The profiles of a trust domain: those of the file, and those of its authorities.

use std::collections::{BTreeMap, BTreeSet};

use hf_ca::policy::NamePattern;
use hf_ca::profile::{Profile, ProfileSettings, Purpose};
use hf_core::finding::Finding;
use hf_core::time::Lifetime;
use hf_topology::declared::{self, Topology, Usage};

use super::published::Published;
use crate::error::CommandError;

/// Every profile under which this trust domain issues.
pub(crate) fn compile(topology: &Topology) -> Result<Vec<Profile>, Vec<Finding>> {
    let leaves = topology.profiles.iter().map(|profile| leaf(topology, profile));
    let authorities = [
        ProfileSettings { max_lifetime: Lifetime::MAX, ..ProfileSettings::root() },
        published(
            topology,
            ProfileSettings { max_lifetime: Lifetime::MAX, ..ProfileSettings::intermediate() },
        ),
    ];
    let mut profiles = Vec::new();
    let mut faults = Vec::new();
    for settings in leaves.chain(authorities) {
        match Profile::compile(settings) {
            Ok(profile) => profiles.push(profile),
            Err(found) => faults.extend(found),
        }
    }
    if faults.is_empty() { Ok(profiles) } else { Err(faults) }
}

/// The names that each authority may certify; those that may certify any are left out.
pub(crate) fn permitted(topology: &Topology) -> Result<BTreeMap<String, Vec<NamePattern>>, CommandError> {
    let with_names = topology.authorities.iter().filter(|authority| !authority.permitted.is_empty());
    with_names
        .map(|authority| Ok((authority.name.clone(), patterns(&authority.name, &authority.permitted)?)))
        .collect()
}

/// The authorities that certify services, the server itself or what clients ask for, by the words of the file: those that
/// have others below do it because somebody wrote so.
pub(crate) fn certifying(topology: &Topology) -> BTreeSet<String> {
    let services = topology.services.iter().map(|service| &service.authority);
    let acme = topology.acme.iter().map(|acme| &acme.authority);
    let cfssl =
        topology.server.cfssl.iter().flat_map(|door| door.labels.iter().map(|label| &label.authority));
    services.chain(acme).chain(cfssl).chain([&topology.server.authority]).cloned().collect()
}

/// Name constraints of an authority of the file as patterns. One that cannot be one is refused: leaving it out would make
/// the authority mightier than declared.
pub(crate) fn patterns(
    authority: &str,
    constraints: &[declared::NameConstraint],
) -> Result<Vec<NamePattern>, CommandError> {
    let pattern = |constraint: &declared::NameConstraint| {
        let text = constraint.to_string();
        let pattern = text.parse::<NamePattern>().ok().filter(|pattern| pattern.to_string() == text);
        pattern.ok_or_else(|| {
            CommandError::refused(format!("authority `{authority}` cannot be constrained to `{text}`")).hint(
                format!(
                    "write DNS names, networks, `email:HOST` or `uri:HOST` into `permitted` and `excluded` of \
                     `[authority.{authority}]`"
                ),
            )
        })
    };
    constraints.iter().map(pattern).collect()
}

fn leaf(topology: &Topology, profile: &declared::Profile) -> ProfileSettings {
    let default_lifetime = profile.lifetime.unwrap_or(topology.trust.lifetime);
    let longest = topology.services.iter().map(|service| service.lifetime).max();
    let base = ProfileSettings::peer();
    let settings = ProfileSettings {
        name: profile.name.clone(),
        default_lifetime,
        max_lifetime: base.max_lifetime.max(default_lifetime).max(longest.unwrap_or(default_lifetime)),
        purposes: profile.usages.iter().map(|usage| purpose(*usage)).collect::<BTreeSet<_>>(),
        wildcards: !profile.allows(Usage::Client),
        transparency_logs: profile.transparency_logs.clone(),
        transparency_keys: profile.transparency_keys.clone(),
        ..base
    };
    published(topology, settings)
}

fn purpose(usage: Usage) -> Purpose {
    match usage {
        Usage::Server => Purpose::ServerAuth,
        Usage::Client => Purpose::ClientAuth,
    }
}

/// With the addresses where the domain publishes, if it does.
fn published(topology: &Topology, settings: ProfileSettings) -> ProfileSettings {
    let Some(published) = Published::of(topology) else { return settings };
    ProfileSettings {
        crl_url: Some(published.crl),
        crl_shard_url: Some(published.crl_shard),
        ca_issuers_urls: vec![published.ca_issuers],
        ocsp_url: Some(published.ocsp),
        ocsp_needs_key: true,
        ..settings
    }
}
