//! Rows about what the key may do: basic constraints, key usage, extended key usage.

use super::view::View;
use super::{CertificateRow, Context, Fault, fault, row};
use crate::asn1::Oid;
use crate::ext::KeyUsage;
use crate::oids;
use crate::public_key::KeyKind;

pub(super) static ROWS: &[CertificateRow] = &[
    row!(Error, "HF-LINT-BC-MISSING", "Handfast: basic constraints also on leaves", bc_missing),
    row!(Error, "HF-LINT-BC-CRITICAL", "RFC 5280 section 4.2.1.9", bc_critical),
    row!(Error, "HF-LINT-BC-PATH-LENGTH", "RFC 5280 section 4.2.1.9", bc_path_length),
    row!(Error, "HF-LINT-KU-MISSING", "RFC 5280 section 4.2.1.3", ku_missing),
    row!(Warning, "HF-LINT-KU-CRITICAL", "RFC 5280 section 4.2.1.3", ku_critical),
    row!(Error, "HF-LINT-KU-EMPTY", "RFC 5280 section 4.2.1.3", ku_empty),
    row!(Error, "HF-LINT-KU-CERT-SIGN", "RFC 5280 sections 4.2.1.3 and 4.2.1.9", ku_cert_sign),
    row!(Error, "HF-LINT-KU-CA", "RFC 5280 section 4.2.1.3", ku_ca),
    row!(Error, "HF-LINT-KU-EC", "RFC 8813 section 3", ku_ec),
    row!(Error, "HF-LINT-KU-ED25519", "RFC 8410 section 5", ku_ed25519),
    row!(Warning, "HF-LINT-KU-ONLY", "RFC 5280 section 4.2.1.3", ku_only),
    row!(Error, "HF-LINT-EKU-MISSING", "Handfast: a leaf says what it is for", eku_missing),
    row!(Error, "HF-LINT-EKU-DUPLICATE", "Handfast: each purpose once", eku_duplicate),
    row!(Error, "HF-LINT-EKU-ANY", "Handfast: no certificate for every purpose", eku_any),
    row!(Error, "HF-LINT-EKU-KEY-USAGE", "RFC 5280 section 4.2.1.12", eku_key_usage),
    row!(Error, "HF-LINT-OCSP-NO-CHECK", "RFC 6960 section 4.2.2.2.1", ocsp_no_check),
];

/// A leaf without them is taken for an authority by careless verifiers.
fn bc_missing(view: &View<'_>, _: Context<'_>) -> Option<Fault> {
    if view.extensions.basic_constraints.is_present() {
        return None;
    }
    fault("there are no basic constraints", "basicConstraints", "none")
}

/// "MUST mark the extension as critical in such certificates" (of authorities).
fn bc_critical(view: &View<'_>, _: Context<'_>) -> Option<Fault> {
    if !view.is_ca() || view.extensions.basic_constraints.is_critical() {
        return None;
    }
    fault("basicConstraints of an authority is not critical", "critical", "not critical")
}

/// "CAs MUST NOT include the pathLenConstraint field unless the cA boolean is asserted and … keyCertSign".
fn bc_path_length(view: &View<'_>, _: Context<'_>) -> Option<Fault> {
    let constraints = view.extensions.basic_constraints.value()?;
    let length = constraints.path_length?;
    if constraints.ca && view.has_usage(KeyUsage::KEY_CERT_SIGN) {
        return None;
    }
    fault("a path length without the right to sign certificates", "no pathLenConstraint", length.to_string())
}

/// "Conforming CAs MUST include this extension in certificates that contain public keys used to validate signatures on
/// other … certificates or CRLs"; Handfast includes it in all.
fn ku_missing(view: &View<'_>, _: Context<'_>) -> Option<Fault> {
    if view.extensions.key_usage.is_present() {
        return None;
    }
    fault("there is no key usage", "keyUsage", "none")
}

/// "SHOULD mark this extension as critical".
fn ku_critical(view: &View<'_>, _: Context<'_>) -> Option<Fault> {
    if !view.extensions.key_usage.is_lax() {
        return None;
    }
    fault("keyUsage is not critical", "critical", "not critical")
}

/// "at least one of the bits MUST be set to 1".
fn ku_empty(view: &View<'_>, _: Context<'_>) -> Option<Fault> {
    let usage = view.extensions.key_usage.value()?;
    if !usage.is_empty() {
        return None;
    }
    fault("keyUsage lists no usage", "at least one", "none")
}

/// "If the keyCertSign bit is asserted, then the cA bit … MUST also be asserted".
fn ku_cert_sign(view: &View<'_>, _: Context<'_>) -> Option<Fault> {
    if !view.has_usage(KeyUsage::KEY_CERT_SIGN) || view.is_ca() {
        return None;
    }
    fault(
        "a leaf may sign certificates",
        "cA in basicConstraints, or no keyCertSign",
        "keyCertSign without cA",
    )
}

/// An authority that may not sign certificates is none.
fn ku_ca(view: &View<'_>, _: Context<'_>) -> Option<Fault> {
    let usage = view.extensions.key_usage.value()?;
    if !view.is_ca() || usage.contains(KeyUsage::KEY_CERT_SIGN) {
        return None;
    }
    fault("an authority may not sign certificates", "keyCertSign", usage.to_string())
}

/// "If the keyUsage extension is present in an end-entity certificate that indicates id-ecPublicKey … keyEncipherment,
/// dataEncipherment MUST NOT be present".
fn ku_ec(view: &View<'_>, _: Context<'_>) -> Option<Fault> {
    let usage = view.extensions.key_usage.value()?;
    let enciphers = usage.contains(KeyUsage::KEY_ENCIPHERMENT) || usage.contains(KeyUsage::DATA_ENCIPHERMENT);
    if !enciphers || !matches!(view.public_key.kind(), KeyKind::Ec(_)) {
        return None;
    }
    fault("an EC key cannot encipher", "neither keyEncipherment nor dataEncipherment", usage.to_string())
}

/// Ed25519 keys sign and do nothing else.
fn ku_ed25519(view: &View<'_>, _: Context<'_>) -> Option<Fault> {
    let usage = view.extensions.key_usage.value()?;
    let signing = KeyUsage::DIGITAL_SIGNATURE
        | KeyUsage::NON_REPUDIATION
        | KeyUsage::KEY_CERT_SIGN
        | KeyUsage::CRL_SIGN;
    if *view.public_key.kind() != KeyKind::Ed25519 || signing.contains(*usage) {
        return None;
    }
    fault("an Ed25519 key can only sign", "usages of signatures alone", usage.to_string())
}

/// "The meaning of the encipherOnly bit is undefined in the absence of the keyAgreement bit".
fn ku_only(view: &View<'_>, _: Context<'_>) -> Option<Fault> {
    let usage = view.extensions.key_usage.value()?;
    let only = usage.contains(KeyUsage::ENCIPHER_ONLY) || usage.contains(KeyUsage::DECIPHER_ONLY);
    if !only || usage.contains(KeyUsage::KEY_AGREEMENT) {
        return None;
    }
    fault(
        "encipherOnly or decipherOnly without keyAgreement means nothing",
        "keyAgreement as well",
        usage.to_string(),
    )
}

/// A leaf without purposes is good for all of them.
fn eku_missing(view: &View<'_>, _: Context<'_>) -> Option<Fault> {
    if view.is_ca() || view.extensions.extended_key_usage.is_present() {
        return None;
    }
    fault("a leaf has no extended key usage", "extKeyUsage", "none")
}

/// A purpose that is there twice.
fn eku_duplicate(view: &View<'_>, _: Context<'_>) -> Option<Fault> {
    let purposes = &view.extensions.extended_key_usage.value()?.0;
    let twice = purposes
        .iter()
        .enumerate()
        .find(|(index, purpose)| purposes.iter().take(*index).any(|p| p == *purpose));
    let (_, purpose) = twice?;
    fault("a purpose is listed twice", "each once", purpose.to_string())
}

/// `anyExtendedKeyUsage` takes every limit away.
fn eku_any(view: &View<'_>, _: Context<'_>) -> Option<Fault> {
    if !view.extensions.extended_key_usage.value()?.contains(&oids::ANY_EXTENDED_KEY_USAGE) {
        return None;
    }
    fault("the certificate is good for every purpose", "named purposes", "anyExtendedKeyUsage")
}

/// For each purpose the usages of which a key needs one, RFC 5280 section 4.2.1.12.
const NEEDED: &[(Oid, &[KeyUsage])] = &[
    (oids::SERVER_AUTH, &[KeyUsage::DIGITAL_SIGNATURE, KeyUsage::KEY_ENCIPHERMENT, KeyUsage::KEY_AGREEMENT]),
    (oids::CLIENT_AUTH, &[KeyUsage::DIGITAL_SIGNATURE, KeyUsage::KEY_AGREEMENT]),
    (oids::CODE_SIGNING, &[KeyUsage::DIGITAL_SIGNATURE]),
    (oids::OCSP_SIGNING, &[KeyUsage::DIGITAL_SIGNATURE, KeyUsage::NON_REPUDIATION]),
];

/// "the certificate MUST only be used for a purpose consistent with both fields": a leaf needs a usage for each purpose.
fn eku_key_usage(view: &View<'_>, _: Context<'_>) -> Option<Fault> {
    let usage = *view.extensions.key_usage.value()?;
    let purposes = view.extensions.extended_key_usage.value()?;
    if view.is_ca() {
        return None;
    }
    let (purpose, needed) = NEEDED
        .iter()
        .find(|(purpose, any)| purposes.contains(purpose) && !any.iter().any(|one| usage.contains(*one)))?;
    let names: Vec<&str> = needed.iter().flat_map(|usage| usage.names()).collect();
    let expected = format!("{} for {}", names.join(" or "), purpose.name().unwrap_or_default());
    fault("no key usage fits a purpose", expected, usage.to_string())
}

/// The extension is for certificates of OCSP responders alone.
fn ocsp_no_check(view: &View<'_>, _: Context<'_>) -> Option<Fault> {
    let responder =
        view.extensions.extended_key_usage.value().is_some_and(|eku| eku.contains(&oids::OCSP_SIGNING));
    if !view.extensions.ocsp_no_check.is_present() || responder {
        return None;
    }
    fault(
        "id-pkix-ocsp-nocheck outside a responder's certificate",
        "the purpose id-kp-OCSPSigning",
        "it is missing",
    )
}
