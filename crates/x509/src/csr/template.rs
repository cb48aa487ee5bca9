//! Making a request.

use hf_core::name::SanSet;

use crate::asn1::{Writer, tag};
use crate::distinguished_name::DistinguishedName;
use crate::error::{BuildError, X509Error};
use crate::ext;
use crate::public_key::PublicKey;
use crate::signature::SignatureAlgorithm;
use crate::tbs::{ToBeSigned, ToBeSignedKind};
use crate::{limits, oids};

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
        let mut writer = Writer::with_capacity(512);
        writer.sequence(|info| {
            info.number(tag::INTEGER, 0);
            info.raw(self.subject.to_der());
            info.raw(key.spki_der());
            info.nested(tag::context_constructed(0), |attributes| {
                if !self.names.is_empty() {
                    attributes.sequence(|attribute| self.write_extension_request(attribute));
                }
            });
        });
        let bytes = writer.into_bytes();
        if bytes.len() > limits::MAX_OBJECT {
            return Err(BuildError::TooLarge { octets: bytes.len(), max: limits::MAX_OBJECT }.into());
        }
        Ok(ToBeSigned::new(bytes, algorithm, ToBeSignedKind::Request))
    }

    fn write_extension_request(&self, attribute: &mut Writer) {
        attribute.oid(&oids::EXTENSION_REQUEST);
        attribute.set(|values| {
            values.sequence(|list| {
                let critical = self.subject.is_empty();
                ext::write_raw_extension(list, &oids::SUBJECT_ALT_NAME, critical, |writer| {
                    ext::write_san_set(&self.names, writer);
                });
            });
        });
    }
}
