//! CRLs that never end before the next is there: signed anew in time, and at once after a revocation.
//!
//! The store tells of every revocation and every list; what was read of it is kept, so that nothing is asked while nothing
//! happens. Lists are signed apart from each other: a long one keeps no short one waiting. A list that took long is left
//! alone for some time afterwards, so that a stream of revocations keeps the machine busy for a part of the time only.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use hf_ca::crl::CrlRequest;
use hf_ca::published::{PublishedCrl, Wanted};
use hf_core::causes::with_causes;
use hf_core::principal::{Channel, Principal};
use hf_core::time::{Lifetime, Timestamp};
use hf_http::state::Doors;
use hf_store::record::{COMPLETE, CrlList, CrlPosition, StoredList};
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::mirror::Mirror;

/// How often is looked whether a list is due by its age.
const LOOK: Duration = Duration::from_secs(1);

/// Lists are read from the store at least so often, should a change have gone unnoticed.
const READ: Duration = Duration::from_secs(30);

/// How long the store may take to tell of the lists.
const PATIENCE: Duration = Duration::from_secs(5);

/// After a list that could not be signed, the next attempt comes this much later, and after each further one twice as much.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// A list that was signed is left alone for so many times as long as that took.
const REST: u32 = 9;

/// Lists that are worked on at the same time.
const AT_ONCE: usize = 4;

/// How often, and for how long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Schedule {
    pub(super) every: Lifetime,
    pub(super) lifetime: Lifetime,
}

type Key = (String, u32);

/// What is known of the lists of one process.
pub(super) struct Publisher {
    doors: Doors,
    mirror: Arc<Mirror>,
    changes: Option<watch::Receiver<u64>>,
    /// As the store told of them last.
    lists: Vec<CrlList>,
    read_at: Option<Instant>,
    work: HashMap<Key, Work>,
    running: JoinSet<Done>,
    places: Arc<Semaphore>,
}

/// How the work on a list goes.
#[derive(Default)]
struct Work {
    busy: bool,
    failures: u32,
    not_before: Option<Instant>,
}

/// A piece of work that has ended.
struct Done {
    key: Key,
    began: Instant,
    outcome: Result<(), String>,
}

/// What a list needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Need {
    /// Nothing.
    Nothing,
    /// To be read: memory has none, or an older one than the store.
    Reading,
    /// To be signed anew, because something was revoked.
    Revoked { up_to: u64 },
    /// To be signed anew, because it is old.
    Aged { number: u64 },
}

impl Publisher {
    pub(super) fn new(doors: Doors, mirror: Mirror) -> Self {
        let changes = doors.authority.store().status_changes();
        Self {
            doors,
            mirror: Arc::new(mirror),
            changes,
            lists: Vec::new(),
            read_at: None,
            work: HashMap::new(),
            running: JoinSet::new(),
            places: Arc::new(Semaphore::new(AT_ONCE)),
        }
    }

    /// Publish for ever; `schedule` is asked each time.
    pub(super) async fn run(mut self, schedule: impl Fn() -> Schedule + Send) {
        let mut look = tokio::time::interval(LOOK);
        look.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                () = changed(&mut self.changes) => self.read_at = None,
                Some(done) = self.running.join_next() => self.settle(done),
                _ = look.tick() => {}
            }
            self.begin(schedule()).await;
        }
    }

    /// Before the doors open: what is in the mirror, then what is in the store, then what is due now.
    pub(super) async fn run_once(&mut self, schedule: Schedule) {
        self.mirror.offer_all(&self.doors);
        // Reading comes first and signing, where it is due, second.
        for _ in 0..2 {
            self.begin(schedule).await;
            while let Some(done) = self.running.join_next().await {
                self.settle(done);
            }
        }
    }

    /// Begin whatever is due.
    async fn begin(&mut self, schedule: Schedule) {
        self.doors.crls.set_lifetime(schedule.lifetime);
        if self.read_at.is_none_or(|at| at.elapsed() >= READ) {
            self.read().await;
        }
        let now = self.doors.clock.now();
        let issuers = self.doors.authority.issuers();
        let mut due = Vec::new();
        for issuer in issuers.all() {
            let name = issuer.name();
            let signs = issuers.active_for_status(name, now).is_ok();
            let own = self.lists.iter().filter(|list| list.authority == name).cloned();
            let mut own: Vec<CrlList> = own.collect();
            if own.is_empty() {
                own.push(nothing_yet(name));
            }
            for list in own {
                let known = self.doors.crls.known(name, list.shard);
                let need = need(&list, known.as_ref(), schedule, now);
                if signs || need == Need::Reading {
                    due.push((list, need));
                }
            }
        }
        for (list, need) in due {
            self.start(list, need, schedule);
        }
    }

    async fn read(&mut self) {
        let reading = tokio::time::timeout(PATIENCE, self.doors.authority.store().crl_lists());
        match reading.await {
            Ok(Ok(lists)) => self.lists = lists,
            Ok(Err(error)) => tracing::error!(%error, "the lists cannot be read: those in memory go on"),
            Err(_) => tracing::error!("the store does not tell of its lists: those in memory go on"),
        }
        self.read_at = Some(Instant::now());
    }

    fn start(&mut self, list: CrlList, need: Need, schedule: Schedule) {
        let key = (list.authority.clone(), list.shard);
        let work = self.work.entry(key.clone()).or_default();
        let rests = work.not_before.is_some_and(|at| Instant::now() < at);
        if need == Need::Nothing || work.busy || rests {
            return;
        }
        work.busy = true;
        let (doors, mirror, places) =
            (self.doors.clone(), Arc::clone(&self.mirror), Arc::clone(&self.places));
        self.running.spawn(async move {
            let _place = places.acquire_owned().await;
            let began = Instant::now();
            let work = async move { carry_out(&doors, &mirror, &list, need, schedule).await };
            let outcome = to_its_end(work).await;
            Done { key, began, outcome }
        });
    }

    fn settle(&mut self, done: Result<Done, tokio::task::JoinError>) {
        // Work ends by itself, also when it falls over: nobody aborts it while this goes on.
        let Ok(Done { key, began, outcome }) = done else { return };
        let took = began.elapsed();
        let work = self.work.entry(key.clone()).or_default();
        work.busy = false;
        let pause = match outcome {
            Ok(()) => {
                work.failures = 0;
                took.saturating_mul(REST)
            }
            Err(error) => {
                let (authority, shard) = key;
                tracing::error!(authority, shard, error, "a CRL could not be signed or read");
                let pause = FIRST_PAUSE.saturating_mul(1 << work.failures.min(5)).min(LONGEST_PAUSE);
                work.failures = work.failures.saturating_add(1);
                pause
            }
        };
        work.not_before = Instant::now().checked_add(pause);
        self.read_at = None;
    }
}

/// What came of work, also of work that panicked: a list that nobody works on any more would end without a next one.
async fn to_its_end(work: impl Future<Output = Result<(), String>> + Send + 'static) -> Result<(), String> {
    // A task of its own, which ends with whoever waits for it.
    let mut alone = JoinSet::new();
    alone.spawn(work);
    match alone.join_next().await {
        Some(Ok(outcome)) => outcome,
        Some(Err(_)) | None => Err("the work on it fell over".to_owned()),
    }
}

/// Something was recorded; for ever where nobody tells.
async fn changed(changes: &mut Option<watch::Receiver<u64>>) {
    if let Some(changes) = changes
        && changes.changed().await.is_ok()
    {
        return;
    }
    std::future::pending::<()>().await;
}

/// The complete list of an authority that has neither issued nor signed anything.
fn nothing_yet(name: &str) -> CrlList {
    CrlList {
        authority: name.to_owned(),
        shard: COMPLETE,
        url: None,
        opened_at: None,
        position: CrlPosition::default(),
        stored: None,
    }
}

fn need(list: &CrlList, known: Option<&PublishedCrl>, schedule: Schedule, now: Timestamp) -> Need {
    let Some(stored) = &list.stored else {
        return Need::Aged { number: known.map_or(0, |known| known.number) };
    };
    // What was signed here is in memory before the store tells of it.
    let newer = known.filter(|known| known.number >= stored.number);
    let Some(known) = newer else { return Need::Reading };
    if known.up_to < list.position.up_to && !is_covered(list, stored) {
        return Need::Revoked { up_to: list.position.up_to };
    }
    if is_due(known.this_update, known.next_update, schedule, now) {
        return Need::Aged { number: known.number };
    }
    Need::Nothing
}

/// Whether the stored list names everything. One of a version that kept no mark is judged by its length.
fn is_covered(list: &CrlList, stored: &StoredList) -> bool {
    match stored.up_to {
        0 => stored.entries == list.position.entries,
        up_to => up_to >= list.position.up_to,
    }
}

/// Whether the next list is due: after the interval, or at half the life of a shorter one that somebody else had signed.
fn is_due(this_update: Timestamp, next_update: Timestamp, schedule: Schedule, now: Timestamp) -> bool {
    let half = Lifetime::from_seconds(next_update.seconds_since(this_update) / 2);
    now >= this_update.plus(schedule.every.min(half)) || now < this_update
}

async fn carry_out(
    doors: &Doors,
    mirror: &Mirror,
    list: &CrlList,
    need: Need,
    schedule: Schedule,
) -> Result<(), String> {
    let (name, shard) = (&list.authority, list.shard);
    let wanted = match need {
        Need::Nothing => return Ok(()),
        Need::Reading => {
            let read =
                doors.crls.load(&doors.authority, name, shard).await.map_err(|error| with_causes(&error))?;
            if let Some(crl) = read {
                mirror.keep(name, shard, &crl).await;
            }
            return Ok(());
        }
        Need::Revoked { up_to } => Wanted::Covers(up_to),
        Need::Aged { number } => Wanted::After(number),
    };
    let request = CrlRequest {
        principal: Principal::Server,
        channel: Channel::Server,
        authority: name.clone(),
        shard,
        lifetime: schedule.lifetime,
    };
    let crl =
        doors.crls.obtain(&doors.authority, request, wanted).await.map_err(|error| with_causes(&error))?;
    mirror.keep(name, shard, &crl).await;
    tracing::info!(
        authority = name,
        shard,
        number = crl.number,
        entries = crl.entries,
        next_update = %crl.next_update,
        "CRL signed"
    );
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCHEDULE: Schedule = Schedule { every: Lifetime::from_days(1), lifetime: Lifetime::from_days(7) };

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_unix_seconds(seconds)
    }

    fn known(number: u64, up_to: u64) -> PublishedCrl {
        PublishedCrl {
            number,
            this_update: at(1_000),
            next_update: at(1_000).plus(SCHEDULE.lifetime),
            up_to,
            entries: 1,
            der: bytes::Bytes::new(),
        }
    }

    fn list(stored: Option<(u64, u64)>, up_to: u64) -> CrlList {
        let stored = stored.map(|(number, up_to)| StoredList {
            number,
            this_update: at(1_000),
            next_update: at(1_000).plus(SCHEDULE.lifetime),
            entries: 1,
            up_to,
        });
        let position = CrlPosition { last_number: 0, up_to, entries: 1 };
        CrlList { position, stored, ..nothing_yet("services") }
    }

    #[tokio::test]
    async fn work_that_falls_over_is_told_of_like_work_that_fails() {
        assert_eq!(to_its_end(async { Ok(()) }).await, Ok(()));
        assert_eq!(to_its_end(async { Err("no".to_owned()) }).await, Err("no".to_owned()));
        let fell = to_its_end(async { panic!("a list that nobody thought of") }).await;
        assert!(fell.unwrap_err().contains("fell over"));
    }

    #[test]
    fn a_list_is_read_or_signed_when_it_must_be() {
        let soon = at(1_001);
        let need =
            |list: CrlList, known: Option<PublishedCrl>, now| need(&list, known.as_ref(), SCHEDULE, now);
        assert_eq!(need(nothing_yet("services"), None, soon), Need::Aged { number: 0 });
        assert_eq!(need(list(Some((4, 9)), 9), None, soon), Need::Reading);
        assert_eq!(need(list(Some((4, 9)), 9), Some(known(3, 9)), soon), Need::Reading);
        assert_eq!(need(list(Some((4, 9)), 9), Some(known(4, 9)), soon), Need::Nothing);
        assert_eq!(need(list(Some((4, 9)), 11), Some(known(4, 9)), soon), Need::Revoked { up_to: 11 });
        // Signed here a moment ago.
        assert_eq!(need(list(Some((4, 9)), 11), Some(known(5, 11)), soon), Need::Nothing);
        let old = at(1_000 + 86_400);
        assert_eq!(need(list(Some((4, 9)), 9), Some(known(4, 9)), old), Need::Aged { number: 4 });
        // A list of a version that kept no mark.
        assert_eq!(need(list(Some((4, 0)), 9), Some(known(4, 0)), soon), Need::Nothing);
    }

    #[test]
    fn a_list_is_due_after_the_interval_or_half_its_life() {
        let week = 7 * 86_400;
        assert!(!is_due(at(0), at(week), SCHEDULE, at(86_399)));
        assert!(is_due(at(0), at(week), SCHEDULE, at(86_400)));
        assert!(is_due(at(0), at(7_200), SCHEDULE, at(3_600)));
        assert!(!is_due(at(0), at(7_200), SCHEDULE, at(3_599)));
        assert!(is_due(at(100), at(week), SCHEDULE, at(99)), "a list from the future");
    }
}
