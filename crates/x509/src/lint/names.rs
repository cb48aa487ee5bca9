//! Rows about issuer and subject: presence, attributes, strings.

use super::view::View;
use super::{CertificateRow, Context, Fault, fault, row};
use crate::asn1::tag;
use crate::distinguished_name::upper_bound;
use crate::oids;

pub(super) static ROWS: &[CertificateRow] = &[
    row!(Error, "HF-LINT-ISSUER-EMPTY", "RFC 5280 section 4.1.2.4", issuer_empty),
    row!(Error, "HF-LINT-ISSUER-MISMATCH", "RFC 5280 section 6.1.3 (a) (4)", issuer_mismatch),
    row!(Error, "HF-LINT-SUBJECT-EMPTY-CA", "RFC 5280 section 4.1.2.6", subject_empty_ca),
    row!(Error, "HF-LINT-SUBJECT-EMPTY", "RFC 5280 section 4.1.2.6", subject_empty),
    row!(Error, "HF-LINT-NAME-STRING", "RFC 5280 section 4.1.2.4", name_string),
    row!(Error, "HF-LINT-NAME-TEXT", "RFC 5280 section 4.1.2.4", name_text),
    row!(Error, "HF-LINT-NAME-LENGTH", "RFC 5280 appendix A.1", name_length),
    row!(Error, "HF-LINT-NAME-COUNTRY", "RFC 5280 appendix A.1", name_country),
    row!(
        Warning,
        "HF-LINT-NAME-MULTI-VALUED",
        "Handfast: one attribute in each part of a name",
        name_multi_valued
    ),
];

/// "The issuer field MUST contain a non-empty distinguished name".
fn issuer_empty(view: &View<'_>, _: Context<'_>) -> Option<Fault> {
    if !view.issuer.is_empty() {
        return None;
    }
    fault("the issuer's name is empty", "at least one attribute", "none")
}

/// Octet by octet, since many verifiers compare so.
fn issuer_mismatch(view: &View<'_>, context: Context<'_>) -> Option<Fault> {
    if view.issuer == context.issuer.subject {
        return None;
    }
    let expected = context.issuer.subject.to_string();
    fault("the issuer is not named as in its own certificate", expected, view.issuer.to_string())
}

/// "If the subject is a CA … the subject field MUST be populated with a non-empty distinguished name".
fn subject_empty_ca(view: &View<'_>, _: Context<'_>) -> Option<Fault> {
    if !view.is_ca() || !view.subject.is_empty() {
        return None;
    }
    fault("an authority has no subject", "a subject with at least one attribute", "an empty subject")
}

/// Without a subject, critical alternative names must be there.
fn subject_empty(view: &View<'_>, _: Context<'_>) -> Option<Fault> {
    let names = &view.extensions.subject_alt_name;
    if !view.subject.is_empty() || names.is_critical() {
        return None;
    }
    let found = if names.is_present() { "a subjectAltName that is not critical" } else { "none" };
    fault("the subject is empty without critical alternative names", "a critical subjectAltName", found)
}

/// `PrintableString` or `UTF8String`; `IA5String` for domain components and e-mail addresses.
fn name_string(view: &View<'_>, _: Context<'_>) -> Option<Fault> {
    let ia5 = [oids::DOMAIN_COMPONENT, oids::EMAIL_ADDRESS];
    let wrong = view.subject_attributes.iter().find(|attribute| {
        let usual = [tag::PRINTABLE_STRING, tag::UTF8_STRING].contains(&attribute.tag.0);
        let allowed = attribute.tag.0 == tag::IA5_STRING && ia5.contains(&attribute.kind);
        !usual && !allowed
    })?;
    let expected = "PrintableString or UTF8String";
    fault("an attribute of the subject has an outdated string type", expected, wrong.tag.to_string())
}

/// Text of its type, not empty, without control characters, NUL among them.
fn name_text(view: &View<'_>, _: Context<'_>) -> Option<Fault> {
    let found = view.subject_attributes.iter().find_map(|attribute| match &attribute.text {
        Err(error) => Some(error.problem.to_string()),
        Ok(text) if text.is_empty() => Some("an empty value".to_owned()),
        Ok(text) if text.chars().any(char::is_control) => Some("a control character".to_owned()),
        Ok(_) => None,
    })?;
    fault("an attribute of the subject is no proper text", "printable text", found)
}

/// The upper bounds on attributes.
fn name_length(view: &View<'_>, _: Context<'_>) -> Option<Fault> {
    let (max, found) = view.subject_attributes.iter().find_map(|attribute| {
        let max = upper_bound(&attribute.kind);
        let length = attribute.text.as_ref().ok()?.chars().count();
        (length > max).then_some((max, length))
    })?;
    let (expected, found) = (format!("at most {max} characters"), format!("{found} characters"));
    fault("an attribute of the subject is too long", expected, found)
}

/// ISO 3166: two letters, as `PrintableString`.
fn name_country(view: &View<'_>, _: Context<'_>) -> Option<Fault> {
    let country = view.subject_attributes.iter().find(|attribute| attribute.kind == oids::COUNTRY)?;
    let text = country.text.as_deref().unwrap_or_default();
    let letters = text.len() == 2 && text.bytes().all(|octet| octet.is_ascii_alphabetic());
    if letters && country.tag.0 == tag::PRINTABLE_STRING {
        return None;
    }
    fault("the country is not two letters", "a code of two letters as PrintableString", text)
}

/// Several attributes in one set are shown in different orders by different peers.
fn name_multi_valued(view: &View<'_>, _: Context<'_>) -> Option<Fault> {
    if view.subject_attributes.len() < 2 {
        return None;
    }
    let most = view.subject.rdns().map(|rdn| rdn.len()).max().filter(|most| *most > 1)?;
    fault(
        "a part of the subject has several attributes",
        "one attribute in each part",
        format!("{most} attributes"),
    )
}
