//! The extensions of a certificate, from the profile and the grant and from nothing else (RFC 5280 section 4.2).

use hf_store::record::COMPLETE;
use hf_x509::ext::{AuthorityInfoAccess, BasicConstraints, NameConstraints};
use hf_x509::public_key::KeyIdentifierMethod;
use hf_x509::tbs::Extensions;

use crate::issuer::{Signing, subtrees};
use crate::policy::Grant;
use crate::profile::ProfileKind;

/// Everything that the profile says about a certificate of this grant.
pub(super) fn build(grant: &Grant, issuer: &Signing, shard: u32) -> Extensions {
    let profile = grant.profile();
    let url = |template: Option<&crate::profile::UrlTemplate>| template.map(|url| url.url(issuer.name()));
    let method = if profile.settings().sha1_key_identifier {
        KeyIdentifierMethod::Sha1
    } else {
        grant.authority().map(|authority| authority.key_identifier).unwrap_or_default()
    };
    Extensions {
        basic_constraints: basic_constraints(grant),
        key_usage: profile.key_usage(grant.key_algorithm()),
        extended_key_usage: profile.extended_key_usage().to_vec(),
        subject_alt_names: grant.names().clone(),
        name_constraints: name_constraints(grant),
        crl_distribution_points: distribution_point(grant, issuer, shard).into_iter().collect(),
        authority_info_access: access(
            url(profile.ocsp_url()).filter(|_| issuer.key_is_kept() || !profile.ocsp_needs_key()),
            profile.ca_issuers_urls().iter().map(|place| place.url(issuer.name())).collect(),
            issuer,
        ),
        certificate_policies: profile.certificate_policies().cloned(),
        ocsp_no_check: profile.ocsp_no_check(),
        further: grant.further_extensions(),
        subject_key_identifier: method,
        ..Extensions::new(if issuer.chain().is_empty() {
            grant.public_key().key_identifier_by(method)
        } else {
            issuer.authority_key_identifier().clone()
        })
    }
}

/// RFC 5280 section 4.2.1.13: the address of the list that will name the certificate. A root names no CRL unless somebody
/// wants it to: nobody above it could revoke it.
fn distribution_point(grant: &Grant, issuer: &Signing, shard: u32) -> Option<String> {
    if issuer.chain().is_empty() {
        let wanted = grant.authority().and_then(|authority| authority.root_crl.as_ref());
        return wanted.map(|url| url.url(issuer.name()));
    }
    let profile = grant.profile();
    let of_shard = profile.crl_shard_url().filter(|_| shard != COMPLETE);
    of_shard
        .map(|url| url.shard_url(issuer.name(), shard))
        .or_else(|| profile.crl_url().map(|url| url.url(issuer.name())))
}

/// RFC 5280 section 4.2.1.9. The path length is what was wished, at most what profile and chain leave.
fn basic_constraints(grant: &Grant) -> BasicConstraints {
    let ProfileKind::Authority { max_path_length } = grant.profile().kind() else {
        return BasicConstraints { ca: false, path_length: None };
    };
    let wished = grant.authority().and_then(|authority| authority.path_length);
    let left = grant.issuer().depth_left().flatten();
    let path_length = [wished, left, max_path_length].into_iter().flatten().min().map(u32::from);
    BasicConstraints { ca: true, path_length }
}

/// RFC 5280 section 4.2.1.10.
fn name_constraints(grant: &Grant) -> Option<NameConstraints> {
    let wish = grant.authority()?;
    let constraints =
        NameConstraints { permitted: subtrees(&wish.permitted), excluded: subtrees(&wish.excluded) };
    (!constraints.permitted.is_empty() || !constraints.excluded.is_empty()).then_some(constraints)
}

/// RFC 5280 section 4.2.2.1; not for a root, whose issuer is itself.
fn access(ocsp: Option<String>, ca_issuers: Vec<String>, issuer: &Signing) -> Option<AuthorityInfoAccess> {
    if issuer.chain().is_empty() || (ocsp.is_none() && ca_issuers.is_empty()) {
        return None;
    }
    Some(AuthorityInfoAccess::from_uris(ocsp, ca_issuers))
}
