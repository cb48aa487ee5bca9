//! Private keys as CFSSL asks for them, reads them and writes them.

use hf_core::algorithm::KeyAlgorithm;
use hf_core::secret::Secret;
use hf_keys::private_key::PrivateKey;
use hf_proto::cfssl::code::{CfsslError, ErrorKind};
use hf_proto::cfssl::csr_json::{KeyKind, KeyRequest};

use crate::failure;

/// A new key of the kind asked for.
///
/// # Errors
/// Code 2400 with what CFSSL says of sizes that it refuses, and for RSA sizes other than 2048, 3072, 4096 and 8192.
pub fn generate(request: &KeyRequest) -> Result<PrivateKey, CfsslError> {
    let algorithm = match request.kind()? {
        KeyKind::P256 => KeyAlgorithm::EcdsaP256,
        KeyKind::P384 => KeyAlgorithm::EcdsaP384,
        KeyKind::P521 => KeyAlgorithm::EcdsaP521,
        KeyKind::Ed25519 => KeyAlgorithm::Ed25519,
        KeyKind::Rsa(2048) => KeyAlgorithm::Rsa2048,
        KeyKind::Rsa(3072) => KeyAlgorithm::Rsa3072,
        KeyKind::Rsa(4096) => KeyAlgorithm::Rsa4096,
        KeyKind::Rsa(8192) => KeyAlgorithm::Rsa8192,
        KeyKind::Rsa(bits) => {
            let text = format!("an RSA key of {bits} bits: expected 2048, 3072, 4096 or 8192");
            return Err(failure::saying(ErrorKind::KeyGeneration, text));
        }
    };
    PrivateKey::generate(algorithm).map_err(|error| failure::because(ErrorKind::KeyGeneration, &error))
}

/// A private key from PEM or DER; `password` opens an encrypted one.
///
/// # Errors
/// Codes 2002, 2003, 2100 and 2200.
pub fn parse(octets: &[u8], password: Option<&Secret<String>>) -> Result<PrivateKey, CfsslError> {
    PrivateKey::from_pem_or_der(octets, password).map_err(|error| failure::key(&error))
}

/// The key as CFSSL prints it: `RSA PRIVATE KEY`, `EC PRIVATE KEY`; Ed25519 as `PRIVATE KEY`, which every program reads.
///
/// # Errors
/// Code 2000 when the key cannot be encoded.
pub fn to_pem(key: &PrivateKey) -> Result<Secret<String>, CfsslError> {
    key.to_traditional_pem().map_err(|error| failure::because(ErrorKind::KeyUnknown, &error))
}

#[cfg(test)]
mod tests {
    use hf_keys::signing_key::SigningKey as _;

    use super::*;

    fn request(algo: &str, size: i64) -> KeyRequest {
        KeyRequest { algo: algo.to_owned(), size }
    }

    #[test]
    fn sizes_and_refusals_are_those_of_cfssl() {
        for (algorithm, bits, expected) in [
            ("ecdsa", 256, KeyAlgorithm::EcdsaP256),
            ("ecdsa", 384, KeyAlgorithm::EcdsaP384),
            ("ecdsa", 521, KeyAlgorithm::EcdsaP521),
            ("ed25519", 0, KeyAlgorithm::Ed25519),
            ("rsa", 2048, KeyAlgorithm::Rsa2048),
        ] {
            let key = generate(&request(algorithm, bits)).unwrap();
            assert_eq!(key.key_algorithm(), expected);
            let again = parse(to_pem(&key).unwrap().expose().as_bytes(), None).unwrap();
            assert_eq!(again.public_key(), key.public_key());
        }
        for (algorithm, bits, message) in [
            ("rsa", 1024, "RSA key is too weak"),
            ("rsa", 16384, "RSA key size too large"),
            (
                "rsa",
                2056,
                "Failed to new private key: an RSA key of 2056 bits: expected 2048, 3072, 4096 or 8192",
            ),
            ("ecdsa", 224, "invalid curve"),
            ("dsa", 2048, "invalid algorithm"),
        ] {
            let error = generate(&request(algorithm, bits)).err().unwrap();
            assert_eq!((error.code, error.message.as_str()), (2400, message));
        }
    }

    #[test]
    fn what_is_no_key_has_a_code() {
        assert_eq!(parse(b"nothing", None).err().unwrap().code, 2003);
        let certificate = b"-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n";
        assert_eq!(parse(certificate, None).err().unwrap().code, 2002);
    }
}
