//! Whether a list may be used at all: extensions, times, signer, signature.

use hf_core::time::Timestamp;
use hf_x509::asn1::Oid;
use hf_x509::crl::CertificateList;
use hf_x509::ext::KeyUsage;
use hf_x509::oids;

use super::Unusable;
use crate::budget::Budget;
use crate::codes;
use crate::facts::Facts;

/// Critical extensions that are understood.
const ENFORCED: &[Oid] = &[oids::ISSUING_DISTRIBUTION_POINT, oids::AUTHORITY_KEY_IDENTIFIER];

/// Everything but the signature, which is the dearest.
pub(super) fn check(list: &CertificateList, issuer: &Facts, time: Timestamp) -> Result<(), Unusable> {
    readable(list)?;
    extensions(list)?;
    number(list)?;
    times(list, time)?;
    signer(issuer)?;
    key_identifier(list, issuer)
}

fn readable(list: &CertificateList) -> Result<(), Unusable> {
    let fault = |found: String| Unusable {
        code: codes::CRL_ENCODING,
        rfc: "RFC 5280 section 5.1",
        summary: "the revocation list does not have the form of RFC 5280".to_owned(),
        expected: "version 2, each extension once".to_owned(),
        found,
    };
    if list.version() != 2 {
        return Err(fault(format!("version {}", list.version())));
    }
    match list.duplicate_extension() {
        Some(oid) => Err(fault(format!("extension {oid} twice"))),
        None => Ok(()),
    }
}

fn extensions(list: &CertificateList) -> Result<(), Unusable> {
    if list.extension(&oids::DELTA_CRL_INDICATOR).is_some() {
        return Err(Unusable {
            code: codes::CRL_DELTA,
            rfc: "RFC 5280 section 5.2.4",
            summary: "the revocation list holds only changes, and no list to apply them to is known"
                .to_owned(),
            expected: "a complete list".to_owned(),
            found: "a delta CRL".to_owned(),
        });
    }
    let unknown = list.extensions().find(|extension| {
        extension.critical()
            && !ENFORCED.iter().any(|oid| extension.is(oid))
            && !extension.is(&oids::CRL_NUMBER)
    });
    match unknown {
        None => Ok(()),
        Some(extension) => Err(Unusable {
            code: codes::CRL_EXTENSION,
            rfc: "RFC 5280 section 5.2",
            summary: "the revocation list has a critical extension that is not understood".to_owned(),
            expected: "no critical extension but issuingDistributionPoint".to_owned(),
            found: extension.oid().to_string(),
        }),
    }
}

/// NOTE: rustls-webpki, Go and OpenSSL accept a list without number, or with a critical one.
fn number(list: &CertificateList) -> Result<(), Unusable> {
    let found = match list.extension(&oids::CRL_NUMBER) {
        None => "no cRLNumber",
        Some(extension) if extension.critical() => "a critical cRLNumber",
        Some(_) if list.crl_number().is_err() => "a cRLNumber that cannot be read",
        Some(_) => return Ok(()),
    };
    Err(Unusable {
        code: codes::CRL_NUMBER,
        rfc: "RFC 5280 section 5.2.3",
        summary: "the revocation list is not numbered as it must be".to_owned(),
        expected: "cRLNumber, not critical".to_owned(),
        found: found.to_owned(),
    })
}

fn times(list: &CertificateList, time: Timestamp) -> Result<(), Unusable> {
    let this_update = list.this_update();
    if time < this_update {
        return Err(Unusable {
            code: codes::CRL_EARLY,
            rfc: "RFC 5280 section 5.1.2.4",
            summary: "the revocation list is from the future".to_owned(),
            expected: format!("thisUpdate at or before {time}"),
            found: this_update.to_string(),
        });
    }
    let found = match list.next_update() {
        Some(next) if time <= next => return Ok(()),
        Some(next) => next.to_string(),
        None => "no nextUpdate".to_owned(),
    };
    Err(Unusable {
        code: codes::CRL_STALE,
        rfc: "RFC 5280 section 5.1.2.5",
        summary: "the revocation list is out of date".to_owned(),
        expected: format!("nextUpdate at or after {time}"),
        found,
    })
}

/// RFC 5280 section 6.3.3 (f): if there is a key usage, it must allow signing lists.
fn signer(issuer: &Facts) -> Result<(), Unusable> {
    match issuer.key_usage {
        Some(usage) if !usage.contains(KeyUsage::CRL_SIGN) => Err(Unusable {
            code: codes::CRL_SIGNER_USAGE,
            rfc: "RFC 5280 section 4.2.1.3",
            summary: format!("{} may not sign revocation lists", issuer.label()),
            expected: "keyUsage with cRLSign".to_owned(),
            found: usage.to_string(),
        }),
        _ => Ok(()),
    }
}

fn key_identifier(list: &CertificateList, issuer: &Facts) -> Result<(), Unusable> {
    let named =
        list.authority_key_identifier().ok().flatten().and_then(|identifier| identifier.key_identifier);
    let found = match (&named, &issuer.subject_key) {
        (Some(named), Some(own)) if named == own => return Ok(()),
        (Some(_), None) => return Ok(()),
        (Some(named), Some(_)) => named.to_string(),
        (None, _) => "none that can be read".to_owned(),
    };
    Err(Unusable {
        code: codes::CRL_KEY_IDENTIFIER,
        rfc: "RFC 5280 section 5.2.1",
        summary: "the revocation list does not name the issuer's key".to_owned(),
        expected: issuer
            .subject_key
            .as_ref()
            .map_or_else(|| "a keyIdentifier".to_owned(), |own| format!("keyIdentifier {own}")),
        found,
    })
}

/// The signature, with the issuer's key.
pub(super) fn check_signature(
    list: &CertificateList,
    issuer: &Facts,
    budget: &mut Budget,
) -> Result<(), Unusable> {
    let found = if budget.signature() {
        match list.verify_signed_by(issuer.certificate.public_key()) {
            Ok(()) => return Ok(()),
            Err(error) => error.to_string(),
        }
    } else {
        "not checked, the budget is used up".to_owned()
    };
    Err(Unusable {
        code: codes::CRL_SIGNATURE,
        rfc: "RFC 5280 section 6.3.3",
        summary: format!("the signature of the revocation list is not that of {}", issuer.label()),
        expected: format!("a signature made with the key of {}", issuer.label()),
        found,
    })
}
