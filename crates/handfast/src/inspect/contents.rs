//! Finds out what octets are, by their content alone, and reads them.

use hf_core::secret::Secret;
use hf_keys::error::KeyError;
use hf_keys::key_store::{self, Format, KeyStoreError};
use hf_keys::private_key::PrivateKey;
use hf_x509::asn1::DerError;
use hf_x509::certificate::Certificate;
use hf_x509::crl::CertificateList;
use hf_x509::csr::{CsrError, UnverifiedCsr};
use hf_x509::error::X509Error;
use hf_x509::pem::{self, Block, PemError};
use hf_x509::pkcs7::Bundle;
use hf_x509::public_key::PublicKey;

use super::{CertificateView, CrlView, Item, KeyStoreView, KeyView, RequestView};

/// What octets turned out to be.
#[derive(Debug)]
pub(crate) struct Contents {
    /// `pem`, `der`, `pkcs7`, `pkcs12`, `jks` or `tls`.
    pub(crate) format: &'static str,
    /// What is in it, in order.
    pub(crate) items: Vec<Item>,
}

/// Why octets cannot be shown.
#[derive(Debug, thiserror::Error)]
pub(crate) enum InspectError {
    /// Nothing there.
    #[error("it is empty")]
    Empty,
    /// None of the formats.
    #[error("it is neither PEM, nor DER of a certificate, request, CRL, key or PKCS#7, nor PKCS#12, nor JKS")]
    Unknown,
    /// PEM without a block that is known here.
    #[error("none of its PEM blocks can be shown; found {found}")]
    NothingKnown {
        /// The labels, with commas.
        found: String,
    },
    /// A password or passphrase is needed, and none was given.
    #[error("{what} is protected by a password")]
    PasswordNeeded {
        /// What is protected.
        what: &'static str,
    },
    /// PEM that cannot be read.
    #[error("its PEM text cannot be read")]
    Pem(#[from] PemError),
    /// A certificate that cannot be read.
    #[error("line {line}: the certificate cannot be read")]
    PemCertificate {
        /// Line of the `BEGIN`.
        line: usize,
        /// Why.
        #[source]
        source: X509Error,
    },
    /// A request that cannot be read.
    #[error("line {line}: the certification request cannot be read")]
    PemRequest {
        /// Line of the `BEGIN`.
        line: usize,
        /// Why.
        #[source]
        source: CsrError,
    },
    /// A CRL that cannot be read.
    #[error("line {line}: the CRL cannot be read")]
    PemCrl {
        /// Line of the `BEGIN`.
        line: usize,
        /// Why.
        #[source]
        source: X509Error,
    },
    /// A public key that cannot be read.
    #[error("line {line}: the public key cannot be read")]
    PemPublicKey {
        /// Line of the `BEGIN`.
        line: usize,
        /// Why.
        #[source]
        source: DerError,
    },
    /// A PKCS#7 bundle that cannot be read.
    #[error("line {line}: the PKCS#7 bundle cannot be read")]
    PemBundle {
        /// Line of the `BEGIN`.
        line: usize,
        /// Why.
        #[source]
        source: X509Error,
    },
    /// A private key that cannot be read.
    #[error("the private key cannot be read")]
    Key(#[source] KeyError),
    /// A key store that cannot be read.
    #[error("the key store cannot be read")]
    KeyStore(#[source] KeyStoreError),
}

impl InspectError {
    /// What to do about it.
    pub(crate) fn hint(&self) -> Option<String> {
        match self {
            Self::Unknown => Some("is it the right file? `file NAME` may know more".to_owned()),
            Self::PasswordNeeded { .. } => Some(
                "put the password into HANDFAST_KEYSTORE_PASSWORD (key stores) or HANDFAST_PASSPHRASE (keys), or name a \
                 file with `--passphrase-file FILE`"
                    .to_owned(),
            ),
            Self::Key(error) => error.hint(),
            Self::KeyStore(error) => error.hint(),
            Self::Empty
            | Self::NothingKnown { .. }
            | Self::Pem(_)
            | Self::PemCertificate { .. }
            | Self::PemRequest { .. }
            | Self::PemCrl { .. }
            | Self::PemPublicKey { .. }
            | Self::PemBundle { .. } => None,
        }
    }
}

/// Read `octets`; `password` opens key stores and encrypted keys.
pub(crate) fn read(octets: &[u8], password: Option<&Secret<String>>) -> Result<Contents, InspectError> {
    if octets.iter().all(u8::is_ascii_whitespace) {
        return Err(InspectError::Empty);
    }
    if let Some(format) = key_store::format_of(octets) {
        return from_key_store(format, octets, password);
    }
    if pem::is_pem(octets) {
        return from_pem(&String::from_utf8_lossy(octets), password);
    }
    from_der(octets, password)
}

fn from_key_store(
    format: Format,
    octets: &[u8],
    password: Option<&Secret<String>>,
) -> Result<Contents, InspectError> {
    let (short, name) = match format {
        Format::Jks => ("jks", "JKS"),
        Format::Pkcs12 => ("pkcs12", "PKCS#12"),
    };
    let store = match key_store::read(octets, password) {
        Err(KeyStoreError::PassphraseMissing) => {
            return Err(InspectError::PasswordNeeded { what: "the key store" });
        }
        result => result.map_err(InspectError::KeyStore)?,
    };
    Ok(Contents { format: short, items: KeyStoreView::items(name, &store) })
}

fn from_pem(text: &str, password: Option<&Secret<String>>) -> Result<Contents, InspectError> {
    let blocks = pem::blocks(text)?;
    let mut items = Vec::new();
    for block in &blocks {
        items.extend(from_block(block, text, password)?);
    }
    if items.is_empty() {
        let found = blocks.iter().map(|block| format!("`{}`", block.label)).collect::<Vec<_>>().join(", ");
        return Err(InspectError::NothingKnown { found });
    }
    Ok(Contents { format: "pem", items })
}

/// The items of one block; none for labels that mean nothing here (`EC PARAMETERS`, `DH PARAMETERS` …).
fn from_block(
    block: &Block,
    text: &str,
    password: Option<&Secret<String>>,
) -> Result<Vec<Item>, InspectError> {
    let line = block.line;
    let der = block.der.as_slice();
    Ok(match block.label.as_str() {
        "CERTIFICATE" | "X509 CERTIFICATE" | "TRUSTED CERTIFICATE" => vec![certificate_item(
            &Certificate::from_der(der).map_err(|source| InspectError::PemCertificate { line, source })?,
        )],
        "CERTIFICATE REQUEST" | "NEW CERTIFICATE REQUEST" => vec![request_item(
            UnverifiedCsr::from_der(der).map_err(|source| InspectError::PemRequest { line, source })?,
        )],
        "X509 CRL" => {
            let crl = CertificateList::from_der(der.to_vec())
                .map_err(|source| InspectError::PemCrl { line, source })?;
            vec![Item::Crl(Box::new(CrlView::of(&crl)))]
        }
        "PKCS7" | "CMS" => {
            let bundle = Bundle::from_der(der).map_err(|source| InspectError::PemBundle { line, source })?;
            bundle_items(&bundle)
        }
        "PUBLIC KEY" => {
            let key = PublicKey::from_spki_der(der)
                .map_err(|source| InspectError::PemPublicKey { line, source })?;
            vec![Item::Key(KeyView::of_public(&key))]
        }
        label if label.ends_with("PRIVATE KEY") => {
            let key = match PrivateKey::from_pem(text.as_bytes(), password) {
                Err(KeyError::PassphraseMissing) => {
                    return Err(InspectError::PasswordNeeded { what: "the private key" });
                }
                read => read.map_err(InspectError::Key)?,
            };
            vec![Item::Key(KeyView::of_private(&key))]
        }
        _ => Vec::new(),
    })
}

/// DER says what it is only by its structure: try each kind, the commonest first.
fn from_der(der: &[u8], password: Option<&Secret<String>>) -> Result<Contents, InspectError> {
    let der_items = |items| Ok(Contents { format: "der", items });
    if let Ok(certificate) = Certificate::from_der(der) {
        return der_items(vec![certificate_item(&certificate)]);
    }
    if let Ok(request) = UnverifiedCsr::from_der(der) {
        return der_items(vec![request_item(request)]);
    }
    if let Ok(crl) = CertificateList::from_der(der.to_vec()) {
        return der_items(vec![Item::Crl(Box::new(CrlView::of(&crl)))]);
    }
    if let Ok(bundle) = Bundle::from_der(der) {
        return Ok(Contents { format: "pkcs7", items: bundle_items(&bundle) });
    }
    if let Ok(key) = PublicKey::from_spki_der(der) {
        return der_items(vec![Item::Key(KeyView::of_public(&key))]);
    }
    match PrivateKey::from_der(der, password) {
        Ok(key) => der_items(vec![Item::Key(KeyView::of_private(&key))]),
        Err(KeyError::PassphraseMissing) => Err(InspectError::PasswordNeeded { what: "the private key" }),
        Err(_) => Err(InspectError::Unknown),
    }
}

fn bundle_items(bundle: &Bundle) -> Vec<Item> {
    let crls = bundle.crls.iter().map(|crl| Item::Crl(Box::new(CrlView::of(crl))));
    bundle.certificates.iter().map(certificate_item).chain(crls).collect()
}

fn certificate_item(certificate: &Certificate) -> Item {
    Item::Certificate(Box::new(CertificateView::of(certificate)))
}

fn request_item(request: UnverifiedCsr) -> Item {
    Item::Request(Box::new(RequestView::of(request)))
}
