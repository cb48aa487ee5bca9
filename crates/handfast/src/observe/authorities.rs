//! Authorities on record, and their keys on disk.

use std::collections::HashSet;
use std::net::IpAddr;

use hf_store::Store;
use hf_store::record::{AuthorityRecord, AuthorityState};
use hf_topology::declared::{NameConstraint, Subject, Topology, Usage};
use hf_topology::inventory::{Fingerprint, KeyState, ObservedAuthority, ObservedCertificate};
use hf_topology::plan::AuthoritySpec;
use hf_x509::certificate::Certificate;
use hf_x509::ext::DistributionPointName;
use hf_x509::general_name::GeneralName;
use hf_x509::oids;
use hf_x509::public_key::PublicKey;

use crate::config::profiles::patterns;
use crate::config::subject::distinguished_name;
use crate::domain::Domain;
use crate::error::CommandError;

/// An authority, with what instances are compared to.
pub(super) struct Known {
    /// Its name.
    pub(super) name: String,
    /// Its public key.
    pub(super) key: PublicKey,
    /// Its own certificate, then those above it.
    pub(super) chain: Vec<Certificate>,
    /// The facts.
    pub(super) observed: ObservedAuthority,
}

/// Every authority that has a certificate.
pub(super) async fn observe(domain: &Domain, store: &dyn Store) -> Result<Vec<Known>, CommandError> {
    let records = store.authorities().await?;
    let mut known = Vec::new();
    for record in &records {
        if record.state != AuthorityState::Active {
            continue;
        }
        let Some(own) = record.chain.first() else { continue };
        let own = Certificate::from_der(own).map_err(|error| unreadable(&record.name, error))?;
        let issuer = issuer_key(record, &own);
        let revoked = is_revoked(store, record, &own).await?;
        let certificate = certificate(&own, issuer.as_ref(), revoked).ok_or_else(|| {
            CommandError::fault(format!("the certificate of authority `{}` is damaged", record.name))
        })?;
        let made_here = made_here(store, record, &own).await?;
        let made_from = made_here.then(|| made_from(&domain.topology, record, &own, &certificate)).flatten();
        let key = key_state(domain, record);
        let chain: Vec<Certificate> =
            record.chain.iter().map_while(|der| Certificate::from_der(der).ok()).collect();
        let end = |above: &Certificate| above.not_after();
        let ends = chain.iter().map(end).min().unwrap_or_else(|| own.not_after());
        let observed = ObservedAuthority { certificate, ends, key, made_from };
        known.push(Known { name: record.name.clone(), key: own.public_key().clone(), chain, observed });
    }
    Ok(known)
}

fn unreadable(name: &str, error: hf_x509::error::X509Error) -> CommandError {
    CommandError::fault(format!("the certificate of authority `{name}` cannot be read")).because(error)
}

/// The key that signed the certificate: its own, or that of the next certificate in the chain.
fn issuer_key(record: &AuthorityRecord, own: &Certificate) -> Option<PublicKey> {
    if own.is_self_issued() {
        return Some(own.public_key().clone());
    }
    let above = Certificate::from_der(record.chain.get(1)?).ok()?;
    Some(above.public_key().clone())
}

/// The name under which the certificate is on record: that of the parent, or its own.
fn issuer_name(record: &AuthorityRecord) -> &str {
    record.parent.as_deref().unwrap_or(&record.name)
}

async fn is_revoked(
    store: &dyn Store,
    record: &AuthorityRecord,
    own: &Certificate,
) -> Result<bool, CommandError> {
    let Ok(serial) = own.serial() else { return Ok(false) };
    Ok(store.revocation(issuer_name(record), &serial).await?.is_some())
}

/// Whether the certificate was issued by this trust domain, and not imported.
async fn made_here(
    store: &dyn Store,
    record: &AuthorityRecord,
    own: &Certificate,
) -> Result<bool, CommandError> {
    let Ok(serial) = own.serial() else { return Ok(false) };
    let found = store.find_by_serial(issuer_name(record), &serial).await?;
    Ok(found.is_some_and(|found| found.body.certificate() == Some(own.der())))
}

/// The declaration that the certificate was made from, read back from the certificate.
fn made_from(
    topology: &Topology,
    record: &AuthorityRecord,
    own: &Certificate,
    observed: &ObservedCertificate,
) -> Option<AuthoritySpec> {
    let declared = topology.authority(&record.name)?;
    let constraints = own.name_constraints().ok().flatten().unwrap_or_default();
    let same_subject =
        distinguished_name(&declared.subject).is_ok_and(|subject| subject.matches(own.subject()));
    Some(AuthoritySpec {
        authority: record.name.clone(),
        parent: record.parent.clone(),
        subject: if same_subject {
            declared.subject.clone()
        } else {
            Subject::Full(own.subject().to_string())
        },
        key: observed.key?,
        lifetime: observed.validity.lifetime(),
        permitted: subtrees(&constraints.permitted, &record.name, &declared.permitted),
        excluded: subtrees(&constraints.excluded, &record.name, &declared.excluded),
        path_length: path_length(own),
        offline: declared.offline,
        key_file: declared.key_file.clone(),
    })
}

/// The path length constraint, RFC 5280 section 4.2.1.9.
fn path_length(own: &Certificate) -> Option<u8> {
    let length = own.basic_constraints().ok().flatten()?.path_length?;
    u8::try_from(length).ok()
}

/// The subtrees in a certificate in the words of the file: the declared ones when they make the same subtrees, in whatever
/// order.
fn subtrees(found: &[GeneralName], authority: &str, declared: &[NameConstraint]) -> Vec<NameConstraint> {
    let expected = patterns(authority, declared).map(|patterns| hf_ca::issuer::subtrees(&patterns));
    let set = |list: &[GeneralName]| list.iter().cloned().collect::<HashSet<_>>();
    if expected.is_ok_and(|expected| set(&expected) == set(found)) {
        return declared.to_vec();
    }
    found.iter().filter_map(subtree).collect()
}

/// One subtree in the words of the file.
fn subtree(name: &GeneralName) -> Option<NameConstraint> {
    match name {
        GeneralName::Dns(name) => name.parse().ok(),
        GeneralName::Email(name) => format!("email:{name}").parse().ok(),
        GeneralName::Uri(name) => format!("uri:{name}").parse().ok(),
        GeneralName::Ip(octets) => network(octets),
        GeneralName::Other { .. }
        | GeneralName::X400(_)
        | GeneralName::Directory(_)
        | GeneralName::EdiParty(_)
        | GeneralName::RegisteredId(_) => None,
    }
}

/// An address and a mask of the same length as a network with a prefix.
fn network(octets: &[u8]) -> Option<NameConstraint> {
    let (address, mask) = octets.split_at_checked(octets.len() / 2)?;
    let prefix = mask.iter().map(|octet| octet.count_ones()).sum::<u32>();
    let address = match <[u8; 4]>::try_from(address) {
        Ok(four) => IpAddr::from(four),
        Err(_) => IpAddr::from(<[u8; 16]>::try_from(address).ok()?),
    };
    format!("{address}/{prefix}").parse().ok()
}

/// Where the private key of an authority is.
fn key_state(domain: &Domain, record: &AuthorityRecord) -> KeyState {
    match &record.key {
        None if domain.key_file(&record.name).is_some_and(|file| file.is_file()) => KeyState::Present,
        None => KeyState::Elsewhere,
        Some(reference) if domain.has_key(reference) => KeyState::Present,
        Some(_) => KeyState::Missing,
    }
}

/// The facts about a certificate; `None` when its validity or its names cannot be read.
pub(crate) fn certificate(
    certificate: &Certificate,
    issuer: Option<&PublicKey>,
    revoked: bool,
) -> Option<ObservedCertificate> {
    Some(ObservedCertificate {
        sha256: Fingerprint(certificate.sha256()),
        spki_sha256: Fingerprint(certificate.public_key().spki_sha256()),
        issuer_spki_sha256: issuer.map(|key| Fingerprint(key.spki_sha256())),
        validity: certificate.validity().ok()?,
        names: certificate.san_set().unwrap_or_default(),
        usages: usages(certificate),
        key: certificate.public_key().key_algorithm(),
        addresses: addresses(certificate),
        authority: certificate.is_ca(),
        revoked,
    })
}

/// Where the certificate says that CRLs, its issuer's certificate and status are.
fn addresses(certificate: &Certificate) -> Vec<String> {
    let lists = certificate.crl_distribution_points().ok().flatten();
    let access = certificate.authority_information_access().ok().flatten();
    let points = lists.iter().flat_map(|lists| &lists.0).filter_map(|point| point.name.as_ref());
    let lists = points.flat_map(|name| match name {
        DistributionPointName::Full(names) => names.as_slice(),
        DistributionPointName::Relative(_) => &[],
    });
    let access = access.iter().flat_map(|access| &access.0).map(|description| &description.location);
    let uri = |name: &GeneralName| if let GeneralName::Uri(uri) = name { Some(uri.clone()) } else { None };
    lists.chain(access).filter_map(uri).collect()
}

/// The roles that the extended key usage allows.
fn usages(certificate: &Certificate) -> Vec<Usage> {
    let Ok(Some(usage)) = certificate.extended_key_usage() else { return Vec::new() };
    [(oids::SERVER_AUTH, Usage::Server), (oids::CLIENT_AUTH, Usage::Client)]
        .into_iter()
        .filter_map(|(oid, role)| usage.contains(&oid).then_some(role))
        .collect()
}
