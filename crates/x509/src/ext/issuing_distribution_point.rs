//! `issuingDistributionPoint` of a CRL, RFC 5280 section 5.2.5.

use super::{DistributionPointName, ExtensionValue};
use crate::asn1::{DerError, DerProblem, Oid, Reader, Writer, tag, whole_sequence};
use crate::oids;

/// What a CRL covers. Critical always.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "the fields of the ASN.1 type, each independent of the others"
)]
pub struct IssuingDistributionPoint {
    /// `distributionPoint`: the same name that the certificates it covers carry.
    pub name: Option<DistributionPointName>,
    /// `onlyContainsUserCerts`.
    pub only_user_certificates: bool,
    /// `onlyContainsCACerts`.
    pub only_ca_certificates: bool,
    /// `onlySomeReasons`, bit 0 highest; `None` for all.
    pub only_some_reasons: Option<u16>,
    /// `indirectCRL`: it lists certificates of other issuers as well.
    pub indirect: bool,
    /// `onlyContainsAttributeCerts`.
    pub only_attribute_certificates: bool,
}

impl ExtensionValue for IssuingDistributionPoint {
    const OID: Oid = oids::ISSUING_DISTRIBUTION_POINT;

    fn read(value: &[u8]) -> Result<Self, DerError> {
        let field = "issuingDistributionPoint";
        let mut inside = whole_sequence(value, field)?;
        let name = match inside.optional(tag::context_constructed(0), field)? {
            Some(element) => Some(DistributionPointName::read(&element)?),
            None => None,
        };
        let only_user_certificates = read_flag(&mut inside, 1)?;
        let only_ca_certificates = read_flag(&mut inside, 2)?;
        let only_some_reasons = match inside.optional(tag::context(3), field)? {
            Some(element) => Some(element.named_bits("onlySomeReasons")?),
            None => None,
        };
        let indirect = read_flag(&mut inside, 4)?;
        let only_attribute_certificates = read_flag(&mut inside, 5)?;
        inside.finish(field)?;
        Ok(Self {
            name,
            only_user_certificates,
            only_ca_certificates,
            only_some_reasons,
            indirect,
            only_attribute_certificates,
        })
    }

    fn write(&self, writer: &mut Writer) {
        writer.sequence(|inside| {
            if let Some(name) = &self.name {
                name.write(inside);
            }
            write_flag(inside, 1, self.only_user_certificates);
            write_flag(inside, 2, self.only_ca_certificates);
            if let Some(reasons) = self.only_some_reasons {
                inside.named_bits(tag::context(3), reasons);
            }
            write_flag(inside, 4, self.indirect);
            write_flag(inside, 5, self.only_attribute_certificates);
        });
    }
}

/// A BOOLEAN that is false when absent.
fn read_flag(inside: &mut Reader<'_>, number: u8) -> Result<bool, DerError> {
    let field = "issuingDistributionPoint";
    match inside.optional(tag::context(number), field)? {
        Some(element) if !element.boolean(field)? => Err(element.fault(field, DerProblem::DefaultEncoded)),
        found => Ok(found.is_some()),
    }
}

fn write_flag(writer: &mut Writer, number: u8, value: bool) {
    if value {
        writer.primitive(tag::context(number), &[0xff]);
    }
}
