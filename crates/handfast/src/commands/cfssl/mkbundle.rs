//! `mkbundle`: the certificates of files and directories that are in force, in one file.

use std::io;
use std::path::{Path, PathBuf};

use hf_cfssl::mkbundle::{Verdict, judge};
use hf_keys::file::{WriteOptions, write_atomic};
use hf_x509::certificate::Certificate;
use hf_x509::pem;

use super::call::{Call, Failure};
use super::{GoCommand, flags};
use crate::go_flags::Flag;

static FILE: Flag = Flag::text("f", "cert-bundle.crt", "path to store certificate bundle");
static WORKERS: Flag = Flag::number("nw", 4, "number of certificates that are looked up at the same time");

/// Every flag of `mkbundle`.
pub(super) static FLAGS: &[&Flag] = &[&FILE, &WORKERS, &flags::LOGLEVEL];

/// The most files that are read.
const MAX_FILES: usize = 100_000;

/// The most certificates of one bundle.
const MAX_CERTIFICATES: usize = 100_000;

/// The most look-ups at the same time.
const MAX_WORKERS: i64 = 64;

pub(super) static COMMAND: GoCommand = GoCommand {
    name: "mkbundle",
    about: "put the certificates that are in force into one file",
    usage: "Usage of mkbundle:
        mkbundle [-f bundle_file] [-nw number_of_workers] path [path…]

    Each path is a file or a directory, which is walked through. What has ended or is revoked is left out, and what points
    to revocation lists or responders that do not tell.

Flags:",
    examples: "Examples:
  handfast mkbundle -f int-bundle.crt intermediates/
  handfast mkbundle -f ca-bundle.crt -nw 16 roots/ extra.pem",
    flags: FLAGS,
    main: run,
};

fn run(call: &Call) -> Result<(), Failure> {
    if call.given.words.is_empty() {
        return Err(Failure::new("mkbundle needs at least one file or directory"));
    }
    let workers = usize::try_from(call.given.number(&WORKERS).clamp(1, MAX_WORKERS)).unwrap_or(1);
    let mut files = Vec::new();
    for word in &call.given.words {
        walk(Path::new(word), &mut files)?;
    }
    let certificates: Vec<Certificate> = files.iter().flat_map(|file| read(call, file)).collect();
    if certificates.len() > MAX_CERTIFICATES {
        return Err(Failure::new(format!("more than {MAX_CERTIFICATES} certificates")));
    }
    let verdicts = call.block_on(judge(&certificates, workers, &call.clock))?;
    let mut bundle = String::new();
    for (certificate, verdict) in certificates.iter().zip(verdicts) {
        match left_out(verdict) {
            None => bundle.push_str(&certificate.to_pem()),
            Some(why) => call.log.warning(&format!("`{}` {why}: left out", certificate.subject())),
        }
    }
    let path = Path::new(call.text(&FILE));
    let written = write_atomic(path, bundle.as_bytes(), &WriteOptions::PUBLIC);
    written.map_err(|error| Failure::new(format!("cannot write `{}`: {error}", path.display())))
}

/// Why a certificate is not in the bundle.
fn left_out(verdict: Verdict) -> Option<String> {
    match verdict {
        Verdict::Kept => None,
        Verdict::Ended { at } => Some(format!("has ended at {at}")),
        Verdict::NotYet { from } => Some(format!("is valid from {from} on only")),
        Verdict::Revoked => Some("is revoked".to_owned()),
        Verdict::Unknown => {
            Some("points to revocation information that cannot be had or does not count".to_owned())
        }
    }
}

/// The files below a path, by name. Links to directories are not followed, so that the walk ends.
fn walk(path: &Path, files: &mut Vec<PathBuf>) -> Result<(), Failure> {
    let failed = |error: io::Error| Failure::new(format!("cannot read `{}`: {error}", path.display()));
    let metadata = std::fs::metadata(path).map_err(failed)?;
    if !metadata.is_dir() {
        if files.len() >= MAX_FILES {
            return Err(Failure::new(format!("more than {MAX_FILES} files")));
        }
        files.push(path.to_owned());
        return Ok(());
    }
    let entries = std::fs::read_dir(path).map_err(failed)?;
    let mut entries = entries.collect::<io::Result<Vec<_>>>().map_err(failed)?;
    entries.sort_by_key(std::fs::DirEntry::file_name);
    for entry in entries {
        let kind = entry.file_type().map_err(failed)?;
        let leads_to_directory = kind.is_symlink() && entry.path().is_dir();
        if !leads_to_directory {
            walk(&entry.path(), files)?;
        }
    }
    Ok(())
}

/// The certificates of a file. What is none is passed over with a warning, as CFSSL does.
fn read(call: &Call, path: &Path) -> Vec<Certificate> {
    let shown = path.display();
    let octets = match call.read(&path.to_string_lossy()) {
        Ok(octets) => octets,
        Err(failure) => {
            call.log.warning(&failure.text);
            return Vec::new();
        }
    };
    let blocks = match pem::blocks(&String::from_utf8_lossy(&octets)) {
        Ok(blocks) => blocks,
        Err(error) => {
            call.log.warning(&format!("`{shown}`: {error}"));
            return Vec::new();
        }
    };
    let mut certificates = Vec::new();
    for block in blocks.iter().filter(|block| block.label == "CERTIFICATE") {
        match Certificate::from_der(&block.der) {
            Ok(certificate) => certificates.push(certificate),
            Err(error) => call.log.warning(&format!("`{shown}`: invalid certificate: {error}")),
        }
    }
    certificates
}
