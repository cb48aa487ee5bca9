//! Links between parties and the trust that they need.

use std::collections::BTreeSet;

use super::{Anchor, Party, Topology};

impl Topology {
    /// Whether instances of `client` open connections to instances of `server`.
    pub fn is_linked(&self, client: Party<'_>, server: Party<'_>) -> bool {
        if client.name() == server.name() {
            return client.peers();
        }
        client.calls().binary_search_by(|callee| callee.as_str().cmp(server.name())).is_ok()
    }

    /// The parties that this one has links with, in either direction; itself when its instances talk to each other and
    /// there are at least two.
    pub fn neighbours<'a>(&'a self, party: Party<'a>) -> impl Iterator<Item = Party<'a>> {
        self.parties().filter(move |other| {
            if other.name() == party.name() {
                return party.peers() && party.instances().len() > 1;
            }
            self.is_linked(party, *other) || self.is_linked(*other, party)
        })
    }

    /// The certificate by which others verify that party: the root above its authority (never an intermediate, which
    /// many TLS stacks refuse as an anchor), or an external party's own certificate.
    pub fn anchor_of(&self, party: Party<'_>) -> Anchor {
        match party {
            Party::Service(service) => Anchor::Authority(service.root.clone()),
            Party::External(external) => Anchor::External(external.name.clone()),
        }
    }

    /// What each instance of that party imports: the anchors of all that it has links with, and those it says to trust.
    pub fn anchors_held_by(&self, party: Party<'_>) -> BTreeSet<Anchor> {
        let needed = || self.neighbours(party).map(|other| self.anchor_of(other));
        match party {
            Party::Service(service) => {
                needed().chain(service.trusts.iter().filter_map(|name| self.named_anchor(name))).collect()
            }
            Party::External(external) if external.trusts_us => needed().collect(),
            Party::External(_) => BTreeSet::new(),
        }
    }

    /// The anchor behind a name in `trusts`: a party of that name, else the root above an authority of that name.
    pub(crate) fn named_anchor(&self, name: &str) -> Option<Anchor> {
        if let Some(party) = self.party(name) {
            return Some(self.anchor_of(party));
        }
        self.root_of(name).map(|root| Anchor::Authority(root.name.clone()))
    }
}
