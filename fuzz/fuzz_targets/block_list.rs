//! Block lists: no panic.
#![no_main]

use hf_keys::block_list::BlockList;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|octets: &[u8]| {
    let _ = BlockList::parse(octets);
});
