//! What cfssljson splits and multirootca reads: no panic; keys are files for their owner alone.
#![no_main]

use hf_proto::cfssl::{files, multiroot};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let _ = multiroot::read(bytes);
    for bare in [false, true] {
        for file in files::split(bytes, bare, "base").unwrap_or_default() {
            assert!(file.name.starts_with("base"));
            assert_eq!(file.name.contains("-key."), file.mode == 0o600);
            let _ = file.printed();
        }
    }
});
