//! Every version and cipher suite, in the host's order, with the groups of each.

use std::io;

use serde_json::{Value, json};

use super::{all_groups, all_suites, every_scheme};
use crate::scan::hello::{Offer, Version, ask};
use crate::scan::{Grade, Scanner, ScannerResult, Target, groups, suites};

pub(in crate::scan) static SCANNER: Scanner = Scanner {
    name: "CipherSuite",
    description: "Determines host's cipher suites accepted and preferred order",
    look: |target| Box::pin(look(target)),
};

/// A suite, with the versions in which it was chosen and the groups of each.
struct Row {
    suite: u16,
    versions: Vec<(Version, Vec<String>)>,
}

async fn look(target: &Target) -> ScannerResult {
    match rows(target).await {
        Ok(rows) if rows.is_empty() => ScannerResult::failed("couldn't negotiate any cipher suites"),
        Ok(rows) => ScannerResult::new(grade(&rows), rows.iter().map(shown).collect::<Vec<_>>()),
        Err(error) => ScannerResult::failed(error),
    }
}

/// Versions before TLS 1.2 are retired (RFC 8996).
fn grade(rows: &[Row]) -> Grade {
    let old = rows.iter().flat_map(|row| &row.versions).any(|(version, _)| *version < Version::Tls12);
    if old { Grade::Warning } else { Grade::Good }
}

async fn rows(target: &Target) -> io::Result<Vec<Row>> {
    let mut rows: Vec<Row> = Vec::new();
    for version in Version::ALL {
        let mut left = all_suites(version);
        // Each answer takes one suite away, so this ends.
        while let Some(suite) = choice(target, version, &left).await? {
            left.retain(|other| *other != suite);
            let groups = groups_of(target, version, suite).await?;
            match rows.iter_mut().find(|row| row.suite == suite) {
                Some(row) => row.versions.push((version, groups)),
                None => rows.push(Row { suite, versions: vec![(version, groups)] }),
            }
        }
    }
    Ok(rows)
}

/// The suite that the host prefers; nothing when it takes none, or one that was not offered.
async fn choice(target: &Target, version: Version, offered: &[u16]) -> io::Result<Option<u16>> {
    if offered.is_empty() {
        return Ok(None);
    }
    let offer =
        Offer { version, suites: offered.to_vec(), groups: all_groups(version), schemes: every_scheme() };
    let chosen = ask(target, &offer).await?.map(|choice| choice.suite);
    Ok(chosen.filter(|suite| offered.contains(suite)))
}

async fn groups_of(target: &Target, version: Version, suite: u16) -> io::Result<Vec<String>> {
    if !suites::find(suite).is_some_and(|suite| suite.elliptic) {
        return Ok(Vec::new());
    }
    let found = super::accepted_groups(target, version, &[suite]).await?;
    Ok(found.into_iter().map(groups::name).collect())
}

fn shown(row: &Row) -> Value {
    let label = suites::find(row.suite).map_or("", suites::Suite::label);
    let versions: Vec<Value> = row
        .versions
        .iter()
        .map(
            |(version, groups)| {
                if groups.is_empty() { json!(version.name()) } else { json!({ version.name(): groups }) }
            },
        )
        .collect();
    json!({ label: versions })
}
