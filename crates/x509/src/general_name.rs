//! `GeneralName`, RFC 5280 section 4.2.1.6: names as other certificates may hold them, beyond what Handfast issues.

mod subtree;

use std::fmt;
use std::net::IpAddr;

use hf_core::name::{Identifier, IpName, NameError, NameKind, NameProblem};

use crate::asn1::{DerError, DerProblem, Element, Oid, Reader, Tag, Writer, tag};
use crate::distinguished_name::DistinguishedName;
use crate::limits;

pub use subtree::Place;

/// One name of any kind. Text is ASCII without NUL; nothing else about it is checked here.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum GeneralName {
    /// `otherName`: its type and the DER of its value.
    Other {
        /// The type.
        kind: Oid,
        /// The value in DER.
        value: Vec<u8>,
    },
    /// `rfc822Name`.
    Email(String),
    /// `dNSName`.
    Dns(String),
    /// `x400Address` in DER.
    X400(Vec<u8>),
    /// `directoryName`.
    Directory(DistinguishedName),
    /// `ediPartyName` in DER.
    EdiParty(Vec<u8>),
    /// `uniformResourceIdentifier`.
    Uri(String),
    /// `iPAddress`: 4 or 16 octets, with a mask 8 or 32.
    Ip(Vec<u8>),
    /// `registeredID`.
    RegisteredId(Oid),
}

impl GeneralName {
    /// The name as one that Handfast understands and issues.
    pub fn to_identifier(&self) -> Result<Identifier, IdentifierError> {
        match self {
            Self::Dns(name) => Ok(Identifier::Dns(name.parse()?)),
            Self::Email(name) => Ok(Identifier::Email(name.parse()?)),
            Self::Uri(name) => Ok(Identifier::from_uri(name)?),
            Self::Ip(octets) => {
                self.address().map(|address| Identifier::Ip(IpName::from(address))).ok_or_else(|| {
                    let found = format!("{} octets", octets.len());
                    NameError { kind: NameKind::Ip, found, at: 0, problem: NameProblem::IpSyntax }.into()
                })
            }
            Self::Other { .. }
            | Self::X400(_)
            | Self::Directory(_)
            | Self::EdiParty(_)
            | Self::RegisteredId(_) => Err(IdentifierError::Kind { kind: self.kind() }),
        }
    }

    /// Whether it is written exactly as this canonical name is.
    pub(crate) fn is_canonical(&self, name: &Identifier) -> bool {
        match (self, name) {
            (Self::Dns(text), Identifier::Dns(name)) => text == name.as_str(),
            (Self::Email(text), Identifier::Email(name)) => text == name.as_str(),
            (Self::Uri(text), Identifier::Spiffe(name)) => text == name.as_str(),
            (Self::Uri(text), Identifier::Uri(name)) => text == name.as_str(),
            (Self::Ip(octets), Identifier::Ip(name)) => *octets == name.octets(),
            _ => false,
        }
    }

    /// The address of an `iPAddress` without a mask.
    pub fn address(&self) -> Option<IpAddr> {
        let Self::Ip(octets) = self else { return None };
        <[u8; 4]>::try_from(octets.as_slice())
            .map(IpAddr::from)
            .or_else(|_| <[u8; 16]>::try_from(octets.as_slice()).map(IpAddr::from))
            .ok()
    }

    /// The kind in the RFC's words, for example `dNSName`.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Other { .. } => "otherName",
            Self::Email(_) => "rfc822Name",
            Self::Dns(_) => "dNSName",
            Self::X400(_) => "x400Address",
            Self::Directory(_) => "directoryName",
            Self::EdiParty(_) => "ediPartyName",
            Self::Uri(_) => "uniformResourceIdentifier",
            Self::Ip(_) => "iPAddress",
            Self::RegisteredId(_) => "registeredID",
        }
    }

    /// Read one name.
    pub(crate) fn read(element: &Element<'_>) -> Result<Self, DerError> {
        let field = "GeneralName";
        Ok(match element.tag {
            0xa0 => {
                let mut inside = element.reader();
                let kind = inside.oid(field)?;
                let value = inside.expect(tag::context_constructed(0), field)?.content.to_vec();
                inside.finish(field)?;
                Self::Other { kind, value }
            }
            0x81 => Self::Email(element.ia5("rfc822Name")?.to_owned()),
            0x82 => Self::Dns(element.ia5("dNSName")?.to_owned()),
            0xa3 => Self::X400(element.content.to_vec()),
            0xa4 => {
                let mut inside = element.reader();
                let name = inside.any("directoryName")?;
                inside.finish("directoryName")?;
                Self::Directory(DistinguishedName::from_checked(name.whole, "directoryName")?)
            }
            0xa5 => Self::EdiParty(element.content.to_vec()),
            0x86 => Self::Uri(element.ia5("uniformResourceIdentifier")?.to_owned()),
            0x87 => Self::Ip(element.content.to_vec()),
            0x88 => Self::RegisteredId(element.oid("registeredID")?),
            found => return Err(element.fault(field, DerProblem::TagNotAllowed { found: Tag(found) })),
        })
    }

    /// Read all names up to the end; at least one.
    pub(crate) fn read_all(mut reader: Reader<'_>, field: &'static str) -> Result<Vec<Self>, DerError> {
        let mut names = Vec::new();
        if reader.is_empty() {
            return Err(DerError::new(field, reader.at(), DerProblem::Empty));
        }
        while !reader.is_empty() {
            if names.len() >= limits::MAX_GENERAL_NAMES {
                let problem = DerProblem::TooMany { max: limits::MAX_GENERAL_NAMES };
                return Err(DerError::new(field, reader.at(), problem));
            }
            names.push(Self::read(&reader.any(field)?)?);
        }
        Ok(names)
    }

    /// Write one name.
    pub(crate) fn write(&self, writer: &mut Writer) {
        match self {
            Self::Other { kind, value } => writer.nested(0xa0, |other| {
                other.oid(kind);
                other.nested(tag::context_constructed(0), |inside| inside.raw(value));
            }),
            Self::Email(name) => writer.primitive(0x81, name.as_bytes()),
            Self::Dns(name) => writer.primitive(0x82, name.as_bytes()),
            Self::X400(content) => writer.primitive(0xa3, content),
            Self::Directory(name) => writer.primitive(0xa4, name.to_der()),
            Self::EdiParty(content) => writer.primitive(0xa5, content),
            Self::Uri(name) => writer.primitive(0x86, name.as_bytes()),
            Self::Ip(octets) => writer.primitive(0x87, octets),
            Self::RegisteredId(oid) => writer.primitive(0x88, oid.as_content()),
        }
    }
}

/// Write a canonical name without making a [`GeneralName`] first.
pub(crate) fn write_identifier(name: &Identifier, writer: &mut Writer) {
    match name {
        Identifier::Dns(name) => writer.primitive(0x82, name.as_str().as_bytes()),
        Identifier::Email(name) => writer.primitive(0x81, name.as_str().as_bytes()),
        Identifier::Spiffe(name) => writer.primitive(0x86, name.as_str().as_bytes()),
        Identifier::Uri(name) => writer.primitive(0x86, name.as_str().as_bytes()),
        Identifier::Ip(name) => match name.address() {
            IpAddr::V4(address) => writer.primitive(0x87, &address.octets()),
            IpAddr::V6(address) => writer.primitive(0x87, &address.octets()),
        },
    }
}

impl From<&Identifier> for GeneralName {
    fn from(name: &Identifier) -> Self {
        match name {
            Identifier::Dns(name) => Self::Dns(name.to_string()),
            Identifier::Email(name) => Self::Email(name.to_string()),
            Identifier::Spiffe(name) => Self::Uri(name.to_string()),
            Identifier::Uri(name) => Self::Uri(name.to_string()),
            Identifier::Ip(name) => Self::Ip(name.octets()),
        }
    }
}

impl fmt::Display for GeneralName {
    /// The value alone, control characters escaped; an address with a mask as `address/bits`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Email(name) | Self::Dns(name) | Self::Uri(name) => name.chars().try_for_each(|character| {
                if character.is_control() {
                    write!(f, "{}", character.escape_unicode())
                } else {
                    write!(f, "{character}")
                }
            }),
            Self::Directory(name) => name.fmt(f),
            Self::RegisteredId(oid) => oid.fmt(f),
            Self::Other { kind, value } => write!(f, "{kind} ({} octets)", value.len()),
            Self::X400(content) | Self::EdiParty(content) => write!(f, "{} octets", content.len()),
            Self::Ip(octets) => write_ip(octets, f),
        }
    }
}

fn write_ip(octets: &[u8], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let (address, mask) = match octets.len() {
        8 | 32 => octets.split_at(octets.len() / 2),
        _ => (octets, [].as_slice()),
    };
    match GeneralName::Ip(address.to_vec()).address() {
        Some(address) => write!(f, "{address}")?,
        None => return write!(f, "{} octets", octets.len()),
    }
    if mask.is_empty() {
        return Ok(());
    }
    write!(f, "/{}", mask.iter().map(|octet| octet.count_ones()).sum::<u32>())
}

/// Why a name of a certificate or request cannot be one of ours.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IdentifierError {
    /// The text is wrong.
    #[error(transparent)]
    Name(#[from] NameError),
    /// A kind of name that Handfast does not issue.
    #[error("a name of kind {kind} is not supported: expected a DNS name, IP address, e-mail address or URI")]
    Kind {
        /// The kind in the RFC's words.
        kind: &'static str,
    },
}
