//! The authorities that the hosts of a network present.

use std::collections::BTreeSet;
use std::sync::Arc;

use ipnet::IpNet;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::scan::{Grade, Scanner, ScannerResult, Target, chain};

pub(in crate::scan) static SCANNER: Scanner = Scanner {
    name: "IntermediateCAs",
    description: "Scans a CIDR IP range for unknown Intermediate CAs",
    look: |target| Box::pin(look(target)),
};

/// Hosts that are looked at at the same time.
const AT_ONCE: usize = 32;

/// The largest network, hosts: a /16 of IPv4.
const MOST: usize = 65_536;

async fn look(target: &Target) -> ScannerResult {
    let Ok(network) = target.hostname.parse::<IpNet>() else {
        return ScannerResult::skipped("the host is no network, as in `10.0.0.0/24:443`");
    };
    if network.hosts().nth(MOST).is_some() {
        return ScannerResult::skipped(format!("a network of more than {MOST} hosts is too large"));
    }
    ScannerResult::new(Grade::Good, authorities(target, network).await.into_iter().collect::<Vec<_>>())
}

/// The names of the authorities, other than those that are believed already.
async fn authorities(target: &Target, network: IpNet) -> BTreeSet<String> {
    let turns = Arc::new(Semaphore::new(AT_ONCE));
    let mut work = JoinSet::new();
    let mut found = BTreeSet::new();
    for address in network.hosts() {
        let Ok(turn) = Arc::clone(&turns).acquire_owned().await else { break };
        let one = Target { hostname: address.to_string(), address: Some(address), ..target.clone() };
        work.spawn(async move {
            let _turn = turn;
            chain::of(&one).await
        });
        while let Some(Ok(Ok(chain))) = work.try_join_next() {
            found.extend(unknown(target, &chain));
        }
    }
    while let Some(chain) = work.join_next().await {
        if let Ok(Ok(chain)) = chain {
            found.extend(unknown(target, &chain));
        }
    }
    found
}

fn unknown(target: &Target, chain: &[hf_x509::certificate::Certificate]) -> Vec<String> {
    let known = |certificate: &hf_x509::certificate::Certificate| {
        let subject = certificate.subject().to_der();
        target.roots.roots.iter().any(|root| subject.ends_with(root.subject.as_ref()))
    };
    let authorities = chain.iter().filter(|certificate| certificate.is_ca() && !known(certificate));
    authorities.map(|certificate| certificate.subject().to_string()).collect()
}
