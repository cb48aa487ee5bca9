//! The checked-in examples, and a world in which plans are executed without keys.
#![allow(dead_code, clippy::allow_attributes, reason = "each test file uses a part of it")]

use std::path::PathBuf;

use hf_core::time::Timestamp;
use hf_topology::declared::Topology;

/// 2026-01-01T00:00:00Z.
pub(crate) fn now() -> Timestamp {
    Timestamp::from_unix_seconds(1_767_225_600)
}

/// The text of a file under `examples/`.
pub(crate) fn example_text(name: &str) -> String {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../examples").join(name);
    std::fs::read_to_string(path).unwrap()
}

/// A file under `examples/`.
pub(crate) fn example(name: &str) -> Topology {
    parse(&example_text(name))
}

/// A topology from text.
pub(crate) fn parse(text: &str) -> Topology {
    hf_topology::declare::parse(text, "handfast.toml").unwrap_or_else(|faults| panic!("{faults:#?}"))
}
