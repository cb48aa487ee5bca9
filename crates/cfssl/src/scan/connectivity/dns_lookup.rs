//! The addresses of the name.

use crate::scan::{Grade, Scanner, ScannerResult, Target, connect};

pub(in crate::scan) static SCANNER: Scanner = Scanner {
    name: "DNSLookup",
    description: "Host can be resolved through DNS",
    look: |target| Box::pin(look(target)),
};

async fn look(target: &Target) -> ScannerResult {
    let by_name = Target { address: None, ..target.clone() };
    match connect::addresses(&by_name).await {
        Ok(addresses) => {
            let addresses: Vec<String> = addresses.iter().map(|address| address.ip().to_string()).collect();
            ScannerResult::new(Grade::Good, addresses)
        }
        Err(error) => ScannerResult::failed(error),
    }
}
