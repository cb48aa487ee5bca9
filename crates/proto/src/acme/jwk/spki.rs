//! A key as DER `SubjectPublicKeyInfo`: RFC 5480 (EC), RFC 8410 (Ed25519), RFC 3279 section 2.3.1 (RSA). Writing only;
//! reading DER is for hf-x509.

use super::{Curve, Material};

/// `id-ecPublicKey`, whole.
const EC_PUBLIC_KEY: &[u8] = &[0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01];
/// `secp256r1`, whole.
const SECP256R1: &[u8] = &[0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07];
/// `secp384r1`, whole.
const SECP384R1: &[u8] = &[0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x22];
/// `secp521r1`, whole.
const SECP521R1: &[u8] = &[0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x23];
/// `id-Ed25519`, whole.
const ED25519: &[u8] = &[0x06, 0x03, 0x2b, 0x65, 0x70];
/// `rsaEncryption` and NULL, whole.
const RSA_ENCRYPTION: &[u8] = &[0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00];

const INTEGER: u8 = 0x02;
const BIT_STRING: u8 = 0x03;
const SEQUENCE: u8 = 0x30;

pub(super) fn write(material: &Material) -> Vec<u8> {
    let (algorithm, key) = match material {
        Material::Ec { curve, point } => {
            let curve = match curve {
                Curve::P256 => SECP256R1,
                Curve::P384 => SECP384R1,
                Curve::P521 => SECP521R1,
            };
            ([EC_PUBLIC_KEY, curve].concat(), point.clone())
        }
        Material::Ed25519 { point } => (ED25519.to_vec(), point.to_vec()),
        Material::Rsa { modulus, exponent } => {
            let numbers = [unsigned(modulus), unsigned(exponent)].concat();
            (RSA_ENCRYPTION.to_vec(), element(SEQUENCE, &numbers))
        }
    };
    let no_unused_bits = [&[0], key.as_slice()].concat();
    let parts = [element(SEQUENCE, &algorithm), element(BIT_STRING, &no_unused_bits)].concat();
    element(SEQUENCE, &parts)
}

/// A positive INTEGER from octets without leading zeros.
fn unsigned(octets: &[u8]) -> Vec<u8> {
    let sign: &[u8] = if octets.first().is_some_and(|first| first & 0x80 != 0) { &[0] } else { &[] };
    element(INTEGER, &[sign, octets].concat())
}

fn element(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = content.len();
    let octets = length.to_be_bytes();
    let significant = octets.iter().position(|octet| *octet != 0).unwrap_or(octets.len() - 1);
    let significant = octets.get(significant..).unwrap_or_default();
    let mut written = vec![tag];
    match u8::try_from(length) {
        Ok(short) if short < 0x80 => written.push(short),
        Ok(_) | Err(_) => {
            written.push(0x80 | u8::try_from(significant.len()).unwrap_or(0));
            written.extend_from_slice(significant);
        }
    }
    written.extend_from_slice(content);
    written
}
