//! The port behind which every private key of an authority stands.

use hf_core::algorithm::KeyAlgorithm;
use hf_x509::public_key::PublicKey;
use hf_x509::signature::{Signature, SignatureAlgorithm};
use hf_x509::tbs::ToBeSigned;

/// A private key that signs finished octets and knows nothing of X.509.
///
/// Contract: calls may run at once from many threads; a call may block (a hardware module), so it belongs on threads of its
/// own; a signature that is returned verifies with [`SigningKey::public_key`]; after an error nothing that was signed
/// leaves the key.
pub trait SigningKey: Send + Sync {
    /// The public half.
    fn public_key(&self) -> &PublicKey;

    /// What this key signs with.
    fn signature_algorithm(&self) -> SignatureAlgorithm {
        SignatureAlgorithm::default_for(self.key_algorithm())
    }

    /// Algorithm and size.
    fn key_algorithm(&self) -> KeyAlgorithm;

    /// Sign the octets of a certificate, request, CRL or OCSP response. For ECDSA the signature is the DER of `r` and `s`
    /// (RFC 5480 appendix A).
    fn sign(&self, message: &ToBeSigned) -> Result<Signature, SignError>;

    /// Whether signing leaves the process (a hardware module, a remote signer), so that it may take long or be away.
    fn is_external(&self) -> bool {
        false
    }

    /// Whether a signature takes less than handing the work to another thread and back costs, and never waits for anything.
    /// Such a key may be called on threads that must not block.
    fn signs_at_once(&self) -> bool {
        false
    }
}

/// Why nothing was signed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignError {
    /// The key is sealed: people have to open it first.
    #[error("the key is sealed")]
    Sealed,
    /// The key cannot be reached now; later it may.
    #[error("the key cannot be reached now: {reason}")]
    Unavailable {
        /// What the device or service said.
        reason: String,
    },
    /// The key never signs this.
    #[error("asked for a signature of {asked}, but the key signs with {expected}")]
    Refused {
        /// The algorithm in the octets to be signed.
        asked: SignatureAlgorithm,
        /// The key's algorithm.
        expected: SignatureAlgorithm,
    },
    /// The key or its module failed; it will fail again.
    #[error("the cryptographic module failed to sign with {algorithm}")]
    Broken {
        /// The key's algorithm.
        algorithm: SignatureAlgorithm,
    },
}
