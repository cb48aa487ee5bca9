//! What `apply` would refuse of a plan, found before anything is signed: policy, profiles and lints say of each certificate that
//! is to be made what they would say when it is issued, and owners of files are looked up.

use hf_ca::create::CreateError;
use hf_ca::rehearsal::{Rehearsal, Wanted};
use hf_core::algorithm::KeyAlgorithm;
use hf_core::causes::with_causes;
use hf_core::finding::{Finding, Severity};
use hf_core::time::Timestamp;
use hf_keys::private_key::PrivateKey;
use hf_topology::codes::{PLAN_AUTHORITY_FORM, PLAN_OWNER_UNKNOWN};
use hf_topology::declared::{Place, Topology};
use hf_topology::plan::{AuthoritySpec, CertificateSpec, FilesSpec, Plan, Step};

use crate::apply::authorities::new_authority;
use crate::apply::owner::Owner;
use crate::authority::policy;
use crate::config::profiles;
use crate::context::Context;
use crate::domain::Domain;
use crate::error::CommandError;
use crate::observe::Seen;

/// The plan, with what would be refused among its findings.
pub(crate) fn plan(context: &Context, domain: &Domain, seen: &Seen) -> Result<Plan, CommandError> {
    let (topology, now) = (&domain.topology, context.now());
    let mut plan = hf_topology::plan::plan(topology, &seen.inventory, now);
    let mut foreseen = rehearse(topology, &plan, seen, now)?;
    foreseen.extend(plan.changes.iter().filter_map(|step| owner(topology, step)));
    for finding in foreseen {
        // Instances of one service have much in common.
        if !plan.findings.contains(&finding) {
            plan.findings.push(finding);
        }
    }
    Ok(plan)
}

/// What issuing would say, step by step.
fn rehearse(
    topology: &Topology,
    plan: &Plan,
    seen: &Seen,
    now: Timestamp,
) -> Result<Vec<Finding>, CommandError> {
    let mut findings = declaration(topology);
    let compiled = match profiles::compile(topology) {
        Ok(compiled) if findings.is_empty() => compiled,
        _ => return Ok(findings),
    };
    let stand_in = PrivateKey::generate(KeyAlgorithm::EcdsaP256)?;
    let permitted = profiles::permitted(topology)?;
    let mut rehearsal = Rehearsal::new(compiled, policy(), permitted, now, stand_in);
    for (name, chain) in &seen.chains {
        rehearsal.exists(name, chain);
    }
    for step in &plan.changes {
        match step {
            Step::CreateAuthority(spec) | Step::RenewAuthority { spec, .. } => {
                findings.extend(authority(topology, &mut rehearsal, spec));
            }
            Step::IssueCertificate { spec, .. } => findings.extend(instance(topology, &rehearsal, spec)),
            Step::WriteFiles { .. } => {}
        }
    }
    Ok(findings)
}

/// What cannot be used whatever exists: profiles, and constraints that no certificate can hold.
pub(crate) fn declaration(topology: &Topology) -> Vec<Finding> {
    let mut findings = profiles::compile(topology).err().unwrap_or_default();
    for authority in &topology.authorities {
        for list in [&authority.permitted, &authority.excluded] {
            if let Err(error) = profiles::patterns(&authority.name, list) {
                findings.push(form(topology.at(authority.place), &error));
            }
        }
    }
    findings
}

fn authority(topology: &Topology, rehearsal: &mut Rehearsal, spec: &AuthoritySpec) -> Vec<Finding> {
    let place = topology.authority(&spec.authority).map(|authority| authority.place);
    let at = topology.at(place.unwrap_or_default());
    // What is said of the parent is enough.
    if spec.parent.as_ref().is_some_and(|parent| !rehearsal.knows(parent)) {
        return Vec::new();
    }
    let new = match new_authority(spec) {
        Ok(new) => new,
        Err(error) => return vec![form(at, &error)],
    };
    match rehearsal.authority(&new, spec.parent.as_deref()) {
        Ok(()) => Vec::new(),
        Err(error) => refusals(&error, |_| at.clone()),
    }
}

fn instance(topology: &Topology, rehearsal: &Rehearsal, spec: &CertificateSpec) -> Vec<Finding> {
    if !rehearsal.knows(&spec.authority) {
        return Vec::new();
    }
    let wanted = Wanted {
        authority: &spec.authority,
        profile: &spec.profile,
        names: &spec.names,
        lifetime: spec.lifetime,
        key: spec.key,
    };
    match rehearsal.instance(&wanted) {
        Ok(()) => Vec::new(),
        Err(error) => refusals(&error, |about| topology.at(place(topology, spec, about))),
    }
}

/// Where the file says what a finding is about: the instance when it is its own name, else its service.
fn place(topology: &Topology, spec: &CertificateSpec, about: &str) -> Place {
    let Some(service) = topology.service(&spec.service) else { return Place::default() };
    let own =
        service.instances.iter().find(|instance| instance.name == spec.instance && about == spec.instance);
    own.map_or(service.place, |instance| instance.place)
}

/// The errors among what was said, each with its place in the file.
fn refusals(error: &CreateError, at: impl Fn(&str) -> String) -> Vec<Finding> {
    let errors = error.findings().iter().filter(|finding| finding.severity == Severity::Error);
    let findings: Vec<Finding> =
        errors.map(|finding| Finding { about: at(&finding.about), ..finding.clone() }).collect();
    if findings.is_empty() {
        return vec![Finding::error(PLAN_AUTHORITY_FORM, at(""), with_causes(error))];
    }
    findings
}

/// A declaration that has no form in a certificate.
fn form(at: String, error: &CommandError) -> Finding {
    let said: Vec<String> = std::iter::once(error.message().to_owned()).chain(error.causes()).collect();
    let finding = Finding::error(PLAN_AUTHORITY_FORM, at, said.join(": "));
    error.hints().into_iter().fold(finding, Finding::hint)
}

/// Files for somebody whom this machine does not know.
fn owner(topology: &Topology, step: &Step) -> Option<Finding> {
    let Step::WriteFiles { spec: FilesSpec { party, settings, .. }, .. } = step else { return None };
    let error = Owner::named(settings.owner.as_deref(), settings.group.as_deref()).err()?;
    let at = topology.at(topology.service(party)?.place);
    Some(
        Finding::error(
            PLAN_OWNER_UNKNOWN,
            at,
            format!("the files of `{party}` cannot be given away: {error}"),
        )
        .hint(format!("mend `owner` or `group` in `[service.{party}]`, or write the number")),
    )
}
