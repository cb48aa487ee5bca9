//! How much may be asked, as far as this process remembers: new accounts by address, orders by account, failed proofs by
//! account and name, and accounts that are paused.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};

use hf_core::name::Identifier;
use hf_core::time::{Lifetime, Timestamp};
use hf_proto::acme::ari::CertId;
use hf_proto::acme::limit::{Limit, LimitName, Quota};
use hf_proto::acme::pause::{FailureHistory, PausePolicy};
use hf_proto::acme::problem::Problem;
use hf_x509::digest::sha256;

use super::settings::RegistrationLimits;

/// Keys that each limit remembers at most: each takes less than two hundred octets.
const MOST: usize = 100_000;

const HOUR: Lifetime = Lifetime::from_hours(1);

/// What is remembered.
#[derive(Debug)]
pub(super) struct Limits {
    settings: RegistrationLimits,
    accounts: Mutex<Limit<String>>,
    orders: Mutex<Limit<String>>,
    renewals: Mutex<Limit<CertId>>,
    same_names: Mutex<Limit<[u8; 32]>>,
    failures: Mutex<Limit<(String, Identifier)>>,
    histories: Mutex<HashMap<String, FailureHistory>>,
}

impl Limits {
    pub(super) fn new(settings: RegistrationLimits) -> Self {
        let quota = |count| Quota { count, period: HOUR };
        Self {
            accounts: Mutex::new(Limit::new(
                LimitName::AccountsPerAddress,
                quota(settings.accounts_per_hour),
                MOST,
            )),
            orders: Mutex::new(Limit::new(
                LimitName::OrdersPerAccount,
                quota(settings.orders_per_hour),
                MOST,
            )),
            renewals: Mutex::new(Limit::new(
                LimitName::RenewalsPerCertificate,
                quota(settings.failures_per_hour),
                MOST,
            )),
            same_names: Mutex::new(Limit::new(
                LimitName::OrdersPerNames,
                quota(settings.failures_per_hour),
                MOST,
            )),
            failures: Mutex::new(Limit::new(
                LimitName::FailuresPerName,
                quota(settings.failures_per_hour),
                MOST,
            )),
            histories: Mutex::default(),
            settings,
        }
    }

    /// By what it was made.
    pub(super) fn settings(&self) -> RegistrationLimits {
        self.settings
    }

    /// One more account of this address.
    pub(super) fn account(&self, address: &str, now: Timestamp) -> Result<(), Problem> {
        held(&self.accounts).count(address.to_owned(), now)
    }

    /// One more order of this account, which is no renewal.
    pub(super) fn order(&self, account: &str, now: Timestamp) -> Result<(), Problem> {
        held(&self.orders).count(account.to_owned(), now)
    }

    /// One more order that replaces this certificate. It is an order that failed when there is another one, however it
    /// came to nothing, so as many are admitted as proofs may fail.
    pub(super) fn renewal(&self, certificate: &CertId, now: Timestamp) -> Result<(), Problem> {
        held(&self.renewals).count(certificate.clone(), now)
    }

    /// One more order of this account for the names of a certificate that it had before, as [`Self::renewal`].
    pub(super) fn same_names(
        &self,
        account: &str,
        names: &[Identifier],
        now: Timestamp,
    ) -> Result<(), Problem> {
        let sorted: BTreeSet<String> = names.iter().map(ToString::to_string).collect();
        let sorted: Vec<String> = sorted.into_iter().collect();
        // A digest: there may be many names, and many sets of them.
        let key = sha256(format!("{account} {}", sorted.join(" ")).as_bytes());
        held(&self.same_names).count(key, now)
    }

    /// Whether the account is paused, or proofs of one of the names have failed too often for it: what counts for
    /// renewals too.
    pub(super) fn check_failures<'n>(
        &self,
        account: &str,
        names: impl IntoIterator<Item = &'n Identifier>,
        now: Timestamp,
    ) -> Result<(), Problem> {
        held(&self.histories).get(account).map_or(Ok(()), |history| history.check(now))?;
        let failures = held(&self.failures);
        names.into_iter().try_for_each(|name| failures.check(&(account.to_owned(), name.clone()), now))
    }

    /// A proof failed; whether the account is paused by it.
    pub(super) fn failed(&self, account: &str, name: &Identifier, now: Timestamp) -> bool {
        // That it is one too many is told at the next order.
        let _ = held(&self.failures).count((account.to_owned(), name.clone()), now);
        let policy = PausePolicy {
            failures: self.settings.pause_after,
            within: HOUR,
            pause: self.settings.pause,
            longest: self.settings.pause.max(PausePolicy::default().longest),
        };
        let mut histories = held(&self.histories);
        if histories.len() >= MOST && !histories.contains_key(account) {
            histories.retain(|_, history| history.check(now).is_err());
        }
        let history = histories.get(account).copied().unwrap_or_default().failed(policy, now);
        if histories.len() < MOST || histories.contains_key(account) {
            histories.insert(account.to_owned(), history);
        }
        history.check(now).is_err()
    }

    /// A proof succeeded.
    pub(super) fn succeeded(&self, account: &str) {
        held(&self.histories).remove(account);
    }
}

fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limits() -> Limits {
        Limits::new(RegistrationLimits {
            accounts_per_hour: 2,
            orders_per_hour: 3,
            failures_per_hour: 4,
            identifiers: 10,
            validations: 10,
            pause_after: 5,
            pause: Lifetime::from_hours(2),
        })
    }

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_unix_seconds(seconds)
    }

    #[test]
    fn each_limit_is_its_own() {
        let limits = limits();
        assert!((0..2).all(|_| limits.account("192.0.2.1", at(0)).is_ok()));
        assert_eq!(limits.account("192.0.2.1", at(0)).unwrap_err().status, 429);
        assert!(limits.account("192.0.2.2", at(0)).is_ok());
        assert!((0..3).all(|_| limits.order("a", at(0)).is_ok()));
        assert!(limits.order("a", at(0)).is_err());
        assert!(limits.order("b", at(0)).is_ok());
        assert!(limits.order("a", at(1_200)).is_ok(), "a third of an hour is one more");
        let certificate: CertId = "aYhba4dGQEHhs3uEe6CuLN4ByNQ.AIdlQyE".parse().unwrap();
        let other: CertId = "aYhba4dGQEHhs3uEe6CuLN4ByNQ.AIdlQyI".parse().unwrap();
        assert!((0..4).all(|_| limits.renewal(&certificate, at(0)).is_ok()));
        assert!(limits.renewal(&certificate, at(0)).is_err() && limits.renewal(&other, at(0)).is_ok());
    }

    #[test]
    fn failures_stop_the_name_and_then_the_account_and_nobody_else() {
        let limits = limits();
        let (name, other): (Identifier, Identifier) = ("a.x".parse().unwrap(), "b.x".parse().unwrap());
        assert!((0..4).all(|_| !limits.failed("a", &name, at(0))));
        let may = |account: &str, name, now| limits.check_failures(account, [name], at(now)).is_ok();
        assert!(!may("a", &name, 0) && may("a", &other, 0) && may("b", &name, 0));
        assert!(limits.check_failures("a", [&other, &name], at(0)).is_err(), "one of the names is enough");
        assert!(limits.failed("a", &other, at(1)));
        let new: Identifier = "c.x".parse().unwrap();
        assert!(!may("a", &new, 1) && may("b", &new, 1), "the account is paused, whatever it orders");
        assert!(limits.check_failures("a", [], at(1)).is_err());
        assert!(may("a", &new, 7_201), "the pause ends by itself");
        limits.failed("b", &name, at(1));
        limits.succeeded("b");
        assert!((0..4).all(|_| !limits.failed("b", &other, at(2))));
    }
}
