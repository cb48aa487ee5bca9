//! Pre-certificates, RFC 6962 section 3.1: the same as the certificate, but for the poison in the place of the timestamps.

use crate::asn1::{DerError, DerProblem, Element, Oid, Reader, Writer, tag};
use crate::error::{BuildError, ObjectKind, X509Error};
use crate::ext::{self, ExtensionValue as _, PrecertificatePoison, SignedCertificateTimestamps};
use crate::limits;
use crate::tbs::{ToBeSigned, ToBeSignedKind};

const FIELD: &str = "tbsCertificate";

/// Why a certificate is not the one that a pre-certificate announced.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CorrespondenceError {
    /// One of them cannot be read, or lacks the extension that makes it one.
    #[error("the certificate or its pre-certificate cannot be read")]
    Unreadable(#[from] X509Error),
    /// They say different things.
    #[error("the certificate says something else than its pre-certificate")]
    Differ,
}

/// What a log signs for a pre-certificate: its `TBSCertificate` without the poison.
///
/// # Errors
/// When it cannot be read, and when there is not exactly one poison.
pub fn entry_of_precertificate(tbs_der: &[u8]) -> Result<Vec<u8>, X509Error> {
    rewritten(tbs_der, &PrecertificatePoison::OID, |_| {})
}

/// What logs signed for a certificate: its `TBSCertificate` without the timestamps.
///
/// # Errors
/// When it cannot be read, and when there is not exactly one list of timestamps.
pub fn entry_of_certificate(tbs_der: &[u8]) -> Result<Vec<u8>, X509Error> {
    rewritten(tbs_der, &SignedCertificateTimestamps::OID, |_| {})
}

/// Whether both say the same, octet for octet, but for the poison of one and the timestamps of the other.
///
/// # Errors
/// When they do not, or one of them is not what it should be.
pub fn correspond(certificate_tbs: &[u8], precertificate_tbs: &[u8]) -> Result<(), CorrespondenceError> {
    let announced = entry_of_precertificate(precertificate_tbs)?;
    let logged = entry_of_certificate(certificate_tbs)?;
    if announced == logged { Ok(()) } else { Err(CorrespondenceError::Differ) }
}

impl ToBeSigned {
    /// The certificate that this pre-certificate announces: with these timestamps in the place of the poison.
    ///
    /// # Errors
    /// When this is no pre-certificate, and when the certificate would be too large.
    pub fn with_timestamps(&self, list: &SignedCertificateTimestamps) -> Result<Self, X509Error> {
        let bytes = rewritten(self.bytes(), &PrecertificatePoison::OID, |extensions| {
            ext::write_extension(extensions, false, list);
        })?;
        if bytes.len() > limits::MAX_OBJECT {
            return Err(BuildError::TooLarge { octets: bytes.len(), max: limits::MAX_OBJECT }.into());
        }
        Ok(Self::new(bytes, self.algorithm(), ToBeSignedKind::Certificate))
    }
}

/// The same `TBSCertificate` with what `instead` writes in the place of the one extension `oid`.
fn rewritten(tbs_der: &[u8], oid: &Oid, instead: impl FnOnce(&mut Writer)) -> Result<Vec<u8>, X509Error> {
    let read = || {
        limits::check(tbs_der, FIELD, limits::MAX_OBJECT)?;
        let mut reader = Reader::new(tbs_der);
        let tbs = reader.expect(tag::SEQUENCE, FIELD)?;
        reader.finish(FIELD)?;
        split(&tbs, oid)
    };
    let (fields, before, after) =
        read().map_err(|source| X509Error::Syntax { object: ObjectKind::Certificate, source })?;
    let mut writer = Writer::with_capacity(tbs_der.len());
    writer.sequence(|tbs| {
        write_all(tbs, &fields);
        tbs.nested(tag::context_constructed(3), |explicit| {
            explicit.sequence(|list| {
                write_all(list, &before);
                instead(list);
                write_all(list, &after);
            });
        });
    });
    Ok(writer.into_bytes())
}

fn write_all(writer: &mut Writer, elements: &[Element<'_>]) {
    for element in elements {
        writer.raw(element.whole);
    }
}

type Parts<'a> = (Vec<Element<'a>>, Vec<Element<'a>>, Vec<Element<'a>>);

/// The fields before the extensions, and the extensions before and after the one.
fn split<'a>(tbs: &Element<'a>, oid: &Oid) -> Result<Parts<'a>, DerError> {
    let extensions_tag = tag::context_constructed(3);
    let mut inside = tbs.reader();
    let mut fields = Vec::with_capacity(10);
    while inside.peek().is_some_and(|found| found != extensions_tag) {
        fields.push(inside.any(FIELD)?);
    }
    let explicit = inside.expect(extensions_tag, FIELD)?;
    inside.finish(FIELD)?;
    let mut outer = explicit.reader();
    let mut list = outer.sequence(FIELD)?;
    outer.finish(FIELD)?;
    let (mut before, mut after, mut place) = (Vec::new(), Vec::new(), None);
    while !list.is_empty() {
        let extension = list.expect(tag::SEQUENCE, FIELD)?;
        if extension.reader().oid(FIELD)? != *oid {
            if place.is_some() { after.push(extension) } else { before.push(extension) }
        } else if place.replace(extension.at).is_some() {
            return Err(extension.fault(FIELD, DerProblem::Duplicate));
        }
    }
    // At least the key identifiers are left in whatever Handfast makes; a list must not be empty.
    if place.is_none() || before.len() + after.len() == 0 {
        return Err(explicit.fault(FIELD, DerProblem::Empty));
    }
    Ok((fields, before, after))
}
