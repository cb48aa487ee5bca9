//! What an ACME server keeps (RFC 8555). The store searches by the columns; `body` is the JSON of the type that the
//! protocol knows, which the store never reads.
//!
//! A record is changed by compare and swap: it is written when [`revision`](AcmeOrderRecord::revision) is that of the
//! record as it is stored, and its revision rises by one.
//!
//! Identifiers are 1 to 64 letters, digits, `-` and `_`. Those of orders and authorizations best begin with the time, so
//! that they sort by it: what is written together then lies together, and adding one costs the same however many are
//! stored.

mod account;
mod authorization;
mod eab;
mod order;
mod window;

use std::fmt;

pub use account::{
    AccountCreation, AccountUpdate, AcmeAccountFilter, AcmeAccountRecord, AcmeAccountStatus, EabFault,
};
pub use authorization::{AcmeAuthorizationRecord, AcmeAuthorizationStatus};
pub use eab::{EabKeyRecord, EabSecret};
pub use order::{AcmeOrderFilter, AcmeOrderRecord, AcmeOrderStatus, OrderCreation};
use serde::{Deserialize, Serialize};
pub use window::{RenewalScope, RenewalWindowRecord};

use crate::list::Cursor;

/// What came of a compare and swap.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Swap<T> {
    /// It is stored, with this revision from now on.
    Done {
        /// One more than the revision that was given.
        revision: u64,
    },
    /// Somebody else was first; nothing changed. The record as it is.
    Stale(Box<T>),
}

/// A page of records.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AcmePage<T> {
    /// The records.
    pub items: Vec<T>,
    /// Where the next page begins; absent when this was the last.
    pub next: Option<Cursor>,
}

impl<T> Default for AcmePage<T> {
    fn default() -> Self {
        Self { items: Vec::new(), next: None }
    }
}

impl<T> AcmePage<T> {
    /// A page of at most `limit` of these numbered records, of which there is one more when another page follows.
    pub(crate) fn of(mut found: Vec<(i64, T)>, limit: usize) -> Self {
        let more = found.len() > limit;
        found.truncate(limit);
        let next = found.last().filter(|_| more).map(|(id, _)| Cursor { first: 0, id: *id });
        Self { items: found.into_iter().map(|(_, record)| record).collect(), next }
    }
}

/// What a sweep removed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AcmeSwept {
    /// Orders.
    pub orders: u64,
    /// Authorizations.
    pub authorizations: u64,
}

impl AcmeSwept {
    /// Whether there was nothing left to remove.
    pub fn is_empty(self) -> bool {
        self == Self::default()
    }
}

/// Kinds of records, for messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AcmeKind {
    /// An account.
    Account,
    /// A key for external account binding.
    EabKey,
    /// An order.
    Order,
    /// An authorization.
    Authorization,
}

impl fmt::Display for AcmeKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Account => "account",
            Self::EabKey => "external account key",
            Self::Order => "order",
            Self::Authorization => "authorization",
        })
    }
}

/// Names of a closed set, as they are stored and shown.
macro_rules! named_states {
    ($type:ident { $($(#[$doc:meta])* $state:ident => $name:literal,)+ }) => {
        impl $type {
            /// Every one.
            pub const ALL: &'static [Self] = &[$(Self::$state),+];

            /// The name used in the protocol, on the command line, in tables and in the store.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$state => $name,)+
                }
            }

            /// The one of this name.
            pub fn from_name(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|state| state.as_str() == name)
            }
        }

        impl std::fmt::Display for $type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}
use named_states;
