//! Whoever shows a certificate of this trust domain in the TLS handshake.
//!
//! The listener verified the path and that the peer has the key. Here it must also be one that is on record, octet for
//! octet, under the authority that issued it, in force now. Headers in which a proxy states a certificate are not read.

use hf_core::principal::Principal;
use hf_core::time::Timestamp;
use hf_store::Store;
use hf_store::record::{CertificateState, StoredCertificate};
use hf_x509::certificate::Certificate;

use super::Caller;
use super::denied::Denied;
use super::rules::Rules;

/// Who shows this certificate.
pub(super) async fn identify(
    der: &[u8],
    rules: &Rules,
    store: &dyn Store,
    now: Timestamp,
) -> Result<Caller, Denied> {
    let refused = |reason| Denied::Certificate { reason };
    let certificate = Certificate::from_der(der).map_err(|_| refused("it cannot be read"))?;
    let serial = certificate.serial().map_err(|_| refused("it is not of this trust domain"))?;
    let found = store.find_serial_anywhere(&serial).await.map_err(Denied::Store)?;
    let record = found
        .into_iter()
        .find(|record| record.body.certificate() == Some(certificate.der()))
        .ok_or(refused("it is not on record here"))?;
    match record.state(now) {
        CertificateState::Valid if certificate.is_valid_at(now) => {}
        CertificateState::Valid => return Err(refused("it is not valid yet")),
        CertificateState::Expired => return Err(refused("it has expired")),
        CertificateState::Revoked | CertificateState::PossiblySigned => return Err(refused("it is revoked")),
    }
    if certificate.is_ca() {
        return Err(refused("it is the certificate of an authority"));
    }
    Ok(caller(record, rules))
}

fn caller(record: StoredCertificate, rules: &Rules) -> Caller {
    let rule = rules.certificates.iter().find(|rule| rule.fits(&record.authority, &record.names));
    let allowance = rule.map(|rule| rule.allowance.clone()).unwrap_or_default();
    let name = record.names.primary().map_or_else(|| record.subject.clone(), ToString::to_string);
    Caller {
        principal: Principal::Certificate {
            authority: record.authority.clone(),
            serial: record.serial.clone(),
            name,
        },
        rights: allowance.rights,
        limits: allowance.limits,
        certificate: Some(Box::new(record)),
    }
}
