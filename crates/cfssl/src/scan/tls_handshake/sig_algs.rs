//! The signature schemes that the host takes, in TLS 1.2 or TLS 1.3.

use std::io;

use super::one_scheme;
use crate::scan::hello::Version;
use crate::scan::signatures::{SCHEMES, Scheme};
use crate::scan::{Grade, Scanner, ScannerResult, Target};

pub(in crate::scan) static SCANNER: Scanner = Scanner {
    name: "SigAlgs",
    description: "Determines host's accepted signature and hash algorithms",
    look: |target| Box::pin(look(target)),
};

async fn look(target: &Target) -> ScannerResult {
    match accepted(target).await {
        Ok(schemes) if schemes.is_empty() => ScannerResult::failed("no SigAlgs supported"),
        Ok(schemes) => ScannerResult::serialized(Grade::Good, &schemes),
        Err(error) => ScannerResult::failed(error),
    }
}

async fn accepted(target: &Target) -> io::Result<Vec<Scheme>> {
    let mut accepted = Vec::new();
    for scheme in SCHEMES {
        let mut taken = one_scheme(target, Version::Tls12, scheme.id).await?.is_some();
        if !taken {
            taken = one_scheme(target, Version::Tls13, scheme.id).await?.is_some();
        }
        accepted.extend(taken.then_some(*scheme));
    }
    Ok(accepted)
}
