//! What the host's certificate is signed with, by the cipher suite that a client takes.

use std::collections::BTreeMap;
use std::io;

use super::{all_groups, all_suites, every_scheme, signed_with};
use crate::scan::hello::{Offer, Version, ask};
use crate::scan::{Grade, Scanner, ScannerResult, Target, suites};

pub(in crate::scan) static SCANNER: Scanner = Scanner {
    name: "CertsByCiphers",
    description: "Determines host's certificate signature algorithm matching client's accepted ciphers",
    look: |target| Box::pin(look(target)),
};

async fn look(target: &Target) -> ScannerResult {
    match certificates(target).await {
        Ok(found) if found.is_empty() => ScannerResult::failed(super::NO_CERTIFICATES),
        Ok(found) => ScannerResult::serialized(Grade::Good, &found),
        Err(error) => ScannerResult::failed(error),
    }
}

/// The suites are taken away as the host chooses them: as many questions as it takes suites, and one.
async fn certificates(target: &Target) -> io::Result<BTreeMap<&'static str, String>> {
    let mut found = BTreeMap::new();
    let mut left = all_suites(Version::Tls12);
    while !left.is_empty() {
        let offer = Offer {
            version: Version::Tls12,
            suites: left.clone(),
            groups: all_groups(Version::Tls12),
            schemes: every_scheme(),
        };
        let Some(choice) = ask(target, &offer).await? else { break };
        let Some(suite) = suites::find(choice.suite).filter(|suite| left.contains(&suite.id)) else { break };
        left.retain(|other| *other != suite.id);
        found.insert(suite.name, signed_with(&choice)?);
    }
    Ok(found)
}
