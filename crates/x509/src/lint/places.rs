//! Rows about places to ask: CRL distribution points, authority information access, policies.

use super::view::View;
use super::{CertificateRow, Context, Fault, fault, row};
use crate::ext::{DistributionPointName, PolicyQualifier};
use crate::general_name::GeneralName;

pub(super) static ROWS: &[CertificateRow] = &[
    row!(Warning, "HF-LINT-CDP-CRITICAL", "RFC 5280 section 4.2.1.13", cdp_critical),
    row!(Error, "HF-LINT-CDP-POINT", "RFC 5280 section 4.2.1.13", cdp_point),
    row!(Error, "HF-LINT-CDP-URI", "RFC 5280 section 4.2.1.13", cdp_uri),
    row!(Error, "HF-LINT-AIA-CRITICAL", "RFC 5280 section 4.2.2.1", aia_critical),
    row!(Error, "HF-LINT-AIA-URI", "RFC 5280 section 4.2.2.1", aia_uri),
    row!(Warning, "HF-LINT-POLICY-QUALIFIER", "RFC 5280 section 4.2.1.4", policy_qualifier),
];

/// "The extension SHOULD be non-critical".
fn cdp_critical(view: &View<'_>, _: Context<'_>) -> Option<Fault> {
    if !view.extensions.crl_distribution_points.is_critical() {
        return None;
    }
    fault("cRLDistributionPoints is critical", "not critical", "critical")
}

/// "a `DistributionPoint` MUST NOT consist of only the reasons field", and names nothing relative to an issuer.
fn cdp_point(view: &View<'_>, _: Context<'_>) -> Option<Fault> {
    let points = &view.extensions.crl_distribution_points.value()?.0;
    points.iter().find(|point| !matches!(point.name, Some(DistributionPointName::Full(_))))?;
    fault("a distribution point has no full name", "at least one URI", "none")
}

/// Fetched over HTTP: an address that needs TLS to be fetched could need itself.
fn cdp_uri(view: &View<'_>, _: Context<'_>) -> Option<Fault> {
    let points = view.extensions.crl_distribution_points.value()?;
    let wrong = points.uris().find(|uri| !is_fetchable(uri))?;
    fault("a CRL cannot be fetched from this address", "an absolute http or ldap URI", wrong.to_owned())
}

/// "Conforming CAs MUST mark this extension as non-critical".
fn aia_critical(view: &View<'_>, _: Context<'_>) -> Option<Fault> {
    if !view.extensions.authority_info_access.is_critical() {
        return None;
    }
    fault("authorityInfoAccess is critical", "not critical", "critical")
}

/// Places are absolute URIs.
fn aia_uri(view: &View<'_>, _: Context<'_>) -> Option<Fault> {
    let access = view.extensions.authority_info_access.value()?;
    let is_wrong = |location: &GeneralName| !matches!(location, GeneralName::Uri(uri) if is_fetchable(uri));
    let wrong = access.0.iter().find(|description| is_wrong(&description.location))?;
    fault("an access location is of no use", "an absolute http or ldap URI", wrong.location.to_string())
}

/// "policy information terms SHOULD consist of only an OID"; where qualifiers are used, only the two of the RFC.
fn policy_qualifier(view: &View<'_>, _: Context<'_>) -> Option<Fault> {
    let policies = &view.extensions.certificate_policies.value()?.0;
    let kind =
        policies.iter().flat_map(|policy| &policy.qualifiers).find_map(|qualifier| match qualifier {
            PolicyQualifier::Other { kind, .. } if *kind != crate::oids::QUALIFIER_USER_NOTICE => Some(kind),
            PolicyQualifier::Other { .. } | PolicyQualifier::PracticeStatement(_) => None,
        })?;
    fault("a policy has a qualifier of an unknown kind", "id-qt-cps or id-qt-unotice", kind.to_string())
}

/// An absolute URI of a scheme that needs no TLS, with a host, of the characters that RFC 3986 allows.
fn is_fetchable(uri: &str) -> bool {
    let rest = uri.strip_prefix("http://").or_else(|| uri.strip_prefix("ldap://"));
    let has_host = rest.is_some_and(|rest| {
        rest.as_bytes().first().is_some_and(u8::is_ascii_alphanumeric) || rest.starts_with('[')
    });
    has_host && uri.bytes().all(|octet| octet.is_ascii_graphic() && !b"\"<>\\^`{|}".contains(&octet))
}
