//! The connections that are open, and which of them gives way.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::Instant;

use crate::limits::addresses::AddressKey;

/// How long a connection must have been idle before it gives way to another.
const GIVES_WAY: Duration = Duration::from_secs(1);

/// The connections of one process.
pub(crate) struct Registry {
    in_all: usize,
    per_address: usize,
    began: Instant,
    inner: Mutex<Inner>,
}

#[derive(Default)]
struct Inner {
    next: u64,
    open: HashMap<u64, Arc<Activity>>,
    by_address: HashMap<AddressKey, usize>,
}

/// What a connection does.
pub(crate) struct Activity {
    began: Instant,
    under_way: AtomicUsize,
    finished: AtomicU64,
    given_up: AtomicU64,
    /// Milliseconds from the beginning of the registry to the latest change.
    latest: AtomicU64,
    /// Tells the connection to end.
    pub(crate) close: Notify,
}

/// A place for a connection, given back when it is dropped.
pub(crate) struct Entry {
    registry: Arc<Registry>,
    number: u64,
    address: Option<AddressKey>,
    /// What the connection does.
    pub(crate) activity: Arc<Activity>,
}

/// Which limit turned a connection away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ConnectionLimit {
    /// Too many in all, and none of them idle.
    InAll,
    /// Too many of this address.
    PerAddress,
}

impl ConnectionLimit {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::InAll => "in-all",
            Self::PerAddress => "per-address",
        }
    }
}

impl Registry {
    pub(crate) fn new(in_all: usize, per_address: usize) -> Self {
        Self { in_all, per_address, began: Instant::now(), inner: Mutex::default() }
    }

    /// How many connections are open.
    pub(crate) fn open(&self) -> usize {
        self.lock().open.len()
    }

    /// A place for a connection from `address`; without one, only the limit in all counts.
    pub(crate) fn admit(self: &Arc<Self>, address: Option<IpAddr>) -> Result<Entry, ConnectionLimit> {
        let address = address.map(AddressKey::of);
        let mut inner = self.lock();
        if let Some(address) = address
            && inner.by_address.get(&address).is_some_and(|open| *open >= self.per_address)
        {
            return Err(ConnectionLimit::PerAddress);
        }
        if inner.open.len() >= self.in_all {
            let idle = longest_idle(&inner.open).ok_or(ConnectionLimit::InAll)?;
            // It frees its place itself; until then there is one connection more than the limit says.
            if let Some(activity) = inner.open.get(&idle) {
                activity.touch();
                activity.close.notify_one();
            }
        }
        let number = inner.next;
        inner.next += 1;
        let activity = Arc::new(Activity::new(self.began));
        inner.open.insert(number, Arc::clone(&activity));
        if let Some(address) = address {
            *inner.by_address.entry(address).or_default() += 1;
        }
        Ok(Entry { registry: Arc::clone(self), number, address, activity })
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn longest_idle(open: &HashMap<u64, Arc<Activity>>) -> Option<u64> {
    let idle = open.iter().filter_map(|(number, activity)| Some((activity.idle()?, *number)));
    idle.filter(|(idle, _)| *idle >= GIVES_WAY).max().map(|(_, number)| number)
}

impl Drop for Entry {
    fn drop(&mut self) {
        let mut inner = self.registry.lock();
        inner.open.remove(&self.number);
        if let Some(address) = self.address
            && let Some(open) = inner.by_address.get_mut(&address)
        {
            *open -= 1;
            if *open == 0 {
                inner.by_address.remove(&address);
            }
        }
    }
}

impl Activity {
    fn new(began: Instant) -> Self {
        let activity = Self {
            began,
            under_way: AtomicUsize::new(0),
            finished: AtomicU64::new(0),
            given_up: AtomicU64::new(0),
            latest: AtomicU64::new(0),
            close: Notify::new(),
        };
        activity.touch();
        activity
    }

    /// How long no request has been under way; `None` when one is.
    pub(crate) fn idle(&self) -> Option<Duration> {
        let none = self.under_way.load(Ordering::Acquire) == 0;
        none.then(|| {
            self.began.elapsed().saturating_sub(Duration::from_millis(self.latest.load(Ordering::Acquire)))
        })
    }

    /// A request begins.
    pub(crate) fn begin(&self) {
        self.under_way.fetch_add(1, Ordering::AcqRel);
    }

    /// A request ends: answered, or given up by the peer. Whoever gives up more than `allowed` beyond what it let finish
    /// loses the connection.
    pub(crate) fn end(&self, answered: bool, allowed: u32) {
        let finished = self.finished.fetch_add(u64::from(answered), Ordering::AcqRel);
        let given_up = self.given_up.fetch_add(u64::from(!answered), Ordering::AcqRel);
        if !answered && given_up >= finished.saturating_add(u64::from(allowed)) {
            self.close.notify_one();
        }
        self.touch();
        self.under_way.fetch_sub(1, Ordering::AcqRel);
    }

    fn touch(&self) {
        let since = u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.latest.store(since, Ordering::Release);
    }
}

#[cfg(test)]
mod tests;
