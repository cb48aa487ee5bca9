//! Plan checks of what exists: a healthy world gives nothing, each fault its finding.
#![expect(clippy::unwrap_used, reason = "a helper of tests fails the test that calls it")]

#[cfg(test)]
mod common;

use common::{World, example, example_text, now, parse};
use hf_core::finding::Severity;
use hf_core::time::{Lifetime, Timestamp, Validity};
use hf_topology::declared::Topology;
use hf_topology::inventory::{KeyState, ObservedAuthority, ObservedCertificate};
use hf_topology::plan::plan;

fn shop() -> (Topology, World) {
    let topology = example("shop/handfast.toml");
    let world = World::applied(&topology, now());
    (topology, world)
}

/// Codes of the warnings and errors, with what they are about.
fn findings(topology: &Topology, world: &World, at: Timestamp) -> Vec<(String, String)> {
    plan(topology, &world.inventory, at)
        .findings
        .into_iter()
        .filter(|finding| finding.severity > Severity::Notice)
        .map(|finding| (finding.code.to_string(), finding.about))
        .collect()
}

fn only(topology: &Topology, world: &World, at: Timestamp) -> (String, String) {
    let mut found = findings(topology, world, at);
    assert_eq!(found.len(), 1, "{found:#?}");
    found.remove(0)
}

fn found(code: &str, about: &str) -> (String, String) {
    (code.to_owned(), about.to_owned())
}

fn leaf<'a>(world: &'a mut World, instance: &str) -> &'a mut ObservedCertificate {
    world.inventory.instances.get_mut(instance).unwrap().certificate.as_mut().unwrap()
}

#[test]
fn two_instances_with_one_key_are_noticed() {
    let (topology, mut world) = shop();
    let key = leaf(&mut world, "a1.shop.internal").spki_sha256;
    leaf(&mut world, "a2.shop.internal").spki_sha256 = key;
    assert_eq!(
        only(&topology, &world, now()),
        found("HF-PLAN-SHARED-KEY", "instance `a1.shop.internal`, instance `a2.shop.internal`")
    );
}

#[test]
fn an_external_certificate_must_be_there_valid_and_of_that_name() {
    let (topology, world) = shop();
    let mut gone = world.clone();
    gone.inventory.externals.clear();
    assert!(findings(&topology, &gone, now()).iter().any(|(code, _)| code == "HF-PLAN-EXTERNAL-UNREADABLE"));

    let mut ended = world.clone();
    ended.inventory.externals.get_mut("db").unwrap()[0].validity =
        Validity::starting(now().minus(Lifetime::from_days(90)), Lifetime::from_days(80));
    assert_eq!(only(&topology, &ended, now()).0, "HF-PLAN-EXTERNAL-EXPIRED");

    let mut ending = world.clone();
    ending.inventory.externals.get_mut("db").unwrap()[0].validity =
        Validity::starting(now(), Lifetime::from_days(20));
    assert_eq!(only(&topology, &ending, now()).0, "HF-PLAN-EXTERNAL-ENDING");

    let mut other = world;
    other.inventory.externals.get_mut("db").unwrap()[0].names =
        ["db.example".parse().unwrap()].into_iter().collect();
    assert_eq!(only(&topology, &other, now()).0, "HF-PLAN-EXTERNAL-NAME");
    other.inventory.externals.get_mut("db").unwrap()[0].authority = true;
    assert_eq!(findings(&topology, &other, now()), []);
}

#[test]
fn what_is_no_longer_declared_is_named_and_left_alone() {
    let (_, world) = shop();
    let text = example_text("shop/handfast.toml").replace(", \"c2.shop.internal\"", "");
    let topology = parse(&text);
    assert_eq!(only(&topology, &world, now()), found("HF-PLAN-UNDECLARED-INSTANCE", "c2.shop.internal"));
    assert_eq!(plan(&topology, &world.inventory, now()).changes, []);
}

#[test]
fn an_offline_key_is_asked_for_only_when_it_must_sign() {
    let text =
        example_text("shop/handfast.toml").replace("[authority.root]", "[authority.root]\noffline = true");
    let topology = parse(&text);
    let mut world = World::applied(&topology, now());
    world.inventory.authorities.get_mut("root").unwrap().key = KeyState::Elsewhere;
    assert_eq!(findings(&topology, &world, now()), []);
    world.inventory.authorities.get_mut("services").unwrap().certificate.revoked = true;
    assert_eq!(only(&topology, &world, now()).0, "HF-PLAN-AUTHORITY-KEY-OFFLINE");
}

#[test]
fn a_lost_or_wrong_authority_key_is_an_error_and_is_not_replaced_in_silence() {
    for (state, code) in [
        (KeyState::Missing, "HF-PLAN-AUTHORITY-KEY-MISSING"),
        (KeyState::Mismatched, "HF-PLAN-AUTHORITY-KEY-MISMATCHED"),
    ] {
        let (topology, mut world) = shop();
        world.inventory.authorities.get_mut("services").unwrap().key = state;
        assert_eq!(only(&topology, &world, now()).0, code);
        assert_eq!(plan(&topology, &world.inventory, now()).changes, []);
    }
}

/// Who is certified by somebody else as well has one key and two certificates.
#[test]
fn another_certificate_of_an_authority_is_no_second_owner_of_its_key() {
    let (topology, world) = shop();
    let other = |key, made_from| {
        let mut world = world.clone();
        let own = world.inventory.authorities["services"].clone();
        let made_from = if made_from { own.made_from.clone() } else { None };
        let name = "services-by-company".to_owned();
        world.inventory.authorities.insert(name, ObservedAuthority { key, made_from, ..own });
        let found = findings(&topology, &world, now());
        found.iter().any(|(code, _)| code == "HF-PLAN-SHARED-KEY")
    };
    assert!(!other(KeyState::Elsewhere, false), "imported without its key");
    assert!(other(KeyState::Present, false), "two that can sign");
    assert!(other(KeyState::Elsewhere, true), "an offline one of ours is another authority");
}

#[test]
fn a_certificate_that_would_be_cut_is_noticed() {
    let (topology, mut world) = shop();
    let services = world.inventory.authorities.get_mut("services").unwrap();
    services.certificate.validity = Validity::starting(now(), Lifetime::from_days(60));
    world.inventory.instances.get_mut("lb.shop.internal").unwrap().certificate = None;
    assert_eq!(only(&topology, &world, now()).0, "HF-PLAN-ISSUER-ENDS-BEFORE");
}

#[test]
fn a_clock_that_jumped_back_is_noticed() {
    let (topology, world) = shop();
    let back = now().minus(Lifetime::from_days(1));
    let found = findings(&topology, &world, back);
    assert!(!found.is_empty() && found.iter().all(|(code, _)| code == "HF-PLAN-CLOCK-BEHIND"));
    assert_eq!(plan(&topology, &world.inventory, back).changes, []);
}
