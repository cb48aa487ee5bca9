//! Private keys in every form: no panic, and what is accepted is written and read back as the same key.
#![no_main]

use hf_core::secret::Secret;
use hf_keys::private_key::PrivateKey;
use hf_keys::signing_key::SigningKey;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|octets: &[u8]| {
    let passphrase = Secret::new(String::from("x"));
    if let Ok(key) = PrivateKey::from_pem_or_der_within(octets, Some(&passphrase), 5_000) {
        let again = PrivateKey::from_pem(key.to_pem().expose().as_bytes(), None).unwrap();
        assert!(again.public_key() == key.public_key());
    }
});
