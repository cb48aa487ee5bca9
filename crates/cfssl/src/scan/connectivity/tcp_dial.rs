//! Whether the port is open.

use crate::scan::{Grade, Scanner, ScannerResult, Target, connect};

pub(in crate::scan) static SCANNER: Scanner = Scanner {
    name: "TCPDial",
    description: "Host accepts TCP connection",
    look: |target| Box::pin(look(target)),
};

async fn look(target: &Target) -> ScannerResult {
    match connect::tcp(target).await {
        Ok(_) => ScannerResult::grade(Grade::Good),
        Err(error) => ScannerResult::failed(error),
    }
}
