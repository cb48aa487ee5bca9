//! Randomness as an argument.

/// A source of unpredictable octets. The binary passes the system's generator; tests pass a seeded one.
pub trait Random: Send + Sync {
    /// Fill `octets` completely.
    ///
    /// # Errors
    /// When the generator cannot deliver; nothing may be made from the buffer then.
    fn fill(&self, octets: &mut [u8]) -> Result<(), RandomUnavailable>;
}

/// The random generator could not deliver.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the system's random generator delivered nothing")]
pub struct RandomUnavailable;
