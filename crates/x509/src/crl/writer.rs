//! Building a CRL as a stream: entries go straight into the buffer that is signed, in one pass.
//!
//! Lengths are known only at the end. Room for the headers is kept in front, and the short fields before the entries
//! move into place then, so that the entries are never copied.

use hf_core::reason::RevocationReason;
use hf_core::serial::Serial;
use hf_core::time::Timestamp;

use super::entry::encode_entry;
use crate::asn1::{Writer, length_octets, tag, time};
use crate::distinguished_name::DistinguishedName;
use crate::error::{BuildError, X509Error};
use crate::ext::{self, AuthorityKeyIdentifier, CrlNumber, IssuingDistributionPoint, KeyIdentifier};
use crate::limits;
use crate::signature::SignatureAlgorithm;
use crate::tbs::{ToBeSigned, ToBeSignedKind};

/// Octets of the longest header of a SEQUENCE.
const HEADER: usize = 6;

/// Octets of an entry with a serial number of 20 octets and a reason.
const ENTRY: usize = 53;

/// Everything that a CRL of Handfast says apart from its entries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CrlTemplate {
    /// What the issuer signs with.
    pub signature_algorithm: SignatureAlgorithm,
    /// The issuer's subject.
    pub issuer: DistinguishedName,
    /// When it is made.
    pub this_update: Timestamp,
    /// When the next one is there at the latest.
    pub next_update: Timestamp,
    /// Rises with every CRL of the issuer and shard.
    pub number: u64,
    /// The subject key identifier of the issuer's certificate.
    pub authority_key_identifier: KeyIdentifier,
    /// What the CRL covers, when it is one of several shards.
    pub issuing_distribution_point: Option<IssuingDistributionPoint>,
}

/// Takes entries one after the other.
#[derive(Debug)]
pub struct CrlWriter {
    /// Room for the header of the whole, for that of the signed part, its first fields, room for the header of the
    /// entries, the entries.
    buffer: Vec<u8>,
    /// Where the first fields end.
    fields_end: usize,
    template: CrlTemplate,
}

impl CrlTemplate {
    /// Begin. `expected_entries` saves growing the buffer; any number may follow.
    pub fn writer(self, expected_entries: usize) -> Result<CrlWriter, X509Error> {
        if self.issuer.is_empty() {
            return Err(BuildError::NoIssuer.into());
        }
        if self.signature_algorithm.is_broken() {
            return Err(BuildError::BrokenAlgorithm { algorithm: self.signature_algorithm }.into());
        }
        let room = expected_entries.saturating_mul(ENTRY).min(limits::MAX_CRL) + 1024;
        let mut writer = Writer::onto(Vec::with_capacity(room));
        writer.raw(&[0; 2 * HEADER]);
        writer.number(tag::INTEGER, 1);
        self.signature_algorithm.write(&mut writer);
        writer.raw(self.issuer.to_der());
        time::write(&mut writer, self.this_update);
        time::write(&mut writer, self.next_update);
        let mut buffer = writer.into_bytes();
        let fields_end = buffer.len();
        buffer.extend_from_slice(&[0; HEADER]);
        Ok(CrlWriter { buffer, fields_end, template: self })
    }

    /// A CRL without entries.
    pub fn finalize(self) -> Result<ToBeSigned, X509Error> {
        self.writer(0)?.finish()
    }
}

impl CrlWriter {
    /// Add one entry.
    pub fn push(
        &mut self,
        serial: &Serial,
        date: Timestamp,
        reason: RevocationReason,
        invalidity_date: Option<Timestamp>,
    ) {
        encode_entry(serial, date, reason, invalidity_date, &mut self.buffer);
    }

    /// Add entries that [`encode_entry`] made earlier.
    pub fn push_encoded(&mut self, entries: &[u8]) {
        self.buffer.extend_from_slice(entries);
    }

    /// Write the extensions and the headers.
    pub fn finish(mut self) -> Result<ToBeSigned, X509Error> {
        let entries = self.buffer.len() - self.fields_end - HEADER;
        let mut start = 2 * HEADER;
        // RFC 5280 section 5.1.2.6: without entries the list must be absent.
        let header = if entries == 0 { Vec::new() } else { header(entries) };
        let shift = HEADER - header.len();
        self.buffer.copy_within(start..self.fields_end, start + shift);
        start += shift;
        put(&mut self.buffer, self.fields_end + shift, &header);
        let mut writer = Writer::onto(std::mem::take(&mut self.buffer));
        self.write_extensions(&mut writer);
        let mut buffer = writer.into_bytes();
        let outer = self::header(buffer.len() - start);
        start -= outer.len();
        put(&mut buffer, start, &outer);
        let octets = buffer.len() - start;
        if octets > limits::MAX_CRL - 2048 {
            return Err(BuildError::TooLarge { octets, max: limits::MAX_CRL - 2048 }.into());
        }
        Ok(ToBeSigned::with_room(buffer, start, self.template.signature_algorithm, ToBeSignedKind::Crl))
    }

    fn write_extensions(&self, writer: &mut Writer) {
        let template = &self.template;
        writer.nested(tag::context_constructed(0), |explicit| {
            explicit.sequence(|list| {
                let authority = AuthorityKeyIdentifier::of(template.authority_key_identifier.clone());
                ext::write_extension(list, false, &authority);
                ext::write_extension(list, false, &CrlNumber::from(template.number));
                if let Some(point) = &template.issuing_distribution_point {
                    ext::write_extension(list, true, point);
                }
            });
        });
    }
}

/// The header of a SEQUENCE with so many octets inside.
fn header(length: usize) -> Vec<u8> {
    let (octets, count) = length_octets(length);
    let mut header = vec![tag::SEQUENCE];
    header.extend(octets.iter().take(count));
    header
}

fn put(buffer: &mut [u8], at: usize, octets: &[u8]) {
    if let Some(place) = buffer.get_mut(at..at + octets.len()) {
        place.copy_from_slice(octets);
    }
}
