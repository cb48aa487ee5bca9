//! Rows about CRLs.

use super::view::CrlView;
use super::{Context, CrlRow, Fault, fault, row};
use crate::asn1::{Tag, time};
use crate::ext::KeyUsage;
use crate::raw;

pub(super) static ROWS: &[CrlRow] = &[
    row!(Error, "HF-LINT-CRL-VERSION", "RFC 5280 section 5.1.2.1", version),
    row!(Error, "HF-LINT-CRL-ISSUER", "RFC 5280 section 5.1.2.3", issuer),
    row!(Error, "HF-LINT-CRL-SIGN", "RFC 5280 section 4.2.1.3", crl_sign),
    row!(Error, "HF-LINT-CRL-SIGNATURE-ALGORITHM", "RFC 5280 section 5.1.2.2", signature_algorithm),
    row!(Error, "HF-LINT-CRL-NEXT-UPDATE", "RFC 5280 section 5.1.2.5", next_update),
    row!(Error, "HF-LINT-CRL-TIME-ENCODING", "RFC 5280 section 5.1.2.4", time_encoding),
    row!(Error, "HF-LINT-CRL-NUMBER", "RFC 5280 section 5.2.3", number),
    row!(Error, "HF-LINT-CRL-AKI", "RFC 5280 section 5.2.1", authority_key_identifier),
    row!(Error, "HF-LINT-CRL-IDP", "RFC 5280 section 5.2.5", issuing_distribution_point),
    row!(Error, "HF-LINT-CRL-DELTA", "RFC 5280 section 5.2.4", delta),
    row!(Error, "HF-LINT-CRL-EXTENSION-DUPLICATE", "RFC 5280 section 5.2", extension_duplicate),
    row!(Error, "HF-LINT-CRL-EXTENSION-UNREADABLE", "RFC 5280 section 5.2", extension_unreadable),
    row!(Error, "HF-LINT-CRL-EXTENSION-UNKNOWN", "Handfast: nothing is copied blindly", extension_unknown),
    row!(Error, "HF-LINT-CRL-ENTRIES-EMPTY", "RFC 5280 section 5.1.2.6", entries_empty),
    row!(Error, "HF-LINT-CRL-ENTRY", "RFC 5280 sections 5.1.2.6 and 5.3", entry),
    row!(Error, "HF-LINT-CRL-ENTRY-REASON", "RFC 5280 section 5.3.1", entry_reason),
    row!(Error, "HF-LINT-CRL-ENTRY-DATE", "RFC 5280 section 5.1.2.6", entry_date),
    row!(Error, "HF-LINT-CRL-ENTRY-DUPLICATE", "RFC 5280 section 5.3.3", entry_duplicate),
];

/// "When extensions are used … this field MUST be present and MUST specify version 2".
fn version(view: &CrlView<'_>, _: Context<'_>) -> Option<Fault> {
    if view.list.version == 1 {
        return None;
    }
    fault("the CRL is not of version 2", "version 2", "version 1")
}

/// Octet by octet the issuer's subject, and not empty.
fn issuer(view: &CrlView<'_>, context: Context<'_>) -> Option<Fault> {
    if view.issuer == context.issuer.subject && !view.issuer.is_empty() {
        return None;
    }
    fault(
        "the issuer is not named as in its certificate",
        context.issuer.subject.to_string(),
        view.issuer.to_string(),
    )
}

/// The issuer may sign CRLs.
fn crl_sign(_: &CrlView<'_>, context: Context<'_>) -> Option<Fault> {
    let usage = context.issuer.key_usage?;
    if usage.contains(KeyUsage::CRL_SIGN) {
        return None;
    }
    fault("the issuer may not sign CRLs", "cRLSign in its key usage", usage.to_string())
}

/// An algorithm that is known and whose digest is not broken.
fn signature_algorithm(view: &CrlView<'_>, _: Context<'_>) -> Option<Fault> {
    let summary = "the signature algorithm is not one that Handfast signs with";
    let expected = "ECDSA, RSA or Ed25519 with SHA-256 or stronger";
    match &view.algorithm {
        Ok(algorithm) if !algorithm.is_broken() => None,
        Ok(algorithm) => fault(summary, expected, algorithm.as_str()),
        Err(oid) => fault(summary, expected, oid.to_string()),
    }
}

/// "Conforming CRL issuers MUST include the nextUpdate field in all CRLs", later than thisUpdate.
fn next_update(view: &CrlView<'_>, _: Context<'_>) -> Option<Fault> {
    let this = view.this_update();
    match view.list.next_update {
        Some(next) if next > this => None,
        Some(next) => fault(
            "the next update is not later than this one",
            format!("later than {this}"),
            next.to_string(),
        ),
        None => fault("there is no next update", "nextUpdate", "none"),
    }
}

/// `UTCTime` through 2049, `GeneralizedTime` after.
fn time_encoding(view: &CrlView<'_>, _: Context<'_>) -> Option<Fault> {
    let (found, expected) = view.list.times.iter().find_map(|(found, time)| {
        let expected = time::expected_tag(*time);
        (*found != expected).then_some((*found, expected))
    })?;
    fault("a time has the wrong type", Tag(expected).to_string(), Tag(found).to_string())
}

/// "CRL issuers … MUST include this extension in all CRLs and MUST mark this extension as non-critical".
fn number(view: &CrlView<'_>, _: Context<'_>) -> Option<Fault> {
    let found = &view.number;
    if found.is_lax() {
        return None;
    }
    fault(
        "there is no CRL number, or it is critical",
        "a cRLNumber that is not critical",
        presence(found.is_present()),
    )
}

/// "Conforming CRL issuers … MUST include this extension in all CRLs issued", by key identifier.
fn authority_key_identifier(view: &CrlView<'_>, context: Context<'_>) -> Option<Fault> {
    let found = view.authority_key_identifier.value().and_then(|authority| authority.key_identifier.as_ref());
    let expected = context.issuer.key_identifier.as_ref();
    if view.authority_key_identifier.is_lax() && found.is_some() && (expected.is_none() || found == expected)
    {
        return None;
    }
    let expected = expected.map_or_else(|| "a key identifier".to_owned(), ToString::to_string);
    let found = found.map_or_else(|| "none".to_owned(), ToString::to_string);
    fault("the authority key identifier does not name the issuer's key", expected, found)
}

/// "critical", and not an empty sequence.
fn issuing_distribution_point(view: &CrlView<'_>, _: Context<'_>) -> Option<Fault> {
    let point = view.issuing_distribution_point.value()?;
    if view.issuing_distribution_point.is_lax() {
        return fault("issuingDistributionPoint is not critical", "critical", "not critical");
    }
    let only = [point.only_user_certificates, point.only_ca_certificates, point.only_attribute_certificates];
    if only.iter().filter(|one| **one).count() > 1 {
        return fault("the CRL covers only one kind and only another", "at most one of the three", "several");
    }
    if *point == crate::ext::IssuingDistributionPoint::default() {
        return fault("issuingDistributionPoint says nothing", "at least one field", "none");
    }
    None
}

/// "critical", and smaller than the number.
fn delta(view: &CrlView<'_>, _: Context<'_>) -> Option<Fault> {
    let base = view.delta.value()?;
    let later = view.number.value().is_some_and(|number| number > base);
    if view.delta.is_critical() && later {
        return None;
    }
    fault(
        "the delta indicator is not critical, or not below the number",
        "critical, below cRLNumber",
        base.to_string(),
    )
}

fn extension_duplicate(view: &CrlView<'_>, _: Context<'_>) -> Option<Fault> {
    let oid = raw::duplicate(&view.list.extensions, view.der)?;
    fault("an extension is there more than once", "each once", oid.to_string())
}

fn extension_unreadable(view: &CrlView<'_>, _: Context<'_>) -> Option<Fault> {
    let (name, error) = view.unreadable()?;
    fault(
        format!("the extension {name} cannot be read"),
        "the value that its section defines",
        error.to_string(),
    )
}

fn extension_unknown(view: &CrlView<'_>, _: Context<'_>) -> Option<Fault> {
    let oid = view.unknown.as_ref()?;
    fault("there is an extension that no rule judges", "known extensions alone", oid.to_string())
}

/// "When there are no revoked certificates, the revoked certificates list MUST be absent".
fn entries_empty(view: &CrlView<'_>, _: Context<'_>) -> Option<Fault> {
    if view.list.entries.is_none_or(|entries| !entries.content.is_empty()) {
        return None;
    }
    fault("the list of entries is there but empty", "no list", "an empty one")
}

/// Entries can be read and name positive serial numbers.
fn entry(view: &CrlView<'_>, _: Context<'_>) -> Option<Fault> {
    let found = view.scan.unreadable.as_ref()?;
    fault("an entry cannot be read", "serial number, date, extensions", found.clone())
}

/// The reason is one that Handfast gives; `unspecified` is left out.
fn entry_reason(view: &CrlView<'_>, _: Context<'_>) -> Option<Fault> {
    let serial = view.scan.reason.as_ref()?;
    fault(
        "an entry has a reason that it must not have",
        "a reason that Handfast gives, absent for unspecified",
        serial.clone(),
    )
}

/// Nothing is revoked in the future.
fn entry_date(view: &CrlView<'_>, _: Context<'_>) -> Option<Fault> {
    let serial = view.scan.date.as_ref()?;
    let expected = format!("a date at or before {}", view.this_update());
    fault("an entry is dated after the CRL", expected, serial.clone())
}

/// One certificate has one entry.
fn entry_duplicate(view: &CrlView<'_>, _: Context<'_>) -> Option<Fault> {
    let serial = view.scan.duplicate.as_ref()?;
    fault("a serial number is listed twice", "each once", serial.clone())
}

fn presence(present: bool) -> &'static str {
    if present { "one that is critical" } else { "none" }
}
