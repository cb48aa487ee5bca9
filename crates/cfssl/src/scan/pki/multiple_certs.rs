//! Whether every address of the host presents the same certificate.

use std::io;

use hf_x509::certificate::Certificate;

use crate::scan::{Grade, Scanner, ScannerResult, Target, chain, connect};

pub(in crate::scan) static SCANNER: Scanner = Scanner {
    name: "MultipleCerts",
    description: "Host serves same certificate chain across all IPs",
    look: |target| Box::pin(look(target)),
};

async fn look(target: &Target) -> ScannerResult {
    match at_each_address(target).await {
        Ok(leaves) => judge(&leaves),
        Err(error) => ScannerResult::failed(error),
    }
}

async fn at_each_address(target: &Target) -> io::Result<Vec<Certificate>> {
    let mut leaves = Vec::new();
    for address in connect::addresses(target).await? {
        let one = Target { address: Some(address.ip()), ..target.clone() };
        leaves.extend(chain::of(&one).await?.into_iter().next());
    }
    Ok(leaves)
}

fn judge(leaves: &[Certificate]) -> ScannerResult {
    let mut pairs = leaves.iter().zip(leaves.iter().skip(1));
    match pairs.find(|(one, other)| one.der() != other.der()) {
        None => ScannerResult::grade(Grade::Good),
        Some((one, other)) => {
            ScannerResult::failed(format!("{} not equal to {}", other.subject(), one.subject()))
        }
    }
}
