//! When the first certificate of the chain ends.

use hf_core::time::Timestamp;

use crate::scan::{Grade, Scanner, ScannerResult, Target, chain};

pub(in crate::scan) static SCANNER: Scanner = Scanner {
    name: "ChainExpiration",
    description: "Host's chain hasn't expired and won't expire in the next 30 days",
    look: |target| Box::pin(look(target)),
};

/// How long before its end a chain is warned of, seconds.
const SOON: i64 = 30 * 24 * 3600;

async fn look(target: &Target) -> ScannerResult {
    match chain::of(target).await {
        Ok(chain) => match chain.iter().map(hf_x509::certificate::Certificate::not_after).min() {
            Some(end) => ScannerResult::new(grade(end, target.now), end.to_string()),
            None => ScannerResult::failed("the server presented no certificate"),
        },
        Err(error) => ScannerResult::failed(error),
    }
}

fn grade(end: Timestamp, now: Timestamp) -> Grade {
    match end.seconds_since(now) {
        ..0 => Grade::Bad,
        0..SOON => Grade::Warning,
        _ => Grade::Good,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chain_is_warned_of_for_its_last_month() {
        let end: Timestamp = "2027-03-01T00:00:00Z".parse().unwrap();
        for (now, expected) in [
            ("2027-01-01T00:00:00Z", Grade::Good),
            ("2027-02-10T00:00:00Z", Grade::Warning),
            ("2027-03-01T00:00:01Z", Grade::Bad),
        ] {
            assert_eq!(grade(end, now.parse().unwrap()), expected, "{now}");
        }
    }
}
