//! A line of the batch: always an answer, never a panic, and gate and explainer agree.
#![no_main]

use hf_core::time::Timestamp;
use hf_verify::batch;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|octets: &[u8]| {
    let answer = batch::answer_line(octets, Timestamp::from_unix_seconds(1_900_000_000));
    assert!(!answer.reason.contains("disagree"), "{}", answer.reason);
});
