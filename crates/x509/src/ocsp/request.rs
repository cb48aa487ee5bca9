//! Requests, RFC 6960 section 4.1.

use super::{CertId, MAX_SINGLE, read_nonce, write_nonce};
use crate::asn1::{DerError, DerProblem, Element, Reader, Writer, tag, whole_sequence};
use crate::error::{ObjectKind, X509Error};
use crate::limits;

/// What a client asks. Signatures on requests are not looked at: whoever asks may ask.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OcspRequest {
    /// About which certificates; at least one.
    pub certificates: Vec<CertId>,
    /// What the answer must repeat.
    pub nonce: Option<Vec<u8>>,
}

impl OcspRequest {
    /// The largest request, in octets of DER. Real ones have about 100.
    pub const MAX: usize = 16 * 1024;

    /// From DER.
    ///
    /// # Errors
    /// When the octets are no request, ask for more than [`MAX_SINGLE`] certificates or for none, hold a nonce that RFC
    /// 9654 does not allow, or a critical extension that is not known.
    pub fn from_der(der: &[u8]) -> Result<Self, X509Error> {
        read(der).map_err(|source| X509Error::Syntax { object: ObjectKind::OcspRequest, source })
    }

    /// The DER.
    pub fn to_der(&self) -> Vec<u8> {
        let mut writer = Writer::with_capacity(160);
        writer.sequence(|request| {
            request.sequence(|tbs| {
                tbs.sequence(|list| {
                    for id in &self.certificates {
                        list.sequence(|single| single.raw(id.der()));
                    }
                });
                if let Some(nonce) = &self.nonce {
                    write_nonce(tbs, 2, nonce);
                }
            });
        });
        writer.into_bytes()
    }
}

fn read(der: &[u8]) -> Result<OcspRequest, DerError> {
    limits::check(der, "OCSPRequest", OcspRequest::MAX)?;
    let mut outer = whole_sequence(der, "OCSPRequest")?;
    let tbs = outer.expect(tag::SEQUENCE, "tbsRequest")?;
    // A signature of the client, which nobody needs.
    outer.optional(tag::context_constructed(0), "optionalSignature")?;
    outer.finish("OCSPRequest")?;
    let mut inside = tbs.reader();
    read_version(&mut inside)?;
    inside.optional(tag::context_constructed(1), "requestorName")?;
    let certificates = read_list(&inside.expect(tag::SEQUENCE, "requestList")?, der)?;
    let nonce = match inside.optional(tag::context_constructed(2), "requestExtensions")? {
        Some(element) => extensions(&element, der)?,
        None => None,
    };
    inside.finish("tbsRequest")?;
    Ok(OcspRequest { certificates, nonce })
}

/// v1, which DER leaves out.
pub(super) fn read_version(inside: &mut Reader<'_>) -> Result<(), DerError> {
    let Some(element) = inside.optional(tag::context_constructed(0), "version")? else { return Ok(()) };
    let mut explicit = element.reader();
    let found = explicit.expect(tag::INTEGER, "version")?.small_integer("version", u64::MAX)?;
    let problem = if found == 0 { DerProblem::DefaultEncoded } else { DerProblem::Version { found } };
    Err(element.fault("version", problem))
}

fn read_list(list: &Element<'_>, der: &[u8]) -> Result<Vec<CertId>, DerError> {
    let mut inside = list.reader();
    let mut certificates = Vec::with_capacity(1);
    if inside.is_empty() {
        return Err(list.fault("requestList", DerProblem::Empty));
    }
    while !inside.is_empty() {
        if certificates.len() >= MAX_SINGLE {
            return Err(DerError::new("requestList", inside.at(), DerProblem::TooMany { max: MAX_SINGLE }));
        }
        let mut single = inside.sequence("Request")?;
        certificates.push(CertId::read(&single.expect(tag::SEQUENCE, "reqCert")?)?);
        if let Some(element) = single.optional(tag::context_constructed(0), "singleRequestExtensions")? {
            extensions(&element, der)?;
        }
        single.finish("Request")?;
    }
    Ok(certificates)
}

fn extensions(element: &Element<'_>, der: &[u8]) -> Result<Option<Vec<u8>>, DerError> {
    let field = "requestExtensions";
    let mut explicit = element.reader();
    let list = explicit.expect(tag::SEQUENCE, field)?;
    explicit.finish(field)?;
    read_nonce(&list, der, field)
}
