//! The checked-in examples: they parse, and `plan` counts what the write-ups count.

#[cfg(test)]
mod common;

use common::{example, now};
use hf_topology::expect::{Expectation, pairs};
use hf_topology::inventory::Inventory;
use hf_topology::plan::{Counts, plan};

fn counts(name: &str) -> [Counts; 2] {
    let plan = plan(&example(name), &Inventory::default(), now());
    [plan.self_signed, plan.planned]
}

fn count(certificates: usize, imports: usize) -> Counts {
    Counts { certificates, imports }
}

/// Declared links, promised refusals, pairs that are not separated.
fn expectations(name: &str) -> (usize, usize, usize) {
    let topology = example(name);
    let count =
        |wanted: fn(&Expectation) -> bool| pairs(&topology).filter(|pair| wanted(&pair.expectation)).count();
    (
        count(|e| matches!(e, Expectation::Link)),
        count(|e| matches!(e, Expectation::Refusal { .. })),
        count(|e| matches!(e, Expectation::NotSeparated)),
    )
}

#[test]
fn the_shop_needs_14_imports_instead_of_30() {
    assert_eq!(counts("shop/handfast.toml"), [count(8, 30), count(2, 14)]);
}

#[test]
fn the_shop_needs_8_imports_with_the_database_under_the_root() {
    assert_eq!(counts("shop/db-under-root.toml"), [count(8, 30), count(1, 8)]);
}

#[test]
fn every_machine_of_the_shop_imports_what_it_needs_and_no_more() {
    let plan = plan(&example("shop/handfast.toml"), &Inventory::default(), now());
    let imports = |instance: &str| -> Vec<(String, String)> {
        let machine = plan.machines.iter().find(|machine| machine.instance == instance).unwrap();
        machine.imports.iter().map(|import| (import.certificate.clone(), import.into.clone())).collect()
    };
    let pair = |a: &str, b: &str| (a.to_owned(), b.to_owned());
    assert_eq!(imports("lb.shop.internal"), [pair("root", "trust/lb.shop.internal/roots.pem")]);
    assert_eq!(
        imports("a1.shop.internal"),
        [
            pair("root", "trust/a1.shop.internal/roots.pem"),
            pair("db-vendor.pem", "trust/a1.shop.internal/roots.pem")
        ]
    );
    assert_eq!(imports("db.vendor.example"), [pair("root", "trust/db.vendor.example/roots.pem")]);
    assert_eq!(plan.machines.len(), 8);
}

#[test]
fn links_and_refusals_are_counted_per_pair_and_direction() {
    // Load balancer to six instances, three pairs of peers in both directions, six instances to the database; the load
    // balancer and the database hold no anchor for each other.
    assert_eq!(expectations("shop/handfast.toml"), (18, 2, 36));
    // Everybody under one root: nothing is separated.
    assert_eq!(expectations("shop/db-under-root.toml"), (18, 0, 38));
    assert_eq!(expectations("api-db/handfast.toml"), (4, 8, 0));
}

#[test]
fn api_servers_cannot_reach_each_other() {
    let topology = example("api-db/handfast.toml");
    let between_apis: Vec<Expectation> = pairs(&topology)
        .filter(|pair| pair.client.party.name() == "api" && pair.server.party.name() == "api")
        .map(|pair| pair.expectation)
        .collect();
    assert_eq!(between_apis.len(), 2);
    assert!(between_apis.iter().all(|e| matches!(e, Expectation::Refusal { grounds } if grounds.len() > 1)));
}

#[test]
fn the_four_level_chain_is_leaf_first() {
    let topology = example("regions/handfast.toml");
    let subjects: Vec<String> = topology.chain("fin").iter().map(|a| a.subject.to_string()).collect();
    assert_eq!(subjects, ["*.fin.service.local", "*.service.local", "*.local Root CA"]);
    let lengths: Vec<Option<u8>> = topology.chain("fin").iter().map(|a| a.path_length).collect();
    assert_eq!(lengths, [Some(0), Some(1), None]);
    assert_eq!(topology.service("orders").unwrap().authority, "fin");
}

#[test]
fn the_plan_as_json_has_exactly_the_agreed_shape() {
    let plan = plan(&example("api-db/handfast.toml"), &Inventory::default(), now());
    insta::assert_snapshot!(serde_json::to_string_pretty(&plan).unwrap());
}
