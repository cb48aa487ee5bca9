//! Rows about the frame of a certificate: version, serial number, times, algorithm, the list of extensions.

use super::view::View;
use super::{CertificateRow, Context, Fault, fault, row};
use crate::asn1::{Reader, Tag, time};
use crate::public_key::KeyKind;
use crate::signature::SignatureAlgorithm as Algorithm;

pub(super) static ROWS: &[CertificateRow] = &[
    row!(Error, "HF-LINT-VERSION", "RFC 5280 section 4.1.2.1", version),
    row!(Error, "HF-LINT-SERIAL-POSITIVE", "RFC 5280 section 4.1.2.2", serial_positive),
    row!(Error, "HF-LINT-SERIAL-LENGTH", "RFC 5280 section 4.1.2.2", serial_length),
    row!(Error, "HF-LINT-SERIAL-SHORT", "Handfast: at least 127 random bits", serial_short),
    row!(Error, "HF-LINT-UNIQUE-ID", "RFC 5280 section 4.1.2.8", unique_id),
    row!(Error, "HF-LINT-TIME-ENCODING", "RFC 5280 section 4.1.2.5", time_encoding),
    row!(Error, "HF-LINT-VALIDITY-ORDER", "RFC 5280 section 4.1.2.5", validity_order),
    row!(Error, "HF-LINT-SIGNATURE-ALGORITHM", "RFC 5280 section 4.1.2.3", signature_algorithm),
    row!(Error, "HF-LINT-SIGNATURE-KEY", "RFC 5280 section 4.1.1.2", signature_key),
    row!(Error, "HF-LINT-EXTENSION-DUPLICATE", "RFC 5280 section 4.2", extension_duplicate),
    row!(Error, "HF-LINT-EXTENSION-UNREADABLE", "RFC 5280 section 4.2", extension_unreadable),
    row!(Error, "HF-LINT-EXTENSION-UNKNOWN", "Handfast: nothing is copied blindly", extension_unknown),
];

/// "When extensions are used … version MUST be 3"; Handfast always uses them.
fn version(view: &View<'_>, _: Context<'_>) -> Option<Fault> {
    if view.layout.version == 2 && view.layout.has_extensions {
        return None;
    }
    let found = format!("version {}", view.layout.version + 1);
    fault("the certificate is not of version 3 with extensions", "version 3", found)
}

/// "The serial number MUST be a positive integer".
fn serial_positive(view: &View<'_>, _: Context<'_>) -> Option<Fault> {
    let serial = view.serial();
    if serial.first().is_some_and(|first| first & 0x80 != 0) {
        return fault("the serial number is negative", "a positive number", "a negative one");
    }
    if serial.iter().all(|octet| *octet == 0) {
        return fault("the serial number is zero", "a positive number", "0");
    }
    None
}

/// "Conforming CAs MUST NOT use serialNumber values longer than 20 octets".
fn serial_length(view: &View<'_>, _: Context<'_>) -> Option<Fault> {
    let octets = view.serial().len();
    if octets <= 20 {
        return None;
    }
    fault("the serial number is too long", "at most 20 octets", format!("{octets} octets"))
}

/// A number of fewer than 16 octets cannot hold 127 random bits, so an attacker could foresee it.
fn serial_short(view: &View<'_>, _: Context<'_>) -> Option<Fault> {
    let octets = view.serial().iter().skip_while(|octet| **octet == 0).count();
    if octets >= 16 {
        return None;
    }
    fault(
        "the serial number is too short to be unpredictable",
        "at least 16 octets",
        format!("{octets} octets"),
    )
}

/// "CAs conforming to this profile MUST NOT generate certificates with unique identifiers".
fn unique_id(view: &View<'_>, _: Context<'_>) -> Option<Fault> {
    if !view.layout.unique_ids {
        return None;
    }
    fault("there is an issuerUniqueID or subjectUniqueID", "neither", "at least one")
}

/// "CAs … MUST always encode certificate validity dates through the year 2049 as `UTCTime`".
fn time_encoding(view: &View<'_>, _: Context<'_>) -> Option<Fault> {
    let mut outer = Reader::new(view.layout.validity.of(view.der));
    let mut times = outer.sequence("validity").ok()?;
    for time in [view.layout.not_before, view.layout.not_after] {
        let found = times.any("validity").ok()?.tag;
        let expected = time::expected_tag(time);
        if found != expected {
            let expected = Tag(expected).to_string();
            return fault(format!("the time {time} has the wrong type"), expected, Tag(found).to_string());
        }
    }
    None
}

/// The validity has at least one second.
fn validity_order(view: &View<'_>, _: Context<'_>) -> Option<Fault> {
    let (first, last) = (view.layout.not_before, view.layout.not_after);
    if first <= last {
        return None;
    }
    fault("the validity ends before it begins", format!("an end at or after {first}"), last.to_string())
}

/// An algorithm that is known and whose digest is not broken.
fn signature_algorithm(view: &View<'_>, _: Context<'_>) -> Option<Fault> {
    let summary = "the signature algorithm is not one that Handfast signs with";
    let expected = "ECDSA, RSA or Ed25519 with SHA-256 or stronger";
    match &view.algorithm {
        Ok(algorithm) if !algorithm.is_broken() => None,
        Ok(algorithm) => fault(summary, expected, algorithm.as_str()),
        Err(oid) => fault(summary, expected, oid.to_string()),
    }
}

/// The algorithm must be one that the issuer's key can sign with.
fn signature_key(view: &View<'_>, context: Context<'_>) -> Option<Fault> {
    use Algorithm as A;
    let algorithm = *view.algorithm.as_ref().ok()?;
    let key = context.issuer.public_key.kind();
    let fits = match algorithm {
        A::EcdsaSha256 | A::EcdsaSha384 | A::EcdsaSha512 | A::EcdsaSha1 => matches!(key, KeyKind::Ec(_)),
        A::Ed25519 => *key == KeyKind::Ed25519,
        A::RsaPkcs1Sha256 | A::RsaPkcs1Sha384 | A::RsaPkcs1Sha512 | A::RsaPkcs1Sha1 | A::RsaPkcs1Md5 => {
            *key == KeyKind::Rsa
        }
        A::RsaPssSha256 | A::RsaPssSha384 | A::RsaPssSha512 => *key == KeyKind::Rsa,
    };
    if fits {
        return None;
    }
    fault(
        "the issuer's key cannot make this signature",
        format!("an algorithm for {key}"),
        algorithm.as_str(),
    )
}

/// "A certificate MUST NOT include more than one instance of a particular extension".
fn extension_duplicate(view: &View<'_>, _: Context<'_>) -> Option<Fault> {
    let oid = view.extensions.duplicate.as_ref()?;
    fault(
        "an extension is there more than once",
        "each once",
        oid.name().map_or_else(|| oid.to_string(), str::to_owned),
    )
}

/// Every extension that is known must be readable.
fn extension_unreadable(view: &View<'_>, _: Context<'_>) -> Option<Fault> {
    let (name, error) = view.extensions.unreadable()?;
    fault(
        format!("the extension {name} cannot be read"),
        "the value that its section defines",
        error.to_string(),
    )
}

/// Only extensions that Handfast knows how to judge are signed.
fn extension_unknown(view: &View<'_>, _: Context<'_>) -> Option<Fault> {
    let oid = view.extensions.unknown.as_ref()?;
    fault("there is an extension that no rule judges", "known extensions alone", oid.to_string())
}
