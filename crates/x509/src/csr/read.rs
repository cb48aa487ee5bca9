//! Where the parts of a request lie.

use crate::asn1::{DerError, DerProblem, Element, Oid, Reader, Span, tag, whole_sequence};
use crate::distinguished_name::DistinguishedName;
use crate::limits;
use crate::oids;
use crate::public_key::{KeyKind, PublicKey};
use crate::raw::{self, ExtensionSpan};
use crate::signature::{self, Signature, SignatureAlgorithm};

/// The most attributes in a request.
const MAX_ATTRIBUTES: usize = 32;

/// A request as read.
pub(super) struct Layout {
    pub(super) der: Box<[u8]>,
    /// The `CertificationRequestInfo`, which is signed.
    pub(super) info: Span,
    pub(super) subject: DistinguishedName,
    pub(super) public_key: PublicKey,
    pub(super) algorithm: Result<SignatureAlgorithm, Oid>,
    signature: Span,
    pub(super) extensions: Vec<ExtensionSpan>,
    pub(super) other_attributes: Vec<Oid>,
}

impl Layout {
    pub(super) fn signature(&self) -> Signature {
        Signature::new(self.signature.of(&self.der))
    }

    pub(super) fn duplicate_extension(&self) -> Option<Oid> {
        raw::duplicate(&self.extensions, &self.der)
    }
}

pub(super) fn read(der: &[u8]) -> Result<Layout, DerError> {
    limits::check(der, "CertificationRequest", limits::MAX_OBJECT)?;
    let mut outer = whole_sequence(der, "CertificationRequest")?;
    let info = outer.expect(tag::SEQUENCE, "certificationRequestInfo")?;
    let algorithm = outer.expect(tag::SEQUENCE, "signatureAlgorithm")?;
    let signature = outer.expect(tag::BIT_STRING, "signature")?;
    outer.finish("CertificationRequest")?;
    signature.bit_octets("signature")?;
    let mut inside = info.reader();
    let version = inside.expect(tag::INTEGER, "version")?;
    match version.small_integer("version", u64::MAX)? {
        0 => {}
        found => return Err(version.fault("version", DerProblem::Version { found })),
    }
    let subject = inside.expect(tag::SEQUENCE, "subject")?;
    let key = inside.expect(tag::SEQUENCE, "subjectPKInfo")?;
    let public_key = PublicKey::from_checked(key.whole)?;
    if let KeyKind::Malformed { fault, .. } = public_key.kind() {
        return Err(fault.clone());
    }
    let mut layout = Layout {
        info: info.span(),
        subject: DistinguishedName::from_checked(subject.whole, "subject")?,
        public_key,
        algorithm: signature::read(&algorithm, "signatureAlgorithm")?,
        signature: signature.content_span().skip(1),
        extensions: Vec::new(),
        other_attributes: Vec::new(),
        der: der.into(),
    };
    // RFC 2986 asks for the field; several old tools leave it out when there is nothing in it.
    if let Some(attributes) = inside.optional(tag::context_constructed(0), "attributes")? {
        read_attributes(attributes.reader(), &mut layout)?;
    }
    inside.finish("certificationRequestInfo")?;
    Ok(layout)
}

/// `SET OF Attribute`; only the extension request is looked into.
fn read_attributes(mut attributes: Reader<'_>, layout: &mut Layout) -> Result<(), DerError> {
    let mut requested = false;
    let mut count = 0;
    while !attributes.is_empty() {
        count += 1;
        if count > MAX_ATTRIBUTES {
            let problem = DerProblem::TooMany { max: MAX_ATTRIBUTES };
            return Err(DerError::new("attributes", attributes.at(), problem));
        }
        let element = attributes.expect(tag::SEQUENCE, "Attribute")?;
        let mut attribute = element.reader();
        let kind = attribute.oid("Attribute.type")?;
        let values = attribute.expect(tag::SET, "Attribute.values")?;
        attribute.finish("Attribute")?;
        if kind != oids::EXTENSION_REQUEST {
            layout.other_attributes.push(kind);
            continue;
        }
        if requested {
            return Err(element.fault("extensionRequest", DerProblem::Duplicate));
        }
        requested = true;
        layout.extensions = read_extension_request(&values)?;
    }
    Ok(())
}

/// One value: `Extensions`. An empty list is taken as none, as several tools write it.
fn read_extension_request(values: &Element<'_>) -> Result<Vec<ExtensionSpan>, DerError> {
    let mut inside = values.reader();
    let list = inside.expect(tag::SEQUENCE, "extensionRequest")?;
    inside.finish("extensionRequest")?;
    if list.content.is_empty() { Ok(Vec::new()) } else { raw::read_extensions(&list, "extensionRequest") }
}
