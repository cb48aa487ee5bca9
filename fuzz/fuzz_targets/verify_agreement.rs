//! Gate and explainer on graphs of certificates with real signatures: they agree, and nothing panics.
#![no_main]

#[path = "../../crates/verify/tests/verify/support/mod.rs"]
#[allow(dead_code, reason = "the tests use the rest")]
mod support;

use hf_verify::{chain, explain, gate};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|octets: &[u8]| {
    let Some(request) = support::graph::request(octets) else { return };
    assert_eq!(Some(gate::accept(&request).is_ok()), explain::explain(&request).valid);
    let arranged = chain::arrange(&request.intermediates, &request.trust_anchors);
    assert!(arranged.chain.len() <= request.intermediates.len());
});
