//! Services and external parties seen alike: both have instances and links.

use super::{External, Instance, Profile, Service, Topology, Usage};

/// A service or an external party.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Party<'a> {
    /// A service.
    Service(&'a Service),
    /// An external party.
    External(&'a External),
}

/// An instance and whose it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Member<'a> {
    /// Whose instance.
    pub party: Party<'a>,
    /// The instance.
    pub instance: &'a Instance,
}

impl<'a> Party<'a> {
    /// Name in the file.
    pub fn name(self) -> &'a str {
        match self {
            Self::Service(service) => &service.name,
            Self::External(external) => &external.name,
        }
    }

    /// Its instances.
    pub fn instances(self) -> &'a [Instance] {
        match self {
            Self::Service(service) => &service.instances,
            Self::External(external) => &external.instances,
        }
    }

    /// The parties that it opens connections to, by name, sorted; without itself.
    pub fn calls(self) -> &'a [String] {
        match self {
            Self::Service(service) => &service.calls,
            Self::External(external) => &external.calls,
        }
    }

    /// Whether its instances talk to each other.
    pub fn peers(self) -> bool {
        match self {
            Self::Service(service) => service.peers,
            Self::External(_) => false,
        }
    }

    /// Whether it is outside.
    pub fn is_external(self) -> bool {
        matches!(self, Self::External(_))
    }
}

impl Topology {
    /// Every service, then every external party, in the order of the file.
    pub fn parties(&self) -> impl Iterator<Item = Party<'_>> {
        self.services.iter().map(Party::Service).chain(self.externals.iter().map(Party::External))
    }

    /// The service or external party of that name.
    pub fn party(&self, name: &str) -> Option<Party<'_>> {
        self.parties().find(|party| party.name() == name)
    }

    /// Every instance, those of external parties last.
    pub fn members(&self) -> impl Iterator<Item = Member<'_>> {
        self.parties()
            .flat_map(|party| party.instances().iter().map(move |instance| Member { party, instance }))
    }

    /// Whether certificates of that party may be used in that role. Those of external parties are taken to.
    pub fn allows(&self, party: Party<'_>, usage: Usage) -> bool {
        match party {
            Party::Service(service) => {
                self.profile(&service.profile).is_some_and(|profile: &Profile| profile.allows(usage))
            }
            Party::External(_) => true,
        }
    }
}
