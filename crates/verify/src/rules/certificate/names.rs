//! Names and name constraints, each by itself, RFC 5280 sections 4.1.2.4, 4.1.2.6, 4.2.1.6 and 4.2.1.10.

mod common_name;

use hf_x509::general_name::GeneralName;
use hf_x509::oids;

use crate::codes;
use crate::facts::Presented;
use crate::names::{dns, email, ip, uri};
use crate::rules::{CertificateRule, Fault, Link, Place};

pub(super) const EMPTY: CertificateRule = CertificateRule {
    code: codes::CERT_EMPTY_NAME,
    rfc: "RFC 5280 sections 4.1.2.4 and 4.1.2.6",
    check: empty,
};

pub(super) const SAN_CRITICAL: CertificateRule =
    CertificateRule { code: codes::NAME_SAN_CRITICAL, rfc: "RFC 5280 section 4.1.2.6", check: san_critical };

pub(super) const MALFORMED: CertificateRule =
    CertificateRule { code: codes::NAME_MALFORMED, rfc: "RFC 5280 section 4.2.1.6", check: malformed };

pub(super) const CONSTRAINT_FORM: CertificateRule = CertificateRule {
    code: codes::NAME_CONSTRAINT_FORM,
    rfc: "RFC 5280 section 4.2.1.10",
    check: constraint_form,
};

pub(super) const COMMON_NAME: CertificateRule =
    CertificateRule { code: codes::NAME_COMMON_NAME, rfc: "RFC 9525 section 2", check: common_name::check };

fn empty(link: &Link<'_>) -> Option<Fault> {
    let certificate = &link.facts.certificate;
    if certificate.issuer().is_empty() {
        return Some(Fault::new(
            "the issuer has no name",
            "a name with at least one attribute",
            "an empty issuer",
        ));
    }
    let authority = link.issues() || link.facts.is_authority();
    (authority && certificate.subject().is_empty()).then(|| {
        Fault::new("an authority has no name", "a name with at least one attribute", "an empty subject")
    })
}

fn san_critical(link: &Link<'_>) -> Option<Fault> {
    let nameless = link.facts.certificate.subject().is_empty();
    let criticality = link.facts.criticality(&oids::SUBJECT_ALT_NAME);
    let found = match criticality {
        Some(true) => return None,
        _ if !nameless || link.issues() => return None,
        Some(false) => "subjectAltName, not critical",
        None => "no subjectAltName",
    };
    Some(Fault::new(
        "the subject is empty, so the alternative names carry it alone",
        "critical subjectAltName",
        found,
    ))
}

fn malformed(link: &Link<'_>) -> Option<Fault> {
    // What a trust anchor calls itself is not looked at.
    let names = link.facts.names.as_ref().filter(|_| link.place != Place::Anchor)?;
    names.iter().find_map(|name| {
        let Presented::Malformed { kind, text } = name else { return None };
        Some(Fault::new(
            format!("a name in subjectAltName is no {kind}"),
            format!("{kind} in the syntax of RFC 5280"),
            format!("`{text}`"),
        ))
    })
}

fn constraint_form(link: &Link<'_>) -> Option<Fault> {
    let constraints = link.facts.constraints.as_ref()?;
    if !link.facts.is_authority() {
        return Some(Fault::new(
            "name constraints stand in a certificate that is no authority",
            "nameConstraints in CA certificates alone",
            "nameConstraints in a leaf",
        ));
    }
    let bad = constraints.permitted.iter().chain(&constraints.excluded).find(|base| !is_well_formed(base))?;
    Some(Fault::new(format!("a name constraint is no {}", bad.kind()), form_of(bad), format!("`{bad}`")))
}

fn is_well_formed(base: &GeneralName) -> bool {
    match base {
        GeneralName::Dns(text) => dns::is_subtree(text),
        GeneralName::Email(text) => email::is_subtree(text),
        GeneralName::Uri(text) => uri::is_subtree(text),
        GeneralName::Ip(octets) => ip::is_subtree(octets),
        GeneralName::Directory(_)
        | GeneralName::Other { .. }
        | GeneralName::X400(_)
        | GeneralName::EdiParty(_)
        | GeneralName::RegisteredId(_) => true,
    }
}

fn form_of(base: &GeneralName) -> &'static str {
    match base {
        GeneralName::Dns(_) => "a domain without wildcard and without leading dot, for example `example.com`",
        GeneralName::Email(_) => "a mailbox, a host, or a domain with a leading dot",
        GeneralName::Uri(_) => "a host, or a domain with a leading dot",
        GeneralName::Ip(_) => "an address and a mask of the same length that is a prefix",
        GeneralName::Directory(_)
        | GeneralName::Other { .. }
        | GeneralName::X400(_)
        | GeneralName::EdiParty(_)
        | GeneralName::RegisteredId(_) => "a well-formed name",
    }
}
