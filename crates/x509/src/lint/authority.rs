//! Rows about the tie between a certificate and its issuer, and about what only authorities may have.

use super::view::View;
use super::{CertificateRow, Context, Fault, fault, row};
use crate::ext::KeyUsage;
use crate::general_name::GeneralName;
use crate::oids;
use crate::public_key::KeyIdentifierMethod;

pub(super) static ROWS: &[CertificateRow] = &[
    row!(Error, "HF-LINT-SKI-MISSING", "RFC 5280 section 4.2.1.2", ski_missing),
    row!(Error, "HF-LINT-SKI-CRITICAL", "RFC 5280 section 4.2.1.2", ski_critical),
    row!(
        Error,
        "HF-LINT-SKI-METHOD",
        "RFC 5280 section 4.2.1.2 and RFC 7093 section 2, method 1 of both",
        ski_method
    ),
    row!(Error, "HF-LINT-AKI-MISSING", "RFC 5280 section 4.2.1.1", aki_missing),
    row!(Error, "HF-LINT-AKI-CRITICAL", "RFC 5280 section 4.2.1.1", aki_critical),
    row!(Error, "HF-LINT-AKI-MISMATCH", "RFC 5280 section 4.2.1.1", aki_mismatch),
    row!(
        Error,
        "HF-LINT-VALIDITY-BEYOND-ISSUER",
        "Handfast: nothing outlives its issuer",
        validity_beyond_issuer
    ),
    row!(Error, "HF-LINT-ISSUER-NOT-CA", "RFC 5280 section 6.1.4 (k) and (n)", issuer_not_ca),
    row!(Error, "HF-LINT-PATH-LENGTH-EXCEEDED", "RFC 5280 section 6.1.4 (l) and (m)", path_length_exceeded),
    row!(Error, "HF-LINT-NC-LEAF", "RFC 5280 section 4.2.1.10", nc_leaf),
    row!(Error, "HF-LINT-NC-CRITICAL", "RFC 5280 section 4.2.1.10", nc_critical),
    row!(Error, "HF-LINT-NC-BASE", "RFC 5280 section 4.2.1.10", nc_base),
    row!(Error, "HF-LINT-POLICY-LEAF", "RFC 5280 sections 4.2.1.5, 4.2.1.11 and 4.2.1.14", policy_leaf),
    row!(Error, "HF-LINT-POLICY-CRITICAL", "RFC 5280 sections 4.2.1.11 and 4.2.1.14", policy_critical),
    row!(Error, "HF-LINT-POLICY-MAPPING-ANY", "RFC 5280 section 4.2.1.5", policy_mapping_any),
];

/// "MUST appear in all conforming CA certificates", "SHOULD" in others; Handfast always.
fn ski_missing(view: &View<'_>, _: Context<'_>) -> Option<Fault> {
    if view.extensions.subject_key_identifier.is_present() {
        return None;
    }
    fault("there is no subject key identifier", "subjectKeyIdentifier", "none")
}

/// "Conforming CAs MUST mark this extension as non-critical".
fn ski_critical(view: &View<'_>, _: Context<'_>) -> Option<Fault> {
    if !view.extensions.subject_key_identifier.is_critical() {
        return None;
    }
    fault("subjectKeyIdentifier is critical", "not critical", "critical")
}

/// One of two methods, so that certificates for the same key have the same identifier wherever they come from.
fn ski_method(view: &View<'_>, _: Context<'_>) -> Option<Fault> {
    let found = view.extensions.subject_key_identifier.value()?;
    let expected = view.public_key.key_identifier();
    let older = view.public_key.key_identifier_by(KeyIdentifierMethod::Sha1);
    if *found == expected || *found == older {
        return None;
    }
    fault("the subject key identifier does not belong to the key", expected.to_string(), found.to_string())
}

/// "The keyIdentifier field … MUST be included in all certificates"; Handfast also in self-signed ones.
fn aki_missing(view: &View<'_>, _: Context<'_>) -> Option<Fault> {
    let found = &view.extensions.authority_key_identifier;
    if found.is_present() && found.value().is_none_or(|authority| authority.key_identifier.is_some()) {
        return None;
    }
    let found = if found.is_present() { "one without keyIdentifier" } else { "none" };
    fault("there is no authority key identifier", "authorityKeyIdentifier with keyIdentifier", found)
}

/// "Conforming CAs MUST mark this extension as non-critical".
fn aki_critical(view: &View<'_>, _: Context<'_>) -> Option<Fault> {
    if !view.extensions.authority_key_identifier.is_critical() {
        return None;
    }
    fault("authorityKeyIdentifier is critical", "not critical", "critical")
}

/// It names the issuer's key by the identifier that the issuer's certificate has.
fn aki_mismatch(view: &View<'_>, context: Context<'_>) -> Option<Fault> {
    let found = view.extensions.authority_key_identifier.value()?.key_identifier.as_ref()?;
    let expected = context.issuer.key_identifier.as_ref()?;
    if found == expected {
        return None;
    }
    fault("the authority key identifier names another key", expected.to_string(), found.to_string())
}

/// A certificate whose issuer has expired is worthless, so it does not claim to last longer.
fn validity_beyond_issuer(view: &View<'_>, context: Context<'_>) -> Option<Fault> {
    let (last, end) = (view.layout.not_after, context.issuer.not_after);
    if last <= end {
        return None;
    }
    fault("the certificate outlives its issuer", format!("an end at or before {end}"), last.to_string())
}

/// The issuer is an authority that may sign certificates.
fn issuer_not_ca(_: &View<'_>, context: Context<'_>) -> Option<Fault> {
    let issuer = context.issuer;
    let expected = "an issuer with cA and keyCertSign";
    if !issuer.basic_constraints.is_some_and(|constraints| constraints.ca) {
        return fault("the issuer is no authority", expected, "no cA");
    }
    if issuer.key_usage.is_some_and(|usage| !usage.contains(KeyUsage::KEY_CERT_SIGN)) {
        return fault("the issuer may not sign certificates", expected, "no keyCertSign");
    }
    None
}

/// An authority below an issuer with a path length has a smaller one; below one with zero there is none.
fn path_length_exceeded(view: &View<'_>, context: Context<'_>) -> Option<Fault> {
    let limit = context.issuer.basic_constraints?.path_length?;
    let constraints = view.extensions.basic_constraints.value().filter(|constraints| constraints.ca)?;
    if view.issuer == view.subject || constraints.path_length.is_some_and(|length| length < limit) {
        return None;
    }
    let expected = match limit.checked_sub(1) {
        Some(most) => format!("a path length of at most {most}"),
        None => "no authority below this issuer".to_owned(),
    };
    let found = constraints.path_length.map_or_else(|| "no limit".to_owned(), |length| length.to_string());
    fault("the path length reaches beyond the issuer's", expected, found)
}

/// "MUST be used only in a CA certificate".
fn nc_leaf(view: &View<'_>, _: Context<'_>) -> Option<Fault> {
    if !view.extensions.name_constraints.is_present() || view.is_ca() {
        return None;
    }
    fault("a leaf has name constraints", "none", "nameConstraints")
}

/// "Conforming CAs MUST mark this extension as critical".
fn nc_critical(view: &View<'_>, _: Context<'_>) -> Option<Fault> {
    if !view.extensions.name_constraints.is_lax() {
        return None;
    }
    fault("nameConstraints is not critical", "critical", "not critical")
}

/// Bases that every verifier understands in the same way: DNS names without wildcards and without a leading dot.
fn nc_base(view: &View<'_>, _: Context<'_>) -> Option<Fault> {
    let constraints = view.extensions.name_constraints.value()?;
    let base = constraints.permitted.iter().chain(&constraints.excluded).find(|base| match base {
        GeneralName::Dns(base) => base.starts_with('.') || base.contains('*') || base.ends_with('.'),
        GeneralName::Email(base) | GeneralName::Uri(base) => {
            base.is_empty() || base.contains(['*', '/', ':'])
        }
        GeneralName::Ip(_) | GeneralName::Directory(_) => false,
        GeneralName::Other { .. }
        | GeneralName::X400(_)
        | GeneralName::EdiParty(_)
        | GeneralName::RegisteredId(_) => true,
    })?;
    let expected =
        "a DNS name without wildcard or dots at its ends, a host, an address with a mask, a directory name";
    fault("verifiers disagree about a base of the name constraints", expected, base.to_string())
}

/// Mappings and constraints of policies are for authorities.
fn policy_leaf(view: &View<'_>, _: Context<'_>) -> Option<Fault> {
    let extensions = &view.extensions;
    let present = extensions.policy_mappings.is_present()
        || extensions.policy_constraints.is_present()
        || extensions.inhibit_any_policy.is_present();
    if view.is_ca() || !present {
        return None;
    }
    fault(
        "a leaf maps or constrains policies",
        "neither",
        "policyMappings, policyConstraints or inhibitAnyPolicy",
    )
}

/// "Conforming CAs MUST mark this extension as critical" (both).
fn policy_critical(view: &View<'_>, _: Context<'_>) -> Option<Fault> {
    if !view.extensions.policy_constraints.is_lax() && !view.extensions.inhibit_any_policy.is_lax() {
        return None;
    }
    fault("policyConstraints or inhibitAnyPolicy is not critical", "critical", "not critical")
}

/// "policies MUST NOT be mapped either to or from the special value anyPolicy".
fn policy_mapping_any(view: &View<'_>, _: Context<'_>) -> Option<Fault> {
    let pairs = &view.extensions.policy_mappings.value()?.0;
    pairs.iter().find(|(issuer, subject)| [issuer, subject].contains(&&oids::ANY_POLICY))?;
    fault("a policy mapping involves anyPolicy", "named policies", "anyPolicy")
}
