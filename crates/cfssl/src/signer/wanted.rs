//! What a request asks for, field by field.

use hf_ca::request::WantedExtension;
use hf_core::name::{Identifier, SanSet};
use hf_core::serial::Serial;
use hf_core::time::{Lifetime, Timestamp, Validity};
use hf_proto::cfssl::code::{CfsslError, ErrorKind};
use hf_proto::cfssl::sign_request::SignRequest;
use hf_x509::csr::VerifiedCsr;
use hf_x509::distinguished_name::DistinguishedName;

use crate::policy::Kept;
use crate::{failure, names};

/// What would have to be left out of the certificate without a word is refused.
pub(super) fn check_unsupported(request: &SignRequest, profile: &Kept) -> Result<(), CfsslError> {
    let refuse = |text: String| Err(failure::saying(ErrorKind::PolicyInvalidRequest, text));
    if !request.crl_override.is_empty() && profile.crl_url() != Some(request.crl_override.as_str()) {
        let found = profile.crl_url().unwrap_or("none");
        return refuse(format!(
            "`crl_override` is `{}`: expected that of the profile, {found}",
            request.crl_override.escape_debug()
        ));
    }
    let written = profile.written();
    let usages = written.sorted_usages();
    if usages.key.is_empty() && usages.extended.is_empty() {
        return Err(ErrorKind::PolicyNoKeyUsages.into());
    }
    if profile.whitelist().is_some_and(|list| !list.public_key) {
        return refuse("`CSRWhitelist` of the profile does not take the public key".to_owned());
    }
    Ok(())
}

/// The names: `hosts` where given, else those of the signing request that the profile lets through. An authority has
/// none.
pub(super) fn names(request: &SignRequest, csr: &VerifiedCsr, profile: &Kept) -> Result<SanSet, CfsslError> {
    if profile.is_authority() {
        return Ok(SanSet::new());
    }
    if let Some(hosts) = request.wanted_hosts() {
        return names::hosts(hosts.iter().map(String::as_str));
    }
    let Some(list) = profile.whitelist() else { return Ok(csr.names().clone()) };
    let kept = |name: &&Identifier| match name {
        Identifier::Dns(_) => list.dns_names,
        Identifier::Ip(_) => list.ip_addresses,
        Identifier::Email(_) => list.email_addresses,
        Identifier::Spiffe(_) | Identifier::Uri(_) => list.uris,
    };
    Ok(csr.names().iter().filter(kept).cloned().collect())
}

/// The subject that the request states; what it leaves open comes from the signing request, if the profile lets it.
pub(super) fn subject(request: &SignRequest) -> Result<Option<DistinguishedName>, CfsslError> {
    request.subject.as_ref().map(|subject| names::subject(&subject.attributes()?)).transpose()
}

/// First and last second, when the request states one of them; the other as the profile says, which may fix both.
pub(super) fn validity(
    request: &SignRequest,
    profile: &Kept,
    now: Timestamp,
) -> Result<Option<Validity>, CfsslError> {
    let from = request.not_before.given();
    let to = request.not_after.given().or(profile.written().not_after.given());
    if from.is_none() && to.is_none() {
        return Ok(None);
    }
    let usual = profile.validity(now);
    let from = from.unwrap_or(usual.not_before());
    let to = to.unwrap_or_else(|| from.plus(Lifetime::from_seconds(usual.lifetime().seconds() - 1)));
    let validity = Validity::new(from, to);
    validity.map(Some).map_err(|error| failure::because(ErrorKind::PolicyInvalidRequest, &error))
}

/// The serial number, where the profile lets clients choose it; elsewhere CFSSL passes it over.
pub(super) fn serial(request: &SignRequest, profile: &Kept) -> Result<Option<Serial>, CfsslError> {
    if !profile.client_serial() {
        return Ok(None);
    }
    let number = request.serial.as_ref().ok_or(ErrorKind::CertificateMissingSerial)?;
    if number.is_negative() {
        return Err(failure::saying(ErrorKind::CertificateBadRequest, "the serial number is negative"));
    }
    let serial = Serial::from_unsigned(&number.to_unsigned());
    serial.map(Some).map_err(|error| failure::because(ErrorKind::CertificateBadRequest, &error))
}

/// Extensions; policy grants those that the profile lists.
pub(super) fn extensions(request: &SignRequest) -> Result<Vec<WantedExtension>, CfsslError> {
    let refuse = |text: String| failure::saying(ErrorKind::CertificateBadRequest, text);
    let one = |extension: &hf_proto::cfssl::sign_request::Extension| {
        Ok(WantedExtension {
            id: extension
                .id
                .parse()
                .map_err(|_| refuse(format!("`{}` is no OID", extension.id.escape_debug())))?,
            critical: extension.critical,
            value: extension.der().ok_or_else(|| {
                refuse(format!("the value of extension {} is not hexadecimal", extension.id))
            })?,
        })
    };
    request.extensions.iter().flatten().map(one).collect()
}
