//! OCSP requests.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|octets: &[u8]| hf_x509::fuzz::ocsp_request(octets));
