//! `cfssl print-defaults`: files to start from.

use hf_proto::cfssl::defaults;

use super::GoCommand;
use super::call::{Call, Failure, too_few};

pub(super) static COMMAND: GoCommand = GoCommand {
    name: "print-defaults",
    about: "print a file to start from",
    usage: "Usage of print-defaults:
        cfssl print-defaults TYPE

Arguments:
        TYPE:    'config' or 'csr'; 'list' prints what there is

Flags:",
    examples: "Examples:
  handfast cfssl print-defaults config > config.json
  handfast cfssl print-defaults csr > csr.json",
    flags: &[],
    main: run,
};

fn run(call: &Call) -> Result<(), Failure> {
    let text = match call.given.words.first().map(String::as_str) {
        None => return Err(too_few()),
        Some("config") => format!("{}\n", defaults::CONFIG),
        Some("csr") => format!("{}\n", defaults::CSR),
        Some(_) => String::from("Default configurations are available for:\n\tconfig\n\tcsr\n"),
    };
    Ok(call.output.text(&text)?)
}
