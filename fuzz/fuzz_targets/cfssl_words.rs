//! Single words of CFSSL: durations, hosts, addresses, reasons, prefixes. No panic; what is read reads back as itself.
#![no_main]

use hf_proto::cfssl::duration::GoDuration;
use hf_proto::cfssl::remotes::{self, RemoteAddress};
use hf_proto::cfssl::value_prefix::ValueSource;
use hf_proto::cfssl::{host, revocation_reason};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Ok(duration) = text.parse::<GoDuration>() {
        assert_eq!(duration.to_string().parse(), Ok(duration));
    }
    if let Ok(reason) = revocation_reason::parse(text) {
        assert_eq!(revocation_reason::parse(reason.as_str()), Ok(reason));
    }
    for address in remotes::parse_list(text).unwrap_or_default() {
        assert_eq!(address.to_string().parse::<RemoteAddress>().unwrap(), address);
    }
    let _ = host::classify(text);
    let _ = host::split_list(text);
    let _ = ValueSource::parse(text);
});
