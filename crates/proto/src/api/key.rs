//! API keys: `hfk_`, a public part, `_`, a secret. Only the SHA-256 of the whole is ever stored.

use std::fmt::{self, Write as _};

use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hf_core::random::{Random, RandomUnavailable};
use hf_core::secret::Secret;

/// What every key begins with, so that tools that look for lost secrets find it.
pub const PREFIX: &str = "hfk_";

/// Octets of the public part.
const ID_OCTETS: usize = 8;

/// Octets of the secret: beyond guessing, so that a fast hash is enough.
const SECRET_OCTETS: usize = 32;

/// Characters of the secret in base64url without padding.
const SECRET_CHARACTERS: usize = 43;

/// An API key.
pub struct ApiKey {
    id: String,
    whole: Secret<String>,
}

/// Text that is no API key. What was found is not repeated: it may be a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this is no API key: expected `hfk_`, 16 hexadecimal digits, `_` and 43 characters")]
pub struct NotAKey;

impl ApiKey {
    /// A new key.
    pub fn generate(random: &dyn Random) -> Result<Self, RandomUnavailable> {
        let mut octets = [0_u8; ID_OCTETS + SECRET_OCTETS];
        random.fill(&mut octets)?;
        let (id, secret) = octets.split_at(ID_OCTETS);
        let id = hex(id);
        let whole = Secret::new(format!("{PREFIX}{id}_{}", URL_SAFE_NO_PAD.encode(secret)));
        Ok(Self { id, whole })
    }

    /// Read a key.
    pub fn parse(text: &str) -> Result<Self, NotAKey> {
        let (id, secret) = text.strip_prefix(PREFIX).and_then(|rest| rest.split_once('_')).ok_or(NotAKey)?;
        let id_is_good = is_id(id);
        let secret_is_good = secret.len() == SECRET_CHARACTERS
            && secret.bytes().all(|octet| octet.is_ascii_alphanumeric() || matches!(octet, b'-' | b'_'));
        if id_is_good && secret_is_good {
            Ok(Self { id: id.to_owned(), whole: Secret::new(text.to_owned()) })
        } else {
            Err(NotAKey)
        }
    }

    /// The public part: 16 hexadecimal digits.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The whole key, to be shown once or sent.
    pub fn expose(&self) -> &str {
        self.whole.expose()
    }

    /// SHA-256 of the whole: what is stored.
    pub fn sha256(&self) -> [u8; 32] {
        let mut hash = [0; 32];
        hash.copy_from_slice(digest(&SHA256, self.whole.expose().as_bytes()).as_ref());
        hash
    }

    /// Whether this is the key of which that hash was stored. Takes as long for a wrong key as for the right one.
    pub fn matches(&self, stored: &[u8; 32]) -> bool {
        verify_slices_are_equal(&self.sha256(), stored).is_ok()
    }
}

/// Lower-case hexadecimal.
pub(super) fn hex(octets: &[u8]) -> String {
    octets.iter().fold(String::with_capacity(2 * octets.len()), |mut text, octet| {
        // Writing to a text cannot fail.
        let _ = write!(text, "{octet:02x}");
        text
    })
}

/// Whether the text can be the public part of a key.
pub fn is_id(text: &str) -> bool {
    text.len() == 2 * ID_OCTETS && text.bytes().all(|octet| matches!(octet, b'0'..=b'9' | b'a'..=b'f'))
}

impl fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ApiKey({})", self.id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Counting;

    impl Random for Counting {
        fn fill(&self, octets: &mut [u8]) -> Result<(), RandomUnavailable> {
            for (octet, number) in octets.iter_mut().zip(0_u8..) {
                *octet = number;
            }
            Ok(())
        }
    }

    #[test]
    fn a_key_is_read_back_and_only_it_matches() {
        let key = ApiKey::generate(&Counting).unwrap();
        assert_eq!(key.id(), "0001020304050607");
        let read = ApiKey::parse(key.expose()).unwrap();
        assert!(read.matches(&key.sha256()));
        let mut other = key.expose().to_owned();
        other.pop();
        other.push('A');
        assert!(!ApiKey::parse(&other).unwrap().matches(&key.sha256()));
        assert!(!format!("{key:?}").contains(&key.expose()[21..]));
    }

    #[test]
    fn what_is_no_key_is_refused() {
        let secret = "a".repeat(43);
        for bad in [
            String::new(),
            "hfk_".to_owned(),
            format!("hfk_0001020304050607{secret}"),
            format!("hfk_000102030405060_{secret}"),
            format!("hfk_000102030405060G_{secret}"),
            format!("hfk_000102030405060A_{secret}"),
            format!("hfk_0001020304050607_{secret}a"),
            format!("hfk_0001020304050607_{}=", &secret[1..]),
            format!("HFK_0001020304050607_{secret}"),
            format!(" hfk_0001020304050607_{secret}"),
        ] {
            assert_eq!(ApiKey::parse(&bad).err(), Some(NotAKey), "{bad}");
        }
    }
}
