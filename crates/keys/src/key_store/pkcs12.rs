//! PKCS#12, RFC 7292: what OpenSSL 3, Java's keytool and Go read and write.

mod chain;
mod mac;
mod read;
mod write;

pub use read::{read, read_within};
pub use write::write;

pub(super) const VERSION: u32 = 3;
