//! Whatever the clocks show: nothing leaves before its last second and the time it is kept, and nothing that was revoked
//! before it has been on a CRL after its last second.

use std::collections::BTreeMap;

use hf_core::reason::RevocationReason::Superseded;
use hf_core::time::{Lifetime, Validity};
use proptest::prelude::{Strategy, any, prop_oneof};

use super::open;
use crate::conformance::material::{AUTHORITY, crl, intent, issue, origin, publish, revoke, time};
use crate::contract::{IssuanceStore, RetentionStore, RevocationStore};
use crate::sqlite::SqliteStore;

/// How long certificates stay after their last second.
const KEPT: i64 = 50;

/// What happens next, at whatever time the clock shows.
#[derive(Clone, Copy, Debug)]
enum Step {
    Issue { now: i64, lifetime: i64 },
    Revoke { which: u64 },
    Publish { now: i64 },
    Remove { now: i64 },
}

fn step() -> impl Strategy<Value = Step> {
    let clock = || 0..1_000_i64;
    prop_oneof![
        3 => (clock(), 1..400_i64).prop_map(|(now, lifetime)| Step::Issue { now, lifetime }),
        2 => any::<u64>().prop_map(|which| Step::Revoke { which }),
        2 => clock().prop_map(|now| Step::Publish { now }),
        2 => clock().prop_map(|now| Step::Remove { now }),
    ]
}

/// What is known of a certificate without the store.
#[derive(Clone, Copy, Debug)]
struct Known {
    end: i64,
    revoked: bool,
    /// On a CRL after its end.
    listed: bool,
}

#[derive(Default)]
struct World {
    known: BTreeMap<u64, Known>,
    issued: u64,
    lists: u64,
    signed: Option<i64>,
}

impl World {
    async fn step(&mut self, store: &SqliteStore, step: Step) {
        match step {
            Step::Issue { now, lifetime } => {
                self.issued += 1;
                let mut wanted = intent(self.issued);
                wanted.requested_at = time(now);
                wanted.validity = Validity::starting(time(now), Lifetime::from_seconds(lifetime));
                issue(store, &wanted).await.unwrap();
                let end = wanted.validity.not_after().seconds_since(time(0));
                self.known.insert(self.issued, Known { end, revoked: false, listed: false });
                self.signed = self.signed.max(Some(now));
            }
            Step::Revoke { which } => {
                let place = usize::try_from(which).unwrap_or(0).checked_rem(self.known.len());
                let Some((number, known)) = place.and_then(|place| self.known.iter_mut().nth(place)) else {
                    return;
                };
                revoke(store, &intent(*number), 1, Superseded).await.unwrap();
                known.revoked = true;
            }
            Step::Publish { now } => {
                self.lists += 1;
                let position = store.crl_position(AUTHORITY, crate::record::COMPLETE).await.unwrap();
                publish(store, crl(self.lists, time(now), position.up_to, position.entries)).await.unwrap();
                let ended = self.known.values_mut().filter(|known| known.revoked && known.end < now);
                ended.for_each(|known| known.listed = true);
            }
            Step::Remove { now } => self.remove(store, now).await,
        }
    }

    /// Exactly those leave that may.
    async fn remove(&mut self, store: &SqliteStore, now: i64) {
        let before = time(now - KEPT);
        let mut after = None;
        loop {
            let page = store.remove_expired(before, after, 2, origin()).await.unwrap();
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        let latest =
            store.last_signing_time().await.unwrap().map_or(i64::MIN, |at| at.seconds_since(time(0)));
        assert!(Some(latest) >= self.signed);
        let may =
            |known: &Known| known.end < now - KEPT && known.end < latest && (!known.revoked || known.listed);
        for (number, known) in &self.known {
            let there = store.find_by_serial(AUTHORITY, &intent(*number).serial).await.unwrap().is_some();
            assert_eq!(there, !may(known), "certificate {number} at {now}: {known:?}");
        }
        self.known.retain(|_, known| !may(known));
    }
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(24))]
    #[test]
    fn nothing_leaves_too_early(steps in proptest::collection::vec(step(), 1..40)) {
        let directory = tempfile::tempdir().unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let store = open(directory.path());
            let mut world = World::default();
            for step in steps {
                world.step(&store, step).await;
            }
            world.remove(&store, 5_000).await;
        });
    }
}
