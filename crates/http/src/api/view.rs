//! Records as they are shown.

use hf_ca::issuer::Issuer;
use hf_ca::profile::Profile;
use hf_ca::request::IssuedCertificate;
use hf_ca::transparency::is_precertificate;
use hf_core::time::Timestamp;
use hf_proto::api::authority::AuthorityView;
use hf_proto::api::certificate::{CertificateRecord, State};
use hf_proto::api::issue;
use hf_proto::api::problem::Note;
use hf_proto::api::profile::ProfileView;
use hf_store::record::{CertificateState, StoredCertificate};
use hf_x509::certificate::Certificate;

use super::failure::Failure;

/// The word for a state.
pub(super) fn state(state: CertificateState) -> State {
    match state {
        CertificateState::Valid => State::Valid,
        CertificateState::Expired => State::Expired,
        CertificateState::Revoked => State::Revoked,
        CertificateState::PossiblySigned => State::PossiblySigned,
    }
}

/// A certificate on record, without its PEM.
pub(super) fn row(record: &StoredCertificate, now: Timestamp) -> CertificateRecord {
    CertificateRecord {
        serial: record.serial.clone(),
        authority: record.authority.clone(),
        profile: record.profile.clone(),
        state: state(record.state(now)),
        precertificate: is_precertificate(record),
        subject: record.subject.clone(),
        names: record.names.iter().map(ToString::to_string).collect(),
        not_before: record.validity.not_before(),
        not_after: record.validity.not_after(),
        revoked_at: record.revocation.map(|revocation| revocation.at),
        reason: record.revocation.map(|revocation| revocation.reason),
        certificate: None,
    }
}

/// A certificate on record, with its PEM.
pub(super) fn whole(record: &StoredCertificate, now: Timestamp) -> CertificateRecord {
    let certificate = record.body.certificate().and_then(|der| Certificate::from_der(der).ok());
    CertificateRecord { certificate: certificate.map(|found| found.to_pem()), ..row(record, now) }
}

/// A certificate that was issued.
pub(super) fn issued(issued: &IssuedCertificate) -> Result<issue::IssuedCertificate, Failure> {
    let certificate = &issued.certificate;
    let names = certificate.names().unwrap_or_default();
    Ok(issue::IssuedCertificate {
        serial: certificate.serial().map_err(|error| Failure::internal(&error))?,
        authority: issued.authority.clone(),
        profile: issued.profile.clone(),
        names: names.iter().map(ToString::to_string).collect(),
        not_before: certificate.not_before(),
        not_after: certificate.not_after(),
        certificate: certificate.to_pem(),
        chain: issued.chain.iter().map(Certificate::to_pem).collect(),
        notices: issued.notices.iter().map(Note::of).collect(),
        existed: issued.existed,
    })
}

/// An authority.
pub(super) fn authority(issuer: &Issuer) -> AuthorityView {
    let record = issuer.record();
    AuthorityView {
        name: record.name.clone(),
        parent: record.parent.clone(),
        state: issuer.standing().to_owned(),
        key: record.key.clone(),
        chain: issuer.chain().iter().map(Certificate::to_pem).collect(),
        findings: issuer.hindrances().iter().map(Note::of).collect(),
    }
}

/// A profile.
pub(super) fn profile(profile: &Profile) -> ProfileView {
    let further = profile.extended_key_usage().iter().map(ToString::to_string);
    ProfileView {
        name: profile.name().to_owned(),
        authority: profile.kind().is_authority(),
        purposes: profile.purposes().iter().map(ToString::to_string).chain(further).collect(),
        key_algorithms: profile.key_algorithms().iter().map(|one| one.as_str().to_owned()).collect(),
        default_lifetime: profile.default_lifetime(),
        max_lifetime: profile.max_lifetime(),
        max_names: profile.max_names(),
        wildcards: profile.allows_wildcards(),
        snapshot: profile.snapshot().id.to_string(),
    }
}
