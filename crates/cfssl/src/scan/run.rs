//! All scanners over one host, at the same time, with an end.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use hf_core::time::Timestamp;
use regex::Regex;
use rustls::RootCertStore;
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout_at};

use super::{FAMILIES, HostError, Results, Scanner, Target, host};

/// Which scanners run, and how.
#[derive(Clone, Debug)]
pub struct Scan {
    family: Regex,
    scanner: Regex,
    /// The address of the host, in place of its name's.
    pub address: Option<IpAddr>,
    /// How long the scan of one host may take.
    pub timeout: Duration,
    /// Whom to believe.
    pub roots: Arc<RootCertStore>,
}

/// Why nothing was scanned.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ScanError {
    /// The host cannot be looked at.
    #[error(transparent)]
    Host(#[from] HostError),
    /// A choice of scanners is no regular expression.
    #[error("`{text}` is no regular expression")]
    Expression {
        /// What was found.
        text: String,
        /// What is wrong with it.
        #[source]
        source: regex::Error,
    },
}

/// What was found.
#[derive(Clone, Debug, PartialEq)]
pub struct Scanned {
    /// By family and scanner.
    pub results: Results,
    /// Whether the time was over before all scanners were done; then their results lack.
    pub timed_out: bool,
}

impl Scan {
    /// The scanners whose family matches `family` and whose name matches `scanner`; empty expressions match all.
    pub fn new(family: &str, scanner: &str, timeout: Duration) -> Result<Self, ScanError> {
        let expression = |text: &str| {
            Regex::new(text).map_err(|source| ScanError::Expression { text: text.to_owned(), source })
        };
        let roots = Arc::new(RootCertStore::empty());
        Ok(Self { family: expression(family)?, scanner: expression(scanner)?, address: None, timeout, roots })
    }

    /// Look at `host` (`name`, `name:port`; a network for the scanners of many hosts).
    pub async fn run(&self, host: &str, now: Timestamp) -> Result<Scanned, ScanError> {
        let (hostname, port) = host::split(host)?;
        let roots = Arc::clone(&self.roots);
        let target = Arc::new(Target { hostname, port, address: self.address, roots, now });
        let mut work = JoinSet::new();
        for (family, chosen) in self.chosen() {
            let target = Arc::clone(&target);
            work.spawn(async move { (family, chosen.name, (chosen.look)(&target).await) });
        }
        let end = Instant::now().checked_add(self.timeout).unwrap_or_else(Instant::now);
        let mut scanned = Scanned { results: Results::new(), timed_out: false };
        loop {
            match timeout_at(end, work.join_next()).await {
                Ok(Some(Ok((family, name, result)))) => {
                    scanned.results.entry(family).or_default().insert(name, result);
                }
                Ok(Some(Err(_))) => {}
                Ok(None) => return Ok(scanned),
                Err(_) => {
                    scanned.timed_out = true;
                    return Ok(scanned);
                }
            }
        }
    }

    fn chosen(&self) -> impl Iterator<Item = (&'static str, &'static Scanner)> {
        let families = FAMILIES.iter().filter(|family| self.family.is_match(family.name));
        families.flat_map(|family| {
            let scanners = family.scanners.iter().filter(|scanner| self.scanner.is_match(scanner.name));
            scanners.map(|scanner| (family.name, *scanner))
        })
    }
}
