//! Object identifiers, X.690 section 8.19, of any length.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

/// An object identifier, kept as its content octets. Text form `1.3.6.1.5.5.7.3.1`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Oid(Cow<'static, [u8]>);

/// Neither content octets nor text of an object identifier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an object identifier: expected numbers with dots, for example `1.3.6.1.5.5.7.3.1`")]
pub struct OidError;

impl Oid {
    /// The longest content that is taken, in octets. Those in use have fewer than 30.
    pub const MAX_OCTETS: usize = 128;

    /// A constant from its content octets.
    pub(crate) const fn constant(content: &'static [u8]) -> Self {
        Self(Cow::Borrowed(content))
    }

    /// From the content octets of a DER OBJECT IDENTIFIER.
    pub fn from_content(content: &[u8]) -> Result<Self, OidError> {
        Self::check_content(content)?;
        // Those of RFC 5280 are static, so that reading a certificate does not allocate for each.
        Ok(Self(crate::oids::interned(content).map_or_else(|| Cow::Owned(content.to_vec()), Cow::Borrowed)))
    }

    /// The content octets, without tag and length.
    pub fn as_content(&self) -> &[u8] {
        &self.0
    }

    /// The name used in RFCs, for example `id-kp-serverAuth`, when it is known here.
    pub fn name(&self) -> Option<&'static str> {
        crate::oids::name(self)
    }

    /// Refuse empty, cut off and non-minimal content.
    pub(super) fn check_content(content: &[u8]) -> Result<(), OidError> {
        let ends = content.last().is_some_and(|last| last & 0x80 == 0);
        if !ends || content.len() > Self::MAX_OCTETS {
            return Err(OidError);
        }
        let mut starts = true;
        for octet in content {
            if starts && *octet == 0x80 {
                return Err(OidError);
            }
            starts = octet & 0x80 == 0;
        }
        Ok(())
    }
}

impl fmt::Display for Oid {
    /// Numbers with dots; arcs that do not fit into 128 bits are shown as `?`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut first = true;
        let mut value: Option<u128> = Some(0);
        for octet in self.0.iter() {
            value = value
                .and_then(|value| value.checked_mul(128))
                .and_then(|value| value.checked_add(u128::from(octet & 0x7f)));
            if octet & 0x80 != 0 {
                continue;
            }
            match (value, first) {
                (None, _) => f.write_str(if first { "2.?" } else { ".?" })?,
                (Some(value), true) => {
                    let root = (value / 40).min(2);
                    write!(f, "{root}.{}", value - root * 40)?;
                }
                (Some(value), false) => write!(f, ".{value}")?,
            }
            first = false;
            value = Some(0);
        }
        Ok(())
    }
}

impl fmt::Debug for Oid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Oid({self})")
    }
}

impl FromStr for Oid {
    type Err = OidError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let arcs: Vec<u128> = text
            .split('.')
            .map(|arc| {
                if arc.len() > 1 && arc.starts_with('0') {
                    Err(OidError)
                } else {
                    arc.parse().map_err(|_| OidError)
                }
            })
            .collect::<Result<_, _>>()?;
        let (first, second, rest) = match arcs.as_slice() {
            [first, second, rest @ ..] => (*first, *second, rest),
            _ => return Err(OidError),
        };
        if first > 2 || (first < 2 && second > 39) {
            return Err(OidError);
        }
        let mut content = Vec::new();
        push_arc(&mut content, second.checked_add(first * 40).ok_or(OidError)?);
        for arc in rest {
            push_arc(&mut content, *arc);
        }
        Self::from_content(&content)
    }
}

/// Base 128, most significant first, the top bit set on all octets but the last.
fn push_arc(content: &mut Vec<u8>, arc: u128) {
    let groups = (128 - arc.leading_zeros().min(127)).div_ceil(7).max(1);
    for group in (0..groups).rev() {
        let octet = u8::try_from(arc >> (7 * group) & 0x7f).unwrap_or(0);
        content.push(if group == 0 { octet } else { octet | 0x80 });
    }
}
