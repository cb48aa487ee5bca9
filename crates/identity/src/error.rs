//! Why there is no TLS configuration.

use hf_x509::error::X509Error;

/// Why key, certificates and roots make no TLS configuration.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// The chain is empty.
    #[error("there is no certificate")]
    NoCertificate,
    /// The first certificate cannot be read.
    #[error("the certificate cannot be read")]
    Certificate(#[source] X509Error),
    /// The private key is in no form that TLS can use.
    #[error("the private key is neither PKCS#8 nor SEC 1 nor PKCS#1")]
    KeyForm,
    /// Key and certificate do not belong together, or TLS cannot use them.
    #[error("key and certificate cannot be used together")]
    Identity(#[source] rustls::Error),
    /// A certificate in the list of roots cannot be a trust anchor.
    #[error("root number {number} cannot be a trust anchor")]
    Root {
        /// Counted from 1.
        number: usize,
        /// Why not.
        #[source]
        source: rustls::Error,
    },
    /// The list of roots is empty, so nobody can be trusted.
    #[error("the list of roots is empty")]
    NoRoots,
    /// The provider supports none of the protocol versions.
    #[error("the cryptographic provider lacks TLS 1.2 and 1.3")]
    Versions(#[source] rustls::Error),
}
