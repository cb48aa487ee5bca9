//! Hashing for whoever records what was built here.

use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, SHA256, SHA384, SHA512, digest};

/// SHA-256, FIPS 180-4.
pub fn sha256(octets: &[u8]) -> [u8; 32] {
    let mut hash = [0; 32];
    hash.copy_from_slice(digest(&SHA256, octets).as_ref());
    hash
}

/// SHA-384, FIPS 180-4.
pub fn sha384(octets: &[u8]) -> [u8; 48] {
    let mut hash = [0; 48];
    hash.copy_from_slice(digest(&SHA384, octets).as_ref());
    hash
}

/// SHA-512, FIPS 180-4.
pub fn sha512(octets: &[u8]) -> [u8; 64] {
    let mut hash = [0; 64];
    hash.copy_from_slice(digest(&SHA512, octets).as_ref());
    hash
}

/// SHA-1, FIPS 180-4: for identifiers and for lists that others print, never for signatures.
pub fn sha1(octets: &[u8]) -> [u8; 20] {
    let mut hash = [0; 20];
    hash.copy_from_slice(digest(&SHA1_FOR_LEGACY_USE_ONLY, octets).as_ref());
    hash
}
