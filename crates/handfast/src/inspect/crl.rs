//! A certificate revocation list as shown: whose it is, how fresh, and what it lists.

use hf_core::serial::Serial;
use hf_core::time::Timestamp;
use hf_x509::crl::CertificateList;
use serde::Serialize;

use super::{Sheet, colons, gloss, hex};

/// Entries that a person is shown without `--full`.
const FIRST: usize = 10;

/// Entries that are read for display and JSON; the count is always that of all.
const MOST: usize = 100_000;

/// What is shown of a CRL.
#[derive(Debug, Serialize)]
pub(crate) struct CrlView {
    /// Issuer, RFC 4514 text.
    pub(crate) issuer: String,
    /// `thisUpdate`.
    pub(crate) this_update: Timestamp,
    /// `nextUpdate`, when it says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) next_update: Option<Timestamp>,
    /// CRL number, hexadecimal, when it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) number: Option<String>,
    /// Identifier of the issuer's key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) authority_key_identifier: Option<String>,
    /// Algorithm of the signature.
    pub(crate) signature_algorithm: String,
    /// How many certificates it lists.
    pub(crate) entry_count: usize,
    /// The entries, at most 100,000.
    pub(crate) entries: Vec<EntryView>,
    /// Extensions: RFC name or number.
    pub(crate) extensions: Vec<String>,
}

/// One revoked certificate.
#[derive(Debug, Serialize)]
pub(crate) struct EntryView {
    /// Serial number, lower-case hexadecimal.
    pub(crate) serial: String,
    /// When it was revoked.
    pub(crate) revoked_at: Timestamp,
    /// Why, RFC 5280 word, when it says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) reason: Option<String>,
}

impl CrlView {
    /// Of a CRL.
    pub(crate) fn of(crl: &CertificateList) -> Self {
        Self {
            issuer: crl.issuer().to_string(),
            this_update: crl.this_update(),
            next_update: crl.next_update(),
            number: crl.crl_number().ok().flatten().map(|number| number.to_string()),
            authority_key_identifier: crl
                .authority_key_identifier()
                .ok()
                .flatten()
                .and_then(|identifier| identifier.key_identifier)
                .map(|identifier| colons(identifier.as_bytes())),
            signature_algorithm: crl
                .signature_algorithm()
                .map_or_else(ToString::to_string, |algorithm| algorithm.to_string()),
            entry_count: crl.entry_count(),
            entries: crl.entries().take(MOST).map(|entry| EntryView::of(&entry)).collect(),
            extensions: crl
                .extensions()
                .map(|extension| {
                    extension.oid().name().map_or_else(|| extension.oid().to_string(), str::to_owned)
                })
                .collect(),
        }
    }

    pub(super) fn sheet(&self, now: Timestamp, full: bool) -> Sheet {
        let mut sheet = Sheet::new(format!("Revocation list of {}", self.issuer));
        sheet.line("made", format!("{} ({})", self.this_update, gloss(self.this_update, now)));
        match self.next_update {
            Some(next) => sheet.line("good until", format!("{next} ({})", gloss(next, now))),
            None => sheet.line("good until", "it does not say"),
        }
        sheet.list("number", self.number.clone());
        let noun = if self.entry_count == 1 { "certificate" } else { "certificates" };
        sheet.line("revoked", format!("{} {noun}", self.entry_count));
        let shown = if full { self.entries.len() } else { FIRST };
        sheet.list("", self.entries.iter().take(shown).map(EntryView::words));
        if self.entry_count > shown.min(self.entries.len()) {
            sheet.line("", format!("… and {} more", self.entry_count - shown.min(self.entries.len())));
        }
        if full {
            sheet.line("signature", &self.signature_algorithm);
            sheet.list("issuer key id", self.authority_key_identifier.clone());
            sheet.list("extensions", self.extensions.clone());
        }
        if self.next_update.is_some_and(|next| next < now) {
            sheet.note("it is out of date: peers that check revocation refuse everything it covers");
        }
        if self.number.is_none() {
            sheet.note("it has no number, which RFC 5280 section 5.2.3 asks for");
        }
        sheet
    }
}

impl EntryView {
    fn of(entry: &hf_x509::crl::RevokedCertificate<'_>) -> Self {
        let serial = entry.serial().as_ref().map_or_else(|_| hex(entry.serial_octets()), Serial::to_string);
        let reason = entry.reason().ok().flatten().map(|reason| reason.to_string());
        Self { serial, revoked_at: entry.revocation_date(), reason }
    }

    fn words(&self) -> String {
        let reason = self.reason.as_deref().map_or_else(String::new, |reason| format!(", {reason}"));
        format!("{} since {}{reason}", self.serial, self.revoked_at)
    }
}
