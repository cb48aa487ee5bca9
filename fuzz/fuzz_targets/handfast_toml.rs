//! `handfast.toml`: no panic; a file that is accepted can be planned, paired and drawn, and its drawings hold what they say.
#![no_main]

use hf_core::time::Timestamp;
use hf_topology::inventory::Inventory;
use hf_topology::{declare, draw, expect, plan};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let Ok(topology) = declare::parse(text, "handfast.toml") else { return };
    let plan = plan::plan(&topology, &Inventory::default(), Timestamp::from_unix_seconds(0));
    let imports: usize = plan.machines.iter().map(|machine| machine.imports.len()).sum();
    assert_eq!(imports, plan.planned.imports);
    assert!(expect::pairs(&topology).all(|pair| pair.client.instance.name != pair.server.instance.name));
    assert!(draw::text(&topology).contains("Authorities"));
    assert!(draw::svg(&topology).ends_with("</svg>\n"));
    assert!(draw::mermaid(&topology).starts_with("flowchart"));
});
