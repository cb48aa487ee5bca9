//! Key identifiers, RFC 5280 sections 4.2.1.1 and 4.2.1.2.

use hf_x509::general_name::GeneralName;

use crate::codes;
use crate::facts::Facts;
use crate::rules::{CertificateRule, Fault, Link};

pub(super) const PRESENT: CertificateRule = CertificateRule {
    code: codes::CERT_KEY_IDENTIFIER,
    rfc: "RFC 5280 sections 4.2.1.1 and 4.2.1.2",
    check: present,
};

pub(super) const CONSISTENT: CertificateRule =
    CertificateRule { code: codes::CERT_KEY_IDENTIFIER, rfc: "RFC 5280 section 4.2.1.1", check: consistent };

/// NOTE: only pyca refuses what lacks identifiers; the others build the path without them.
fn present(link: &Link<'_>) -> Option<Fault> {
    let facts = link.facts;
    if facts.subject_key.is_none() && (link.issues() || facts.is_authority()) {
        return Some(Fault::new(
            format!("the {} is an authority without subjectKeyIdentifier", link.place.as_str()),
            "subjectKeyIdentifier",
            "none",
        ));
    }
    let named = facts.authority_key.as_ref().map(|identifier| identifier.key_identifier.is_some());
    match named {
        Some(true) => None,
        None if link.issues() && is_signed_by_itself(facts) => None,
        Some(false) => Some(Fault::new(
            "authorityKeyIdentifier does not hold the identifier of a key",
            "authorityKeyIdentifier with keyIdentifier",
            "authorityKeyIdentifier without keyIdentifier",
        )),
        None => Some(Fault::new(
            format!("the {} does not say which key signed it", link.place.as_str()),
            "authorityKeyIdentifier, unless self-signed",
            "none",
        )),
    }
}

/// Only a certificate that its own key signed may leave the signer's key out, whatever names it bears.
fn is_signed_by_itself(facts: &Facts) -> bool {
    facts.self_issued || facts.certificate.verify_signed_by(facts.certificate.public_key()).is_ok()
}

/// Issuer and serial number come together, and a self-signed certificate points at itself.
fn consistent(link: &Link<'_>) -> Option<Fault> {
    let facts = link.facts;
    let authority = facts.authority_key.as_ref()?;
    if authority.issuer.is_empty() != authority.serial.is_none() {
        return Some(Fault::new(
            "authorityKeyIdentifier holds one of issuer and serial number without the other",
            "both or none",
            if authority.serial.is_none() {
                "authorityCertIssuer alone"
            } else {
                "authorityCertSerialNumber alone"
            },
        ));
    }
    if !facts.self_issued || !link.issues() {
        return None;
    }
    let other_key = facts
        .subject_key
        .as_ref()
        .zip(authority.key_identifier.as_ref())
        .filter(|(subject, authority)| subject != authority);
    // A self-issued certificate that another key signed names that key, and is no root.
    if let Some((subject, authority)) = other_key {
        let roots_only = link.place == crate::rules::Place::Anchor;
        return roots_only.then(|| {
            Fault::new(
                "a self-issued trust anchor names another key as its signer",
                format!("keyIdentifier {subject}"),
                format!("keyIdentifier {authority}"),
            )
        });
    }
    let subject = GeneralName::Directory(facts.certificate.subject().clone());
    let elsewhere = !authority.issuer.is_empty() && !authority.issuer.contains(&subject);
    elsewhere.then(|| {
        Fault::new(
            "a self-issued certificate names another certificate as its issuer's",
            format!("authorityCertIssuer {subject}"),
            format!(
                "authorityCertIssuer {}",
                authority.issuer.first().map(ToString::to_string).unwrap_or_default()
            ),
        )
    })
}
