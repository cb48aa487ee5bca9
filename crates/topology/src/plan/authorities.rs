//! Which authorities to make or to sign again, parents before children.

use hf_core::time::Timestamp;

use super::reason::ReissueReason;
use super::step::{AuthoritySpec, Step};
use crate::declared::{Authority, Topology};
use crate::inventory::{Fingerprint, Inventory, ObservedAuthority};

/// The steps for all authorities.
pub(super) fn steps(topology: &Topology, inventory: &Inventory, now: Timestamp) -> Vec<Step> {
    let mut ordered: Vec<(usize, &Authority)> =
        topology.authorities.iter().map(|a| (topology.chain(&a.name).len(), a)).collect();
    ordered.sort_by_key(|(depth, _)| *depth);
    let mut steps: Vec<Step> = Vec::new();
    for (_, authority) in ordered {
        let spec = spec(authority, inventory.authorities.get(&authority.name));
        match inventory.authorities.get(&authority.name) {
            None => steps.push(Step::CreateAuthority(spec)),
            Some(observed) => {
                let issuer = issuer_key(authority, inventory, &steps);
                let reasons = reasons(topology, &spec, observed, issuer, now);
                if !reasons.is_empty() {
                    let new_key = reasons.iter().any(|reason| reason.needs_new_key());
                    steps.push(Step::RenewAuthority { spec, new_key, reasons });
                }
            }
        }
    }
    steps
}

/// The key by which a certificate must be signed.
#[derive(Clone, Copy)]
pub(super) enum IssuerKey {
    /// This one, which exists.
    Known(Fingerprint),
    /// One that is yet to be made, so what exists cannot be signed by it.
    New,
}

/// The key that the named authority will have once these steps are done.
pub(super) fn key_after(authority: &str, inventory: &Inventory, steps: &[Step]) -> IssuerKey {
    let replaced = steps.iter().any(|step| match step {
        Step::CreateAuthority(spec) => spec.authority == authority,
        Step::RenewAuthority { spec, new_key, .. } => *new_key && spec.authority == authority,
        Step::IssueCertificate { .. } | Step::WriteFiles { .. } => false,
    });
    match inventory.authorities.get(authority) {
        Some(observed) if !replaced => IssuerKey::Known(observed.certificate.spki_sha256),
        _ => IssuerKey::New,
    }
}

/// Whether these steps give the named authority another certificate.
pub(super) fn certificate_changes(authority: &str, steps: &[Step]) -> bool {
    steps.iter().any(|step| match step {
        Step::CreateAuthority(spec) | Step::RenewAuthority { spec, .. } => spec.authority == authority,
        Step::IssueCertificate { .. } | Step::WriteFiles { .. } => false,
    })
}

/// `None` for a root, whose issuer is itself.
fn issuer_key(authority: &Authority, inventory: &Inventory, steps: &[Step]) -> Option<IssuerKey> {
    authority.parent.as_deref().map(|parent| key_after(parent, inventory, steps))
}

fn reasons(
    topology: &Topology,
    spec: &AuthoritySpec,
    observed: &ObservedAuthority,
    issuer: Option<IssuerKey>,
    now: Timestamp,
) -> Vec<ReissueReason> {
    let certificate = &observed.certificate;
    let expired = now > certificate.validity.not_after();
    let due = !expired && now >= topology.trust.renew_at.of(certificate.validity);
    let made_from = observed.made_from.as_ref();
    let differs =
        |same: fn(&AuthoritySpec, &AuthoritySpec) -> bool| made_from.is_some_and(|old| !same(old, spec));
    let issuer_changed = match issuer {
        None => differs(|old, new| old.parent == new.parent),
        Some(IssuerKey::New) => true,
        Some(IssuerKey::Known(key)) => {
            certificate.issuer_spki_sha256.is_some_and(|signed_by| signed_by != key)
        }
    };
    let constraints_changed = differs(|old, new| {
        old.permitted == new.permitted && old.excluded == new.excluded && old.path_length == new.path_length
    });
    [
        (due, ReissueReason::Due),
        (expired, ReissueReason::Expired),
        (certificate.revoked, ReissueReason::Revoked),
        (differs(|old, new| old.key == new.key), ReissueReason::KeyChanged),
        (differs(|old, new| old.subject == new.subject), ReissueReason::SubjectChanged),
        (constraints_changed, ReissueReason::ConstraintsChanged),
        (issuer_changed, ReissueReason::IssuerChanged),
    ]
    .into_iter()
    .filter_map(|(holds, reason)| holds.then_some(reason))
    .collect()
}

/// An authority that exists keeps the algorithm of its key unless its own section names another: `key` of `[trust]` is that of
/// new keys.
fn spec(authority: &Authority, observed: Option<&ObservedAuthority>) -> AuthoritySpec {
    let kept = observed.and_then(|observed| observed.made_from.as_ref()).map(|made_from| made_from.key);
    AuthoritySpec {
        authority: authority.name.clone(),
        parent: authority.parent.clone(),
        subject: authority.subject.clone(),
        key: kept.filter(|_| !authority.names_key).unwrap_or(authority.key),
        lifetime: authority.lifetime,
        permitted: authority.permitted.clone(),
        excluded: authority.excluded.clone(),
        path_length: authority.path_length,
        offline: authority.offline,
        key_file: authority.key_file.clone(),
    }
}
