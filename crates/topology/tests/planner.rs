//! The planner beside a world in which its plans are executed.
#![expect(clippy::unwrap_used, reason = "a helper of tests fails the test that calls it")]

#[cfg(test)]
mod common;

use common::{World, example, example_text, now, parse};
use hf_core::time::{Lifetime, Timestamp};
use hf_topology::declared::Topology;
use hf_topology::inventory::{FileState, KeyState, ObservedInstance};
use hf_topology::plan::{Step, plan};

fn changes(topology: &Topology, world: &World, at: Timestamp) -> Vec<String> {
    plan(topology, &world.inventory, at).changes.iter().map(ToString::to_string).collect()
}

fn shop() -> (Topology, World) {
    let topology = example("shop/handfast.toml");
    let world = World::applied(&topology, now());
    (topology, world)
}

/// The steps after something has been done to an instance of the applied shop.
fn after(instance: &str, change: impl FnOnce(&mut ObservedInstance)) -> Vec<String> {
    let (topology, mut world) = shop();
    change(world.inventory.instances.get_mut(instance).unwrap());
    changes(&topology, &world, now())
}

/// The steps after the file of the applied shop has been changed.
fn after_edit(from: &str, to: &str) -> Vec<String> {
    let (_, world) = shop();
    let text = example_text("shop/handfast.toml");
    assert!(text.contains(from));
    changes(&parse(&text.replacen(from, to, 1)), &world, now())
}

#[test]
fn the_first_plan_makes_everything_in_order() {
    let topology = example("shop/handfast.toml");
    insta::assert_snapshot!(changes(&topology, &World::new(&topology), now()).join("\n"));
}

#[test]
fn nothing_is_left_to_do_afterwards() {
    for name in
        ["shop/handfast.toml", "shop/db-under-root.toml", "regions/handfast.toml", "api-db/handfast.toml"]
    {
        let topology = example(name);
        let world = World::applied(&topology, now());
        let again = plan(&topology, &world.inventory, now());
        assert_eq!(again.changes, []);
        assert_eq!(
            again.findings.iter().filter(|f| f.severity > hf_core::finding::Severity::Notice).count(),
            0
        );
    }
}

#[test]
fn renewal_is_due_at_two_thirds_of_the_lifetime() {
    let (topology, world) = shop();
    let due = now().plus(Lifetime::from_days(60));
    assert_eq!(plan(&topology, &world.inventory, now()).next_due, Some(due));
    assert_eq!(changes(&topology, &world, due.minus(Lifetime::from_seconds(1))), [""; 0]);
    let changes = changes(&topology, &world, due);
    assert_eq!(changes.len(), 14);
    assert_eq!(changes[0], "renew the certificate of `lb.shop.internal` from `services`: renewal is due");
}

#[test]
fn an_authority_is_renewed_with_its_key_and_nothing_below_is_issued_again() {
    let topology =
        parse(&example_text("shop/handfast.toml").replace("[trust]", "[trust]\nlifetime = \"20y\""));
    let world = World::applied(&topology, now());
    let due = now().plus(Lifetime::from_days(5 * 365 * 2 / 3 + 1));
    let changes = changes(&topology, &world, due);
    assert_eq!(changes[0], "renew authority `services` with the same key: renewal is due");
    // Leaves were cut to the end of their issuer, so they are due as well.
    assert!(changes[1].starts_with("renew the certificate of"), "{changes:#?}");

    let topology =
        parse(&example_text("shop/handfast.toml").replace("parent    =", "lifetime = \"90d\"\nparent    ="));
    let mut world = World::applied(&topology, now());
    let later = now().plus(Lifetime::from_days(30));
    // Leaves that were issued later than their issuer.
    for instance in world.inventory.instances.values_mut() {
        if let Some(certificate) = instance.certificate.as_mut() {
            certificate.validity = hf_core::time::Validity::starting(later, Lifetime::from_days(90));
        }
    }
    let at = now().plus(Lifetime::from_days(61));
    let steps: Vec<String> =
        plan(&topology, &world.inventory, at).changes.iter().map(ToString::to_string).collect();
    assert_eq!(steps[0], "renew authority `services` with the same key: renewal is due");
    assert_eq!(steps[1], "write `trust/lb.shop.internal/`: other intermediates");
    assert_eq!(steps.len(), 8);
}

#[test]
fn a_revoked_authority_loses_one_branch_only() {
    let topology = example("regions/handfast.toml");
    let mut world = World::applied(&topology, now());
    world.inventory.authorities.get_mut("eu-finance").unwrap().certificate.revoked = true;
    assert_eq!(
        changes(&topology, &world, now()),
        [
            "renew authority `eu-finance` with a new key: it was revoked",
            "renew the certificate of `ledger1.finance.eu.enterprise.internal` from `eu-finance`: the issuer changed",
            "write `trust/ledger1.finance.eu.enterprise.internal/`: new certificate",
            "renew the certificate of `ledger2.finance.eu.enterprise.internal` from `eu-finance`: the issuer changed",
            "write `trust/ledger2.finance.eu.enterprise.internal/`: new certificate",
        ]
    );
    world.apply(&plan(&topology, &world.inventory, now()), now());
    assert_eq!(changes(&topology, &world, now()), [""; 0]);
}

#[test]
fn a_lost_key_is_replaced_with_its_certificate() {
    for state in [KeyState::Missing, KeyState::Mismatched] {
        assert_eq!(
            after("a1.shop.internal", |instance| instance.key = Some(state)),
            [
                "renew the certificate of `a1.shop.internal` from `services`: its key is missing",
                "write `trust/a1.shop.internal/`: new certificate",
            ]
        );
    }
    assert_eq!(after("a1.shop.internal", |instance| instance.key = Some(KeyState::Elsewhere)), [""; 0]);
}

#[test]
fn a_revoked_certificate_is_replaced() {
    let changes = after("a1.shop.internal", |instance| instance.certificate.as_mut().unwrap().revoked = true);
    assert_eq!(changes[0], "renew the certificate of `a1.shop.internal` from `services`: it was revoked");
}

#[test]
fn files_that_were_touched_are_written_again_without_a_new_certificate() {
    let touch = |file: &str, state: FileState| {
        after("c1.shop.internal", |instance| {
            instance.files.insert(file.to_owned(), state);
        })
    };
    assert_eq!(
        touch("truststore.jks", FileState::Missing),
        ["write `trust/c1.shop.internal/`: a file is missing"]
    );
    assert_eq!(
        touch("cert.pem", FileState::Changed),
        ["write `trust/c1.shop.internal/`: a file was changed"]
    );
    assert_eq!(
        after("db.vendor.example", |instance| instance.files.clear()),
        ["write `trust/db.vendor.example/`: a file is missing"]
    );
    assert_eq!(
        after("b2.shop.internal", |instance| instance.anchors.clear()),
        ["write `trust/b2.shop.internal/`: other trust anchors"]
    );
}

#[test]
fn an_edit_changes_only_what_it_must() {
    assert_eq!(
        after_edit("keystore  = [\"pem\", \"p12\", \"jks\"]", "keystore = [\"pem\", \"p12\"]"),
        [""; 0],
        "files that are no longer asked for stay"
    );
    assert_eq!(
        after_edit("[service.lb]", "[service.lb]\nkeystore = [\"p12\"]"),
        ["write `trust/lb.shop.internal/`: a file is missing"]
    );
    assert_eq!(
        after_edit("[service.lb]", "[service.lb]\nnames = [\"www.shop.internal\"]"),
        [
            "renew the certificate of `lb.shop.internal` from `services`: the names changed",
            "write `trust/lb.shop.internal/`: new certificate",
        ]
    );
    assert_eq!(
        after_edit("calls     = [\"a\", \"b\", \"c\"]", "calls = [\"a\", \"b\", \"c\", \"db\"]"),
        ["write `trust/lb.shop.internal/`: other trust anchors"]
    );
    assert_eq!(
        after_edit("[service.lb]", "[service.lb]\nowner = \"haproxy\"\nmode = \"0640\""),
        ["write `trust/lb.shop.internal/`: other owner or mode"]
    );
    assert_eq!(after_edit("[service.lb]", "[service.lb]\nkey = \"ed25519\"").len(), 2);
    assert_eq!(after_edit("[service.lb]", "[service.lb]\nprofile = \"client\"").len(), 2);
}

#[test]
fn a_changed_constraint_is_signed_again_with_the_same_key() {
    let changes = after_edit("permitted = [\"shop.internal\"]", "permitted = [\"internal\"]");
    assert_eq!(changes[0], "renew authority `services` with the same key: the constraints changed");
    assert!(changes[1..].iter().all(|change| change.ends_with("other intermediates")));
    assert_eq!(changes.len(), 8);
}

#[test]
fn a_changed_subject_needs_a_new_key_and_everything_below_again() {
    let changes = after_edit("[authority.services]", "[authority.services]\ncommon_name = \"Shop CA\"");
    assert_eq!(changes[0], "renew authority `services` with a new key: the subject changed");
    assert_eq!(changes.iter().filter(|change| change.ends_with("the issuer changed")).count(), 7);
}

#[test]
fn moving_the_database_under_the_root_is_a_plan_like_any_other() {
    let (_, mut world) = shop();
    let topology = example("shop/db-under-root.toml");
    let steps = changes(&topology, &world, now());
    assert_eq!(steps[0], "create authority `vendor` under `root`");
    let issued: Vec<&String> = steps[1..].iter().filter(|step| !step.starts_with("write")).collect();
    assert_eq!(issued, ["issue a certificate for `db.vendor.example` from `vendor`"]);
    assert_eq!(steps.len(), 9);
    world.apply(&plan(&topology, &world.inventory, now()), now());
    assert_eq!(changes(&topology, &world, now()), [""; 0]);
}

#[test]
fn steps_name_authorities_before_what_they_sign() {
    let topology = example("regions/handfast.toml");
    let plan = plan(&topology, &World::new(&topology).inventory, now());
    let mut made = Vec::new();
    for step in &plan.changes {
        match step {
            Step::CreateAuthority(spec) => {
                assert!(spec.parent.as_ref().is_none_or(|parent| made.contains(parent)));
                made.push(spec.authority.clone());
            }
            Step::IssueCertificate { spec, .. } => assert!(made.contains(&spec.authority)),
            Step::RenewAuthority { .. } => panic!("nothing exists yet"),
            Step::WriteFiles { .. } => {}
        }
    }
}
