//! `SignedCertificateTimestampList`, RFC 6962 section 3.3: what logs promised, in the certificate that they logged.

use super::ExtensionValue;
use crate::asn1::{DerError, DerProblem, Oid, Reader, Writer, tag};
use crate::error::{BuildError, X509Error};
use crate::oids;
use crate::transparency::{Presentation, SignedCertificateTimestamp, opaque16};

/// The timestamps of a certificate, in its order. Never empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedCertificateTimestamps(Vec<ListedTimestamp>);

/// One timestamp of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ListedTimestamp {
    /// Of version 1, the only one there is.
    V1(SignedCertificateTimestamp),
    /// Of a version that came later, as found: clients pass over it.
    Other(Vec<u8>),
}

const FIELD: &str = "signedCertificateTimestampList";

impl SignedCertificateTimestamps {
    /// The list of these.
    ///
    /// # Errors
    /// [`BuildError::EmptyExtension`] without any, [`BuildError::TooLarge`] when they exceed the 65,535 octets of a list.
    pub fn new(timestamps: Vec<SignedCertificateTimestamp>) -> Result<Self, X509Error> {
        if timestamps.is_empty() {
            return Err(BuildError::EmptyExtension { extension: FIELD }.into());
        }
        let list = Self(timestamps.into_iter().map(ListedTimestamp::V1).collect());
        let octets = list.items().len();
        let max = usize::from(u16::MAX);
        if octets > max {
            return Err(BuildError::TooLarge { octets, max }.into());
        }
        Ok(list)
    }

    /// The timestamps.
    pub fn timestamps(&self) -> &[ListedTimestamp] {
        &self.0
    }

    /// The serialized timestamps, each with its length.
    fn items(&self) -> Vec<u8> {
        let mut items = Vec::new();
        for timestamp in &self.0 {
            match timestamp {
                ListedTimestamp::V1(timestamp) => opaque16(&mut items, &timestamp.to_bytes()),
                ListedTimestamp::Other(octets) => opaque16(&mut items, octets),
            }
        }
        items
    }
}

impl ExtensionValue for SignedCertificateTimestamps {
    const OID: Oid = oids::SIGNED_CERTIFICATE_TIMESTAMPS;

    /// The octets of the list bound the loop: each timestamp takes at least three.
    fn read(value: &[u8]) -> Result<Self, DerError> {
        let mut reader = Reader::new(value);
        let element = reader.expect(tag::OCTET_STRING, FIELD)?;
        reader.finish(FIELD)?;
        let fault = |expected| element.fault(FIELD, DerProblem::Presentation { expected });
        let mut outer = Presentation::new(element.content);
        let list = outer.opaque16().filter(|list| outer.is_empty() && !list.is_empty());
        let mut items = Presentation::new(list.ok_or_else(|| fault("list"))?);
        let mut timestamps = Vec::new();
        while !items.is_empty() {
            let item = items.opaque16().filter(|item| !item.is_empty());
            let item = item.ok_or_else(|| fault("list of timestamps"))?;
            timestamps.push(match item.first() {
                Some(&SignedCertificateTimestamp::VERSION) => ListedTimestamp::V1(
                    SignedCertificateTimestamp::from_bytes(item)
                        .map_err(|_| fault("SignedCertificateTimestamp"))?,
                ),
                _ => ListedTimestamp::Other(item.to_vec()),
            });
        }
        Ok(Self(timestamps))
    }

    fn write(&self, writer: &mut Writer) {
        let mut list = Vec::new();
        opaque16(&mut list, &self.items());
        writer.primitive(tag::OCTET_STRING, &list);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn timestamp(log: u8) -> SignedCertificateTimestamp {
        SignedCertificateTimestamp {
            log_id: [log; 32],
            milliseconds: 1_800_000_000_123,
            extensions: vec![9, 8],
            algorithm: crate::transparency::TimestampAlgorithm::EcdsaSha256,
            signature: crate::signature::Signature::new([log; 70]),
        }
    }

    fn der(list: &SignedCertificateTimestamps) -> Vec<u8> {
        let mut writer = Writer::default();
        list.write(&mut writer);
        writer.into_bytes()
    }

    fn wrapped(list: &[u8]) -> Vec<u8> {
        let mut writer = Writer::default();
        writer.primitive(tag::OCTET_STRING, list);
        writer.into_bytes()
    }

    #[test]
    fn a_list_survives_being_written() {
        let list = SignedCertificateTimestamps::new(vec![timestamp(1), timestamp(2)]).unwrap();
        assert_eq!(SignedCertificateTimestamps::decode(&der(&list)).unwrap(), list);
    }

    #[test]
    fn a_later_version_is_kept_as_it_is() {
        let octets = wrapped(&[0, 5, 0, 3, 7, 1, 2]);
        let list = SignedCertificateTimestamps::decode(&octets).unwrap();
        assert_eq!(list.timestamps(), [ListedTimestamp::Other(vec![7, 1, 2])]);
        assert_eq!(der(&list), octets);
    }

    #[test]
    fn lists_that_are_none_are_refused() {
        let good = der(&SignedCertificateTimestamps::new(vec![timestamp(1)]).unwrap());
        for cut in 0..good.len() {
            assert!(SignedCertificateTimestamps::decode(&good[..cut]).is_err(), "cut to {cut}");
        }
        let wrong: [&[u8]; 7] = [
            &[],
            &[0, 0],
            &[0, 2, 0, 0],
            &[0, 1, 0],
            &[0, 4, 0, 1, 7, 0],
            &[0, 3, 0, 1, 7, 7],
            &[0, 3, 0, 1, 0],
        ];
        for list in wrong {
            assert!(SignedCertificateTimestamps::decode(&wrapped(list)).is_err(), "{list:?}");
        }
        assert!(SignedCertificateTimestamps::decode(&[&good[..], &[5, 0]].concat()).is_err());
    }

    #[test]
    fn an_empty_list_or_one_that_no_length_can_state_is_not_built() {
        assert!(SignedCertificateTimestamps::new(Vec::new()).is_err());
        let wide = SignedCertificateTimestamp { extensions: vec![0; 40_000], ..timestamp(1) };
        assert!(SignedCertificateTimestamps::new(vec![wide.clone()]).is_ok());
        assert!(SignedCertificateTimestamps::new(vec![wide.clone(), wide]).is_err());
    }
}
