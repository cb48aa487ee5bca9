//! What the tests of this module share.

use std::sync::atomic::{AtomicU64, Ordering};

use hf_core::random::{Random, RandomUnavailable};

/// Octets that never come twice.
#[derive(Default)]
pub(super) struct Counting(AtomicU64);

impl Random for Counting {
    fn fill(&self, octets: &mut [u8]) -> Result<(), RandomUnavailable> {
        let number = self.0.fetch_add(1, Ordering::Relaxed).to_be_bytes();
        octets.iter_mut().zip(number.iter().rev().cycle()).for_each(|(octet, number)| *octet = *number);
        Ok(())
    }
}
