//! The groups that the host takes, in its order.

use std::io;

use super::{accepted_groups, all_suites};
use crate::scan::hello::Version;
use crate::scan::{Grade, Scanner, ScannerResult, Target, groups, suites};

pub(in crate::scan) static SCANNER: Scanner = Scanner {
    name: "ECCurves",
    description: "Determines the host's ec curve support for TLS 1.2",
    look: |target| Box::pin(look(target)),
};

async fn look(target: &Target) -> ScannerResult {
    match curves(target).await {
        Ok(curves) if curves.is_empty() => ScannerResult::failed("couldn't negotiate any curves"),
        Ok(curves) => ScannerResult::new(Grade::Good, curves),
        Err(error) => ScannerResult::failed(error),
    }
}

/// Those of TLS 1.2, then what TLS 1.3 takes beside them.
async fn curves(target: &Target) -> io::Result<Vec<String>> {
    let elliptic: Vec<u16> = all_suites(Version::Tls12)
        .into_iter()
        .filter(|id| suites::find(*id).is_some_and(|suite| suite.elliptic))
        .collect();
    let mut found = accepted_groups(target, Version::Tls12, &elliptic).await?;
    for group in accepted_groups(target, Version::Tls13, &all_suites(Version::Tls13)).await? {
        if !found.contains(&group) {
            found.push(group);
        }
    }
    Ok(found.into_iter().map(groups::name).collect())
}
