//! The limits of a credential at the endpoints that act upon certificates, as at our own API: its authorities, its profiles,
//! all of its names. Who came without a credential has none, and gets in only where a switch lets everybody in.

use hf_cfssl::certificates;
use hf_cfssl::signer::LocalSigner;
use hf_core::name::SanSet;
use hf_core::serial::Serial;
use hf_core::time::Timestamp;
use hf_store::record::StoredCertificate;

use super::reply::Refusal;
use super::{Asked, caller, failure};
use crate::access::denied::Denied;
use crate::access::{Caller, MOST_WITH_ONE_KEY};

/// Whether the caller may act upon the certificate of `signer` with this serial number. One that is on no record of ours
/// may be anybody's.
pub(super) async fn check(
    asked: &Asked,
    signer: Option<&LocalSigner>,
    serial: Option<&Serial>,
) -> Result<(), Refusal> {
    let caller = &asked.caller;
    if !is_limited(caller) {
        return Ok(());
    }
    let record = match signer.zip(serial) {
        Some((signer, serial)) => {
            caller.check_authority(signer.issuer()).map_err(|denied| caller::refused(&denied))?;
            let found = signer.record(serial).await;
            found.map_err(|error| failure::refusal(asked.row.name, "", error))?
        }
        None => None,
    };
    judge(caller, record.as_ref()).map_err(|denied| caller::refused(&denied))
}

/// Whether the caller may say that the key of this certificate is compromised, which blocks it for all who have it.
pub(super) async fn check_compromise(
    asked: &Asked,
    signer: Option<&LocalSigner>,
    serial: Option<&Serial>,
    now: Timestamp,
) -> Result<(), Refusal> {
    let Some((signer, serial)) = signer.zip(serial).filter(|_| is_limited(&asked.caller)) else {
        return Ok(());
    };
    let failed = |error| failure::refusal(asked.row.name, "", error);
    let Some(record) = signer.record(serial).await.map_err(failed)? else { return Ok(()) };
    let same = signer.with_key(record.spki_sha256, MOST_WITH_ONE_KEY).await.map_err(failed)?;
    asked.caller.check_same_key(&same, now).map_err(|denied| caller::refused(&denied))
}

/// Whether the caller may put this certificate on the record of `signer`.
pub(super) fn check_new(asked: &Asked, signer: Option<&LocalSigner>, pem: &str) -> Result<(), Refusal> {
    let caller = &asked.caller;
    if !is_limited(caller) {
        return Ok(());
    }
    let certificate = certificates::one(pem)?;
    // What cannot be read is no name that is allowed.
    let names = certificate.san_set().unwrap_or_default();
    new(caller, signer, &names).map_err(|denied| caller::refused(&denied))
}

fn new(caller: &Caller, signer: Option<&LocalSigner>, names: &SanSet) -> Result<(), Denied> {
    caller.check_authority(signer.ok_or_else(of_others)?.issuer())?;
    if caller.limits.profiles.is_some() {
        let what = "not to what was issued elsewhere, which has no profile here";
        return Err(Denied::Limit { what: what.to_owned() });
    }
    caller.check_names(names)
}

/// Whether the caller may have all of an authority signed that it can sign: it is not limited to some of its certificates.
pub(super) fn may_sign_lists(caller: &Caller, authority: &str) -> bool {
    caller.check_whole_authority().is_ok() && caller.check_authority(authority).is_ok()
}

fn is_limited(caller: &Caller) -> bool {
    let limits = &caller.limits;
    limits.names.is_some() || limits.profiles.is_some() || limits.authorities.is_some()
}

fn judge(caller: &Caller, record: Option<&StoredCertificate>) -> Result<(), Denied> {
    match record {
        Some(record) => caller.check_record(record),
        None => Err(of_others()),
    }
}

fn of_others() -> Denied {
    Denied::Limit { what: "not to certificates that are on no record here".to_owned() }
}
