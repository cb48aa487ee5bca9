//! Which endpoints the operator switched on or off by name.

use std::collections::BTreeSet;

use super::endpoint::{Endpoint, UnknownEndpoint};

/// What `-enable` and `-disable`, or `[server.cfssl] enable` and `disable`, say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Openings {
    enabled: BTreeSet<Endpoint>,
    disabled: BTreeSet<Endpoint>,
}

impl Openings {
    /// Nothing switched on that is off by itself, nothing switched off.
    pub fn none() -> Self {
        Self::default()
    }

    /// Read two lists of names, each separated by commas.
    ///
    /// `/` in `disable` names the web pages of stock CFSSL, which are not served here: it is accepted and does nothing more.
    pub fn parse(enable: &str, disable: &str) -> Result<Self, UnknownEndpoint> {
        let read = |list: &str| -> Result<BTreeSet<Endpoint>, UnknownEndpoint> {
            let names = list.split(',').map(str::trim).filter(|name| !name.is_empty() && *name != "/");
            names.map(str::parse).collect()
        };
        Ok(Self { enabled: read(enable)?, disabled: read(disable)? })
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
