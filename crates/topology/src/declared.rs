//! The declared topology: what `handfast.toml` says, checked and with every default filled in.
//!
//! Lists keep the order of the file. Made only by [`crate::declare::parse`].

mod access;
mod acme;
mod anchor;
mod authority;
mod constraint;
mod external;
mod links;
mod party;
mod place;
mod profile;
mod server;
mod service;
mod trust;

use std::collections::BTreeMap;

pub use access::{Access, Who};
pub use acme::{Acme, AcmeChallenge, AcmeChallengeError, AcmeLimits, AcmeValidation, ExternalAccount};
pub use anchor::Anchor;
pub use authority::{Authority, Subject};
pub use constraint::{ConstraintError, NameConstraint};
pub use external::External;
pub use party::{Member, Party};
pub use place::Place;
pub use profile::{Profile, Usage};
pub use server::{
    CFSSL_ENDPOINTS, CfsslDoor, CfsslLabel, ListenAddress, ListenAddressError, LogFormat, Ocsp,
    OcspResponder, RequestRate, RequestRateError, Server, ServerLimits,
};
pub use service::{Address, FileSettings, Instance, KeyStore, Service};
pub use trust::{Fraction, FractionError, Model, Trust};

/// A trust domain as declared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Topology {
    /// Name of the file, as given to the parser; findings begin with it.
    pub file: String,
    /// The section `[trust]`.
    pub trust: Trust,
    /// Every authority, declared or implied; a parent is not always before its children.
    pub authorities: Vec<Authority>,
    /// Every profile: the built-in ones, then the declared ones.
    pub profiles: Vec<Profile>,
    /// The services that get certificates from here.
    pub services: Vec<Service>,
    /// The parties that have certificates of their own.
    pub externals: Vec<External>,
    /// How `serve` serves the domain.
    pub server: Server,
    /// Who may do what at the server, beside API keys, in the order of the file.
    pub access: Vec<Access>,
    /// Authorities that give certificates by ACME, in the order of the file.
    pub acme: Vec<Acme>,
}

impl Topology {
    /// The most authorities above each other, roots included; no deployment known comes near.
    pub const MAX_LEVELS: usize = 32;

    /// The authority of that name.
    pub fn authority(&self, name: &str) -> Option<&Authority> {
        self.authorities.iter().find(|authority| authority.name == name)
    }

    /// The profile of that name.
    pub fn profile(&self, name: &str) -> Option<&Profile> {
        self.profiles.iter().find(|profile| profile.name == name)
    }

    /// The service of that name.
    pub fn service(&self, name: &str) -> Option<&Service> {
        self.services.iter().find(|service| service.name == name)
    }

    /// The external party of that name.
    pub fn external(&self, name: &str) -> Option<&External> {
        self.externals.iter().find(|external| external.name == name)
    }

    /// The authorities from the named one up to its root, both included. Empty when there is none of that name; it ends
    /// after [`Self::MAX_LEVELS`], so a cycle (which the parser refuses) ends as well.
    pub fn chain(&self, authority: &str) -> Vec<&Authority> {
        let first = self.authority(authority);
        let parent = |child: &&Authority| child.parent.as_deref().and_then(|parent| self.authority(parent));
        std::iter::successors(first, parent).take(Self::MAX_LEVELS).collect()
    }

    /// The root above the named authority, or itself when it is one.
    pub fn root_of(&self, authority: &str) -> Option<&Authority> {
        self.chain(authority).last().copied()
    }

    /// The authorities directly below the named one, in the order of the file.
    pub fn children<'a>(&'a self, authority: &'a str) -> impl Iterator<Item = &'a Authority> {
        self.authorities.iter().filter(move |child| child.parent.as_deref() == Some(authority))
    }

    /// How many levels of authorities are below each one, by name; 0 for one that only signs leaves.
    pub fn levels_below(&self) -> BTreeMap<&str, usize> {
        let mut levels: BTreeMap<&str, usize> = BTreeMap::new();
        for authority in &self.authorities {
            for (distance, above) in self.chain(&authority.name).into_iter().enumerate() {
                let level = levels.entry(&above.name).or_default();
                *level = distance.max(*level);
            }
        }
        levels
    }

    /// Beginning of a finding about a place of the file: `file:line:column`.
    pub fn at(&self, place: Place) -> String {
        format!("{}:{place}", self.file)
    }
}
