//! The layout of a `TBSCertificate` and of extension lists: where each field lies, read once.

use hf_core::time::Timestamp;

use crate::asn1::{DerError, DerProblem, Element, Oid, Reader, Span, tag, time};
use crate::limits;

/// Where one extension's parts lie.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ExtensionSpan {
    pub(crate) oid: Span,
    pub(crate) critical: bool,
    pub(crate) value: Span,
}

/// Where the fields of a `TBSCertificate` lie in the object it was read from.
#[derive(Clone, Debug)]
pub(crate) struct TbsLayout {
    /// As written: 0 for v1, 2 for v3.
    pub(crate) version: u8,
    /// Content octets of the serial number.
    pub(crate) serial: Span,
    /// The whole inner `AlgorithmIdentifier`.
    pub(crate) algorithm: Span,
    pub(crate) issuer: Span,
    pub(crate) not_before: Timestamp,
    pub(crate) not_after: Timestamp,
    /// The whole `Validity`.
    pub(crate) validity: Span,
    pub(crate) subject: Span,
    pub(crate) public_key: Span,
    /// Whether an `issuerUniqueID` or `subjectUniqueID` is there.
    pub(crate) unique_ids: bool,
    pub(crate) extensions: Vec<ExtensionSpan>,
    /// Whether the `extensions` field is there at all.
    pub(crate) has_extensions: bool,
}

/// Read a `TBSCertificate`, RFC 5280 section 4.1. Strict about structure; what values mean is judged elsewhere.
pub(crate) fn read_tbs(tbs: &Element<'_>) -> Result<TbsLayout, DerError> {
    let mut inside = tbs.reader();
    let version = read_version(&mut inside)?;
    let serial = inside.expect(tag::INTEGER, "tbsCertificate.serialNumber")?;
    serial.integer_octets("tbsCertificate.serialNumber")?;
    let algorithm = inside.expect(tag::SEQUENCE, "tbsCertificate.signature")?;
    let issuer = inside.expect(tag::SEQUENCE, "tbsCertificate.issuer")?;
    let validity = inside.expect(tag::SEQUENCE, "tbsCertificate.validity")?;
    let mut times = validity.reader();
    let not_before = time::read(&mut times, "tbsCertificate.validity.notBefore")?;
    let not_after = time::read(&mut times, "tbsCertificate.validity.notAfter")?;
    times.finish("tbsCertificate.validity")?;
    let subject = inside.expect(tag::SEQUENCE, "tbsCertificate.subject")?;
    let public_key = inside.expect(tag::SEQUENCE, "tbsCertificate.subjectPublicKeyInfo")?;
    let mut layout = TbsLayout {
        version,
        serial: serial.content_span(),
        algorithm: algorithm.span(),
        issuer: issuer.span(),
        not_before,
        not_after,
        validity: validity.span(),
        subject: subject.span(),
        public_key: public_key.span(),
        unique_ids: false,
        extensions: Vec::new(),
        has_extensions: false,
    };
    read_optional_fields(&mut inside, &mut layout)?;
    inside.finish("tbsCertificate")?;
    Ok(layout)
}

/// `[0] EXPLICIT` with v2 or v3; absent for v1, the default.
fn read_version(inside: &mut Reader<'_>) -> Result<u8, DerError> {
    let field = "tbsCertificate.version";
    let Some(element) = inside.optional(tag::context_constructed(0), field)? else { return Ok(0) };
    let mut explicit = element.reader();
    let found = explicit.expect(tag::INTEGER, field)?.small_integer(field, u64::MAX)?;
    explicit.finish(field)?;
    match found {
        0 => Err(element.fault(field, DerProblem::DefaultEncoded)),
        1 => Ok(1),
        2 => Ok(2),
        _ => Err(element.fault(field, DerProblem::Version { found })),
    }
}

/// Unique identifiers (v2 and v3) and extensions (v3).
fn read_optional_fields(inside: &mut Reader<'_>, layout: &mut TbsLayout) -> Result<(), DerError> {
    for number in [1, 2] {
        let field = "tbsCertificate.uniqueID";
        if let Some(element) = inside.optional(tag::context(number), field)? {
            element.bits(field)?;
            layout.unique_ids = true;
            if layout.version == 0 {
                return Err(element.fault(field, DerProblem::Version { found: 0 }));
            }
        }
    }
    let field = "tbsCertificate.extensions";
    if let Some(element) = inside.optional(tag::context_constructed(3), field)? {
        if layout.version != 2 {
            return Err(element.fault(field, DerProblem::Version { found: u64::from(layout.version) }));
        }
        let mut explicit = element.reader();
        let list = explicit.expect(tag::SEQUENCE, field)?;
        explicit.finish(field)?;
        layout.extensions = read_extensions(&list, field)?;
        layout.has_extensions = true;
    }
    Ok(())
}

/// `Extensions`: at least one, RFC 5280 section 4.1.2.9. Values are not looked into.
pub(crate) fn read_extensions(
    list: &Element<'_>,
    field: &'static str,
) -> Result<Vec<ExtensionSpan>, DerError> {
    let mut extensions = Vec::with_capacity(10);
    for_each_extension(list, field, |span| {
        extensions.push(span);
        Ok(())
    })?;
    Ok(extensions)
}

/// The same, one after the other; `look` may refuse.
pub(crate) fn for_each_extension(
    list: &Element<'_>,
    field: &'static str,
    mut look: impl FnMut(ExtensionSpan) -> Result<(), DerError>,
) -> Result<(), DerError> {
    let mut inside = list.reader();
    let mut count = 0;
    if inside.is_empty() {
        return Err(list.fault(field, DerProblem::Empty));
    }
    while !inside.is_empty() {
        count += 1;
        if count > limits::MAX_EXTENSIONS {
            let problem = DerProblem::TooMany { max: limits::MAX_EXTENSIONS };
            return Err(DerError::new(field, inside.at(), problem));
        }
        look(read_extension(&inside.expect(tag::SEQUENCE, field)?, field)?)?;
    }
    Ok(())
}

fn read_extension(element: &Element<'_>, field: &'static str) -> Result<ExtensionSpan, DerError> {
    let mut inside = element.reader();
    let oid = inside.expect(tag::OBJECT_IDENTIFIER, field)?;
    oid.check_oid(field)?;
    let critical = match inside.optional(tag::BOOLEAN, field)? {
        Some(flag) if !flag.boolean(field)? => return Err(flag.fault(field, DerProblem::DefaultEncoded)),
        found => found.is_some(),
    };
    let value = inside.expect(tag::OCTET_STRING, field)?;
    inside.finish(field)?;
    Ok(ExtensionSpan { oid: oid.content_span(), critical, value: value.content_span() })
}

/// One extension as found.
#[derive(Clone, Copy, Debug)]
pub struct RawExtension<'a> {
    oid: &'a [u8],
    critical: bool,
    value: &'a [u8],
}

impl<'a> RawExtension<'a> {
    pub(crate) fn new(span: ExtensionSpan, object: &'a [u8]) -> Self {
        Self { oid: span.oid.of(object), critical: span.critical, value: span.value.of(object) }
    }

    /// Which extension it is.
    pub fn oid(&self) -> Oid {
        // Checked when the list was read.
        Oid::from_content(self.oid).unwrap_or(Oid::constant(&[]))
    }

    /// Whether it is this extension; cheaper than comparing [`Self::oid`].
    pub fn is(&self, oid: &Oid) -> bool {
        self.oid == oid.as_content()
    }

    /// The content octets of its identifier.
    pub(crate) fn oid_content(&self) -> &'a [u8] {
        self.oid
    }

    /// Whether it is marked critical.
    pub fn critical(&self) -> bool {
        self.critical
    }

    /// The content of the OCTET STRING.
    pub fn value(&self) -> &'a [u8] {
        self.value
    }
}

/// The first extension that is there more than once.
pub(crate) fn duplicate(extensions: &[ExtensionSpan], object: &[u8]) -> Option<Oid> {
    let mut contents: Vec<&[u8]> = extensions.iter().map(|extension| extension.oid.of(object)).collect();
    contents.sort_unstable();
    let twice = contents.windows(2).find_map(|pair| match pair {
        [first, second] if first == second => Some(*first),
        _ => None,
    })?;
    Oid::from_content(twice).ok()
}
