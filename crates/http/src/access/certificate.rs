//! Whoever shows a certificate of this trust domain in the TLS handshake.
//!
//! The listener verified the path and that the peer has the key. Here it must also be one that is on record, octet for
//! octet, under the authority that issued it, in force now with all above it, its key not blocked. Headers in which a proxy
//! states a certificate are not read.

use hf_core::principal::Principal;
use hf_core::time::Timestamp;
use hf_store::Store;
use hf_store::record::StoredCertificate;
use hf_x509::certificate::Certificate;

use super::Caller;
use super::denied::Denied;
use super::rules::Rules;
use super::standing::{Unproven, in_force};

/// Who shows this certificate.
pub(super) async fn identify(
    der: &[u8],
    rules: &Rules,
    store: &dyn Store,
    now: Timestamp,
) -> Result<Caller, Denied> {
    let refused = |reason| Denied::Certificate { reason };
    let certificate = Certificate::from_der(der).map_err(|_| refused("it cannot be read"))?;
    let record = in_force(&certificate, store, now).await.map_err(|error| match error {
        Unproven::Fallen(reason) => refused(reason),
        Unproven::Store(error) => Denied::Store(error),
    })?;
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
        expires: Some(record.validity.not_after()),
        certificate: Some(Box::new(record)),
    }
}
