//! Scans of TLS servers: families of scanners, each with a grade, as `cfssl scan` and its endpoints show them.
//!
//! What a server takes is asked with client hellos of our own writing, of which no handshake is ever finished: so every
//! version, cipher suite, group and signature scheme can be asked for, from SSL 3.0 to TLS 1.3, whatever a TLS library still
//! speaks. Connections that are finished are rustls's. Nothing is believed that a server presents.

mod broad;
mod chain;
mod connect;
mod connectivity;
mod groups;
mod hello;
mod host;
mod pki;
mod run;
mod signatures;
mod suites;
mod tls_handshake;
mod tls_session;

use std::collections::BTreeMap;
use std::pin::Pin;

use serde::Serialize;
use serde_json::Value;

pub use chain::of as presented;
pub use host::{HostError, Target};
pub use run::{Scan, ScanError, Scanned};

/// How well a host did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub enum Grade {
    /// Seriously wrong, or the scanner failed.
    Bad,
    /// Not as it should be.
    Warning,
    /// As it should be.
    Good,
    /// Not looked at.
    Skipped,
}

/// What one scanner found.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ScannerResult {
    /// How well the host did.
    pub grade: Grade,
    /// What was seen; its form is the scanner's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub output: Option<Value>,
    /// Why the scanner could not finish.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

/// What the scanners found: family → scanner → result.
pub type Results = BTreeMap<&'static str, BTreeMap<&'static str, ScannerResult>>;

impl ScannerResult {
    fn new(grade: Grade, output: impl Into<Value>) -> Self {
        Self { grade, output: Some(output.into()), error: None }
    }

    fn grade(grade: Grade) -> Self {
        Self { grade, output: None, error: None }
    }

    fn failed(error: impl std::fmt::Display) -> Self {
        Self { grade: Grade::Bad, output: None, error: Some(error.to_string()) }
    }

    fn skipped(reason: impl std::fmt::Display) -> Self {
        Self { grade: Grade::Skipped, output: None, error: Some(reason.to_string()) }
    }

    fn serialized(grade: Grade, output: &impl Serialize) -> Self {
        match serde_json::to_value(output) {
            Ok(output) => Self::new(grade, output),
            Err(error) => Self::failed(error),
        }
    }
}

/// A set of scanners.
#[derive(Serialize)]
pub struct Family {
    /// Its name.
    #[serde(skip)]
    pub name: &'static str,
    /// What it looks at.
    pub description: &'static str,
    /// Its scanners.
    #[serde(serialize_with = "by_name")]
    pub scanners: &'static [&'static Scanner],
}

/// One look at a host.
#[derive(Serialize)]
pub struct Scanner {
    /// Its name.
    #[serde(skip)]
    pub name: &'static str,
    /// What it looks at.
    pub description: &'static str,
    #[serde(skip)]
    look: for<'a> fn(&'a Target) -> Looking<'a>,
}

/// A scanner at work.
type Looking<'a> = Pin<Box<dyn Future<Output = ScannerResult> + Send + 'a>>;

/// Every family.
pub static FAMILIES: &[&Family] =
    &[&broad::FAMILY, &connectivity::FAMILY, &pki::FAMILY, &tls_handshake::FAMILY, &tls_session::FAMILY];

/// What there is to scan with: family → description and scanners.
pub fn info() -> BTreeMap<&'static str, &'static Family> {
    FAMILIES.iter().map(|family| (family.name, *family)).collect()
}

fn by_name<S: serde::Serializer>(
    scanners: &&'static [&'static Scanner],
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.collect_map(scanners.iter().map(|scanner| (scanner.name, scanner)))
}

#[cfg(test)]
mod tests;
