//! Block ciphers in CBC mode with the padding of PKCS#7 (RFC 5652 section 6.3).

use aws_lc_rs::cipher::{
    AES_128, AES_192, AES_256, DecryptionContext, EncryptionContext, PaddedBlockDecryptingKey,
    PaddedBlockEncryptingKey, UnboundCipherKey,
};
use aws_lc_rs::iv::FixedLength;
use cbc::Decryptor;
use cbc::cipher::block_padding::Pkcs7;
use cbc::cipher::{BlockModeDecrypt as _, InnerIvInit as _, KeyIvInit as _};
use hf_core::secret::Secret;

use crate::error::KeyError;

/// A cipher with its initialization vector.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cipher {
    /// AES-CBC with a key of 16, 24 or 32 octets.
    Aes {
        /// Octets of the key.
        key_length: usize,
        /// The initialization vector.
        iv: [u8; 16],
    },
    /// Triple DES with three keys, read only.
    TripleDes {
        /// The initialization vector.
        iv: [u8; 8],
    },
    /// RC2, read only. The effective key has as many bits as the key.
    Rc2 {
        /// Octets of the key: 5 or 16.
        key_length: usize,
        /// The initialization vector.
        iv: [u8; 8],
    },
}

impl Cipher {
    pub(crate) fn key_length(self) -> usize {
        match self {
            Self::Aes { key_length, .. } | Self::Rc2 { key_length, .. } => key_length,
            Self::TripleDes { .. } => 24,
        }
    }

    /// Decrypt in place. Wrong padding means a wrong key.
    pub(crate) fn decrypt(self, key: &[u8], ciphertext: &[u8]) -> Result<Secret<Vec<u8>>, KeyError> {
        let mut buffer = ciphertext.to_vec();
        let length = self.decrypt_in_place(key, &mut buffer);
        let mut plain = Secret::new(buffer);
        let length = length.ok_or(KeyError::PassphraseWrong)?;
        // Cut by copying, so that the padding and everything else is overwritten with the first buffer.
        plain = Secret::new(plain.expose().get(..length).unwrap_or_default().to_vec());
        Ok(plain)
    }

    fn decrypt_in_place(self, key: &[u8], buffer: &mut [u8]) -> Option<usize> {
        match self {
            Self::Aes { iv, .. } => {
                let key = UnboundCipherKey::new(aes(key)?, key).ok()?;
                let context = DecryptionContext::Iv128(FixedLength::from(iv));
                let plain = PaddedBlockDecryptingKey::cbc_pkcs7(key).ok()?.decrypt(buffer, context).ok()?;
                Some(plain.len())
            }
            Self::TripleDes { iv } => {
                let cipher = Decryptor::<des::TdesEde3>::new_from_slices(key, &iv).ok()?;
                cipher.decrypt_padded::<Pkcs7>(buffer).ok().map(<[u8]>::len)
            }
            Self::Rc2 { key_length, iv } => {
                // The crate's own length is always 32 octets; it panics above 128, ours are 5 or 16.
                let cipher = rc2::Rc2::new_with_eff_key_len(key.get(..key_length.min(128))?, key_length * 8);
                let cipher = Decryptor::<rc2::Rc2>::inner_iv_slice_init(cipher, &iv).ok()?;
                cipher.decrypt_padded::<Pkcs7>(buffer).ok().map(<[u8]>::len)
            }
        }
    }
}

/// Encrypt with AES-256-CBC.
pub(crate) fn encrypt_aes_256(key: &[u8; 32], iv: [u8; 16], plain: &[u8]) -> Result<Vec<u8>, KeyError> {
    let failed = || KeyError::Unavailable { action: "encrypt" };
    let key = UnboundCipherKey::new(&AES_256, key).map_err(|_| failed())?;
    let mut buffer = Vec::with_capacity(plain.len() + 16);
    buffer.extend_from_slice(plain);
    PaddedBlockEncryptingKey::cbc_pkcs7(key)
        .and_then(|key| key.less_safe_encrypt(&mut buffer, EncryptionContext::Iv128(FixedLength::from(iv))))
        .map_err(|_| failed())?;
    Ok(buffer)
}

fn aes(key: &[u8]) -> Option<&'static aws_lc_rs::cipher::Algorithm> {
    match key.len() {
        16 => Some(&AES_128),
        24 => Some(&AES_192),
        32 => Some(&AES_256),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn aes_round_trips_and_refuses_other_keys(key: [u8; 32], iv: [u8; 16], plain: Vec<u8>) {
            let cipher = Cipher::Aes { key_length: 32, iv };
            let ciphertext = encrypt_aes_256(&key, iv, &plain).unwrap();
            let opened = cipher.decrypt(&key, &ciphertext).unwrap();
            prop_assert_eq!(opened.expose(), &plain);
            let mut other = key;
            other[0] ^= 1;
            if let Ok(opened) = cipher.decrypt(&other, &ciphertext) {
                prop_assert_ne!(opened.expose(), &plain);
            }
        }

        #[test]
        fn no_ciphertext_makes_it_panic(ciphertext: Vec<u8>, key: [u8; 32]) {
            for cipher in [
                Cipher::Aes { key_length: 16, iv: [0; 16] },
                Cipher::Aes { key_length: 24, iv: [0; 16] },
                Cipher::TripleDes { iv: [0; 8] },
                Cipher::Rc2 { key_length: 5, iv: [0; 8] },
                Cipher::Rc2 { key_length: 16, iv: [0; 8] },
            ] {
                let _ = cipher.decrypt(&key[..cipher.key_length()], &ciphertext);
            }
        }
    }
}
