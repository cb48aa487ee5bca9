//! The signature schemes that a client may offer, and what certificates are signed with.

use hf_x509::certificate::Certificate;
use hf_x509::signature::SignatureAlgorithm;
use serde::Serialize;

/// A signature scheme, by the pair of names that CFSSL gives it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Scheme {
    /// Its number in the TLS registry.
    #[serde(skip)]
    pub(super) id: u16,
    /// The kind of signature.
    pub(super) signature: &'static str,
    /// The digest, `Intrinsic` when it is a part of the signature.
    pub(super) hash: &'static str,
}

impl Scheme {
    /// As CFSSL writes it in one word: `{RSA,SHA256}`.
    pub(super) fn word(&self) -> String {
        format!("{{{},{}}}", self.signature, self.hash)
    }
}

const fn scheme(id: u16, signature: &'static str, hash: &'static str) -> Scheme {
    Scheme { id, signature, hash }
}

/// Every scheme that is asked for, weak ones too: a server that takes them should be told.
pub(super) static SCHEMES: &[Scheme] = &[
    scheme(0x0601, "RSA", "SHA512"),
    scheme(0x0603, "ECDSA", "SHA512"),
    scheme(0x0501, "RSA", "SHA384"),
    scheme(0x0503, "ECDSA", "SHA384"),
    scheme(0x0401, "RSA", "SHA256"),
    scheme(0x0403, "ECDSA", "SHA256"),
    scheme(0x0301, "RSA", "SHA224"),
    scheme(0x0303, "ECDSA", "SHA224"),
    scheme(0x0201, "RSA", "SHA1"),
    scheme(0x0202, "DSA", "SHA1"),
    scheme(0x0203, "ECDSA", "SHA1"),
    scheme(0x0101, "RSA", "MD5"),
    scheme(0x0804, "RSA-PSS", "SHA256"),
    scheme(0x0805, "RSA-PSS", "SHA384"),
    scheme(0x0806, "RSA-PSS", "SHA512"),
    scheme(0x0809, "RSA-PSS-PSS", "SHA256"),
    scheme(0x080A, "RSA-PSS-PSS", "SHA384"),
    scheme(0x080B, "RSA-PSS-PSS", "SHA512"),
    scheme(0x0807, "Ed25519", "Intrinsic"),
    scheme(0x0808, "Ed448", "Intrinsic"),
];

/// What the certificate is signed with, in Go's words.
pub(super) fn of_certificate(certificate: &Certificate) -> &'static str {
    match certificate.signature_algorithm() {
        Ok(SignatureAlgorithm::EcdsaSha256) => "ECDSAWithSHA256",
        Ok(SignatureAlgorithm::EcdsaSha384) => "ECDSAWithSHA384",
        Ok(SignatureAlgorithm::EcdsaSha512) => "ECDSAWithSHA512",
        Ok(SignatureAlgorithm::EcdsaSha1) => "ECDSAWithSHA1",
        Ok(SignatureAlgorithm::Ed25519) => "Ed25519",
        Ok(SignatureAlgorithm::RsaPkcs1Sha256) => "SHA256WithRSA",
        Ok(SignatureAlgorithm::RsaPkcs1Sha384) => "SHA384WithRSA",
        Ok(SignatureAlgorithm::RsaPkcs1Sha512) => "SHA512WithRSA",
        Ok(SignatureAlgorithm::RsaPkcs1Sha1) => "SHA1WithRSA",
        Ok(SignatureAlgorithm::RsaPkcs1Md5) => "MD5WithRSA",
        Ok(SignatureAlgorithm::RsaPssSha256) => "SHA256-RSAPSS",
        Ok(SignatureAlgorithm::RsaPssSha384) => "SHA384-RSAPSS",
        Ok(SignatureAlgorithm::RsaPssSha512) => "SHA512-RSAPSS",
        Err(_) => "Unknown Signature",
    }
}
