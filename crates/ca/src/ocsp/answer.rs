//! What goes back to a client.

use std::sync::Arc;

use bytes::Bytes;
use hf_core::time::Timestamp;
use hf_store::audit::hex;
use hf_x509::digest::sha256;
use hf_x509::ocsp::{OcspResponse, ResponseStatus};

/// An answer as it is sent. Cheap to clone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OcspAnswer {
    /// The response, DER.
    pub der: Bytes,
    /// What came of the request.
    pub status: ResponseStatus,
    /// For how long others may keep it; `None`: not at all, since it is a refusal, repeats a nonce, or speaks of what is
    /// not on record.
    pub kept: Option<Kept>,
}

/// For how long an answer may be kept, and what tells it from others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// `thisUpdate`, UTC.
    pub this_update: Timestamp,
    /// `nextUpdate`, UTC.
    pub next_update: Timestamp,
    /// SHA-256 of the response, hexadecimal.
    pub tag: Arc<str>,
}

impl OcspAnswer {
    pub(super) fn refusal(status: ResponseStatus) -> Self {
        Self { der: OcspResponse::without_answer(status).into(), status, kept: None }
    }

    pub(super) fn signed(der: Vec<u8>, times: Option<(Timestamp, Timestamp)>) -> Self {
        let kept = times.map(|(this_update, next_update)| {
            let tag = hex(&sha256(&der)).into();
            Kept { this_update, next_update, tag }
        });
        Self { der: der.into(), status: ResponseStatus::Successful, kept }
    }
}

impl Kept {
    /// How far into its life it is at `now`.
    pub(super) fn age(&self, now: Timestamp) -> Age {
        age(self.this_update, self.next_update, now)
    }
}

/// How far into its life something is at `now`.
pub(super) fn age(this_update: Timestamp, next_update: Timestamp, now: Timestamp) -> Age {
    let life = next_update.seconds_since(this_update);
    let age = now.seconds_since(this_update);
    if age < -CLOCK_CORRECTION || now >= next_update {
        Age::Over
    } else if age.saturating_mul(2) < life {
        Age::Young
    } else if age.saturating_mul(8) < life.saturating_mul(7) {
        Age::Ripe
    } else {
        Age::Old
    }
}

/// How far into its life an answer is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Age {
    /// In the first half.
    Young,
    /// In the second half: it is given out while the next is made.
    Ripe,
    /// In the last eighth: it is given out only when there is no other.
    Old,
    /// Not within its validity.
    Over,
}

/// How far a clock may be set back, in seconds, without answers of a moment ago counting as those of the future.
const CLOCK_CORRECTION: i64 = 300;

#[cfg(test)]
mod tests {
    use super::Age::{Old, Over, Ripe, Young};
    use super::*;

    #[test]
    fn a_life_has_a_youth_a_ripe_age_and_an_end() {
        let at = Timestamp::from_unix_seconds;
        let age = |now| age(at(1_000), at(1_800), at(now));
        let ages: Vec<Age> = [699, 700, 1_000, 1_399, 1_400, 1_699, 1_700, 1_799, 1_800].map(age).into();
        assert_eq!(ages, [Over, Young, Young, Young, Ripe, Ripe, Old, Old, Over]);
    }
}
