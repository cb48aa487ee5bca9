//! What the host's certificate is signed with, by the scheme that a client takes.

use std::collections::BTreeMap;
use std::io;

use super::{one_scheme, signed_with};
use crate::scan::hello::Version;
use crate::scan::signatures::SCHEMES;
use crate::scan::{Grade, Scanner, ScannerResult, Target};

pub(in crate::scan) static SCANNER: Scanner = Scanner {
    name: "CertsBySigAlgs",
    description: "Determines host's certificate signature algorithm matching client's accepted signature and hash algorithms",
    look: |target| Box::pin(look(target)),
};

async fn look(target: &Target) -> ScannerResult {
    match certificates(target).await {
        Ok(found) if found.is_empty() => ScannerResult::failed(super::NO_CERTIFICATES),
        Ok(found) => ScannerResult::serialized(Grade::Good, &found),
        Err(error) => ScannerResult::failed(error),
    }
}

async fn certificates(target: &Target) -> io::Result<BTreeMap<String, String>> {
    let mut found = BTreeMap::new();
    for scheme in SCHEMES {
        if let Some(choice) = one_scheme(target, Version::Tls12, scheme.id).await? {
            found.insert(scheme.word(), signed_with(&choice)?);
        }
    }
    Ok(found)
}
