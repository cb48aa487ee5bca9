//! A certification request (CSR) as shown: who asks for which names with which key, and whether it proves that key.

use hf_x509::csr::UnverifiedCsr;
use serde::Serialize;

use super::Sheet;
use super::key::KeyView;

/// What is shown of a request.
#[derive(Debug, Serialize)]
pub(crate) struct RequestView {
    /// Whether it is signed with the key that it asks for: proof that whoever made it has that key.
    pub(crate) proves_key: bool,
    /// Why not, when it is not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) fault: Option<String>,
    /// Subject, RFC 4514 text.
    pub(crate) subject: String,
    /// The names asked for.
    pub(crate) names: Vec<String>,
    /// The key.
    pub(crate) key: KeyView,
    /// Extensions asked for: RFC name or number.
    pub(crate) requested_extensions: Vec<String>,
    /// Size, bytes of DER.
    pub(crate) der_octets: usize,
}

impl RequestView {
    /// Of a request.
    pub(crate) fn of(request: UnverifiedCsr) -> Self {
        let key = KeyView::of_public(request.public_key());
        let der_octets = request.der().len();
        match request.verify() {
            Ok(verified) => Self {
                proves_key: true,
                fault: None,
                subject: verified.subject().to_string(),
                names: verified.names().iter().map(|name| format!("{}:{name}", name.kind())).collect(),
                key,
                requested_extensions: verified
                    .requested_extensions()
                    .map(|extension| {
                        extension.oid().name().map_or_else(|| extension.oid().to_string(), str::to_owned)
                    })
                    .collect(),
                der_octets,
            },
            Err(error) => Self {
                proves_key: false,
                fault: Some(error.to_string()),
                subject: String::new(),
                names: Vec::new(),
                key,
                requested_extensions: Vec::new(),
                der_octets,
            },
        }
    }

    pub(super) fn sheet(&self, full: bool) -> Sheet {
        let title = self.names.first().map_or(self.subject.as_str(), String::as_str);
        let mut sheet = Sheet::new(format!("Request for a certificate for {title}"));
        sheet.list("names", self.names.clone());
        sheet.line("subject", if self.subject.is_empty() { "(empty)" } else { &self.subject });
        sheet.line("whose key", format!("{}, SHA-256 {}", self.key.words(), self.key.spki_sha256));
        sheet.line("proves the key", if self.proves_key { "yes" } else { "no" });
        if full {
            sheet.list("asks for", self.requested_extensions.clone());
            sheet.line("size", format!("{} bytes of DER", self.der_octets));
        }
        if let Some(fault) = &self.fault {
            sheet.note(fault);
        }
        sheet
    }
}
