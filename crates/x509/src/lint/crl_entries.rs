//! One pass over the entries of a CRL, for the rows that judge them.

use hf_core::reason::RevocationReason;
use hf_core::serial::Serial;
use hf_core::time::Timestamp;

use crate::asn1::{DerError, Element, Reader, tag};
use crate::crl::{EntryParts, read_entry};
use crate::raw::{self, RawExtension};
use crate::{hex, oids};

/// The first fault of each kind; serial numbers in hexadecimal.
#[derive(Debug, Default)]
pub(super) struct EntryScan {
    pub(super) unreadable: Option<String>,
    pub(super) reason: Option<String>,
    pub(super) date: Option<String>,
    pub(super) duplicate: Option<String>,
}

/// Look at every entry once. Serial numbers that rise need no memory; others are sorted to find two alike.
pub(super) fn scan(entries: &Element<'_>, this_update: Timestamp) -> EntryScan {
    let mut scan = EntryScan::default();
    let mut reader = entries.reader();
    let mut last: Option<&[u8]> = None;
    let mut rising = true;
    while !reader.is_empty() {
        let parts = match read_entry(&mut reader) {
            Ok(parts) => parts,
            Err(error) => {
                scan.unreadable = Some(error.to_string());
                return scan;
            }
        };
        scan.look_at(&parts, this_update);
        rising &= last.is_none_or(|last| (last.len(), last) < (parts.serial.len(), parts.serial));
        last = Some(parts.serial);
    }
    if !rising {
        scan.duplicate = duplicate(entries).as_deref().map(hexadecimal);
    }
    scan
}

impl EntryScan {
    fn look_at(&mut self, parts: &EntryParts<'_>, this_update: Timestamp) {
        if parts.date > this_update && self.date.is_none() {
            self.date = Some(hexadecimal(parts.serial));
        }
        // Almost every serial number is plainly positive; the others are worth a closer look.
        let plain = parts.serial.len() <= Serial::MAX_OCTETS && matches!(parts.serial, [0x01..=0x7f, ..]);
        if !plain && self.unreadable.is_none() {
            self.unreadable = Serial::from_der_content(parts.serial).err().map(|error| error.to_string());
        }
        let Some(list) = &parts.extensions else { return };
        let looked = raw::for_each_extension(list, "crlEntryExtensions", |span| {
            let extension = RawExtension::new(span, parts.whole);
            if !extension.is(&oids::CRL_REASON) {
                return Ok(());
            }
            if !is_given(extension.value())? && self.reason.is_none() {
                self.reason = Some(hexadecimal(parts.serial));
            }
            Ok(())
        });
        if let Err(error) = looked {
            self.unreadable.get_or_insert_with(|| error.to_string());
        }
    }
}

/// Whether Handfast gives this reason, and writes it.
fn is_given(value: &[u8]) -> Result<bool, DerError> {
    let mut reader = Reader::new(value);
    let code = reader.expect(tag::ENUMERATED, "reasonCode")?.small_integer("reasonCode", 10)?;
    reader.finish("reasonCode")?;
    let reason = u8::try_from(code).ok().and_then(RevocationReason::from_code);
    Ok(reason.is_some_and(|reason| reason != RevocationReason::Unspecified))
}

fn duplicate(entries: &Element<'_>) -> Option<Vec<u8>> {
    let mut reader = entries.reader();
    let mut serials = Vec::new();
    while !reader.is_empty() {
        serials.push(read_entry(&mut reader).ok()?.serial);
    }
    serials.sort_unstable();
    serials.windows(2).find_map(|pair| match pair {
        [first, second] if first == second => Some(first.to_vec()),
        _ => None,
    })
}

fn hexadecimal(octets: &[u8]) -> String {
    hex::text(octets, 40)
}
