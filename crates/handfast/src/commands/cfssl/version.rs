//! `cfssl version`.

use super::GoCommand;
use super::call::{Call, Failure};

pub(super) static COMMAND: GoCommand = GoCommand {
    name: "version",
    about: "print the version",
    usage: "Usage of version:
        cfssl version

Flags:",
    examples: "Examples:
  handfast cfssl version",
    flags: &[],
    main: run,
};

/// The text of `cfssl version` and `cfssljson -version`.
pub(super) fn text() -> String {
    let version = env!("CARGO_PKG_VERSION");
    format!("Version: {version}\nRuntime: handfast {version}\n")
}

fn run(call: &Call) -> Result<(), Failure> {
    Ok(call.output.text(&text())?)
}
