//! What the commands print, in the forms that `cfssljson` and scripts read.

use std::collections::BTreeMap;

use hf_core::secret::Secret;
use hf_proto::cfssl::go_json;

use super::call::{Call, Failure};

/// A certificate, its request and its key, in PEM; what is absent is left out.
#[derive(Default)]
pub(super) struct Material {
    pub(super) cert: Option<String>,
    pub(super) csr: Option<String>,
    pub(super) key: Option<Secret<String>>,
}

impl Material {
    /// Print it as one line of JSON, keys in the order `cert`, `csr`, `key`.
    pub(super) fn print(&self, call: &Call) -> Result<(), Failure> {
        let mut fields = BTreeMap::new();
        let mut add = |name: &'static str, text: Option<&str>| {
            if let Some(text) = text {
                fields.insert(name, text.to_owned());
            }
        };
        add("cert", self.cert.as_deref());
        add("csr", self.csr.as_deref());
        add("key", self.key.as_ref().map(|key| key.expose().as_str()));
        Ok(call.output.bytes(&go_json::to_line(&fields))?)
    }
}

/// Print octets as one line of base64.
pub(super) fn base64(call: &Call, octets: &[u8]) -> Result<(), Failure> {
    let text = go_json::to_string(&go_json::GoBytes(octets.to_vec()));
    Ok(call.output.text(text.trim_matches('"'))?)
}

/// Print `{"ocspResponse":"…"}`.
pub(super) fn ocsp_response(call: &Call, octets: &[u8]) -> Result<(), Failure> {
    let fields = BTreeMap::from([("ocspResponse", go_json::GoBytes(octets.to_vec()))]);
    Ok(call.output.bytes(&go_json::to_line(&fields))?)
}
