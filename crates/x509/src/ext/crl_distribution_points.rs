//! `cRLDistributionPoints`, RFC 5280 section 4.2.1.13; `freshestCRL` has the same value.

use super::ExtensionValue;
use crate::asn1::{DerError, DerProblem, Element, Oid, Writer, tag, whole_sequence};
use crate::general_name::GeneralName;
use crate::oids;

/// Where CRLs that cover the certificate are found, at least one point.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CrlDistributionPoints(pub Vec<DistributionPoint>);

/// One place.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DistributionPoint {
    /// `distributionPoint`.
    pub name: Option<DistributionPointName>,
    /// `reasons`: the reasons that the CRL covers, bit 0 highest; `None` for all.
    pub reasons: Option<u16>,
    /// `cRLIssuer`: who signs the CRL when it is not the certificate's issuer; empty when absent.
    pub crl_issuer: Vec<GeneralName>,
}

/// `DistributionPointName`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DistributionPointName {
    /// `fullName`: every one of them leads to the same CRL.
    Full(Vec<GeneralName>),
    /// `nameRelativeToCRLIssuer`: content octets of the SET of attributes.
    Relative(Vec<u8>),
}

impl CrlDistributionPoints {
    /// The most points that are read.
    pub const MAX: usize = 128;

    /// One point with one URI each.
    pub fn from_uris<I: IntoIterator<Item = String>>(uris: I) -> Self {
        Self(uris.into_iter().map(DistributionPoint::from_uri).collect())
    }

    /// Every URI of every point.
    pub fn uris(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter_map(|point| point.name.as_ref()).flat_map(DistributionPointName::uris)
    }
}

impl DistributionPoint {
    /// A point with one URI.
    pub fn from_uri(uri: String) -> Self {
        let name = Some(DistributionPointName::Full(vec![GeneralName::Uri(uri)]));
        Self { name, reasons: None, crl_issuer: Vec::new() }
    }
}

impl DistributionPointName {
    /// The URIs of a full name.
    pub fn uris(&self) -> impl Iterator<Item = &str> {
        let names = match self {
            Self::Full(names) => names.as_slice(),
            Self::Relative(_) => &[],
        };
        names
            .iter()
            .filter_map(|name| if let GeneralName::Uri(uri) = name { Some(uri.as_str()) } else { None })
    }

    /// Read what stands inside `[0]`.
    pub(super) fn read(element: &Element<'_>) -> Result<Self, DerError> {
        let field = "distributionPoint";
        let mut inside = element.reader();
        let choice = inside.any(field)?;
        inside.finish(field)?;
        match choice.tag {
            0xa0 => GeneralName::read_all(choice.reader(), "fullName").map(Self::Full),
            0xa1 => Ok(Self::Relative(choice.content.to_vec())),
            found => Err(choice.fault(field, DerProblem::TagNotAllowed { found: crate::asn1::Tag(found) })),
        }
    }

    /// Write `[0]` with the name inside.
    pub(super) fn write(&self, writer: &mut Writer) {
        writer.nested(tag::context_constructed(0), |name| match self {
            Self::Full(names) => name.nested(tag::context_constructed(0), |inside| {
                for name in names {
                    name.write(inside);
                }
            }),
            Self::Relative(content) => name.primitive(tag::context_constructed(1), content),
        });
    }
}

impl ExtensionValue for CrlDistributionPoints {
    const OID: Oid = oids::CRL_DISTRIBUTION_POINTS;

    fn read(value: &[u8]) -> Result<Self, DerError> {
        let field = "cRLDistributionPoints";
        let mut inside = whole_sequence(value, field)?;
        let mut points = Vec::new();
        if inside.is_empty() {
            return Err(DerError::new(field, inside.at(), DerProblem::Empty));
        }
        while !inside.is_empty() {
            if points.len() >= Self::MAX {
                return Err(DerError::new(field, inside.at(), DerProblem::TooMany { max: Self::MAX }));
            }
            points.push(read_point(&inside.expect(tag::SEQUENCE, "DistributionPoint")?)?);
        }
        Ok(Self(points))
    }

    fn write(&self, writer: &mut Writer) {
        writer.sequence(|inside| self.0.iter().for_each(|point| write_point(point, inside)));
    }
}

fn read_point(element: &Element<'_>) -> Result<DistributionPoint, DerError> {
    let mut inside = element.reader();
    let name = match inside.optional(tag::context_constructed(0), "distributionPoint")? {
        Some(element) => Some(DistributionPointName::read(&element)?),
        None => None,
    };
    let reasons = match inside.optional(tag::context(1), "reasons")? {
        Some(element) => Some(element.named_bits("reasons")?),
        None => None,
    };
    let crl_issuer = match inside.optional(tag::context_constructed(2), "cRLIssuer")? {
        Some(element) => GeneralName::read_all(element.reader(), "cRLIssuer")?,
        None => Vec::new(),
    };
    inside.finish("DistributionPoint")?;
    Ok(DistributionPoint { name, reasons, crl_issuer })
}

fn write_point(point: &DistributionPoint, writer: &mut Writer) {
    writer.sequence(|inside| {
        if let Some(name) = &point.name {
            name.write(inside);
        }
        if let Some(reasons) = point.reasons {
            inside.named_bits(tag::context(1), reasons);
        }
        if !point.crl_issuer.is_empty() {
            inside.nested(tag::context_constructed(2), |names| {
                point.crl_issuer.iter().for_each(|name| name.write(names));
            });
        }
    });
}
