//! When a credential is to be replaced. Pure: the time is an argument.

use hf_core::time::{Lifetime, Timestamp, Validity};

/// When the replacement of a certificate begins: after two thirds of its validity.
pub fn due_at(validity: Validity) -> Timestamp {
    validity.not_before().plus(Lifetime::from_seconds(validity.lifetime().seconds() / 3 * 2))
}

/// Whether the replacement is due at `now`. A certificate that is not valid yet is due as well: nobody accepts it.
pub fn is_due(validity: Validity, now: Timestamp) -> bool {
    now >= due_at(validity) || now < validity.not_before()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_due_from_two_thirds_on_and_before_the_beginning() {
        let start = Timestamp::from_unix_seconds(1_000_000);
        let validity = Validity::starting(start, Lifetime::from_seconds(900));
        let at = |seconds: i64| Timestamp::from_unix_seconds(1_000_000 + seconds);
        assert_eq!(due_at(validity), at(600));
        assert!(!is_due(validity, at(0)));
        assert!(!is_due(validity, at(599)));
        assert!(is_due(validity, at(600)));
        assert!(is_due(validity, at(5_000)));
        assert!(is_due(validity, at(-1)));
    }
}
