//! Which endpoints the operator switched on or off by name.

use std::collections::BTreeSet;

use super::endpoint::{Endpoint, UnknownEndpoint};

/// What `-enable` and `-disable`, or `[server.cfssl] enable` and `disable`, say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Openings {
    enabled: BTreeSet<Endpoint>,
    disabled: BTreeSet<Endpoint>,
    without_front: bool,
}

impl Openings {
    /// Nothing switched on that is off by itself, nothing switched off.
    pub fn none() -> Self {
        Self::default()
    }

    /// Read two lists of names, each separated by commas.
    ///
    /// `/` in `disable` names the web pages of stock CFSSL, of which one is here.
    pub fn parse(enable: &str, disable: &str) -> Result<Self, UnknownEndpoint> {
        let read = |list: &str| -> Result<BTreeSet<Endpoint>, UnknownEndpoint> {
            let names = list.split(',').map(str::trim).filter(|name| !name.is_empty() && *name != FRONT);
            names.map(str::parse).collect()
        };
        let without_front = disable.split(',').any(|name| name.trim() == FRONT);
        Ok(Self { enabled: read(enable)?, disabled: read(disable)?, without_front })
    }

    /// Whether the page at `/` was switched off.
    pub(super) fn disables_front(&self) -> bool {
        self.without_front
    }

    /// Whether it was switched on by name.
    pub fn enables(&self, endpoint: Endpoint) -> bool {
        self.enabled.contains(&endpoint) && !self.disables(endpoint)
    }

    /// Whether it was switched off; that wins over switching on.
    pub fn disables(&self, endpoint: Endpoint) -> bool {
        self.disabled.contains(&endpoint)
    }
}

/// The page at `/` in a list of names.
const FRONT: &str = "/";
