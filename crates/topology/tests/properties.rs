//! What holds for every topology.
#![expect(clippy::unwrap_used, reason = "a helper of tests fails the test that calls it")]

#[cfg(test)]
mod common;

use std::fmt::Write;

use common::{World, now, parse};
use hf_core::time::Lifetime;
use hf_topology::declared::Model;
use hf_topology::expect::{Expectation, pairs};
use hf_topology::plan::plan;
use proptest::collection::vec;
use proptest::prelude::*;

#[derive(Clone, Debug)]
struct ServiceShape {
    instances: usize,
    peers: bool,
    calls: Vec<prop::sample::Index>,
    authority: prop::sample::Index,
    stores: bool,
}

fn service() -> impl Strategy<Value = ServiceShape> {
    let index = any::<prop::sample::Index>;
    (1..4_usize, any::<bool>(), vec(index(), 0..4), index(), any::<bool>()).prop_map(
        |(instances, peers, calls, authority, stores)| ServiceShape {
            instances,
            peers,
            calls,
            authority,
            stores,
        },
    )
}

/// The text of a file: a forest of authorities, services, external parties, links.
fn file() -> impl Strategy<Value = String> {
    let parents = vec(proptest::option::of(any::<prop::sample::Index>()), 0..6);
    (any::<bool>(), parents, vec(service(), 1..7), 0..3_usize).prop_map(
        |(root, parents, services, externals)| {
            let mut text = String::from("[trust]\ndomain = \"x.internal\"\n");
            text += if root { "model = \"root\"\n" } else { "model = \"per-service\"\n" };
            for (number, parent) in parents.iter().enumerate() {
                writeln!(text, "[authority.a{number}]").unwrap();
                if let Some(parent) = parent.filter(|_| number > 0) {
                    writeln!(text, "parent = \"a{}\"", parent.index(number)).unwrap();
                }
            }
            for (number, shape) in services.iter().enumerate() {
                write_service(&mut text, number, shape, (services.len(), externals, parents.len()));
            }
            for number in 0..externals {
                let instances =
                    format!("instances = [\"e{number}.example\"]\ncertificate = \"e{number}.pem\"");
                writeln!(text, "[external.e{number}]\n{instances}").unwrap();
            }
            text
        },
    )
}

fn write_service(
    text: &mut String,
    number: usize,
    shape: &ServiceShape,
    (services, externals, authorities): (usize, usize, usize),
) {
    let instances: Vec<String> =
        (0..shape.instances).map(|instance| format!("\"s{number}-{instance}.x.internal\"")).collect();
    let mut calls: Vec<String> =
        shape
            .calls
            .iter()
            .map(|index| index.index(services + externals))
            .filter(|callee| *callee != number)
            .map(|callee| {
                if callee < services {
                    format!("\"s{callee}\"")
                } else {
                    format!("\"e{}\"", callee - services)
                }
            })
            .collect();
    calls.sort();
    calls.dedup();
    writeln!(text, "[service.s{number}]\ninstances = [{}]", instances.join(", ")).unwrap();
    writeln!(text, "peers = {}\ncalls = [{}]", shape.peers, calls.join(", ")).unwrap();
    if authorities > 0 {
        writeln!(text, "authority = \"a{}\"", shape.authority.index(authorities)).unwrap();
    }
    if shape.stores {
        writeln!(text, "keystore = [\"jks\", \"p12\"]").unwrap();
    }
}

proptest! {
    #[test]
    fn a_plan_is_deterministic(text in file()) {
        let topology = parse(&text);
        let world = World::new(&topology);
        let first = plan(&topology, &world.inventory, now());
        prop_assert_eq!(&first, &plan(&parse(&text), &world.inventory, now()));
    }

    #[test]
    fn after_a_plan_there_is_nothing_to_do(text in file(), days in 0..5_000_i64) {
        let topology = parse(&text);
        let mut world = World::applied(&topology, now());
        prop_assert_eq!(plan(&topology, &world.inventory, now()).changes, []);
        // And again at any later time.
        let later = now().plus(Lifetime::from_days(days));
        world.apply(&plan(&topology, &world.inventory, later), later);
        prop_assert_eq!(plan(&topology, &world.inventory, later).changes, []);
    }

    #[test]
    fn under_one_root_nobody_imports_more_than_self_signed(text in file()) {
        let topology = parse(&text);
        let plan = plan(&topology, &World::new(&topology).inventory, now());
        if topology.trust.model == Model::Root {
            prop_assert!(plan.planned.imports <= plan.self_signed.imports);
            prop_assert!(plan.planned.certificates <= plan.self_signed.certificates);
        }
        let total: usize = plan.machines.iter().map(|machine| machine.imports.len()).sum();
        prop_assert_eq!(total, plan.planned.imports);
    }

    #[test]
    fn every_declared_link_has_its_anchors_on_both_sides(text in file()) {
        let topology = parse(&text);
        for pair in pairs(&topology) {
            let (client, server) = (pair.client.party, pair.server.party);
            let trusts = |a, b| topology.anchors_held_by(a).contains(&topology.anchor_of(b));
            match &pair.expectation {
                Expectation::Link | Expectation::NotSeparated => {
                    prop_assert!(trusts(client, server) && trusts(server, client));
                }
                Expectation::Refusal { grounds } => {
                    prop_assert!(!grounds.is_empty());
                    prop_assert!(!(trusts(client, server) && trusts(server, client)));
                }
            }
        }
    }

    #[test]
    fn no_text_makes_the_parser_panic(text in ".{0,400}") {
        let _ = hf_topology::declare::parse(&text, "f");
    }
}
