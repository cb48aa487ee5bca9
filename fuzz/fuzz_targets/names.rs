//! Names of every kind: no panic, and what is accepted is canonical (it reads back as itself).
#![no_main]

use std::fmt::{Debug, Display};
use std::str::FromStr;

use hf_core::name::{DnsName, EmailAddress, Identifier, IpName, SpiffeId, TrustDomain, UriName};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let _ = text.parse::<Identifier>();
    is_canonical::<DnsName>(text);
    is_canonical::<EmailAddress>(text);
    is_canonical::<IpName>(text);
    is_canonical::<SpiffeId>(text);
    is_canonical::<TrustDomain>(text);
    is_canonical::<UriName>(text);
});

fn is_canonical<T: FromStr<Err: Debug> + Display + PartialEq + Debug>(text: &str) {
    if let Ok(name) = text.parse::<T>() {
        assert_eq!(name.to_string().parse::<T>().unwrap(), name);
    }
}
