//! What must happen between every two instances: a declared link works, an undeclared one is refused where the trust model
//! promises it.

use std::collections::BTreeSet;

use hf_core::finding::Finding;
use serde::Serialize;

use crate::codes::{CHECK_LEAKED, CHECK_NOT_SEPARATED};
use crate::declared::{Anchor, Instance, Member, Party, Topology, Usage};

/// An ordered pair of instances.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pair<'a> {
    /// Who opens the connection.
    pub client: Member<'a>,
    /// Who accepts it.
    pub server: Member<'a>,
    /// What must happen.
    pub expectation: Expectation,
}

/// What must happen between a client and a server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Expectation {
    /// Declared: a mutual handshake completes.
    Link,
    /// Not declared, and impossible by construction: a side refuses the other's certificate.
    Refusal {
        /// Why it is impossible: at least one ground.
        grounds: Vec<Ground>,
    },
    /// Not declared, but possible: both hold an anchor for the other's chain.
    NotSeparated,
}

/// Why a handshake cannot complete.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ground {
    /// The client holds no anchor for the server's chain.
    ClientHoldsNoAnchor,
    /// The server holds no anchor for the client's chain.
    ServerHoldsNoAnchor,
    /// The server's certificate may not be used by a server.
    ServerUsageMissing,
    /// The client's certificate may not be used by a client.
    ClientUsageMissing,
}

/// Every ordered pair of different instances of which at least one is ours, in the order of the file.
pub fn pairs(topology: &Topology) -> impl Iterator<Item = Pair<'_>> {
    let sides: Vec<Side<'_>> = topology.parties().map(|party| Side::new(topology, party)).collect();
    let mut parties = Vec::new();
    for client in &sides {
        for server in
            sides.iter().filter(|server| !(client.party.is_external() && server.party.is_external()))
        {
            parties.push((client.party, server.party, expectation(topology, client, server)));
        }
    }
    parties.into_iter().flat_map(|(client, server, expectation)| instances(client, server, expectation))
}

/// The same for every two instances of two parties.
fn instances<'a>(
    client: Party<'a>,
    server: Party<'a>,
    expectation: Expectation,
) -> impl Iterator<Item = Pair<'a>> {
    let servers = move |from: &'a Instance| server.instances().iter().filter(move |to| to.name != from.name);
    let both = client.instances().iter().flat_map(move |from| servers(from).map(move |to| (from, to)));
    both.map(move |(from, to)| Pair {
        client: Member { party: client, instance: from },
        server: Member { party: server, instance: to },
        expectation: expectation.clone(),
    })
}

/// What a party shows and what it accepts.
struct Side<'a> {
    party: Party<'a>,
    anchor: Anchor,
    held: BTreeSet<Anchor>,
    server: bool,
    client: bool,
}

impl<'a> Side<'a> {
    fn new(topology: &Topology, party: Party<'a>) -> Self {
        Self {
            party,
            anchor: topology.anchor_of(party),
            held: topology.anchors_held_by(party),
            server: topology.allows(party, Usage::Server),
            client: topology.allows(party, Usage::Client),
        }
    }

    fn trusts(&self, other: &Self) -> bool {
        self.held.contains(&other.anchor)
    }
}

fn expectation(topology: &Topology, client: &Side<'_>, server: &Side<'_>) -> Expectation {
    if topology.is_linked(client.party, server.party) {
        return Expectation::Link;
    }
    let grounds: Vec<Ground> = [
        (!client.trusts(server), Ground::ClientHoldsNoAnchor),
        (!server.trusts(client), Ground::ServerHoldsNoAnchor),
        (!server.server, Ground::ServerUsageMissing),
        (!client.client, Ground::ClientUsageMissing),
    ]
    .into_iter()
    .filter_map(|(holds, ground)| holds.then_some(ground))
    .collect();
    if grounds.is_empty() { Expectation::NotSeparated } else { Expectation::Refusal { grounds } }
}

impl Pair<'_> {
    /// Why the pair is not separated, and how to separate it.
    pub fn not_separated(&self) -> Finding {
        let (client, server) = (self.client.party.name(), self.server.party.name());
        let finding = Finding::notice(
            CHECK_NOT_SEPARATED,
            self.about(),
            "no link is declared, but this trust model does not prevent one: both sides hold an anchor for the other",
        );
        if client == server {
            return finding.hint(format!(
                "write `peers = true` in `[service.{client}]` if its instances talk to each other, or `profile = \"client\"` or `\"server\"` if it has only that role"
            ));
        }
        finding.hint(format!(
            "write `model = \"per-service\"` in `[trust]`, or give `{client}` or `{server}` a `profile` with only the role it has"
        ))
    }

    /// A promised refusal that did not happen.
    pub fn leak(&self) -> Finding {
        Finding::error(
            CHECK_LEAKED,
            self.about(),
            "the handshake completed although the trust model forbids it: a side trusts more than the file declares",
        )
        .hint("run `handfast apply` to write the trust files again")
    }

    fn about(&self) -> String {
        format!("{} → {}", self.client.instance.name, self.server.instance.name)
    }
}
