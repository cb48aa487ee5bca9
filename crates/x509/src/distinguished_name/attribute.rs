//! One attribute of a name: type and value.

use crate::asn1::{DerError, DerProblem, Oid, Reader, Tag, Writer, tag};
use crate::oids;

use super::text::upper_bound;

/// Type and value of one attribute.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attribute<'a> {
    /// Its type, for example `commonName`.
    pub kind: Oid,
    /// The tag of its value.
    tag: u8,
    content: &'a [u8],
}

impl Attribute<'_> {
    /// The value as text. Teletex strings are read as Latin-1, as everybody does.
    ///
    /// Fails on a value that is no string, on octets that are not of its string type, and on a NUL character.
    pub fn text(&self) -> Result<String, DerError> {
        let fault = |problem| DerError::new("AttributeValue", 0, problem);
        let text = decode(self.tag, self.content)
            .ok_or_else(|| fault(DerProblem::Characters { string: Tag(self.tag) }))?;
        if text.contains('\0') { Err(fault(DerProblem::Nul)) } else { Ok(text) }
    }

    /// Why a certificate should not say it: no text of its type, empty, a control character, or longer than RFC 5280
    /// appendix A.1 allows. `None` when nothing is wrong.
    pub fn fault(&self) -> Option<String> {
        let text = match self.text() {
            Ok(text) => text,
            Err(error) => return Some(error.problem.to_string()),
        };
        let length = text.chars().count();
        if text.is_empty() {
            return Some("an empty value".to_owned());
        }
        if text.chars().any(char::is_control) {
            return Some("a control character".to_owned());
        }
        (length > upper_bound(&self.kind)).then(|| format!("{length} characters"))
    }

    /// The ASN.1 type of the value, for example `UTF8String`.
    pub fn value_tag(&self) -> Tag {
        Tag(self.tag)
    }

    /// The content octets of the value.
    pub fn value(&self) -> &[u8] {
        self.content
    }
}

fn decode(tag: u8, content: &[u8]) -> Option<String> {
    match tag {
        tag::UTF8_STRING => std::str::from_utf8(content).ok().map(str::to_owned),
        tag::PRINTABLE_STRING => ascii(content, is_printable),
        tag::IA5_STRING | tag::VISIBLE_STRING => ascii(content, |octet| octet.is_ascii()),
        tag::NUMERIC_STRING => ascii(content, |octet| octet.is_ascii_digit() || octet == b' '),
        tag::TELETEX_STRING => Some(content.iter().map(|octet| char::from(*octet)).collect()),
        tag::BMP_STRING => {
            let units = content.chunks(2).map(|pair| match pair {
                [high, low] => Some(u16::from_be_bytes([*high, *low])),
                _ => None,
            });
            String::from_utf16(&units.collect::<Option<Vec<u16>>>()?).ok()
        }
        tag::UNIVERSAL_STRING => content
            .chunks(4)
            .map(|four| <[u8; 4]>::try_from(four).ok().map(u32::from_be_bytes).and_then(char::from_u32))
            .collect(),
        _ => None,
    }
}

fn ascii(content: &[u8], legal: impl Fn(u8) -> bool) -> Option<String> {
    let all = content.iter().all(|octet| legal(*octet));
    if all { std::str::from_utf8(content).ok().map(str::to_owned) } else { None }
}

/// `PrintableString`, X.680 section 41.4.
pub(crate) fn is_printable(octet: u8) -> bool {
    octet.is_ascii_alphanumeric() || b" '()+,-./:=?".contains(&octet)
}

/// All attributes of one relative distinguished name.
pub(super) fn read_all(mut rdn: Reader<'_>) -> Result<Vec<Attribute<'_>>, DerError> {
    let mut attributes = Vec::with_capacity(1);
    while !rdn.is_empty() {
        let mut inside = rdn.sequence("AttributeTypeAndValue")?;
        let kind = inside.oid("AttributeType")?;
        let value = inside.any("AttributeValue")?;
        attributes.push(Attribute { kind, tag: value.tag, content: value.content });
    }
    Ok(attributes)
}

/// Type and value folded for comparison, RFC 5280 section 7.1; a value that is no text is compared by its octets.
pub(super) fn comparable(rdn: &[Attribute<'_>]) -> Vec<(Oid, Vec<u8>)> {
    let mut folded: Vec<_> = rdn
        .iter()
        .map(|attribute| {
            let value = match attribute.text() {
                Ok(text) => text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase().into_bytes(),
                Err(_) => [&[0, attribute.tag], attribute.content].concat(),
            };
            (attribute.kind.clone(), value)
        })
        .collect();
    folded.sort();
    folded
}

/// Write one attribute. Countries, serial numbers and qualifiers are `PrintableString`, e-mail addresses and domain
/// components `IA5String` (RFC 5280 appendix A), everything else `UTF8String`.
pub(super) fn write(rdn: &mut Writer, kind: &Oid, value: &str) {
    let printable = [oids::COUNTRY, oids::SERIAL_NUMBER, oids::DN_QUALIFIER].contains(kind);
    let tag = if printable && value.bytes().all(is_printable) {
        tag::PRINTABLE_STRING
    } else if [oids::EMAIL_ADDRESS, oids::DOMAIN_COMPONENT].contains(kind) && value.is_ascii() {
        tag::IA5_STRING
    } else {
        tag::UTF8_STRING
    };
    rdn.sequence(|attribute| {
        attribute.oid(kind);
        attribute.primitive(tag, value.as_bytes());
    });
}
