//! Values that must not be printed, serialized or left in memory.

use zeroize::Zeroize;

use crate::random::{Random, RandomUnavailable};

/// A value that is overwritten when dropped. No `Debug`, no `Display`, no `Serialize`, no `Clone`.
///
/// ```compile_fail
/// let secret = hf_core::secret::Secret::new(vec![1u8]);
/// println!("{secret:?}");
/// ```
pub struct Secret<T: Zeroize>(T);

impl<T: Zeroize> Secret<T> {
    /// Take charge of `value`.
    pub fn new(value: T) -> Self {
        Self(value)
    }

    /// The one way to the value; the name makes each use easy to find in review.
    pub fn expose(&self) -> &T {
        &self.0
    }
}

impl<const N: usize> Secret<[u8; N]> {
    /// Overwrite it with random octets, in its place: they were nowhere else before.
    ///
    /// # Errors
    /// When the generator delivers nothing.
    pub fn randomize(&mut self, random: &dyn Random) -> Result<(), RandomUnavailable> {
        random.fill(&mut self.0)
    }
}

impl<T: Zeroize> Drop for Secret<T> {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl<T: Zeroize> From<T> for Secret<T> {
    fn from(value: T) -> Self {
        Self::new(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Counting;

    impl Random for Counting {
        fn fill(&self, octets: &mut [u8]) -> Result<(), RandomUnavailable> {
            octets.iter_mut().zip(1..).for_each(|(octet, number)| *octet = number);
            Ok(())
        }
    }

    #[test]
    fn every_octet_is_made_where_it_stays() {
        let mut secret = Secret::new([0; 4]);
        let place = secret.expose().as_ptr();
        secret.randomize(&Counting).unwrap();
        assert_eq!((secret.expose(), secret.expose().as_ptr()), (&[1, 2, 3, 4], place));
    }
}
