//! Entries of a CRL, RFC 5280 sections 5.1.2.6 and 5.3.

use hf_core::reason::RevocationReason;
use hf_core::serial::{Serial, SerialError};
use hf_core::time::Timestamp;

use crate::asn1::{DerError, DerProblem, Element, Oid, Reader, Writer, tag, time, whole_sequence};
use crate::error::X509Error;
use crate::general_name::GeneralName;
use crate::raw::{self, RawExtension};
use crate::{ext, oids};

/// One entry as found.
#[derive(Clone, Debug)]
pub struct RevokedCertificate<'a> {
    serial: &'a [u8],
    date: Timestamp,
    /// The whole entry, which the spans point into.
    entry: &'a [u8],
    /// `crlEntryExtensions`, which was checked.
    extensions: Option<Element<'a>>,
}

impl<'a> RevokedCertificate<'a> {
    /// The serial number, when RFC 5280 allows it.
    pub fn serial(&self) -> Result<Serial, SerialError> {
        Serial::from_der_content(self.serial)
    }

    /// The content octets of the serial number, whatever they are.
    pub fn serial_octets(&self) -> &'a [u8] {
        self.serial
    }

    /// When it was revoked.
    pub fn revocation_date(&self) -> Timestamp {
        self.date
    }

    /// Every extension as found.
    pub fn extensions(&self) -> impl Iterator<Item = RawExtension<'a>> {
        let entry = self.entry;
        let list = self.extensions.as_ref();
        let spans =
            list.and_then(|list| raw::read_extensions(list, "crlEntryExtensions").ok()).unwrap_or_default();
        spans.into_iter().map(move |span| RawExtension::new(span, entry))
    }

    /// The number of the reason, RFC 5280 section 5.3.1; `None` when absent. 6 is `certificateHold`, 8 `removeFromCRL`.
    pub fn reason_code(&self) -> Result<Option<u8>, X509Error> {
        self.view(&oids::CRL_REASON, |value| {
            let mut reader = Reader::new(value);
            let code = reader.expect(tag::ENUMERATED, "reasonCode")?.small_integer("reasonCode", 10)?;
            reader.finish("reasonCode")?;
            Ok(u8::try_from(code).unwrap_or(0))
        })
    }

    /// The reason, `unspecified` when absent; `None` for one that Handfast never gives.
    pub fn reason(&self) -> Result<Option<RevocationReason>, X509Error> {
        Ok(RevocationReason::from_code(self.reason_code()?.unwrap_or(0)))
    }

    /// When the key is known or suspected to have become bad, RFC 5280 section 5.3.2.
    pub fn invalidity_date(&self) -> Result<Option<Timestamp>, X509Error> {
        self.view(&oids::INVALIDITY_DATE, |value| {
            let mut reader = Reader::new(value);
            let date = reader.expect(tag::GENERALIZED_TIME, "invalidityDate")?;
            reader.finish("invalidityDate")?;
            time::generalized(&date, "invalidityDate")
        })
    }

    /// Whose certificate it is in an indirect CRL, RFC 5280 section 5.3.3; counts for later entries too.
    pub fn certificate_issuer(&self) -> Result<Option<Vec<GeneralName>>, X509Error> {
        self.view(&oids::CERTIFICATE_ISSUER, |value| {
            GeneralName::read_all(whole_sequence(value, "certificateIssuer")?, "certificateIssuer")
        })
    }

    fn view<T>(&self, oid: &Oid, decode: fn(&[u8]) -> Result<T, DerError>) -> Result<Option<T>, X509Error> {
        let mut found = self.extensions().filter(|extension| extension.is(oid));
        let Some(extension) = found.next() else { return Ok(None) };
        if found.next().is_some() {
            return Err(X509Error::DuplicateExtension { oid: oid.clone() });
        }
        decode(extension.value())
            .map(Some)
            .map_err(|source| X509Error::Extension { oid: oid.clone(), source })
    }
}

/// The parts of one entry.
pub(crate) struct EntryParts<'a> {
    /// Content octets of the serial number.
    pub(crate) serial: &'a [u8],
    pub(crate) date: Timestamp,
    /// `crlEntryExtensions`; offsets count from the beginning of the entry.
    pub(crate) extensions: Option<Element<'a>>,
    pub(crate) whole: &'a [u8],
}

/// Read the entry that comes next. Extensions are not looked into.
pub(crate) fn read_entry<'a>(entries: &mut Reader<'a>) -> Result<EntryParts<'a>, DerError> {
    let entry = entries.expect(tag::SEQUENCE, "revokedCertificates")?;
    let mut inside = entry.reader_from_zero();
    let serial = inside.expect(tag::INTEGER, "userCertificate")?.integer_octets("userCertificate")?;
    let date = time::read(&mut inside, "revocationDate")?;
    let extensions = inside.optional(tag::SEQUENCE, "crlEntryExtensions")?;
    inside.finish("revokedCertificates")?;
    Ok(EntryParts { serial, date, extensions, whole: entry.whole })
}

/// Check every entry; how many there are. RFC 5280 section 5.1.2.6: the list must not be there when it is empty.
pub(super) fn check_all(entries: &Element<'_>, version: u8) -> Result<usize, DerError> {
    let mut reader = entries.reader();
    let mut count = 0;
    if reader.is_empty() {
        return Err(entries.fault("revokedCertificates", DerProblem::Empty));
    }
    while !reader.is_empty() {
        let parts = read_entry(&mut reader)?;
        if let Some(list) = parts.extensions {
            if version == 0 {
                return Err(list.fault("crlEntryExtensions", DerProblem::Version { found: 0 }));
            }
            raw::for_each_extension(&list, "crlEntryExtensions", |_| Ok(()))?;
        }
        count += 1;
    }
    Ok(count)
}

/// The entries in the content of `revokedCertificates`, which was checked.
pub(super) fn iterate(content: &[u8]) -> impl Iterator<Item = RevokedCertificate<'_>> {
    let mut reader = Reader::new(content);
    std::iter::from_fn(move || {
        if reader.is_empty() {
            return None;
        }
        let parts = read_entry(&mut reader).ok()?;
        Some(RevokedCertificate {
            serial: parts.serial,
            date: parts.date,
            entry: parts.whole,
            extensions: parts.extensions,
        })
    })
}

/// Append one entry in DER. The reason `unspecified` is left out, as RFC 5280 section 5.3.1 asks.
pub fn encode_entry(
    serial: &Serial,
    date: Timestamp,
    reason: RevocationReason,
    invalidity_date: Option<Timestamp>,
    entries: &mut Vec<u8>,
) {
    let mut writer = Writer::onto(std::mem::take(entries));
    writer.sequence(|entry| {
        entry.unsigned(tag::INTEGER, serial.as_unsigned());
        time::write(entry, date);
        if reason == RevocationReason::Unspecified && invalidity_date.is_none() {
            return;
        }
        entry.sequence(|list| {
            if reason != RevocationReason::Unspecified {
                ext::write_raw_extension(list, &oids::CRL_REASON, false, |value| {
                    value.number(tag::ENUMERATED, u64::from(reason.code()));
                });
            }
            if let Some(date) = invalidity_date {
                ext::write_raw_extension(list, &oids::INVALIDITY_DATE, false, |value| {
                    time::write_generalized(value, tag::GENERALIZED_TIME, date);
                });
            }
        });
    });
    *entries = writer.into_bytes();
}
