//! The system's random generator behind [`Random`].

use hf_core::random::{Random, RandomUnavailable};

/// The generator of the cryptographic module, seeded by the operating system. Costs nothing to make or copy.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemRandom;

impl Random for SystemRandom {
    fn fill(&self, octets: &mut [u8]) -> Result<(), RandomUnavailable> {
        aws_lc_rs::rand::fill(octets).map_err(|_| RandomUnavailable)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fills_every_octet_and_never_twice_the_same() {
        let (mut one, mut two) = ([0_u8; 64], [0_u8; 64]);
        SystemRandom.fill(&mut one).unwrap();
        SystemRandom.fill(&mut two).unwrap();
        assert_ne!(one, two);
        assert_ne!(one.get(48..), Some(&[0_u8; 16][..]));
    }
}
