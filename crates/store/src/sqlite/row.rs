//! A record of issuance as the columns in which it is kept, in the journal and in the database.

use aws_lc_rs::digest::{SHA256, digest};
use hf_core::name::SanSet;
use hf_core::serial::Serial;
use hf_core::time::{Timestamp, Validity};

use super::codec::{Decoder, put_bytes, put_i64};
use super::limits;
use crate::StoreError;
use crate::record::{Body, ForeignCertificate, Intent, RevocationRecord, SnapshotId, StoredCertificate};

/// The authority's number in the database, and the serial number.
pub(super) type Key = (i64, Serial);

/// The columns. Times are seconds since 1970.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct CertificateRow {
    pub(super) issuer: i64,
    pub(super) serial: Serial,
    /// Certificate or `TBSCertificate`, DER.
    pub(super) body: Vec<u8>,
    pub(super) profile: String,
    pub(super) snapshot: [u8; 32],
    pub(super) subject: String,
    /// JSON of the set of names.
    pub(super) names: String,
    pub(super) not_before: i64,
    pub(super) not_after: i64,
    pub(super) spki: [u8; 32],
    pub(super) dedup_key: Option<String>,
    pub(super) requested_at: i64,
    /// What the record is found by: [`term`] of each name and of the key.
    pub(super) terms: Vec<i64>,
}

/// What a value is searched by: the first 64 bits of SHA-256 over kind and value.
pub(super) fn term(kind: &str, value: &[u8]) -> i64 {
    let mut context = aws_lc_rs::digest::Context::new(&SHA256);
    context.update(kind.as_bytes());
    context.update(&[0]);
    context.update(value);
    let hash = context.finish();
    hash.as_ref().first_chunk().map_or(0, |head| i64::from_be_bytes(*head))
}

/// The term of a name, in any case.
pub(super) fn name_term(value: &str) -> i64 {
    term("name", value.to_ascii_lowercase().as_bytes())
}

/// The term of a public key.
pub(super) fn key_term(spki_sha256: &[u8; 32]) -> i64 {
    term("key", spki_sha256)
}

/// The first 64 bits of SHA-256 over a deduplication key.
pub(super) fn dedup_hash(key: &str) -> i64 {
    digest(&SHA256, key.as_bytes()).as_ref().first_chunk().map_or(0, |head| i64::from_be_bytes(*head))
}

/// What a certificate is found by: [`term`] of each name, or of the subject where it has none, and of its key.
pub(super) fn terms_of(names: &SanSet, subject: &str, spki: &[u8; 32]) -> Vec<i64> {
    let mut terms: Vec<i64> = names.iter().map(|name| name_term(&name.to_string())).collect();
    if terms.is_empty() && !subject.is_empty() {
        terms.push(name_term(subject));
    }
    terms.push(key_term(spki));
    terms.sort_unstable();
    terms.dedup();
    terms
}

impl CertificateRow {
    /// Checks the limits. The number of the authority is filled in later.
    pub(super) fn from_intent(intent: Intent) -> Result<(String, Self), StoreError> {
        limits::check_intent(&intent)?;
        let names = serde_json::to_string(&intent.names).unwrap_or_default();
        limits::at_most(limits::MAX_DER, "the set of names", names.len())?;
        let row = Self {
            issuer: 0,
            serial: intent.serial,
            body: intent.tbs,
            profile: intent.profile,
            snapshot: intent.snapshot.0,
            terms: terms_of(&intent.names, &intent.subject, &intent.spki_sha256),
            subject: intent.subject,
            names,
            not_before: intent.validity.not_before().unix_seconds(),
            not_after: intent.validity.not_after().unix_seconds(),
            spki: intent.spki_sha256,
            dedup_key: intent.dedup_key,
            requested_at: intent.requested_at.unix_seconds(),
        };
        Ok((intent.authority, row))
    }

    /// As [`Self::from_intent`], for a certificate from elsewhere.
    pub(super) fn from_foreign(certificate: ForeignCertificate) -> Result<(String, Self), StoreError> {
        limits::check_foreign(&certificate)?;
        Self::from_intent(Intent {
            authority: certificate.authority,
            serial: certificate.serial,
            tbs: certificate.certificate,
            profile: certificate.profile,
            snapshot: SnapshotId::default(),
            subject: certificate.subject,
            names: certificate.names,
            validity: certificate.validity,
            spki_sha256: certificate.spki_sha256,
            dedup_key: None,
            requested_at: certificate.issued_at,
        })
    }

    pub(super) fn key(&self) -> Key {
        (self.issuer, self.serial.clone())
    }

    pub(super) fn encode(&self, buffer: &mut Vec<u8>) {
        put_i64(buffer, self.issuer);
        put_bytes(buffer, self.serial.as_unsigned());
        put_bytes(buffer, &self.body);
        put_bytes(buffer, self.profile.as_bytes());
        buffer.extend_from_slice(&self.snapshot);
        put_bytes(buffer, self.subject.as_bytes());
        put_bytes(buffer, self.names.as_bytes());
        put_i64(buffer, self.not_before);
        put_i64(buffer, self.not_after);
        buffer.extend_from_slice(&self.spki);
        buffer.push(u8::from(self.dedup_key.is_some()));
        put_bytes(buffer, self.dedup_key.as_deref().unwrap_or_default().as_bytes());
        put_i64(buffer, self.requested_at);
    }

    pub(super) fn decode(from: &mut Decoder<'_>) -> Option<Self> {
        let mut row = Self {
            issuer: from.i64()?,
            serial: from.serial()?,
            body: from.bytes()?.to_vec(),
            profile: from.text()?,
            snapshot: from.array()?,
            subject: from.text()?,
            names: from.text()?,
            not_before: from.i64()?,
            not_after: from.i64()?,
            spki: from.array()?,
            dedup_key: None,
            requested_at: 0,
            terms: Vec::new(),
        };
        let [has_key] = from.array::<1>()?;
        let key = from.text()?;
        row.dedup_key = (has_key == 1).then_some(key);
        row.requested_at = from.i64()?;
        row.terms = terms_of(&row.san_set()?, &row.subject, &row.spki);
        Some(row)
    }

    fn san_set(&self) -> Option<SanSet> {
        serde_json::from_str(&self.names).ok()
    }

    /// As the record that callers see; `None` when the columns hold what no caller stored.
    pub(super) fn into_stored(
        self,
        authority: &str,
        possibly_signed: bool,
        revocation: Option<RevocationRecord>,
    ) -> Option<StoredCertificate> {
        let names = self.san_set()?;
        let time = Timestamp::from_unix_seconds;
        Some(StoredCertificate {
            authority: authority.to_owned(),
            serial: self.serial,
            body: if possibly_signed { Body::PossiblySigned(self.body) } else { Body::Issued(self.body) },
            profile: self.profile,
            snapshot: SnapshotId(self.snapshot),
            subject: self.subject,
            names,
            validity: Validity::new(time(self.not_before), time(self.not_after)).ok()?,
            spki_sha256: self.spki,
            dedup_key: self.dedup_key,
            requested_at: time(self.requested_at),
            revocation,
        })
    }
}
