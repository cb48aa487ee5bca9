//! Which instances get a new certificate.

use hf_core::time::Timestamp;

use super::authorities::{IssuerKey, certificate_changes, key_after};
use super::differs;
use super::reason::IssueReason;
use super::step::{CertificateSpec, Step};
use crate::declared::{Instance, Service, Topology};
use crate::inventory::{Inventory, KeyState, ObservedCertificate, ObservedInstance};

/// The steps for all instances of services. `authorities` are the steps that come before.
pub(super) fn steps(
    topology: &Topology,
    inventory: &Inventory,
    authorities: &[Step],
    now: Timestamp,
) -> Vec<Step> {
    let mut steps = Vec::new();
    for service in &topology.services {
        let issuer = key_after(&service.authority, inventory, authorities);
        let stays = !certificate_changes(&service.authority, authorities);
        let ends = inventory.authorities.get(&service.authority).filter(|_| stays).map(|issuer| issuer.ends);
        for instance in &service.instances {
            let spec = spec(topology, service, instance);
            let observed = inventory.instances.get(&instance.name);
            let reasons =
                match observed.and_then(|o| o.certificate.as_ref().map(|certificate| (o, certificate))) {
                    None => vec![IssueReason::New],
                    Some((observed, certificate)) => {
                        let mut reasons = reasons(topology, &spec, observed, certificate, issuer, now);
                        if differs::lifetime(spec.lifetime, certificate.validity, ends) {
                            reasons.push(IssueReason::LifetimeChanged);
                        }
                        if differs::addresses(topology.trust.url.as_ref(), &certificate.addresses) {
                            reasons.push(IssueReason::AddressesChanged);
                        }
                        reasons.sort();
                        reasons
                    }
                };
            if !reasons.is_empty() {
                steps.push(Step::IssueCertificate { spec, reasons });
            }
        }
    }
    steps
}

/// When the first certificate that exists, is declared and stays becomes due.
pub(super) fn next_due(topology: &Topology, inventory: &Inventory, steps: &[Step]) -> Option<Timestamp> {
    let authorities = topology.authorities.iter().filter_map(|authority| {
        let observed = inventory.authorities.get(&authority.name)?;
        (!certificate_changes(&authority.name, steps)).then_some(observed.certificate.validity)
    });
    let instances = topology.services.iter().flat_map(|service| &service.instances).filter_map(|instance| {
        let observed = inventory.instances.get(&instance.name)?;
        let stays = !steps.iter().any(
            |step| matches!(step, Step::IssueCertificate { spec, .. } if spec.instance == instance.name),
        );
        stays.then_some(observed.certificate.as_ref()?.validity)
    });
    authorities.chain(instances).map(|validity| topology.trust.renew_at.of(validity)).min()
}

fn reasons(
    topology: &Topology,
    spec: &CertificateSpec,
    observed: &ObservedInstance,
    certificate: &ObservedCertificate,
    issuer: IssuerKey,
    now: Timestamp,
) -> Vec<IssueReason> {
    let expired = now > certificate.validity.not_after();
    let due = !expired && now >= topology.trust.renew_at.of(certificate.validity);
    let key_missing = matches!(observed.key, None | Some(KeyState::Missing | KeyState::Mismatched));
    let issuer_changed = match issuer {
        IssuerKey::New => true,
        IssuerKey::Known(key) => certificate.issuer_spki_sha256 != Some(key),
    };
    [
        (due, IssueReason::Due),
        (expired, IssueReason::Expired),
        (certificate.revoked, IssueReason::Revoked),
        (key_missing, IssueReason::KeyMissing),
        (certificate.key != Some(spec.key), IssueReason::KeyChanged),
        (certificate.names != spec.names, IssueReason::NamesChanged),
        (certificate.usages != spec.usages, IssueReason::UsagesChanged),
        (issuer_changed, IssueReason::IssuerChanged),
    ]
    .into_iter()
    .filter_map(|(holds, reason)| holds.then_some(reason))
    .collect()
}

fn spec(topology: &Topology, service: &Service, instance: &Instance) -> CertificateSpec {
    let usages = topology.profile(&service.profile).map(|profile| profile.usages.clone()).unwrap_or_default();
    CertificateSpec {
        instance: instance.name.clone(),
        service: service.name.clone(),
        authority: service.authority.clone(),
        profile: service.profile.clone(),
        names: instance.names.clone(),
        usages,
        key: service.key,
        lifetime: service.lifetime,
    }
}
