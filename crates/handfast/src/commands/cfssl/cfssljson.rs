//! `cfssljson`: split what CFSSL answers into files.

use std::fs::Permissions;
use std::io::Write as _;
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};

use hf_proto::cfssl::files;

use super::GoCommand;
use super::call::{Call, Failure};
use super::version;
use crate::go_flags::Flag;

static BARE: Flag =
    Flag::switch("bare", "the input is the result itself, not the answer of a server with its result");
static INPUT: Flag = Flag::text("f", "-", "file to read, '-' for stdin");
static STDOUT: Flag = Flag::switch("stdout", "print what would be written to files");
static VERSION: Flag = Flag::switch("version", "print the version");

/// Every flag of `cfssljson`.
pub(super) static FLAGS: &[&Flag] = &[&BARE, &INPUT, &STDOUT, &VERSION];

pub(super) static COMMAND: GoCommand = GoCommand {
    name: "cfssljson",
    about: "split what cfssl answers into files",
    usage: "Usage of cfssljson:
        cfssljson [-bare] [-f file] [-stdout] [BASENAME]

Arguments:
        BASENAME:    start of the names of the files; 'cert' without it

Flags:",
    examples: "Examples:
  handfast cfssl gencert -initca ca-csr.json | handfast cfssljson -bare ca
  handfast cfssl ocspsign -ca ca.pem -responder ocsp.pem -responder-key ocsp-key.pem -cert a.pem | \\
    handfast cfssljson -bare -stdout",
    flags: FLAGS,
    main: run,
};

fn run(call: &Call) -> Result<(), Failure> {
    if call.given.is_on(&VERSION) {
        return Ok(call.output.text(&version::text())?);
    }
    let base = call.given.words.first().map_or("cert", String::as_str);
    let input = call
        .read(call.text(&INPUT))
        .map_err(|failure| Failure::new(format!("Failed to read input: {}", failure.text)))?;
    let files = files::split(&input, call.given.is_on(&BARE), base)
        .map_err(|error| Failure::new(error.to_string()))?;
    for file in files {
        if call.given.is_on(&STDOUT) {
            call.output.bytes(file.printed().as_bytes())?;
            call.output.bytes(b"\n")?;
        } else {
            write(&file)?;
        }
    }
    Ok(())
}

/// The mode of keys.
const FOR_THE_OWNER: u32 = 0o600;

/// What is for the owner alone is so in a file that was there before, too.
fn write(file: &files::OutputFile) -> Result<(), Failure> {
    let failed = |error: std::io::Error| Failure::new(format!("cannot write `{}`: {error}", file.name));
    let mut options = std::fs::OpenOptions::new();
    let mut opened =
        options.write(true).create(true).truncate(true).mode(file.mode).open(&file.name).map_err(failed)?;
    if file.mode == FOR_THE_OWNER {
        opened.set_permissions(Permissions::from_mode(file.mode)).map_err(failed)?;
    }
    opened.write_all(&file.content).map_err(failed)
}
