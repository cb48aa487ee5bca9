//! CRLs that never end before the next is there: signed anew in time, and soon after a revocation.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use hf_ca::authority::Authority;
use hf_ca::crl::CrlRequest;
use hf_core::principal::{Channel, Principal};
use hf_core::time::{Lifetime, Timestamp};
use hf_http::state::Doors;

/// How often the marks of revocation are looked at.
const LOOK: Duration = Duration::from_secs(1);

/// After a list that could not be signed, the next attempt comes so many looks later.
const LOOKS_AFTER_FAILURE: u32 = 30;

/// How often, and for how long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Schedule {
    pub(super) every: Lifetime,
    pub(super) lifetime: Lifetime,
}

/// What is known of the lists of one process.
pub(super) struct Publisher {
    doors: Doors,
    known: HashMap<String, Known>,
}

#[derive(Default)]
struct Known {
    /// The mark up to which the latest list of ours goes; `None`: it is not ours.
    up_to: Option<u64>,
    /// How many looks to leave out.
    pause: u32,
}

impl Publisher {
    pub(super) fn new(doors: Doors) -> Self {
        Self { doors, known: HashMap::new() }
    }

    /// Look for ever; `schedule` is asked each time.
    pub(super) async fn run(mut self, schedule: impl Fn() -> Schedule + Send) {
        let mut look = tokio::time::interval(LOOK);
        look.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            look.tick().await;
            self.run_once(schedule()).await;
        }
    }

    /// Sign what is due now.
    pub(super) async fn run_once(&mut self, schedule: Schedule) {
        let authority = Arc::clone(&self.doors.authority);
        let now = self.doors.clock.now();
        for issuer in authority.issuers().all() {
            let name = issuer.name();
            if authority.issuers().active_for_status(name, now).is_err() {
                continue;
            }
            let known = self.known.entry(name.to_owned()).or_default();
            if known.pause > 0 {
                known.pause -= 1;
                continue;
            }
            if let Err(error) = refresh(&self.doors, name, known, schedule).await {
                known.pause = LOOKS_AFTER_FAILURE;
                tracing::error!(authority = name, error, "no CRL could be signed");
            }
        }
    }
}

async fn refresh(doors: &Doors, name: &str, known: &mut Known, schedule: Schedule) -> Result<(), String> {
    let authority: &Authority = &doors.authority;
    let position = authority.store().crl_position(name).await.map_err(|error| error.to_string())?;
    let latest = doors.crls.latest(authority, name).await.map_err(|error| error.to_string())?;
    let now = doors.clock.now();
    let current = latest.as_ref().is_some_and(|crl| {
        let counted = known.up_to.map_or(crl.entries == position.entries, |up_to| up_to == position.up_to);
        counted && !is_due(crl.this_update, crl.next_update, schedule, now)
    });
    if current {
        return Ok(());
    }
    let request = CrlRequest {
        principal: Principal::Server,
        channel: Channel::Server,
        authority: name.to_owned(),
        lifetime: schedule.lifetime,
    };
    let issued = authority.issue_crl(request).await.map_err(|error| chain(&error))?;
    known.up_to = Some(position.up_to);
    tracing::info!(
        authority = name,
        number = issued.number,
        entries = issued.entries,
        next_update = %issued.next_update,
        "CRL signed"
    );
    Ok(())
}

/// Whether the next list is due: after the interval, or at half the life of a shorter one that somebody else had signed.
fn is_due(this_update: Timestamp, next_update: Timestamp, schedule: Schedule, now: Timestamp) -> bool {
    let half = Lifetime::from_seconds(next_update.seconds_since(this_update) / 2);
    now >= this_update.plus(schedule.every.min(half)) || now < this_update
}

/// The error and its causes in one line.
pub(super) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        next = cause.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_due_after_the_interval_or_half_its_life() {
        let at = Timestamp::from_unix_seconds;
        let schedule = Schedule { every: Lifetime::from_days(1), lifetime: Lifetime::from_days(7) };
        let week = 7 * 86_400;
        assert!(!is_due(at(0), at(week), schedule, at(86_399)));
        assert!(is_due(at(0), at(week), schedule, at(86_400)));
        assert!(is_due(at(0), at(7_200), schedule, at(3_600)));
        assert!(!is_due(at(0), at(7_200), schedule, at(3_599)));
        assert!(is_due(at(100), at(week), schedule, at(99)), "a list from the future");
    }
}
