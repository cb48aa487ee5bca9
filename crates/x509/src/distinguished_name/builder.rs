//! Names from attributes, in the order that CFSSL and Go give them.

use super::{DistinguishedName, NameTextProblem, attribute};
use crate::asn1::{Oid, Writer, tag};
use crate::oids;

use super::text::upper_bound;

/// The order of the relative distinguished names; other types follow in the order in which they were added.
const ORDER: [Oid; 9] = [
    oids::COUNTRY,
    oids::STATE,
    oids::LOCALITY,
    oids::STREET,
    oids::POSTAL_CODE,
    oids::ORGANIZATION,
    oids::ORGANIZATIONAL_UNIT,
    oids::COMMON_NAME,
    oids::SERIAL_NUMBER,
];

/// Collects attributes and writes them as a name: country, state, locality, street, postal code, organisation,
/// organisational unit, common name, serial number, then the others. Several values of one type stand in one relative
/// distinguished name.
#[derive(Clone, Debug, Default)]
pub struct DistinguishedNameBuilder(Vec<(Oid, Vec<String>)>);

impl DistinguishedNameBuilder {
    /// The most attributes in a name.
    pub const MAX_ATTRIBUTES: usize = DistinguishedName::MAX_RDNS;

    /// No attribute.
    pub fn new() -> Self {
        Self::default()
    }

    /// Add a value; an empty one and one that is there already change nothing.
    ///
    /// # Errors
    /// When the value holds a control character, is longer than RFC 5280 appendix A.1 allows, or is one too many.
    pub fn add(&mut self, kind: &Oid, value: &str) -> Result<&mut Self, NameTextProblem> {
        if value.is_empty() {
            return Ok(self);
        }
        if value.chars().any(char::is_control) {
            return Err(NameTextProblem::Control);
        }
        let max = upper_bound(kind);
        if value.chars().count() > max {
            return Err(NameTextProblem::TooLong { max });
        }
        if self.0.iter().map(|(_, values)| values.len()).sum::<usize>() >= Self::MAX_ATTRIBUTES {
            return Err(NameTextProblem::TooMany);
        }
        let place = self.0.iter().position(|(known, _)| known == kind).unwrap_or(self.0.len());
        if place == self.0.len() {
            self.0.push((kind.clone(), Vec::new()));
        }
        if let Some((_, values)) = self.0.get_mut(place)
            && !values.iter().any(|known| known == value)
        {
            values.push(value.to_owned());
        }
        Ok(self)
    }

    /// The name.
    pub fn build(mut self) -> DistinguishedName {
        let place = |kind: &Oid| ORDER.iter().position(|known| known == kind).unwrap_or(ORDER.len());
        self.0.sort_by_key(|(kind, _)| place(kind));
        let mut writer = Writer::with_capacity(128);
        writer.sequence(|name| {
            for (kind, values) in &self.0 {
                let mut encoded: Vec<Vec<u8>> = values.iter().map(|value| encode(kind, value)).collect();
                encoded.sort();
                name.set(|rdn| encoded.iter().for_each(|attribute| rdn.raw(attribute)));
            }
        });
        DistinguishedName(writer.into_bytes().into())
    }
}

/// `PrintableString` where it fits, as Go writes it; else as [`attribute::write`] does.
fn encode(kind: &Oid, value: &str) -> Vec<u8> {
    let mut writer = Writer::with_capacity(value.len() + 24);
    let ia5 = [oids::EMAIL_ADDRESS, oids::DOMAIN_COMPONENT].contains(kind);
    if !ia5 && value.bytes().all(attribute::is_printable) {
        writer.sequence(|inside| {
            inside.oid(kind);
            inside.primitive(tag::PRINTABLE_STRING, value.as_bytes());
        });
    } else {
        attribute::write(&mut writer, kind, value);
    }
    writer.into_bytes()
}

impl DistinguishedName {
    /// This name where it says something, `other` where it does not: attribute type by attribute type, for the usual ones.
    /// Whoever states a subject need not think of every other type that `other` may hold, such as a title or a user
    /// identifier, to keep it out. Attributes of `other` that are no proper text are left out too.
    #[must_use]
    pub fn completed_by(&self, other: &Self) -> Self {
        if other.is_empty() {
            return self.clone();
        }
        let mut builder = DistinguishedNameBuilder::new();
        let theirs = other.attributes().filter(|one| USUAL.contains(&one.kind));
        let theirs = theirs.filter(|one| !self.attributes().any(|own| own.kind == one.kind));
        for attribute in self.attributes().chain(theirs) {
            if let Ok(text) = attribute.text() {
                // What does not fit into a name is left out; whoever judges the name sees what remains.
                let _ = builder.add(&attribute.kind, &text);
            }
        }
        builder.build()
    }
}

/// What a name is completed with, as CFSSL does it.
const USUAL: [Oid; 7] = [
    oids::COUNTRY,
    oids::STATE,
    oids::LOCALITY,
    oids::ORGANIZATION,
    oids::ORGANIZATIONAL_UNIT,
    oids::COMMON_NAME,
    oids::SERIAL_NUMBER,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_is_that_of_go_and_values_of_one_type_share_a_part() {
        let mut builder = DistinguishedNameBuilder::new();
        for (kind, value) in [
            (oids::EMAIL_ADDRESS, "ca@shop.internal"),
            (oids::SERIAL_NUMBER, "7"),
            (oids::COMMON_NAME, "shop"),
            (oids::ORGANIZATIONAL_UNIT, "U2"),
            (oids::ORGANIZATIONAL_UNIT, "U1"),
            (oids::ORGANIZATIONAL_UNIT, "U1"),
            (oids::ORGANIZATION, "Straße"),
            (oids::POSTAL_CODE, "10115"),
            (oids::STREET, "Am Ende 1"),
            (oids::LOCALITY, "Berlin"),
            (oids::STATE, ""),
            (oids::COUNTRY, "DE"),
        ] {
            builder.add(&kind, value).unwrap();
        }
        let name = builder.build();
        assert_eq!(
            name.to_string(),
            "emailAddress=ca@shop.internal,serialNumber=7,CN=shop,OU=U1+OU=U2,O=Straße,2.5.4.17=10115,STREET=Am Ende 1,\
             L=Berlin,C=DE"
        );
        assert_eq!(DistinguishedName::from_der(name.to_der()).unwrap(), name);
        let tags: Vec<u8> = name.attributes().map(|attribute| attribute.value_tag().0).collect();
        assert_eq!(tags.first(), Some(&tag::PRINTABLE_STRING));
        assert!(tags.contains(&tag::UTF8_STRING) && tags.contains(&tag::IA5_STRING));
        assert!(DistinguishedNameBuilder::new().build().is_empty());
    }

    #[test]
    fn what_no_name_can_hold_is_refused() {
        let mut builder = DistinguishedNameBuilder::new();
        assert_eq!(builder.add(&oids::COMMON_NAME, "a\0b").unwrap_err(), NameTextProblem::Control);
        let long = "x".repeat(65);
        assert_eq!(builder.add(&oids::COMMON_NAME, &long).unwrap_err(), NameTextProblem::TooLong { max: 64 });
        assert_eq!(builder.add(&oids::COUNTRY, "DEU").unwrap_err(), NameTextProblem::TooLong { max: 2 });
        for index in 0..DistinguishedNameBuilder::MAX_ATTRIBUTES {
            builder.add(&oids::ORGANIZATIONAL_UNIT, &index.to_string()).unwrap();
        }
        assert_eq!(builder.add(&oids::ORGANIZATION, "x").unwrap_err(), NameTextProblem::TooMany);
    }

    #[test]
    fn a_wish_goes_before_the_request_type_by_type() {
        let wish: DistinguishedName = "CN=wished,OU=A".parse().unwrap();
        let request: DistinguishedName = "CN=asked,OU=B,O=Shop,C=DE".parse().unwrap();
        assert_eq!(wish.completed_by(&request).to_string(), "CN=wished,OU=A,O=Shop,C=DE");
        let more: DistinguishedName = "UID=root,CN=asked,O=Shop".parse().unwrap();
        assert_eq!(wish.completed_by(&more).to_string(), "CN=wished,OU=A,O=Shop");
        assert_eq!(DistinguishedName::empty().completed_by(&wish).to_string(), "CN=wished,OU=A");
        assert_eq!(wish.completed_by(&DistinguishedName::empty()), wish);
    }
}
