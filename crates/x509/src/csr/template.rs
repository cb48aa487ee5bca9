//! Making a request.

use hf_core::name::SanSet;

use crate::asn1::{Oid, Writer, tag};
use crate::distinguished_name::DistinguishedName;
use crate::error::{BuildError, X509Error};
use crate::ext::{self, BasicConstraints, ExtensionValue as _};
use crate::public_key::PublicKey;
use crate::signature::SignatureAlgorithm;
use crate::tbs::{ToBeSigned, ToBeSignedKind};
use crate::{limits, oids};

/// An extension that a request asks for beyond alternative names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestedExtension {
    /// Its identifier.
    pub id: Oid,
    /// Whether whoever does not know it must refuse the certificate.
    pub critical: bool,
    /// `extnValue`, DER.
    pub value: Vec<u8>,
}

impl RequestedExtension {
    /// `basicConstraints`, critical: the request is for the certificate of an authority.
    pub fn basic_constraints(constraints: &BasicConstraints) -> Self {
        let mut writer = Writer::with_capacity(16);
        constraints.write(&mut writer);
        Self { id: BasicConstraints::OID, critical: true, value: writer.into_bytes() }
    }
}

/// What a request asks for: a subject and alternative names. Usages are the authority's decision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CsrTemplate {
    /// The subject; may be empty.
    pub subject: DistinguishedName,
    /// The alternative names.
    pub names: SanSet,
}

impl CsrTemplate {
    /// Encode for this key. Sign the result with its private key, then [`ToBeSigned::assemble`].
    pub fn finalize(&self, key: &PublicKey, algorithm: SignatureAlgorithm) -> Result<ToBeSigned, X509Error> {
        self.finalize_with(key, algorithm, &[])
    }

    /// The same with further extensions, which no authority needs to heed.
    pub fn finalize_with(
        &self,
        key: &PublicKey,
        algorithm: SignatureAlgorithm,
        further: &[RequestedExtension],
    ) -> Result<ToBeSigned, X509Error> {
        let mut writer = Writer::with_capacity(512);
        writer.sequence(|info| {
            info.number(tag::INTEGER, 0);
            info.raw(self.subject.to_der());
            info.raw(key.spki_der());
            info.nested(tag::context_constructed(0), |attributes| {
                if !self.names.is_empty() || !further.is_empty() {
                    attributes.sequence(|attribute| self.write_extension_request(attribute, further));
                }
            });
        });
        let bytes = writer.into_bytes();
        if bytes.len() > limits::MAX_OBJECT {
            return Err(BuildError::TooLarge { octets: bytes.len(), max: limits::MAX_OBJECT }.into());
        }
        Ok(ToBeSigned::new(bytes, algorithm, ToBeSignedKind::Request))
    }

    fn write_extension_request(&self, attribute: &mut Writer, further: &[RequestedExtension]) {
        attribute.oid(&oids::EXTENSION_REQUEST);
        attribute.set(|values| {
            values.sequence(|list| {
                let critical = self.subject.is_empty();
                if !self.names.is_empty() {
                    ext::write_raw_extension(list, &oids::SUBJECT_ALT_NAME, critical, |writer| {
                        ext::write_san_set(&self.names, writer);
                    });
                }
                for extension in further {
                    ext::write_raw_extension(list, &extension.id, extension.critical, |writer| {
                        writer.raw(&extension.value);
                    });
                }
            });
        });
    }
}
