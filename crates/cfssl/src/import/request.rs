//! A request file looked through: what it asks for, in our words.

use hf_core::name::Identifier;
use hf_proto::cfssl::code::{CfsslError, ErrorKind};
use hf_proto::cfssl::csr_json::{CertificateRequest, KeyKind};
use hf_proto::cfssl::go_json;

use crate::failure;

/// What a request file asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    /// Common name of the subject; may be empty.
    pub common_name: String,
    /// The names that we can certify.
    pub names: Vec<Identifier>,
    /// Those that we cannot, as they are written.
    pub refused: Vec<String>,
    /// The key.
    pub key: KeyKind,
    /// Whether it is for an authority.
    pub is_authority: bool,
    /// Lifetime of the authority as it is written, if it is given.
    pub expiry: Option<String>,
}

/// Read a request file.
///
/// # Errors
/// When it is no such JSON, or asks for a key that CFSSL refuses too.
pub fn check(octets: &[u8]) -> Result<Summary, CfsslError> {
    let request: CertificateRequest =
        go_json::from_slice(octets).map_err(|error| failure::because(ErrorKind::CsrParse, &error))?;
    let key = request.key_request().kind()?;
    let (mut names, mut refused) = (Vec::new(), Vec::new());
    for text in request.hosts.iter().flatten() {
        match text.parse::<Identifier>() {
            Ok(name) => names.push(name),
            Err(_) => refused.push(text.chars().take(260).collect()),
        }
    }
    let expiry = request.ca.as_ref().map(|ca| ca.expiry.clone()).filter(|expiry| !expiry.is_empty());
    let is_authority = request.ca.is_some();
    Ok(Summary { names, refused, key, is_authority, expiry, common_name: request.common_name })
}
