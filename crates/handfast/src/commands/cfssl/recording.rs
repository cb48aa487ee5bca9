//! Where the servers keep the record of what they sign: a certificate that nobody has on record cannot be revoked, so
//! the record outlives the server, whether a directory is named for it or not.

use std::fs::DirBuilder;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};

use hf_cfssl::machine::{Machine, State};
use hf_store::audit::hex;
use hf_x509::certificate::Certificate;

use super::call::Failure;
use super::log::Log;

/// Below the working directory: the records for which no directory is named.
const DEFAULT: &str = ".handfast-cfssl";

/// The machine, with the record of this CA in a directory that lasts: that of `-state`, or else one of its own below the
/// working directory. The signers of `multirootca` have one each, by `label`.
///
/// # Errors
/// When the directory cannot be made.
pub(super) fn lasting(
    log: &Log,
    machine: &Machine,
    certificate: &Certificate,
    label: Option<&str>,
) -> Result<Machine, Failure> {
    let base = match &machine.state {
        State::Kept(directory) => directory.clone(),
        State::Temporary(_) => by_default(Path::new(DEFAULT), certificate),
    };
    let directory = label.map_or_else(|| base.clone(), |label| base.join(label));
    make(&directory)?;
    log.info(&format!("what is signed is recorded in {}", directory.display()));
    Ok(Machine { state: State::Kept(directory), ..machine.clone() })
}

/// Each CA has its own, so that servers of several can share a working directory.
fn by_default(base: &Path, certificate: &Certificate) -> PathBuf {
    let digest = hex(&certificate.sha256());
    base.join(digest.get(..16).unwrap_or(&digest))
}

/// Make the directory for its owner alone, if it is not there.
fn make(directory: &Path) -> Result<(), Failure> {
    let made = DirBuilder::new().recursive(true).mode(0o700).create(directory);
    made.map_err(|error| {
        let shown = directory.display();
        Failure::new(format!(
            "cannot make the directory {shown} for the record of what is signed: {error}; name another with -state"
        ))
    })
}
