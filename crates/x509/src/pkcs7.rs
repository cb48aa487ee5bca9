//! PKCS#7 bundles: a `SignedData` without signers that carries certificates and CRLs, RFC 5652 section 5.1, as EST and
//! many tools exchange them ("certs-only").

use crate::asn1::{DerError, DerProblem, Element, Reader, Writer, tag, whole_sequence};
use crate::certificate::Certificate;
use crate::crl::CertificateList;
use crate::error::{ObjectKind, X509Error};
use crate::pem::{self, Label};
use crate::{limits, oids};

/// The most certificates and CRLs in one bundle.
pub const MAX_MEMBERS: usize = 10_000;

/// What a bundle holds, in the order of the encoding.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bundle {
    /// The certificates.
    pub certificates: Vec<Certificate>,
    /// The CRLs.
    pub crls: Vec<CertificateList>,
}

impl Bundle {
    /// From DER of at most [`limits::MAX_BUNDLE`] octets. Signers, if there are any, are not looked at: the members prove
    /// themselves.
    pub fn from_der(der: &[u8]) -> Result<Self, X509Error> {
        let members = read(der).map_err(|source| X509Error::Syntax { object: ObjectKind::Pkcs7, source })?;
        Ok(Self {
            certificates: members
                .certificates
                .into_iter()
                .map(Certificate::from_der)
                .collect::<Result<_, _>>()?,
            crls: members.crls.into_iter().map(CertificateList::from_der).collect::<Result<_, _>>()?,
        })
    }

    /// From PEM text that holds exactly one `PKCS7` block.
    pub fn from_pem(text: &str) -> Result<Self, X509Error> {
        Self::from_der(&pem::one(text, Label::Pkcs7)?)
    }

    /// The DER, members in the order given: readers take the first certificate for the leaf, and none checks the order
    /// that DER asks of a SET.
    pub fn to_der(&self) -> Vec<u8> {
        let mut writer = Writer::with_capacity(1024);
        writer.sequence(|info| {
            info.oid(&oids::SIGNED_DATA);
            info.nested(tag::context_constructed(0), |explicit| {
                explicit.sequence(|signed| {
                    signed.number(tag::INTEGER, 1);
                    signed.set(|_no_digests| {});
                    signed.sequence(|content| content.oid(&oids::DATA));
                    if !self.certificates.is_empty() {
                        signed.nested(tag::context_constructed(0), |set| {
                            self.certificates.iter().for_each(|certificate| set.raw(certificate.der()));
                        });
                    }
                    if !self.crls.is_empty() {
                        signed.nested(tag::context_constructed(1), |set| {
                            self.crls.iter().for_each(|crl| set.raw(crl.der()));
                        });
                    }
                    signed.set(|_no_signers| {});
                });
            });
        });
        writer.into_bytes()
    }

    /// One PEM block.
    pub fn to_pem(&self) -> String {
        pem::encode(Label::Pkcs7, &self.to_der())
    }
}

#[derive(Default)]
struct Members<'a> {
    certificates: Vec<&'a [u8]>,
    crls: Vec<&'a [u8]>,
}

fn read(der: &[u8]) -> Result<Members<'_>, DerError> {
    limits::check(der, "ContentInfo", limits::MAX_BUNDLE)?;
    let mut info = whole_sequence(der, "ContentInfo")?;
    let kind = info.expect(tag::OBJECT_IDENTIFIER, "contentType")?;
    if kind.content != oids::SIGNED_DATA.as_content() {
        return Err(kind.fault("contentType", DerProblem::ContentType));
    }
    let mut explicit = info.expect(tag::context_constructed(0), "content")?.reader();
    info.finish("ContentInfo")?;
    let mut signed = explicit.sequence("SignedData")?;
    explicit.finish("content")?;
    signed.expect(tag::INTEGER, "SignedData.version")?.small_integer("SignedData.version", 5)?;
    signed.expect(tag::SET, "digestAlgorithms")?;
    signed.sequence("encapContentInfo")?.oid("eContentType")?;
    let mut members = Members::default();
    if let Some(set) = signed.optional(tag::context_constructed(0), "certificates")? {
        members.certificates = read_set(&set, "certificates")?;
    }
    if let Some(set) = signed.optional(tag::context_constructed(1), "crls")? {
        members.crls = read_set(&set, "crls")?;
    }
    signed.expect(tag::SET, "signerInfos")?;
    signed.finish("SignedData")?;
    Ok(members)
}

/// X.509 members alone; attribute certificates and other choices are refused.
fn read_set<'a>(set: &Element<'a>, field: &'static str) -> Result<Vec<&'a [u8]>, DerError> {
    let mut reader: Reader<'a> = set.reader();
    let mut members = Vec::new();
    while !reader.is_empty() {
        if members.len() >= MAX_MEMBERS {
            return Err(DerError::new(field, reader.at(), DerProblem::TooMany { max: MAX_MEMBERS }));
        }
        members.push(reader.expect(tag::SEQUENCE, field)?.whole);
    }
    Ok(members)
}

#[cfg(test)]
mod tests;
