//! Where the parts of a CRL lie.

use hf_core::time::Timestamp;

use super::entry;
use crate::asn1::{DerError, DerProblem, Element, Oid, Reader, Span, tag, time, whole_sequence};
use crate::distinguished_name::DistinguishedName;
use crate::limits;
use crate::raw::{self, ExtensionSpan};
use crate::signature::{self, SignatureAlgorithm};

/// A CRL as read.
pub(super) struct Layout {
    pub(super) der: Box<[u8]>,
    pub(super) tbs: Span,
    pub(super) inner_algorithm: Span,
    pub(super) outer_algorithm: Span,
    pub(super) algorithm: Result<SignatureAlgorithm, Oid>,
    pub(super) signature: Span,
    /// As written: 0 for v1, 1 for v2.
    pub(super) version: u8,
    pub(super) issuer: DistinguishedName,
    pub(super) this_update: Timestamp,
    pub(super) next_update: Option<Timestamp>,
    /// The content of `revokedCertificates`.
    pub(super) entries: Span,
    pub(super) entry_count: usize,
    pub(super) extensions: Vec<ExtensionSpan>,
}

/// The `TBSCertList` alone, for lints as well.
pub(crate) struct TbsList<'a> {
    pub(crate) version: u8,
    pub(crate) algorithm: Element<'a>,
    pub(crate) issuer: Element<'a>,
    pub(crate) this_update: Timestamp,
    pub(crate) next_update: Option<Timestamp>,
    /// `thisUpdate` and `nextUpdate` with the tags that they are written with.
    pub(crate) times: Vec<(u8, Timestamp)>,
    /// `revokedCertificates` when there.
    pub(crate) entries: Option<Element<'a>>,
    pub(crate) extensions: Vec<ExtensionSpan>,
}

pub(super) fn read(der: Box<[u8]>) -> Result<Layout, DerError> {
    if der.len() > limits::MAX_CRL {
        let problem = DerProblem::TooLarge { octets: der.len(), max: limits::MAX_CRL };
        return Err(DerError::new("CertificateList", 0, problem));
    }
    let mut outer = whole_sequence(&der, "CertificateList")?;
    let tbs = outer.expect(tag::SEQUENCE, "tbsCertList")?;
    let outer_algorithm = outer.expect(tag::SEQUENCE, "signatureAlgorithm")?;
    let signature = outer.expect(tag::BIT_STRING, "signatureValue")?;
    outer.finish("CertificateList")?;
    signature.bit_octets("signatureValue")?;
    let list = read_tbs_list(&tbs)?;
    // Entries are read to their last level below; the rest is small.
    for (part, field) in
        [(&outer_algorithm, "signatureAlgorithm"), (&list.algorithm, "tbsCertList.signature")]
    {
        limits::check(part.whole, field, limits::MAX_OBJECT)?;
    }
    limits::check(list.issuer.whole, "tbsCertList.issuer", limits::MAX_OBJECT)?;
    let entry_count = match &list.entries {
        Some(entries) => entry::check_all(entries, list.version)?,
        None => 0,
    };
    Ok(Layout {
        tbs: tbs.span(),
        inner_algorithm: list.algorithm.span(),
        outer_algorithm: outer_algorithm.span(),
        algorithm: signature::read(&list.algorithm, "tbsCertList.signature")?,
        signature: signature.content_span().skip(1),
        version: list.version,
        issuer: DistinguishedName::from_checked(list.issuer.whole, "tbsCertList.issuer")?,
        this_update: list.this_update,
        next_update: list.next_update,
        entries: list.entries.map(|entries| entries.content_span()).unwrap_or_default(),
        entry_count,
        extensions: list.extensions,
        der,
    })
}

/// Read a `TBSCertList`, RFC 5280 section 5.1. Entries are not looked into.
pub(crate) fn read_tbs_list<'a>(tbs: &Element<'a>) -> Result<TbsList<'a>, DerError> {
    let mut inside = tbs.reader();
    let version = read_version(&mut inside)?;
    let algorithm = inside.expect(tag::SEQUENCE, "tbsCertList.signature")?;
    let issuer = inside.expect(tag::SEQUENCE, "tbsCertList.issuer")?;
    let this_tag = inside.peek().unwrap_or(0);
    let this_update = time::read(&mut inside, "tbsCertList.thisUpdate")?;
    let mut times = vec![(this_tag, this_update)];
    let next_update = match inside.peek() {
        Some(next_tag @ (tag::UTC_TIME | tag::GENERALIZED_TIME)) => {
            let next_update = time::read(&mut inside, "tbsCertList.nextUpdate")?;
            times.push((next_tag, next_update));
            Some(next_update)
        }
        _ => None,
    };
    let entries = inside.optional(tag::SEQUENCE, "revokedCertificates")?;
    let field = "crlExtensions";
    let extensions = match inside.optional(tag::context_constructed(0), field)? {
        Some(element) if version == 0 => return Err(element.fault(field, DerProblem::Version { found: 0 })),
        Some(element) => {
            let mut explicit = element.reader();
            let list = explicit.expect(tag::SEQUENCE, field)?;
            explicit.finish(field)?;
            raw::read_extensions(&list, field)?
        }
        None => Vec::new(),
    };
    inside.finish("tbsCertList")?;
    Ok(TbsList { version, algorithm, issuer, this_update, next_update, times, entries, extensions })
}

/// v2 when written, else v1.
fn read_version(inside: &mut Reader<'_>) -> Result<u8, DerError> {
    let field = "tbsCertList.version";
    let Some(element) = inside.optional(tag::INTEGER, field)? else { return Ok(0) };
    match element.small_integer(field, u64::MAX)? {
        1 => Ok(1),
        found => Err(element.fault(field, DerProblem::Version { found })),
    }
}
