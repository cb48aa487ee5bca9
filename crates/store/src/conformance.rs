//! The suite that holds every backend to the contract.
//!
//! A backend's tests call [`run`] with a way to make empty stores. Each case begins with an empty store and says in
//! words what it found to be otherwise than promised.

mod acme;
mod audit_chain;
mod authorities;
mod blocking;
mod concurrency;
mod credentials;
mod crls;
mod deduplication;
mod importing;
mod issuance;
mod listing;
pub mod material;
mod retention;
mod revocation;

use std::fmt;

use crate::{Store, StoreError, StoreFuture};

/// Makes and reopens stores of one kind.
pub trait Backend: Sync {
    /// An empty store.
    fn fresh(&self) -> Result<Box<dyn Store>, StoreError>;

    /// The store that [`Self::fresh`] made last, opened again after its handle was dropped.
    fn again(&self) -> Result<Box<dyn Store>, StoreError>;
}

/// A promise that was not kept.
#[derive(Debug)]
pub struct Violation {
    /// Name of the case.
    pub case: &'static str,
    /// What was found, and what was promised.
    pub what: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.case, self.what)
    }
}

impl std::error::Error for Violation {}

/// What went wrong in a case.
struct Broken(String);

impl From<StoreError> for Broken {
    fn from(error: StoreError) -> Self {
        let cause = std::error::Error::source(&error).map(|source| format!(": {source}"));
        Self(format!("unexpected error: {error}{}", cause.unwrap_or_default()))
    }
}

type Outcome = Result<(), Broken>;
type Case = for<'a> fn(&'a dyn Backend) -> std::pin::Pin<Box<dyn Future<Output = Outcome> + Send + 'a>>;

/// The promise holds, or the case ends with these words.
fn ensure(holds: bool, what: impl FnOnce() -> String) -> Outcome {
    if holds { Ok(()) } else { Err(Broken(what())) }
}

/// The operation is refused with an error that `expected` recognises.
async fn refused<T: Send>(
    operation: StoreFuture<'_, T>,
    what: &str,
    expected: impl Fn(&StoreError) -> bool,
) -> Outcome {
    match operation.await {
        Ok(_) => Err(Broken(format!("{what} was accepted"))),
        Err(error) if expected(&error) && error.is_definite() => Ok(()),
        Err(error) => Err(Broken(format!("{what} was refused with another error: {error}"))),
    }
}

macro_rules! cases {
    ($($module:ident :: $name:ident),* $(,)?) => {
        [$((stringify!($name), (|backend| Box::pin($module::$name(backend))) as $crate::conformance::Case)),*]
    };
}
use cases;

/// Run every case; the first broken promise ends the run.
pub async fn run(backend: &dyn Backend) -> Result<(), Violation> {
    let cases = cases![
        issuance::an_issuance_is_recorded_in_two_steps,
        issuance::a_serial_number_is_used_once,
        issuance::a_finish_needs_an_open_intent,
        issuance::open_intents_become_possibly_signed,
        issuance::everything_survives_reopening,
        issuance::events_must_describe_the_operation,
        issuance::values_are_limited,
        deduplication::a_retry_finds_the_certificate,
        deduplication::a_closed_intent_frees_its_key,
        listing::filters_hold,
        listing::pages_show_everything_once,
        listing::keys_are_found,
        retention::expired_certificates_leave,
        retention::revoked_certificates_wait_for_their_list,
        revocation::revocation_is_monotone,
        revocation::only_what_is_on_record_is_revoked,
        crls::numbers_only_rise,
        crls::entries_are_paged_up_to_the_mark,
        crls::expired_entries_are_listed_once_more,
        crls::shards_have_lists_of_their_own,
        crls::an_entry_leaves_after_the_list_of_its_shard_named_it_expired,
        crls::what_covers_less_replaces_nothing,
        authorities::authorities_are_added_and_replaced,
        authorities::snapshots_are_kept,
        credentials::credentials_are_added_and_revoked,
        credentials::bad_credentials_are_refused,
        importing::certificates_are_taken_in,
        importing::serial_numbers_of_others_are_not_taken,
        blocking::blocked_keys_get_no_certificate,
        audit_chain::every_change_has_its_event,
        audit_chain::refused_changes_leave_no_event,
        concurrency::many_issue_at_once,
        concurrency::one_deduplication_key_wins,
        concurrency::bad_operations_fail_alone,
    ];
    for (case, check) in cases.into_iter().chain(acme::cases()) {
        check(backend).await.map_err(|Broken(what)| Violation { case, what })?;
    }
    Ok(())
}
