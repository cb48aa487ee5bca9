//! Which certificates and reasons a list covers, RFC 5280 sections 5.2.5 and 6.3.3 (b).

use hf_x509::crl::CertificateList;
use hf_x509::ext::{DistributionPoint, DistributionPointName, IssuingDistributionPoint};
use hf_x509::general_name::GeneralName;
use hf_x509::oids;

use super::{ALL_REASONS, Unusable};
use crate::codes;
use crate::facts::Facts;

/// The reasons for which the list covers the certificate; a fault when it does not cover it at all.
pub(super) fn reasons(list: &CertificateList, certificate: &Facts) -> Result<u16, Unusable> {
    let Some(extension) = list.extension(&oids::ISSUING_DISTRIBUTION_POINT) else { return Ok(ALL_REASONS) };
    let point = match list.issuing_distribution_point() {
        Ok(Some(point)) if extension.critical() => point,
        Ok(_) => return Err(fault("a critical issuingDistributionPoint", "one that is not critical")),
        Err(error) => return Err(fault("a readable issuingDistributionPoint", &error.to_string())),
    };
    kinds(&point, certificate)?;
    let mut reasons = point.only_some_reasons.map_or(ALL_REASONS, |reasons| reasons & ALL_REASONS);
    if let Some(name) = &point.name {
        reasons &= reasons_of(name, certificate)?;
    }
    Ok(reasons)
}

fn kinds(point: &IssuingDistributionPoint, certificate: &Facts) -> Result<(), Unusable> {
    let authority = certificate.is_authority();
    let only = [point.only_user_certificates, point.only_ca_certificates, point.only_attribute_certificates];
    if point.indirect {
        return Err(fault("a list that its issuer made for its own certificates", "an indirect CRL"));
    }
    if only.iter().filter(|only| **only).count() > 1 {
        return Err(fault("at most one of the `only` flags", "several"));
    }
    if point.only_attribute_certificates {
        return Err(fault("a list of public key certificates", "onlyContainsAttributeCerts"));
    }
    if point.only_user_certificates && authority {
        return Err(fault("a list that covers authorities", "onlyContainsUserCerts"));
    }
    if point.only_ca_certificates && !authority {
        return Err(fault("a list that covers leaves", "onlyContainsCACerts"));
    }
    Ok(())
}

/// The reasons of the certificate's distribution points that share a name with the list. A certificate without points
/// names its issuer (RFC 5280 section 6.3.3).
fn reasons_of(name: &DistributionPointName, certificate: &Facts) -> Result<u16, Unusable> {
    let implied = [GeneralName::Directory(certificate.certificate.issuer().clone())];
    let implied = DistributionPoint {
        name: Some(DistributionPointName::Full(implied.to_vec())),
        ..DistributionPoint::default()
    };
    let implied = [implied];
    let points = if certificate.distribution.is_empty() {
        implied.as_slice()
    } else {
        certificate.distribution.as_slice()
    };
    let fitting = points.iter().filter(|point| point.crl_issuer.is_empty());
    let fitting = fitting.filter(|point| point.name.as_ref().is_some_and(|own| share(own, name)));
    let reasons = fitting
        .fold(0, |all, point| all | point.reasons.map_or(ALL_REASONS, |reasons| reasons & ALL_REASONS));
    if reasons == 0 {
        let found = name.uris().next().map_or_else(|| "another distribution point".to_owned(), str::to_owned);
        return Err(fault("a list for a distribution point of the certificate", &found));
    }
    Ok(reasons)
}

fn share(own: &DistributionPointName, other: &DistributionPointName) -> bool {
    match (own, other) {
        (DistributionPointName::Full(own), DistributionPointName::Full(other)) => {
            own.iter().any(|name| other.contains(name))
        }
        (DistributionPointName::Relative(own), DistributionPointName::Relative(other)) => own == other,
        _ => false,
    }
}

fn fault(expected: &str, found: &str) -> Unusable {
    Unusable {
        code: codes::CRL_SCOPE,
        rfc: "RFC 5280 sections 5.2.5 and 6.3.3",
        summary: "the revocation list does not cover the certificate".to_owned(),
        expected: expected.to_owned(),
        found: found.to_owned(),
    }
}
