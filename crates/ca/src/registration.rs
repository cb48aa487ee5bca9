//! What an ACME server does for one authority (RFC 8555 and its family): accounts, orders, proofs, certificates.
//!
//! [`Registration`] is given requests whose signature was verified; nothing here knows HTTP. What a request means is judged
//! in hf-proto, what may be certified by the spine, and what is kept is in the store. A method that only reads never writes:
//! that the time of an order or of a proof is over is computed, not recorded.

mod accounts;
mod allowed;
mod authorizations;
mod caa;
mod certificates;
mod challenges;
mod error;
mod external;
mod finalize;
mod key_changes;
mod limits;
mod observer;
pub mod operator;
mod orders;
mod records;
mod recovery;
mod renewal;
mod revocations;
mod same_names;
mod settings;
mod standing;
mod sweep;
mod table;
mod under_way;
mod validator;
mod worker;

use std::sync::{Arc, PoisonError, RwLock};

use hf_core::principal::{Channel, Principal};
use hf_core::random::Random;
use hf_core::time::{Clock, Timestamp};
use hf_proto::acme::id::Id;
use hf_proto::acme::urls::Urls;
use hf_store::Store;
use hf_store::audit::Origin;

use crate::authority::Authority;
use limits::Limits;
use under_way::UnderWay;
use worker::Handed;

pub use accounts::{KnownAccount, NewAccount, Registered};
pub use certificates::IssuedChain;
pub use error::RegistrationError;
pub(crate) use finalize::ordered_by;
pub use observer::{Observer, OrderOutcome, ValidationEnd};
pub use orders::{OrderPage, PlacedOrder};
pub use renewal::RenewalAdvice;
pub use revocations::RevokedBy;
pub use settings::{RegistrationLimits, RegistrationSettings};
pub use standing::{OrderQuery, StandingOrder, StandingOrders, standing_orders};
pub use sweep::sweep;
pub use table::Registrations;
pub use validator::{CaaFuture, Validator, ValidatorFuture};
pub use worker::{Worked, Worker};

/// What an authority's file says about its ACME server, and who looks at challenges for it. Exchanged as a whole.
pub struct Setup {
    /// On which terms.
    pub settings: RegistrationSettings,
    /// Where everything is.
    pub urls: Urls,
    /// Who looks at challenges.
    pub validator: Arc<dyn Validator>,
}

/// What a registration is made of.
pub struct RegistrationParts {
    /// Name of the authority.
    pub name: String,
    /// Who issues.
    pub authority: Arc<Authority>,
    /// What the file says.
    pub setup: Setup,
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// The system's random generator.
    pub random: Arc<dyn Random>,
    /// Who counts what happens.
    pub observer: Arc<dyn Observer>,
}

/// The ACME server of one authority.
pub struct Registration {
    name: String,
    authority: Arc<Authority>,
    setup: RwLock<Arc<Setup>>,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
    observer: Arc<dyn Observer>,
    limits: RwLock<Arc<Limits>>,
    handed: Handed,
    under_way: UnderWay,
}

impl Registration {
    /// Of these parts, with the queue of the worker that tries what clients say is ready, and what is worked on.
    pub(crate) fn new(parts: RegistrationParts, handed: Handed, under_way: UnderWay) -> Self {
        Self {
            name: parts.name,
            authority: parts.authority,
            limits: RwLock::new(Arc::new(Limits::new(parts.setup.settings.limits))),
            setup: RwLock::new(Arc::new(parts.setup)),
            clock: parts.clock,
            random: parts.random,
            observer: parts.observer,
            handed,
            under_way,
        }
    }

    /// Name of the authority.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What is in force now.
    pub fn setup(&self) -> Arc<Setup> {
        Arc::clone(&self.setup.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Exchange what the file says. Requests that are under way go on with what they began with.
    /// What was counted is forgotten when the limits change.
    pub fn replace(&self, setup: Setup) {
        let limits = setup.settings.limits;
        if self.limits().settings() != limits {
            *self.limits.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(Limits::new(limits));
        }
        *self.setup.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(setup);
    }

    /// The time now.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    fn limits(&self) -> Arc<Limits> {
        Arc::clone(&self.limits.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn store(&self) -> &dyn Store {
        self.authority.store().as_ref()
    }

    fn principal(&self, account: &Id) -> Principal {
        Principal::AcmeAccount { authority: self.name.clone(), account: account.to_string() }
    }

    /// When, and that it is this account, for audit events.
    fn origin(&self, account: &Id, at: Timestamp) -> Origin {
        Origin { at, principal: self.principal(account), channel: Channel::Acme }
    }
}
