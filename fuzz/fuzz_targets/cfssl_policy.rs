//! Policy files of CFSSL: no panic, and what is accepted holds what the rest relies on.
#![no_main]

use hf_proto::cfssl::config::Config;
use hf_proto::cfssl::remotes;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(config) = Config::read(bytes, &|_| Ok("00".to_owned())) else { return };
    for (name, profile) in config.signing.all() {
        match &profile.remote {
            Some(remote) => assert!(!remotes::parse_list(&remote.addresses).unwrap().is_empty()),
            None => assert!(profile.expiry.nanoseconds() > 0),
        }
        assert!(config.signing.profile(name).is_ok());
    }
});
