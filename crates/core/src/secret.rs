//! Values that must not be printed, serialized or left in memory.

use zeroize::Zeroize;

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
