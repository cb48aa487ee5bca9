//! Timestamps of certificate transparency logs: reading, and writing again.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|octets: &[u8]| hf_x509::fuzz::timestamps(octets));
