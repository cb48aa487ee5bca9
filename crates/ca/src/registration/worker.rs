//! The worker that looks at challenges: each one once at a time, again after a while, and never too many of one account.
//!
//! What a client says is ready is handed over with a lease, so that a look costs one write. What was left behind, by a
//! process that ended or for want of a place, is leased from the store.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::future::join_all;
use hf_core::causes::with_causes;
use hf_core::time::{Clock, Lifetime, Timestamp};
use hf_proto::acme::authorization::Settled;
use hf_proto::acme::challenge::ChallengeKind;
use hf_proto::acme::id::Id;
use hf_proto::acme::validation::ValidationOutcome;
use hf_store::Store;
use hf_store::record::{AcmeAuthorizationRecord, Swap};
use tokio::sync::{Notify, mpsc};
use tokio::task::JoinSet;

use super::accounts::TRIES;
use super::caa;
use super::challenges::LEASE;
use super::error::{RegistrationError, failed};
use super::observer::ValidationEnd;
use super::records::{authorization_record, read_authorization};
use super::table::Registrations;
use super::{Registration, Setup};

/// Looks at one time. Each holds a connection or two for seconds.
const AT_ONCE: usize = 256;

/// Places for what is ready and waits for a look.
const WAITING: usize = 1_024;

/// How often the store is asked for what was left behind or is due again.
const LOOK: Duration = Duration::from_secs(1);

/// Accounts with nothing to do that are remembered at most: some never come back for their turn.
const REMEMBERED: usize = 4_096;

/// A lease must last so much longer when a look begins: no look takes as long.
const SPARE: Lifetime = Lifetime::from_seconds(45);

/// Where registrations leave what is ready.
#[derive(Clone, Debug)]
pub(crate) struct Handed {
    queue: mpsc::Sender<AcmeAuthorizationRecord>,
    woken: Arc<Notify>,
}

/// A place for one authorization.
pub(crate) struct HandedPlace(mpsc::OwnedPermit<AcmeAuthorizationRecord>);

impl Handed {
    /// A place, if there is one.
    pub(crate) fn place(&self) -> Option<HandedPlace> {
        self.queue.clone().try_reserve_owned().ok().map(HandedPlace)
    }

    /// Have the worker ask the store.
    pub(crate) fn wake(&self) {
        self.woken.notify_one();
    }
}

impl HandedPlace {
    /// Leave an authorization whose lease is the worker's.
    pub(crate) fn send(self, record: AcmeAuthorizationRecord) {
        self.0.send(record);
    }
}

/// What a round did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Worked {
    /// Authorizations that were looked at.
    pub authorizations: usize,
}

/// Looks at the challenges of every registration.
pub struct Worker {
    inner: Arc<Inner>,
    queue: mpsc::Receiver<AcmeAuthorizationRecord>,
}

struct Inner {
    registrations: Arc<Registrations>,
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    woken: Arc<Notify>,
    busy: Mutex<HashMap<String, Load>>,
}

/// What the worker has to do with one account.
#[derive(Debug, Default)]
struct Load {
    /// Looks under way.
    looks: usize,
    line: Line,
}

/// When what found no place comes back: so many a second as may be under way at one time. Whoever has very much ready
/// waits in a long line, and takes no turns from others.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Line {
    /// The last second in which some come back, and how many.
    last: Option<(Timestamp, usize)>,
}

impl Line {
    /// The turn of one more.
    fn turn(&mut self, a_second: usize, now: Timestamp) -> Timestamp {
        let soonest = now.plus(Lifetime::from_seconds(1));
        let (last, many) = self.last.filter(|(last, _)| *last >= soonest).unwrap_or((soonest, 0));
        let next = if many < a_second.max(1) {
            (last, many.saturating_add(1))
        } else {
            (last.plus(Lifetime::from_seconds(1)), 1)
        };
        self.last = Some(next);
        next.0
    }

    /// Whether nobody stands there any more.
    fn is_over(self, now: Timestamp) -> bool {
        self.last.is_none_or(|(last, _)| last <= now)
    }
}

/// A queue, and its end.
pub(super) fn queue() -> (Handed, mpsc::Receiver<AcmeAuthorizationRecord>) {
    let (queue, end) = mpsc::channel(WAITING);
    (Handed { queue, woken: Arc::new(Notify::new()) }, end)
}

impl Worker {
    pub(super) fn new(
        registrations: Arc<Registrations>,
        store: Arc<dyn Store>,
        clock: Arc<dyn Clock>,
        queue: mpsc::Receiver<AcmeAuthorizationRecord>,
        handed: &Handed,
    ) -> Self {
        let woken = Arc::clone(&handed.woken);
        Self { inner: Arc::new(Inner { registrations, store, clock, woken, busy: Mutex::default() }), queue }
    }

    /// One round: look at all that was handed over or is due at `now`, and wait until it is done.
    pub async fn run_once(&mut self, now: Timestamp) -> Result<Worked, RegistrationError> {
        let mut records = Vec::new();
        while let Ok(record) = self.queue.try_recv() {
            records.push(record);
        }
        records.extend(self.inner.lease(now, AT_ONCE).await?);
        let authorizations = records.len();
        for ended in join_all(records.into_iter().map(|record| self.inner.look(record))).await {
            ended?;
        }
        Ok(Worked { authorizations })
    }

    /// Look for ever.
    pub async fn run(mut self) {
        let mut looks = JoinSet::new();
        let mut round = tokio::time::interval(LOOK);
        round.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            let places = AT_ONCE.saturating_sub(looks.len());
            let ask = tokio::select! {
                Some(record) = self.queue.recv(), if places > 0 => {
                    self.inner.spawn(record, &mut looks);
                    false
                }
                Some(_) = looks.join_next(), if !looks.is_empty() => false,
                () = self.inner.woken.notified() => true,
                _ = round.tick() => true,
            };
            if ask && places > 0 {
                match self.inner.lease(self.inner.clock.now(), places).await {
                    Ok(records) => records.into_iter().for_each(|one| self.inner.spawn(one, &mut looks)),
                    Err(error) => {
                        tracing::error!(error = with_causes(&error), "no ACME challenge can be looked at");
                    }
                }
            }
        }
    }
}

impl Inner {
    async fn lease(
        &self,
        now: Timestamp,
        limit: usize,
    ) -> Result<Vec<AcmeAuthorizationRecord>, RegistrationError> {
        self.store.lease_due(now, now.plus(LEASE), limit).await.map_err(failed("lease challenges"))
    }

    fn spawn(self: &Arc<Self>, record: AcmeAuthorizationRecord, looks: &mut JoinSet<()>) {
        let inner = Arc::clone(self);
        looks.spawn(async move {
            if let Err(error) = inner.look(record).await {
                tracing::error!(error = with_causes(&error), "an ACME challenge could not be looked at");
            }
        });
    }

    /// Look at the challenges of an authorization that is leased to us.
    async fn look(&self, record: AcmeAuthorizationRecord) -> Result<(), RegistrationError> {
        let now = self.clock.now();
        if record.lease_until.is_none_or(|until| until < now.plus(SPARE)) {
            // It waited too long: whoever leases it next has it alone.
            return Ok(());
        }
        let Some(registration) = self.registrations.get(&record.authority) else {
            let parked = AcmeAuthorizationRecord { due: None, lease_until: None, ..record };
            self.store.update_authorization(parked).await.map_err(failed("put an authorization aside"))?;
            return Ok(());
        };
        let setup = registration.setup();
        let _place = match self.place(&record.account, setup.settings.limits.validations, now) {
            Ok(place) => place,
            Err(turn) => return self.postpone(record, turn).await,
        };
        let again = registration.look(record, &setup, now).await?;
        if again {
            self.woken.notify_one();
        }
        Ok(())
    }

    /// As many looks of the account are under way as may be: come back when it is its turn. Also when the client has
    /// another challenge ready meanwhile: it counts on whoever has the lease.
    async fn postpone(
        &self,
        mut record: AcmeAuthorizationRecord,
        turn: Timestamp,
    ) -> Result<(), RegistrationError> {
        for _ in 0..TRIES {
            let due = record.due.map(|due| due.max(turn));
            let later = AcmeAuthorizationRecord { due, lease_until: None, ..record };
            let swapped = self.store.update_authorization(later).await;
            match swapped.map_err(failed("put a challenge off"))? {
                Swap::Done { .. } => return Ok(()),
                Swap::Stale(current) => record = *current,
            }
        }
        Err(RegistrationError::Contended { kind: "authorization", id: record.id })
    }

    /// A place for one more look of the account, of which `most` may be under way.
    ///
    /// # Errors
    /// When to come back.
    fn place(&self, account: &str, most: usize, now: Timestamp) -> Result<AccountPlace<'_>, Timestamp> {
        let mut busy = self.busy.lock().unwrap_or_else(PoisonError::into_inner);
        if busy.len() >= REMEMBERED {
            busy.retain(|_, load| load.looks > 0 || !load.line.is_over(now));
        }
        let load = busy.entry(account.to_owned()).or_default();
        if load.looks >= most.max(1) {
            return Err(load.line.turn(most, now));
        }
        if load.line.is_over(now) {
            load.line = Line::default();
        }
        load.looks += 1;
        Ok(AccountPlace { inner: self, account: account.to_owned() })
    }
}

/// A look under way, counted for its account.
struct AccountPlace<'a> {
    inner: &'a Inner,
    account: String,
}

impl Drop for AccountPlace<'_> {
    fn drop(&mut self) {
        let mut busy = self.inner.busy.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(load) = busy.get_mut(&self.account) {
            load.looks = load.looks.saturating_sub(1);
            if load.looks == 0 && load.line == Line::default() {
                busy.remove(&self.account);
            }
        }
    }
}

/// What a look found.
struct Found<'a> {
    challenge: &'a Id,
    kind: ChallengeKind,
    outcome: ValidationOutcome,
    /// When CAA records were asked for, where they are.
    caa_checked_at: Option<Timestamp>,
}

impl Registration {
    /// Look at the challenges that are due, record what came of it, and give the lease back; whether another challenge is
    /// due meanwhile.
    async fn look(
        &self,
        record: AcmeAuthorizationRecord,
        setup: &Setup,
        now: Timestamp,
    ) -> Result<bool, RegistrationError> {
        let authorization = read_authorization(&record)?;
        let url = setup.urls.account(&authorization.account);
        let tasks = authorization.tasks_at(now, &url);
        if tasks.is_empty() {
            // Its time is over, or nothing is due: that stands on record, so that it does not come back for nothing.
            let idle = authorization_record(&authorization, &self.name, now, record.revision)?;
            self.store().update_authorization(idle).await.map_err(failed("give a lease back"))?;
            return Ok(false);
        }
        match self.known_account(&authorization.account).await {
            Ok(_) => {}
            Err(RegistrationError::Problem(_)) => {
                // Nobody goes out for an account that is over.
                let parked = AcmeAuthorizationRecord { due: None, lease_until: None, ..record };
                self.store()
                    .update_authorization(parked)
                    .await
                    .map_err(failed("put an authorization aside"))?;
                return Ok(false);
            }
            Err(error) => return Err(error),
        }
        let looks = tasks.iter().map(|(_, task)| caa::attempt(setup, task));
        let outcomes = join_all(looks).await;
        let caa_checked_at = (!setup.settings.caa.is_empty()).then_some(now);
        let mut record = record;
        for ((challenge, task), outcome) in tasks.iter().zip(outcomes) {
            let found = Found { challenge, kind: task.kind, outcome, caa_checked_at };
            record = self.settle(record, found, setup).await?;
        }
        Ok(record.due.is_some_and(|due| due <= self.now()))
    }

    /// Record what a look found. When somebody else changed the authorization meanwhile, what was found is held against
    /// what it is now.
    async fn settle(
        &self,
        mut record: AcmeAuthorizationRecord,
        found: Found<'_>,
        setup: &Setup,
    ) -> Result<AcmeAuthorizationRecord, RegistrationError> {
        let settings = &setup.settings;
        let Found { challenge, kind, outcome, caa_checked_at } = found;
        for _ in 0..TRIES {
            let (now, before) = (self.now(), read_authorization(&record)?);
            let settled = before.settle(
                challenge,
                outcome.clone(),
                settings.retry,
                settings.authorization_lifetime,
                now,
            );
            let (after, end) = match settled {
                Settled::Valid(mut after) => {
                    after.caa_checked_at = caa_checked_at;
                    (after, ValidationEnd::Valid)
                }
                Settled::Invalid(after) => (after, ValidationEnd::Invalid),
                Settled::Again(after) => (after, ValidationEnd::Again),
                Settled::Unchanged => (before, ValidationEnd::Late),
            };
            let next = authorization_record(&after, &self.name, now, record.revision)?;
            let swapped = self.store().update_authorization(next.clone()).await;
            match swapped.map_err(failed("record what a challenge led to"))? {
                Swap::Done { revision } => {
                    self.observer.validation(&self.name, kind, end);
                    self.note(&next, end, &outcome, now);
                    return Ok(AcmeAuthorizationRecord { revision, ..next });
                }
                Swap::Stale(current) => record = *current,
            }
        }
        Err(RegistrationError::Contended { kind: "authorization", id: record.id })
    }

    /// Remember failures, for limits and pauses, and tell the log.
    fn note(
        &self,
        record: &AcmeAuthorizationRecord,
        end: ValidationEnd,
        outcome: &ValidationOutcome,
        now: Timestamp,
    ) {
        match end {
            ValidationEnd::Valid => self.limits().succeeded(&record.account),
            ValidationEnd::Invalid => {
                if self.limits().failed(&record.account, &record.identifier, now) {
                    tracing::warn!(authority = self.name, account = record.account, "ACME account paused");
                }
            }
            ValidationEnd::Again | ValidationEnd::Late => {}
        }
        let why = match outcome {
            ValidationOutcome::Valid => String::new(),
            ValidationOutcome::Failed(problem) | ValidationOutcome::Retry(problem) => problem.to_string(),
        };
        tracing::info!(
            authority = self.name,
            account = record.account,
            name = %record.identifier,
            end = end.as_str(),
            why,
            "ACME challenge"
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_finds_no_place_comes_back_a_few_a_second() {
        let at = Timestamp::from_unix_seconds;
        let mut line = Line::default();
        let turns: Vec<Timestamp> = (0..5).map(|_| line.turn(2, at(100))).collect();
        assert_eq!(turns, [at(101), at(101), at(102), at(102), at(103)]);
        assert_eq!(line.turn(2, at(101)), at(103), "behind those who wait");
        assert!(!line.is_over(at(102)) && line.is_over(at(103)));
        assert_eq!(line.turn(2, at(200)), at(201), "nobody waits any more");
        assert_eq!(Line::default().turn(0, at(0)), at(1));
    }
}
