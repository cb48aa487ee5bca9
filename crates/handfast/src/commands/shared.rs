//! What several commands about single certificates do alike.

use std::path::Path;

use hf_ca::authority::Authority;
use hf_ca::request::IssuedCertificate;
use hf_core::time::Timestamp;
use hf_keys::file::{WriteOptions, could_write, write_atomic};
use hf_store::record::AuthorityState;
use serde::Serialize;

use super::options::FormatOptions;
use crate::context::Context;
use crate::error::{CommandError, Exit};

/// Write something that everybody may read, whole or not at all.
pub(crate) fn write_public(path: &Path, octets: &[u8]) -> Result<(), CommandError> {
    write_atomic(path, octets, &WriteOptions::PUBLIC)
        .map_err(|error| CommandError::refused(format!("cannot write `{}`", path.display())).because(error))
}

/// That files can be written there, before something is made that would be lost.
pub(crate) fn room_for<'a>(paths: impl IntoIterator<Item = &'a Path>) -> Result<(), CommandError> {
    for path in paths {
        could_write(path, &WriteOptions::PUBLIC).map_err(|error| {
            let refused =
                CommandError::refused(format!("`{}` cannot be written, nothing was issued", path.display()));
            match error.hint() {
                Some(hint) => refused.hint(hint),
                None => refused,
            }
            .because(error)
        })?;
    }
    Ok(())
}

/// What was issued stays on record when it could not be written: how to have it.
pub(crate) fn recorded<T>(
    issued: &IssuedCertificate,
    written: Result<T, CommandError>,
) -> Result<T, CommandError> {
    written.map_err(|error| match issued.certificate.serial() {
        Ok(serial) => error.hint(format!(
            "the certificate was issued and is on record: `handfast show {serial} --chain` prints it, `handfast revoke {serial}` takes it back"
        )),
        Err(_) => error,
    })
}

/// Write to the file that was named, else to standard output.
pub(crate) fn write_or_print(path: Option<&Path>, text: &str, context: &Context) -> Result<(), CommandError> {
    match path {
        Some(path) => write_public(path, text.as_bytes()),
        None => context.output.text(text),
    }
}

/// The authority that was named; else the one that issues to services, when there is exactly one: an authority that has
/// others below it is not meant.
pub(crate) fn chosen_authority(authority: &Authority, named: Option<&str>) -> Result<String, CommandError> {
    if let Some(name) = named {
        return Ok(name.to_owned());
    }
    let all = authority.issuers().all();
    let is_parent = |name: &str| all.iter().any(|other| other.record().parent.as_deref() == Some(name));
    let issuing: Vec<&str> = all
        .iter()
        .filter(|issuer| issuer.record().state == AuthorityState::Active && !is_parent(issuer.name()))
        .map(|issuer| issuer.name())
        .collect();
    match issuing.as_slice() {
        [one] => Ok((*one).to_owned()),
        [] => Err(CommandError::refused("there is no authority yet")
            .hint("run `handfast apply`, or `handfast ca create NAME`")),
        [first, ..] => Err(CommandError::refused(format!(
            "several authorities issue: {}",
            issuing.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
        ))
        .hint(format!("say which one, for example `--authority {first}`"))),
    }
}

#[derive(Serialize)]
struct Answer {
    serial: String,
    authority: String,
    profile: String,
    names: Vec<String>,
    not_before: Timestamp,
    not_after: Timestamp,
    certificate: String,
    chain: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    written_to: Option<String>,
}

/// Say what was issued, and where it was written.
pub(crate) fn tell_issued(
    issued: &IssuedCertificate,
    written_to: Option<&Path>,
    format: FormatOptions,
    context: &Context,
) -> Result<Exit, CommandError> {
    issued.notices.iter().for_each(|notice| context.output.finding(notice));
    let certificate = &issued.certificate;
    let names: Vec<String> =
        certificate.names().unwrap_or_default().iter().map(ToString::to_string).collect();
    let serial = certificate.serial().map(|serial| serial.to_string()).unwrap_or_default();
    if format.is_json() {
        context.output.json(&Answer {
            serial,
            authority: issued.authority.clone(),
            profile: issued.profile.clone(),
            names,
            not_before: certificate.not_before(),
            not_after: certificate.not_after(),
            certificate: certificate.to_pem(),
            chain: issued.chain.iter().map(hf_x509::certificate::Certificate::to_pem).collect(),
            written_to: written_to.map(|path| path.display().to_string()),
        })?;
        return Ok(Exit::Done);
    }
    let place = written_to.map_or_else(String::new, |path| format!(", written to `{}`", path.display()));
    context.output.message(&format!(
        "`{}` certified {} until {}{place}\nserial number {serial}",
        issued.authority,
        names.join(", "),
        certificate.not_after(),
    ));
    Ok(Exit::Done)
}
