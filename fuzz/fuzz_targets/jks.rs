//! JKS: no panic, with and without the passphrase.
#![no_main]

use hf_core::secret::Secret;
use hf_keys::key_store::jks;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|octets: &[u8]| {
    let passphrase = Secret::new(String::from("changeit"));
    let _ = jks::read(octets, Some(&passphrase));
    let _ = jks::read(octets, None);
});
