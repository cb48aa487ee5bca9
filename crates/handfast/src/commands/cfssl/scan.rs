//! `cfssl scan`: what TLS servers take and present.

use std::sync::Arc;
use std::time::Duration;

use hf_cfssl::scan::{Scan, ScanError, Scanned, info};
use hf_proto::cfssl::code::{CfsslError, ErrorKind};
use hf_proto::cfssl::go_json;
use hf_x509::certificate::Certificate;
use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use tokio::task::JoinSet;

use super::call::{Call, Failure, text};
use super::{GoCommand, flags};

pub(super) static COMMAND: GoCommand = GoCommand {
    name: "scan",
    about: "look at what TLS servers take and present",
    usage: "Usage of scan:
        cfssl scan [-family regexp] [-scanner regexp] [-timeout duration] [-ip address] [-num-workers number] \\
                   [-max-hosts number] [-csv hosts.csv] HOST...
        cfssl scan -list

Arguments:
        HOST:    server, with or without a port

Flags:",
    examples: "Examples:
  handfast cfssl scan example.org
  handfast cfssl scan -family 'TLS|PKI' -ca-bundle ca.pem api.shop.internal:8443
  handfast cfssl scan -list",
    flags: &[
        &flags::LIST,
        &flags::FAMILY,
        &flags::SCANNER,
        &flags::TIMEOUT,
        &flags::IP,
        &flags::CA_BUNDLE,
        &flags::NUM_WORKERS,
        &flags::CSV,
        &flags::MAX_HOSTS,
    ],
    main: run,
};

fn run(call: &Call) -> Result<(), Failure> {
    if call.given.is_on(&flags::LIST) {
        return Ok(call.output.text(&format!("{}\n\n", go_json::to_pretty(&info(), "  ")))?);
    }
    let scan = Arc::new(settings(call)?);
    let hosts = hosts(call)?;
    let workers = usize::try_from(call.given.number(&flags::NUM_WORKERS)).unwrap_or(1).max(1);
    call.block_on(scan_all(call, &scan, hosts, workers))?
}

fn settings(call: &Call) -> Result<Scan, Failure> {
    let seconds = call.given.duration(&flags::TIMEOUT).seconds();
    let timeout = Duration::from_secs(u64::try_from(seconds).unwrap_or(0));
    let mut scan = Scan::new(call.text(&flags::FAMILY), call.text(&flags::SCANNER), timeout).map_err(told)?;
    scan.address = call.some(&flags::IP).and_then(|address| address.parse().ok());
    if let Some(path) = call.some(&flags::CA_BUNDLE) {
        let mut roots = RootCertStore::empty();
        let pool = Certificate::many_from_pem(&text(call.read(path)?)?)
            .map_err(|error| CfsslError::wrap(ErrorKind::RootParse, error))?;
        roots.add_parsable_certificates(pool.iter().map(|root| CertificateDer::from(root.der().to_vec())));
        scan.roots = Arc::new(roots);
    }
    Ok(scan)
}

/// The hosts of the command line, or else those of the CSV file after them; `-max-hosts` at most.
fn hosts(call: &Call) -> Result<Vec<String>, Failure> {
    let most = usize::try_from(call.given.number(&flags::MAX_HOSTS)).unwrap_or(0);
    let mut hosts = call.given.words.clone();
    if hosts.len() > most {
        let count = hosts.len();
        call.log.warning(&format!("Only scanning max-hosts={most} out of {count} args given"));
    } else if let Some(path) = call.some(&flags::CSV) {
        let file = text(call.read(path)?)?;
        hosts.extend(file.lines().filter_map(last_column));
    }
    hosts.truncate(most);
    Ok(hosts)
}

/// The last column of a line of CSV; hosts hold no commas.
fn last_column(line: &str) -> Option<String> {
    let last = line.rsplit(',').next()?.trim().trim_matches('"');
    (!last.is_empty()).then(|| last.to_owned())
}

async fn scan_all(call: &Call, scan: &Arc<Scan>, hosts: Vec<String>, workers: usize) -> Result<(), Failure> {
    let mut work = JoinSet::new();
    let mut hosts = hosts.into_iter();
    loop {
        while work.len() < workers {
            let Some(host) = hosts.next() else { break };
            call.output.text(&format!("Scanning {host}...\n"))?;
            let (scan, now) = (Arc::clone(scan), call.now());
            work.spawn(async move {
                let scanned = scan.run(&host, now).await;
                (host, scanned)
            });
        }
        match work.join_next().await {
            None => return Ok(()),
            Some(Ok((host, scanned))) => show(call, &host, scanned)?,
            Some(Err(_)) => return Err(Failure::new("a scan ended before it was done")),
        }
    }
}

fn show(call: &Call, host: &str, scanned: Result<Scanned, ScanError>) -> Result<(), Failure> {
    call.output.text(&format!("=== {host} ===\n"))?;
    match scanned {
        Err(error) => call.log.error(&told(error).text),
        Ok(scanned) => {
            if scanned.timed_out {
                let timeout = call.text(&flags::TIMEOUT);
                call.log.warning(&format!("Scan of {host} timed out after {timeout}"));
            }
            call.output.text(&format!("{}\n\n", go_json::to_pretty(&scanned.results, "  ")))?;
        }
    }
    Ok(())
}

fn told(error: ScanError) -> Failure {
    Failure::new(match error {
        ScanError::Host(error) => error.to_string(),
        ScanError::Expression { text, source } => format!("`{text}` is no regular expression: {source}"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_column_names_the_host() {
        assert_eq!(last_column("1,example.org").as_deref(), Some("example.org"));
        assert_eq!(last_column("example.org:8443").as_deref(), Some("example.org:8443"));
        assert_eq!(last_column("1,\"a.example\"").as_deref(), Some("a.example"));
        assert_eq!(last_column(""), None);
    }
}
