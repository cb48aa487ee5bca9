//! PKCS#12: no panic, with and without the passphrase.
#![no_main]

use hf_core::secret::Secret;
use hf_keys::key_store::pkcs12;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|octets: &[u8]| {
    let passphrase = Secret::new(String::from("changeit"));
    let _ = pkcs12::read_within(octets, Some(&passphrase), 5_000);
    let _ = pkcs12::read_within(octets, None, 5_000);
});
