//! Responses, RFC 6960 section 4.2.

use hf_core::time::Timestamp;

use super::request::read_version;
use super::{CertId, MAX_SINGLE, read_nonce};
use crate::asn1::{DerError, DerProblem, Element, Oid, Reader, Writer, tag, time, whole_sequence};
use crate::certificate::Certificate;
use crate::distinguished_name::DistinguishedName;
use crate::error::{ObjectKind, X509Error};
use crate::public_key::PublicKey;
use crate::raw;
use crate::signature::{self, Signature, SignatureAlgorithm, SignatureError};
use crate::tbs::{ToBeSigned, ToBeSignedKind};
use crate::{limits, oids};

/// What came of a request, RFC 6960 section 4.2.1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ResponseStatus {
    /// There is an answer.
    Successful,
    /// The request cannot be read.
    MalformedRequest,
    /// The responder failed.
    InternalError,
    /// The responder is busy.
    TryLater,
    /// The request must be signed.
    SigRequired,
    /// The responder does not answer for this issuer, or not to this client.
    Unauthorized,
}

impl ResponseStatus {
    /// Every one.
    pub const ALL: [Self; 6] = [
        Self::Successful,
        Self::MalformedRequest,
        Self::InternalError,
        Self::TryLater,
        Self::SigRequired,
        Self::Unauthorized,
    ];

    /// The number.
    pub fn code(self) -> u8 {
        match self {
            Self::Successful => 0,
            Self::MalformedRequest => 1,
            Self::InternalError => 2,
            Self::TryLater => 3,
            Self::SigRequired => 5,
            Self::Unauthorized => 6,
        }
    }

    fn from_code(code: u64) -> Option<Self> {
        Self::ALL.into_iter().find(|status| u64::from(status.code()) == code)
    }
}

/// Who signed a response.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ResponderId {
    /// By the subject of its certificate.
    Name(DistinguishedName),
    /// By the SHA-1 digest of its key, RFC 6960 section 4.2.2.3.
    KeyHash([u8; 20]),
}

impl ResponderId {
    /// By the digest of this key.
    pub fn of_key(key: &PublicKey) -> Self {
        let digest =
            aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA1_FOR_LEGACY_USE_ONLY, key.key_octets());
        let mut hash = [0; 20];
        hash.copy_from_slice(digest.as_ref());
        Self::KeyHash(hash)
    }

    /// Whether the certificate is the one that is meant.
    pub fn is(&self, certificate: &Certificate) -> bool {
        match self {
            Self::Name(name) => name == certificate.subject(),
            Self::KeyHash(_) => *self == Self::of_key(certificate.public_key()),
        }
    }

    pub(super) fn write(&self, writer: &mut Writer) {
        match self {
            Self::Name(name) => writer.nested(tag::context_constructed(1), |inside| {
                inside.raw(name.to_der());
            }),
            Self::KeyHash(hash) => writer.nested(tag::context_constructed(2), |inside| {
                inside.primitive(tag::OCTET_STRING, hash);
            }),
        }
    }
}

/// What is known of one certificate, RFC 6960 section 2.2.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CertStatus {
    /// Issued and not revoked.
    Good,
    /// Revoked.
    Revoked {
        /// When.
        at: Timestamp,
        /// The number of the reason, RFC 5280 section 5.3.1; `None`: not stated.
        reason: Option<u8>,
    },
    /// Nothing is known of it.
    Unknown,
}

/// The answer about one certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SingleResponse {
    /// Which certificate.
    pub certificate: CertId,
    /// What is known.
    pub status: CertStatus,
    /// When that was so.
    pub this_update: Timestamp,
    /// Until when it may be relied on; `None`: newer information is always there.
    pub next_update: Option<Timestamp>,
}

/// A response as found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OcspResponse {
    /// What came of the request.
    pub status: ResponseStatus,
    /// The answer, when there is one.
    pub basic: Option<BasicResponse>,
}

/// `BasicOCSPResponse` as found. Its signature is checked by [`Self::verify_signed_by`] alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BasicResponse {
    /// Who says to have signed.
    pub responder: ResponderId,
    /// When it was signed.
    pub produced_at: Timestamp,
    /// The answers, at least one.
    pub responses: Vec<SingleResponse>,
    /// What the client sent.
    pub nonce: Option<Vec<u8>>,
    /// Certificates that came along, the responder's own first.
    pub certificates: Vec<Certificate>,
    tbs: Vec<u8>,
    algorithm: Result<SignatureAlgorithm, Oid>,
    signature: Signature,
}

impl OcspResponse {
    /// The largest response, in octets of DER.
    pub const MAX: usize = limits::MAX_OBJECT;

    /// From DER.
    pub fn from_der(der: &[u8]) -> Result<Self, X509Error> {
        read(der).map_err(|source| X509Error::Syntax { object: ObjectKind::OcspResponse, source })
    }

    /// The DER of a response without an answer; [`ResponseStatus::Successful`] needs [`Self::assemble`].
    pub fn without_answer(status: ResponseStatus) -> Vec<u8> {
        vec![tag::SEQUENCE, 3, tag::ENUMERATED, 1, status.code()]
    }

    /// The DER of a signed answer, with the certificates that a client needs to check it: the responder's, when it is not
    /// the issuer itself. `None` when the octets are no answer.
    pub fn assemble(
        tbs: &ToBeSigned,
        signature: &Signature,
        certificates: &[Certificate],
    ) -> Option<Vec<u8>> {
        if tbs.kind() != ToBeSignedKind::Ocsp {
            return None;
        }
        let mut writer = Writer::with_capacity(tbs.bytes().len() + 1024);
        writer.sequence(|outer| {
            outer.primitive(tag::ENUMERATED, &[ResponseStatus::Successful.code()]);
            outer.nested(tag::context_constructed(0), |explicit| {
                explicit.sequence(|bytes| {
                    bytes.oid(&oids::OCSP_BASIC);
                    bytes.nested(tag::OCTET_STRING, |octets| {
                        octets.sequence(|basic| {
                            basic.raw(tbs.bytes());
                            tbs.algorithm().write(basic);
                            basic.bit_octets(signature.as_bytes());
                            if !certificates.is_empty() {
                                basic.nested(tag::context_constructed(0), |explicit| {
                                    explicit.sequence(|list| {
                                        for one in certificates {
                                            list.raw(one.der());
                                        }
                                    });
                                });
                            }
                        });
                    });
                });
            });
        });
        Some(writer.into_bytes())
    }
}

impl BasicResponse {
    /// The most certificates that come along.
    pub const MAX_CERTIFICATES: usize = 16;

    /// Whether the private key of `responder` made the signature. Whether it may answer is not looked at.
    pub fn verify_signed_by(&self, responder: &PublicKey) -> Result<(), SignatureError> {
        let algorithm = self.algorithm.clone().map_err(|oid| SignatureError::Unsupported { oid })?;
        responder.verify(algorithm, &self.tbs, &self.signature)
    }
}

fn read(der: &[u8]) -> Result<OcspResponse, DerError> {
    limits::check(der, "OCSPResponse", OcspResponse::MAX)?;
    let mut outer = whole_sequence(der, "OCSPResponse")?;
    let element = outer.expect(tag::ENUMERATED, "responseStatus")?;
    let code = element.small_integer("responseStatus", 6)?;
    let status = ResponseStatus::from_code(code)
        .ok_or_else(|| element.fault("responseStatus", DerProblem::IntegerTooLarge { max: 6 }))?;
    let bytes = outer.optional(tag::context_constructed(0), "responseBytes")?;
    outer.finish("OCSPResponse")?;
    let basic = match bytes {
        Some(element) => Some(read_bytes(&element)?),
        None => None,
    };
    if basic.is_some() != (status == ResponseStatus::Successful) {
        return Err(element.fault("responseBytes", DerProblem::Empty));
    }
    Ok(OcspResponse { status, basic })
}

fn read_bytes(element: &Element<'_>) -> Result<BasicResponse, DerError> {
    let mut explicit = element.reader();
    let mut inside = explicit.sequence("responseBytes")?;
    explicit.finish("responseBytes")?;
    let kind = inside.expect(tag::OBJECT_IDENTIFIER, "responseType")?;
    if kind.oid("responseType")? != oids::OCSP_BASIC {
        return Err(kind.fault("responseType", DerProblem::Oid));
    }
    let octets = inside.expect(tag::OCTET_STRING, "response")?;
    inside.finish("responseBytes")?;
    limits::check(octets.content, "BasicOCSPResponse", OcspResponse::MAX)?;
    read_basic(octets.content)
}

fn read_basic(der: &[u8]) -> Result<BasicResponse, DerError> {
    let mut inside = whole_sequence(der, "BasicOCSPResponse")?;
    let tbs = inside.expect(tag::SEQUENCE, "tbsResponseData")?;
    let algorithm = inside.expect(tag::SEQUENCE, "signatureAlgorithm")?;
    let signature = inside.expect(tag::BIT_STRING, "signature")?;
    let list = inside.optional(tag::context_constructed(0), "certs")?;
    inside.finish("BasicOCSPResponse")?;
    let (responder, produced_at, responses, nonce) = read_data(&tbs, der)?;
    Ok(BasicResponse {
        responder,
        produced_at,
        responses,
        nonce,
        certificates: list.map(|list| read_certificates(&list)).transpose()?.unwrap_or_default(),
        tbs: tbs.whole.to_vec(),
        algorithm: signature::read(&algorithm, "signatureAlgorithm")?,
        signature: Signature::new(signature.bit_octets("signature")?),
    })
}

type Data = (ResponderId, Timestamp, Vec<SingleResponse>, Option<Vec<u8>>);

/// `ResponseData`.
fn read_data(tbs: &Element<'_>, der: &[u8]) -> Result<Data, DerError> {
    let mut inside = tbs.reader();
    read_version(&mut inside)?;
    let responder = read_responder(&mut inside)?;
    let produced_at = generalized(&mut inside, "producedAt")?;
    let list = inside.expect(tag::SEQUENCE, "responses")?;
    let mut singles = list.reader();
    let mut responses = Vec::with_capacity(1);
    if singles.is_empty() {
        return Err(list.fault("responses", DerProblem::Empty));
    }
    while !singles.is_empty() {
        if responses.len() >= MAX_SINGLE {
            return Err(DerError::new("responses", singles.at(), DerProblem::TooMany { max: MAX_SINGLE }));
        }
        responses.push(read_single(singles.sequence("SingleResponse")?)?);
    }
    let nonce = match inside.optional(tag::context_constructed(1), "responseExtensions")? {
        Some(element) => {
            let mut explicit = element.reader();
            let list = explicit.expect(tag::SEQUENCE, "responseExtensions")?;
            explicit.finish("responseExtensions")?;
            read_nonce(&list, der, "responseExtensions")?
        }
        None => None,
    };
    inside.finish("tbsResponseData")?;
    Ok((responder, produced_at, responses, nonce))
}

fn read_responder(inside: &mut Reader<'_>) -> Result<ResponderId, DerError> {
    let element = inside.any("responderID")?;
    let mut explicit = element.reader();
    let responder = match element.tag {
        found if found == tag::context_constructed(1) => {
            let name = explicit.expect(tag::SEQUENCE, "responderID")?;
            ResponderId::Name(DistinguishedName::from_checked(name.whole, "responderID")?)
        }
        found if found == tag::context_constructed(2) => {
            let hash = explicit.expect(tag::OCTET_STRING, "responderID")?;
            let twenty = hash.content.try_into();
            let wrong = DerProblem::TooLarge { octets: hash.content.len(), max: 20 };
            ResponderId::KeyHash(twenty.map_err(|_| hash.fault("responderID", wrong))?)
        }
        found => {
            let found = crate::asn1::Tag(found);
            return Err(element.fault("responderID", DerProblem::TagNotAllowed { found }));
        }
    };
    explicit.finish("responderID")?;
    Ok(responder)
}

fn read_single(mut inside: Reader<'_>) -> Result<SingleResponse, DerError> {
    let certificate = CertId::read(&inside.expect(tag::SEQUENCE, "certID")?)?;
    let status = read_status(&inside.any("certStatus")?)?;
    let this_update = generalized(&mut inside, "thisUpdate")?;
    let next_update = match inside.optional(tag::context_constructed(0), "nextUpdate")? {
        Some(element) => {
            let mut explicit = element.reader();
            let next_update = generalized(&mut explicit, "nextUpdate")?;
            explicit.finish("nextUpdate")?;
            Some(next_update)
        }
        None => None,
    };
    if let Some(element) = inside.optional(tag::context_constructed(1), "singleExtensions")? {
        let mut explicit = element.reader();
        let list = explicit.expect(tag::SEQUENCE, "singleExtensions")?;
        explicit.finish("singleExtensions")?;
        raw::read_extensions(&list, "singleExtensions")?;
    }
    inside.finish("SingleResponse")?;
    Ok(SingleResponse { certificate, status, this_update, next_update })
}

fn read_status(element: &Element<'_>) -> Result<CertStatus, DerError> {
    const GOOD: u8 = tag::context(0);
    const REVOKED: u8 = tag::context_constructed(1);
    const UNKNOWN: u8 = tag::context(2);
    match element.tag {
        GOOD | UNKNOWN if !element.content.is_empty() => {
            Err(element.fault("certStatus", DerProblem::Trailing { octets: element.content.len() }))
        }
        GOOD => Ok(CertStatus::Good),
        UNKNOWN => Ok(CertStatus::Unknown),
        REVOKED => {
            let mut inside = element.reader();
            let at = generalized(&mut inside, "revocationTime")?;
            let reason = match inside.optional(tag::context_constructed(0), "revocationReason")? {
                Some(element) => {
                    let mut explicit = element.reader();
                    let code = explicit.expect(tag::ENUMERATED, "revocationReason")?;
                    explicit.finish("revocationReason")?;
                    u8::try_from(code.small_integer("revocationReason", 10)?).ok()
                }
                None => None,
            };
            inside.finish("certStatus")?;
            Ok(CertStatus::Revoked { at, reason })
        }
        found => {
            let found = crate::asn1::Tag(found);
            Err(element.fault("certStatus", DerProblem::TagNotAllowed { found }))
        }
    }
}

fn read_certificates(element: &Element<'_>) -> Result<Vec<Certificate>, DerError> {
    let mut explicit = element.reader();
    let mut list = explicit.sequence("certs")?;
    explicit.finish("certs")?;
    let mut certificates = Vec::new();
    while !list.is_empty() {
        if certificates.len() >= BasicResponse::MAX_CERTIFICATES {
            let problem = DerProblem::TooMany { max: BasicResponse::MAX_CERTIFICATES };
            return Err(DerError::new("certs", list.at(), problem));
        }
        let one = list.expect(tag::SEQUENCE, "certs")?;
        match Certificate::from_der(one.whole) {
            Ok(certificate) => certificates.push(certificate),
            Err(X509Error::Syntax { source, .. }) => return Err(source),
            Err(_) => return Err(one.fault("certs", DerProblem::Empty)),
        }
    }
    Ok(certificates)
}

fn generalized(inside: &mut Reader<'_>, field: &'static str) -> Result<Timestamp, DerError> {
    time::generalized(&inside.expect(tag::GENERALIZED_TIME, field)?, field)
}
