//! `cRLNumber`, RFC 5280 section 5.2.3; `deltaCRLIndicator` has the same value.

use std::fmt;

use super::ExtensionValue;
use crate::asn1::{DerError, DerProblem, Oid, Reader, Writer, tag};
use crate::{hex, oids};

/// A number that rises with every CRL of an issuer: big-endian without leading zeros, at most 20 octets.
///
/// Ordered by value.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct CrlNumber(Vec<u8>);

impl CrlNumber {
    /// The number when it fits into 64 bits.
    pub fn to_u64(&self) -> Option<u64> {
        let fits = self.0.len() <= 8;
        fits.then(|| self.0.iter().fold(0, |value, octet| value << 8 | u64::from(*octet)))
    }
}

impl From<u64> for CrlNumber {
    fn from(number: u64) -> Self {
        Self(number.to_be_bytes().into_iter().skip_while(|octet| *octet == 0).collect())
    }
}

impl Ord for CrlNumber {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (self.0.len(), &self.0).cmp(&(other.0.len(), &other.0))
    }
}

impl PartialOrd for CrlNumber {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for CrlNumber {
    /// Decimal when it fits into 64 bits, else hexadecimal with `0x`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(number) = self.to_u64() {
            return write!(f, "{number}");
        }
        f.write_str("0x")?;
        hex::write(&self.0, f)
    }
}

impl ExtensionValue for CrlNumber {
    const OID: Oid = oids::CRL_NUMBER;

    fn read(value: &[u8]) -> Result<Self, DerError> {
        let field = "cRLNumber";
        let mut reader = Reader::new(value);
        let element = reader.expect(tag::INTEGER, field)?;
        let magnitude = element.unsigned_integer(field)?;
        reader.finish(field)?;
        if magnitude.len() > 20 {
            return Err(element.fault(field, DerProblem::TooLarge { octets: magnitude.len(), max: 20 }));
        }
        Ok(Self(magnitude.iter().copied().skip_while(|octet| *octet == 0).collect()))
    }

    fn write(&self, writer: &mut Writer) {
        writer.unsigned(tag::INTEGER, &self.0);
    }
}
