//! The online certificate status protocol, RFC 6960, with the nonces of RFC 9654: requests and responses, read and written.
//!
//! Who may answer for whom is judged elsewhere; here is only what the messages say.

mod cert_id;
mod request;
mod response;
mod template;

pub use cert_id::{CertId, CertIdHash};
pub use request::OcspRequest;
pub use response::{BasicResponse, CertStatus, OcspResponse, ResponderId, ResponseStatus, SingleResponse};
pub use template::OcspResponseTemplate;

use crate::asn1::{DerError, DerProblem, Element, Reader, Writer, tag};
use crate::raw::{self, RawExtension};
use crate::{ext, oids};

/// The longest nonce, in octets, RFC 9654 section 2.1.
pub const MAX_NONCE: usize = 128;

/// The most certificates that one request asks about, and that one response speaks about.
pub const MAX_SINGLE: usize = 64;

/// The nonce in a list of extensions. An unknown critical extension is refused.
fn read_nonce(list: &Element<'_>, object: &[u8], field: &'static str) -> Result<Option<Vec<u8>>, DerError> {
    let mut nonce = None;
    let spans = raw::read_extensions(list, field)?;
    if raw::duplicate(&spans, object).is_some() {
        return Err(list.fault(field, DerProblem::Duplicate));
    }
    for span in spans {
        let extension = RawExtension::new(span, object);
        if extension.is(&oids::OCSP_NONCE) {
            let mut value = Reader::new(extension.value());
            let octets = value.expect(tag::OCTET_STRING, "nonce")?;
            value.finish("nonce")?;
            if octets.content.is_empty() {
                return Err(list.fault("nonce", DerProblem::Empty));
            }
            if octets.content.len() > MAX_NONCE {
                let problem = DerProblem::TooLarge { octets: octets.content.len(), max: MAX_NONCE };
                return Err(list.fault("nonce", problem));
            }
            nonce = Some(octets.content.to_vec());
        } else if extension.critical() {
            return Err(list.fault(field, DerProblem::CriticalExtension));
        }
    }
    Ok(nonce)
}

/// Write a list of extensions with the nonce alone, under an explicit tag.
fn write_nonce(writer: &mut Writer, number: u8, nonce: &[u8]) {
    writer.nested(tag::context_constructed(number), |explicit| {
        explicit.sequence(|list| {
            ext::write_raw_extension(list, &oids::OCSP_NONCE, false, |value| {
                value.primitive(tag::OCTET_STRING, nonce);
            });
        });
    });
}

#[cfg(test)]
mod tests;
