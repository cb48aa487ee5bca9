//! A key store (PKCS#12 or JKS) as shown: its entries. The certificates follow as items of their own.

use hf_keys::key_store::{Content, KeyStore};
use hf_x509::certificate::Certificate;
use serde::Serialize;

use super::{CertificateView, Item, Sheet};

/// What is shown of a key store.
#[derive(Debug, Serialize)]
pub(crate) struct KeyStoreView {
    /// `PKCS#12` or `JKS`.
    pub(crate) format: &'static str,
    /// Its entries.
    pub(crate) entries: Vec<EntryView>,
}

/// One entry.
#[derive(Debug, Serialize)]
pub(crate) struct EntryView {
    /// The name under which Java finds it.
    pub(crate) alias: String,
    /// `private key with N certificates`, `trusted certificate` or `certificate that Java does not show`.
    pub(crate) content: String,
}

impl KeyStoreView {
    /// The store, then its certificates in order.
    pub(crate) fn items(format: &'static str, store: &KeyStore) -> Vec<Item> {
        let mut certificates = Vec::new();
        let mut entries = Vec::new();
        for entry in &store.entries {
            let content = match &entry.content {
                Content::Key { chain, .. } => {
                    certificates.extend(chain.iter());
                    format!("private key with {} certificates", chain.len())
                }
                Content::Certificate { der, trusted } => {
                    certificates.push(der);
                    let words =
                        if *trusted { "trusted certificate" } else { "certificate that Java does not show" };
                    words.to_owned()
                }
            };
            entries.push(EntryView { alias: entry.alias.clone(), content });
        }
        let mut items = vec![Item::KeyStore(Self { format, entries })];
        items.extend(certificates.into_iter().filter_map(|der| {
            let certificate = Certificate::from_der(der).ok()?;
            Some(Item::Certificate(Box::new(CertificateView::of(&certificate))))
        }));
        items
    }

    pub(super) fn sheet(&self) -> Sheet {
        let mut sheet = Sheet::new(format!("{} key store with {} entries", self.format, self.entries.len()));
        for entry in &self.entries {
            sheet.line(&entry.alias, &entry.content);
        }
        if self.entries.iter().any(|entry| entry.content == "certificate that Java does not show") {
            sheet.note("Java shows no certificate without the trustedKeyUsage attribute: `keytool -importcert` adds it");
        }
        sheet
    }
}
