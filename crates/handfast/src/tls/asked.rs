//! Whether a server asks its client for a certificate, and for one of whom: what it takes for mutual TLS beyond a handshake
//! that completes.

use std::sync::{Arc, Mutex, PoisonError};

use rustls::client::ResolvesClientCert;
use rustls::sign::CertifiedKey;
use rustls::{ClientConfig, SignatureScheme};

/// What a server asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Asked {
    /// For no certificate: everybody gets in.
    Nothing,
    /// For a certificate.
    Certificate {
        /// The authorities that it names, each a distinguished name in DER (`certificate_authorities`, RFC 8446 section
        /// 4.2.4). Empty: it does not say.
        authorities: Vec<Vec<u8>>,
    },
}

/// Answers as the client's own resolver does, and notes what was asked for.
#[derive(Debug)]
pub(super) struct Noting {
    inner: Arc<dyn ResolvesClientCert>,
    asked: Mutex<Asked>,
}

/// The same client, for one connection, with what notes for it.
pub(super) fn noting(client: &ClientConfig) -> (Arc<ClientConfig>, Arc<Noting>) {
    let mut client = client.clone();
    let inner = Arc::clone(&client.client_auth_cert_resolver);
    let noting = Arc::new(Noting { inner, asked: Mutex::new(Asked::Nothing) });
    client.client_auth_cert_resolver = Arc::clone(&noting) as Arc<dyn ResolvesClientCert>;
    (Arc::new(client), noting)
}

impl Noting {
    /// What was asked for so far.
    pub(super) fn asked(&self) -> Asked {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl ResolvesClientCert for Noting {
    fn resolve(
        &self,
        root_hint_subjects: &[&[u8]],
        sigschemes: &[SignatureScheme],
    ) -> Option<Arc<CertifiedKey>> {
        let authorities = root_hint_subjects.iter().map(|name| name.to_vec()).collect();
        *self.asked.lock().unwrap_or_else(PoisonError::into_inner) = Asked::Certificate { authorities };
        self.inner.resolve(root_hint_subjects, sigschemes)
    }

    fn has_certs(&self) -> bool {
        self.inner.has_certs()
    }
}
