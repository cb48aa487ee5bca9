//! `nameConstraints`, RFC 5280 section 4.2.1.10.

use super::ExtensionValue;
use crate::asn1::{DerError, DerProblem, Oid, Reader, Writer, tag, whole_sequence};
use crate::general_name::{GeneralName, Place};
use crate::{limits, oids};

/// Subtrees of names that certificates below may or may not hold. `minimum` is 0 and `maximum` absent, as the RFC asks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NameConstraints {
    /// `permittedSubtrees`: a name of a kind listed here must be in one of them.
    pub permitted: Vec<GeneralName>,
    /// `excludedSubtrees`: no name may be in any of them.
    pub excluded: Vec<GeneralName>,
}

/// Why a name may not stand in a certificate below.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConstraintRefusal<'a> {
    /// Subtrees of its kind are permitted, and it is in none of them.
    NotPermitted,
    /// It is in this excluded subtree, or a wildcard reaches into it.
    Excluded(&'a GeneralName),
    /// It cannot be compared with this subtree of its kind, so it must be refused.
    Undecidable(&'a GeneralName),
}

impl NameConstraints {
    /// Why `name` is refused; `None` when it is allowed.
    pub fn refusal(&self, name: &GeneralName) -> Option<ConstraintRefusal<'_>> {
        for base in &self.excluded {
            match name.place_in(base) {
                Place::Inside | Place::Across => return Some(ConstraintRefusal::Excluded(base)),
                Place::Undecidable => return Some(ConstraintRefusal::Undecidable(base)),
                Place::Outside | Place::OtherKind => {}
            }
        }
        let mut refusal = None;
        for base in &self.permitted {
            match name.place_in(base) {
                Place::Inside => return None,
                Place::Undecidable => refusal = Some(ConstraintRefusal::Undecidable(base)),
                Place::Across | Place::Outside => refusal = refusal.or(Some(ConstraintRefusal::NotPermitted)),
                Place::OtherKind => {}
            }
        }
        refusal
    }
}

impl ExtensionValue for NameConstraints {
    const OID: Oid = oids::NAME_CONSTRAINTS;

    fn read(value: &[u8]) -> Result<Self, DerError> {
        let field = "nameConstraints";
        let mut inside = whole_sequence(value, field)?;
        let mut subtrees = |number| match inside.optional(tag::context_constructed(number), field)? {
            Some(element) => read_subtrees(element.reader()),
            None => Ok(Vec::new()),
        };
        let constraints = Self { permitted: subtrees(0)?, excluded: subtrees(1)? };
        if constraints.permitted.is_empty() && constraints.excluded.is_empty() {
            return Err(DerError::new(field, inside.at(), DerProblem::Empty));
        }
        inside.finish(field)?;
        Ok(constraints)
    }

    fn write(&self, writer: &mut Writer) {
        writer.sequence(|inside| {
            for (number, bases) in [(0, &self.permitted), (1, &self.excluded)] {
                if !bases.is_empty() {
                    inside.nested(tag::context_constructed(number), |subtrees| {
                        for base in bases {
                            subtrees.sequence(|subtree| base.write(subtree));
                        }
                    });
                }
            }
        });
    }
}

fn read_subtrees(mut subtrees: Reader<'_>) -> Result<Vec<GeneralName>, DerError> {
    let field = "GeneralSubtree";
    let mut bases = Vec::new();
    if subtrees.is_empty() {
        return Err(DerError::new(field, subtrees.at(), DerProblem::Empty));
    }
    while !subtrees.is_empty() {
        if bases.len() >= limits::MAX_GENERAL_NAMES {
            let problem = DerProblem::TooMany { max: limits::MAX_GENERAL_NAMES };
            return Err(DerError::new(field, subtrees.at(), problem));
        }
        let mut subtree = subtrees.sequence(field)?;
        let element = subtree.any(field)?;
        let base = GeneralName::read(&element)?;
        if let GeneralName::Ip(octets) = &base {
            check_mask(octets).map_err(|problem| element.fault("iPAddress", problem))?;
        }
        bases.push(base);
        subtree.finish(field)?;
    }
    Ok(bases)
}

/// An address followed by a mask of the same length whose one bits come first (RFC 4632).
fn check_mask(octets: &[u8]) -> Result<(), DerProblem> {
    if ![8, 32].contains(&octets.len()) {
        return Err(DerProblem::IpAddress { octets: octets.len() });
    }
    let mask = octets.get(octets.len() / 2..).unwrap_or_default();
    let value = mask.iter().fold(0_u128, |value, octet| value << 8 | u128::from(*octet));
    let zeros = mask.iter().map(|octet| octet.count_zeros()).sum::<u32>();
    if value.trailing_zeros().min(u32::try_from(mask.len() * 8).unwrap_or(0)) == zeros {
        Ok(())
    } else {
        Err(DerProblem::IpMask)
    }
}
