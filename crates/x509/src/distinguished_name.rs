//! Distinguished names, RFC 5280 section 4.1.2.4: kept as DER, shown as RFC 4514 text.

mod attribute;
mod builder;
mod text;

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use crate::asn1::{DerError, DerProblem, Reader, Writer, tag, whole_sequence};
use crate::{limits, oids};

pub use attribute::Attribute;
pub use builder::DistinguishedNameBuilder;
pub(crate) use text::upper_bound;
pub use text::{NameTextError, NameTextProblem};

/// A name as `issuer` and `subject` hold it: a sequence of sets of attributes, in DER. Cheap to clone.
///
/// Equality is that of the octets. [`Self::matches`] compares as RFC 5280 section 7.1 asks.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DistinguishedName(Arc<[u8]>);

impl DistinguishedName {
    /// The most relative distinguished names; real ones have fewer than 15.
    pub const MAX_RDNS: usize = 64;

    /// The name without attributes, which a certificate may have as subject when it has alternative names.
    pub fn empty() -> Self {
        Self(Arc::from([tag::SEQUENCE, 0].as_slice()))
    }

    /// One common name as `UTF8String`. An empty text gives the empty name.
    pub fn common(cn: &str) -> Self {
        if cn.is_empty() {
            return Self::empty();
        }
        let mut writer = Writer::with_capacity(cn.len() + 24);
        writer.sequence(|name| name.set(|rdn| attribute::write(rdn, &oids::COMMON_NAME, cn)));
        Self(writer.into_bytes().into())
    }

    /// From DER. The structure is checked here; characters are checked when an attribute is read as text.
    pub fn from_der(der: &[u8]) -> Result<Self, DerError> {
        limits::check(der, "Name", limits::MAX_OBJECT)?;
        Self::from_checked(der, "Name")
    }

    /// From DER that passed the pre-check as a part of a larger object.
    pub(crate) fn from_checked(der: &[u8], field: &'static str) -> Result<Self, DerError> {
        let mut rdns = whole_sequence(der, field)?;
        let mut count = 0;
        while !rdns.is_empty() {
            count += 1;
            if count > Self::MAX_RDNS {
                return Err(DerError::new(field, rdns.at(), DerProblem::TooMany { max: Self::MAX_RDNS }));
            }
            check_rdn(rdns.expect(tag::SET, field)?.reader(), field)?;
        }
        Ok(Self(der.into()))
    }

    /// The DER.
    pub fn to_der(&self) -> &[u8] {
        &self.0
    }

    /// Whether it has no attribute.
    pub fn is_empty(&self) -> bool {
        self.0.len() == 2
    }

    /// The last common name, the most specific one, when it is text.
    pub fn common_name(&self) -> Option<String> {
        let named = self.attributes().filter(|attribute| attribute.kind == oids::COMMON_NAME);
        named.last().and_then(|attribute| attribute.text().ok())
    }

    /// Every attribute in the order of the encoding.
    pub fn attributes(&self) -> impl Iterator<Item = Attribute<'_>> {
        self.rdns().flatten()
    }

    /// The relative distinguished names in the order of the encoding, each with its attributes.
    pub fn rdns(&self) -> impl Iterator<Item = Vec<Attribute<'_>>> {
        let mut rdns = whole_sequence(&self.0, "Name").ok();
        std::iter::from_fn(move || {
            let rdn = rdns.as_mut()?.expect(tag::SET, "Name").ok()?;
            attribute::read_all(rdn.reader()).ok()
        })
    }

    /// Whether both stand for the same name under RFC 5280 section 7.1: attribute by attribute, without regard to case,
    /// string type and repeated spaces.
    pub fn matches(&self, other: &Self) -> bool {
        self == other || {
            let ours = self.rdns().map(|rdn| attribute::comparable(&rdn));
            ours.eq(other.rdns().map(|rdn| attribute::comparable(&rdn)))
        }
    }

    /// Whether this name is `base` or lies below it, RFC 5280 section 4.2.1.10 (`directoryName`).
    pub fn is_within(&self, base: &Self) -> bool {
        let mut ours = self.rdns().map(|rdn| attribute::comparable(&rdn));
        base.rdns().map(|rdn| attribute::comparable(&rdn)).all(|rdn| ours.next() == Some(rdn))
    }
}

/// A SET OF at least one attribute, in DER order.
fn check_rdn(mut rdn: Reader<'_>, field: &'static str) -> Result<(), DerError> {
    let mut last: Option<&[u8]> = None;
    if rdn.is_empty() {
        return Err(DerError::new(field, rdn.at(), DerProblem::Empty));
    }
    while !rdn.is_empty() {
        let element = rdn.expect(tag::SEQUENCE, field)?;
        if last.is_some_and(|last| last > element.whole) {
            return Err(element.fault(field, DerProblem::SetOrder));
        }
        last = Some(element.whole);
        let mut inside = element.reader();
        inside.expect(tag::OBJECT_IDENTIFIER, field)?.check_oid(field)?;
        inside.any(field)?;
        inside.finish(field)?;
    }
    Ok(())
}

impl fmt::Display for DistinguishedName {
    /// RFC 4514: the last attribute first, for example `CN=Root,O=Shop`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        text::write(self, f)
    }
}

impl fmt::Debug for DistinguishedName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DistinguishedName({self})")
    }
}

impl FromStr for DistinguishedName {
    type Err = NameTextError;

    /// Reads RFC 4514 text, for example `CN=Root,O=Shop`; the last attribute is encoded first.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text::read(text)
    }
}

impl DistinguishedName {
    /// From attributes in the order of the encoding, one relative distinguished name for each.
    pub(crate) fn from_attributes(attributes: &[(crate::asn1::Oid, String)]) -> Self {
        let mut writer = Writer::with_capacity(128);
        writer.sequence(|name| {
            for (kind, value) in attributes {
                name.set(|rdn| attribute::write(rdn, kind, value));
            }
        });
        Self(writer.into_bytes().into())
    }
}

#[cfg(test)]
mod tests;
