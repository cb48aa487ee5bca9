//! Names as text, RFC 4514.

use std::fmt;
use std::str::FromStr;

use super::DistinguishedName;
use crate::asn1::Oid;
use crate::{hex, oids};

/// Text that is no distinguished name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{found}` is not a distinguished name: {problem}; expected for example `CN=Root,O=Shop`")]
pub struct NameTextError {
    /// The part at fault, cut to 80 characters, control characters escaped.
    pub found: String,
    /// What is wrong with it.
    pub problem: NameTextProblem,
}

/// What is wrong with a part of a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NameTextProblem {
    /// No `=`.
    #[error("there is no `=`")]
    NoEquals,
    /// A type that is neither known nor numbers with dots.
    #[error("the attribute type is unknown")]
    UnknownType,
    /// Nothing after the `=`.
    #[error("the value is empty")]
    EmptyValue,
    /// A backslash that escapes nothing.
    #[error("a backslash escapes nothing")]
    Escape,
    /// A control character, NUL among them.
    #[error("the value holds a control character")]
    Control,
    /// Longer than the upper bound of RFC 5280 appendix A.
    #[error("the value is longer than {max} characters")]
    TooLong {
        /// The most characters.
        max: usize,
    },
    /// Several attributes in one relative distinguished name.
    #[error("`+` between attributes is not supported")]
    MultiValued,
    /// More parts than [`DistinguishedName::MAX_RDNS`].
    #[error("it has more than 64 parts")]
    TooMany,
}

/// Short names, RFC 4514 section 3 and those in common use.
const KEYWORDS: &[(&str, Oid)] = &[
    ("CN", oids::COMMON_NAME),
    ("L", oids::LOCALITY),
    ("ST", oids::STATE),
    ("O", oids::ORGANIZATION),
    ("OU", oids::ORGANIZATIONAL_UNIT),
    ("C", oids::COUNTRY),
    ("STREET", oids::STREET),
    ("DC", oids::DOMAIN_COMPONENT),
    ("UID", oids::USER_ID),
    ("serialNumber", oids::SERIAL_NUMBER),
    ("emailAddress", oids::EMAIL_ADDRESS),
];

/// The longest value of an attribute, RFC 5280 appendix A.1 (upper bounds).
pub(crate) fn upper_bound(kind: &Oid) -> usize {
    const SHORT: [Oid; 5] =
        [oids::COMMON_NAME, oids::ORGANIZATION, oids::ORGANIZATIONAL_UNIT, oids::SERIAL_NUMBER, oids::TITLE];
    if *kind == oids::COUNTRY {
        2
    } else if SHORT.contains(kind) {
        64
    } else if [oids::LOCALITY, oids::STATE].contains(kind) {
        128
    } else if *kind == oids::EMAIL_ADDRESS {
        255
    } else {
        32_768
    }
}

pub(super) fn write(name: &DistinguishedName, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let rdns: Vec<_> = name.rdns().collect();
    for (index, rdn) in rdns.iter().rev().enumerate() {
        for (place, attribute) in rdn.iter().enumerate() {
            if index + place > 0 {
                f.write_str(if place == 0 { "," } else { "+" })?;
            }
            match KEYWORDS.iter().find(|(_, oid)| *oid == attribute.kind) {
                Some((keyword, _)) => write!(f, "{keyword}=")?,
                None => write!(f, "{}=", attribute.kind)?,
            }
            if let Ok(text) = attribute.text() {
                write_escaped(&text, f)?;
            } else {
                f.write_str("#")?;
                hex::write(attribute.value(), f)?;
            }
        }
    }
    Ok(())
}

/// RFC 4514 section 2.4; control characters become hexadecimal, so that none reaches a terminal.
fn write_escaped(text: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let last = text.chars().count().saturating_sub(1);
    for (index, character) in text.chars().enumerate() {
        let at_an_end =
            (index == 0 && character == '#') || ((index == 0 || index == last) && character == ' ');
        if character.is_control() {
            let mut octets = [0; 4];
            character.encode_utf8(&mut octets).bytes().try_for_each(|octet| write!(f, "\\{octet:02x}"))?;
        } else if at_an_end || ",+\"\\<>;".contains(character) {
            write!(f, "\\{character}")?;
        } else {
            write!(f, "{character}")?;
        }
    }
    Ok(())
}

pub(super) fn read(text: &str) -> Result<DistinguishedName, NameTextError> {
    let mut attributes = Vec::new();
    for part in split(text) {
        let refuse = |problem| NameTextError {
            found: part.chars().take(80).flat_map(char::escape_debug).collect(),
            problem,
        };
        if attributes.len() >= DistinguishedName::MAX_RDNS {
            return Err(refuse(NameTextProblem::TooMany));
        }
        attributes.push(read_attribute(part).map_err(refuse)?);
    }
    attributes.reverse();
    Ok(DistinguishedName::from_attributes(&attributes))
}

/// At commas that no backslash escapes. Blank text has no parts.
fn split(text: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut start = 0;
    let mut escaped = false;
    for (index, character) in text.char_indices() {
        if character == ',' && !escaped {
            parts.push(text.get(start..index).unwrap_or_default());
            start = index + 1;
        }
        escaped = character == '\\' && !escaped;
    }
    let rest = text.get(start..).unwrap_or_default();
    if !parts.is_empty() || !rest.trim_matches(' ').is_empty() {
        parts.push(rest);
    }
    parts
}

fn read_attribute(part: &str) -> Result<(Oid, String), NameTextProblem> {
    let (keyword, value) = part.split_once('=').ok_or(NameTextProblem::NoEquals)?;
    let keyword = keyword.trim();
    let kind = KEYWORDS
        .iter()
        .find(|(known, _)| known.eq_ignore_ascii_case(keyword))
        .map(|(_, oid)| oid.clone())
        .or_else(|| Oid::from_str(keyword).ok())
        .ok_or(NameTextProblem::UnknownType)?;
    let value = unescape(value.trim_start_matches(' '))?;
    if value.is_empty() {
        return Err(NameTextProblem::EmptyValue);
    }
    if value.chars().any(char::is_control) {
        return Err(NameTextProblem::Control);
    }
    let max = upper_bound(&kind);
    if value.chars().count() > max {
        return Err(NameTextProblem::TooLong { max });
    }
    Ok((kind, value))
}

/// Undo the escapes; spaces at the end that are not escaped do not count.
fn unescape(value: &str) -> Result<String, NameTextProblem> {
    let mut octets = Vec::with_capacity(value.len());
    let mut keep = 0;
    let mut characters = value.chars();
    while let Some(character) = characters.next() {
        match character {
            '+' => return Err(NameTextProblem::MultiValued),
            '\\' => {
                let next = characters.next().ok_or(NameTextProblem::Escape)?;
                if let Some(high) = next.to_digit(16) {
                    let low =
                        characters.next().and_then(|low| low.to_digit(16)).ok_or(NameTextProblem::Escape)?;
                    octets.push(u8::try_from(high * 16 + low).unwrap_or(0));
                } else if ",+\"\\<>;# =".contains(next) {
                    octets.extend_from_slice(next.encode_utf8(&mut [0; 4]).as_bytes());
                } else {
                    return Err(NameTextProblem::Escape);
                }
                keep = octets.len();
            }
            other => {
                octets.extend_from_slice(other.encode_utf8(&mut [0; 4]).as_bytes());
                if other != ' ' {
                    keep = octets.len();
                }
            }
        }
    }
    octets.truncate(keep);
    String::from_utf8(octets).map_err(|_| NameTextProblem::Escape)
}
