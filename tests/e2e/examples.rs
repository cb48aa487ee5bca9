//! Every example, from its file to the proof.

use serde_json::Value;

use crate::domain::{Domain, every_example, handfast};
use crate::program::succeed;

fn answer(domain: &Domain, command: &str) -> Value {
    let shown = succeed(handfast(), |program| {
        program.args([command, "--format", "json", "-f"]).arg(domain.path().join("handfast.toml"));
    });
    serde_json::from_str(&shown).unwrap()
}

#[test]
fn every_example_proves_its_links_and_refusals_and_stays_as_it_is() {
    for example in every_example() {
        let domain = Domain::example(&example);
        let check = answer(&domain, "check");
        let (links, refusals) = (&check["links"], &check["refusals"]);
        assert!(links["declared"].as_u64().unwrap() > 0, "{example}: {links}");
        assert_eq!(links["proven"], links["declared"], "{example}: {links}");
        assert_eq!(links["failed"], 0, "{example}: {links}");
        // Where every service calls every other, the trust model has nobody to refuse.
        let refuses = example != "sidecar-caddy";
        assert_eq!(refusals["expected"].as_u64().unwrap() > 0, refuses, "{example}: {refusals}");
        assert_eq!(refusals["refused"], refusals["expected"], "{example}: {refusals}");
        assert_eq!(refusals["leaked"], 0, "{example}: {refusals}");
        assert_eq!(answer(&domain, "plan")["changes"], Value::Array(Vec::new()), "{example}");
        assert_eq!(answer(&domain, "apply")["changes"], Value::Array(Vec::new()), "{example}");
    }
}

#[test]
fn the_shop_counts_what_its_scenario_counts() {
    let plan = answer(&Domain::example("shop"), "plan");
    assert_eq!(plan["self_signed"], serde_json::json!({"certificates": 8, "imports": 30}));
    assert_eq!(plan["planned"], serde_json::json!({"certificates": 2, "imports": 14}));
}
