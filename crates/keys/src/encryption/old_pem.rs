//! The encryption of PEM that OpenSSL had before PKCS#8, RFC 1421 in form: the headers `Proc-Type: 4,ENCRYPTED` and
//! `DEK-Info: CIPHER,IV`. Read only: one round of MD5 makes the key of the passphrase, so whoever has the file can try
//! passphrases as fast as MD5 goes. CFSSL knows no other encryption of its authorities' keys.

use hf_core::secret::Secret;
use md5::{Digest as _, Md5};
use zeroize::Zeroizing;

use super::cipher::Cipher;
use crate::error::KeyError;
use crate::tlv::Reader;

/// How many octets of the initialization vector are the salt too.
const SALT: usize = 8;

/// Open the body of a block with this `DEK-Info`.
pub(crate) fn decrypt(
    dek_info: &str,
    ciphertext: &[u8],
    passphrase: Option<&Secret<String>>,
) -> Result<Secret<Vec<u8>>, KeyError> {
    let (cipher, salt) = read(dek_info)?;
    let passphrase = passphrase.ok_or(KeyError::PassphraseMissing)?;
    let key = derive(passphrase.expose().as_bytes(), salt, cipher.key_length());
    let plain = cipher.decrypt(&key, ciphertext)?;
    Reader::whole_sequence(plain.expose(), "decrypted content").map_err(|_| KeyError::PassphraseWrong)?;
    Ok(plain)
}

/// Cipher and salt.
fn read(dek_info: &str) -> Result<(Cipher, [u8; SALT]), KeyError> {
    let unknown = || {
        let found: String = dek_info.chars().take(60).collect();
        KeyError::LegacyEncryption { scheme: format!("OpenSSL's old PEM encryption (`DEK-Info: {found}`)") }
    };
    let (name, digits) = dek_info.split_once(',').ok_or_else(unknown)?;
    let octets = octets(digits.trim()).ok_or_else(unknown)?;
    let salt = octets.first_chunk::<SALT>().copied().ok_or_else(unknown)?;
    let aes = |key_length| octets.as_slice().try_into().ok().map(|iv| Cipher::Aes { key_length, iv });
    let cipher = match name.trim() {
        "AES-128-CBC" => aes(16),
        "AES-192-CBC" => aes(24),
        "AES-256-CBC" => aes(32),
        "DES-EDE3-CBC" => octets.as_slice().try_into().ok().map(|iv| Cipher::TripleDes { iv }),
        _ => None,
    };
    Ok((cipher.ok_or_else(unknown)?, salt))
}

/// Hexadecimal digits, two an octet.
fn octets(digits: &str) -> Option<Vec<u8>> {
    let digits: Vec<u32> = digits.chars().map(|digit| digit.to_digit(16)).collect::<Option<_>>()?;
    let octet = |pair: &[u32]| match pair {
        [high, low] => u8::try_from(high << 4 | low).ok(),
        _ => None,
    };
    digits.chunks(2).map(octet).collect()
}

/// `EVP_BytesToKey` of OpenSSL with MD5 and one round: digests of digest, passphrase and salt, until they are long enough.
fn derive(passphrase: &[u8], salt: [u8; SALT], length: usize) -> Zeroizing<Vec<u8>> {
    let mut key = Zeroizing::new(Vec::with_capacity(48));
    let mut last: Option<Zeroizing<[u8; 16]>> = None;
    while key.len() < length {
        let mut digest = Md5::new();
        if let Some(last) = &last {
            digest.update(last.as_slice());
        }
        digest.update(passphrase);
        digest.update(salt);
        let next = Zeroizing::new(<[u8; 16]>::from(digest.finalize()));
        key.extend_from_slice(next.as_slice());
        last = Some(next);
    }
    key.truncate(length);
    key
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn four_ciphers_are_known_and_the_others_named() {
        let iv = "00112233445566778899AABBCCDDEEFF";
        for (name, length) in [("AES-128-CBC", 16), ("AES-192-CBC", 24), ("AES-256-CBC", 32)] {
            let (cipher, salt) = read(&format!("{name},{iv}")).unwrap();
            assert_eq!((cipher.key_length(), salt), (length, [0, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77]));
        }
        assert_eq!(read("DES-EDE3-CBC,0011223344556677").unwrap().0.key_length(), 24);
        for other in [
            "",
            "AES-256-CBC",
            "AES-256-CBC,00",
            "AES-256-CBC,0g112233445566778899AABBCCDDEEFF",
            "AES-256-CBC,+0112233445566778899AABBCCDDEEFF",
            "AES-256-CBC,00112233445566778899AABBCCDDEEF",
            "DES-EDE3-CBC,00112233445566778899AABBCCDDEEFF",
            "DES-CBC,0011223344556677",
        ] {
            let error = read(other).unwrap_err();
            assert!(matches!(error, KeyError::LegacyEncryption { .. }), "{other}: {error}");
        }
    }

    proptest! {
        #[test]
        fn no_header_and_no_body_make_it_panic(dek_info: String, ciphertext: Vec<u8>, word: String) {
            let word = Secret::new(word);
            let _ = decrypt(&dek_info, &ciphertext, Some(&word));
            let _ = decrypt("AES-256-CBC,00112233445566778899AABBCCDDEEFF", &ciphertext, Some(&word));
        }
    }
}
