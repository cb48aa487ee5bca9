//! Whether each address of the host takes up a session that it began, or another of its addresses.

use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use hf_identity::presented::Presented;
use rustls::{ClientConfig, HandshakeKind};
use tokio::io::AsyncReadExt as _;

use crate::scan::chain::unbelieving;
use crate::scan::connect::{self, in_time};
use crate::scan::{Grade, Scanner, ScannerResult, Target};

pub(in crate::scan) static SCANNER: Scanner = Scanner {
    name: "SessionResume",
    description: "Host is able to resume sessions across all addresses",
    look: |target| Box::pin(look(target)),
};

async fn look(target: &Target) -> ScannerResult {
    let results = async {
        let config = unbelieving(&Presented::new())?;
        let addresses = connect::addresses(target).await?;
        let mut resumed = BTreeMap::new();
        for address in addresses.first().into_iter().chain(&addresses) {
            let kind = session(target, *address, Arc::clone(&config)).await?;
            resumed.insert(address.ip().to_string(), kind == Some(HandshakeKind::Resumed));
        }
        io::Result::Ok(resumed)
    };
    match results.await {
        Ok(resumed) => {
            let grade = if resumed.values().all(|resumed| *resumed) { Grade::Good } else { Grade::Bad };
            ScannerResult::serialized(grade, &resumed)
        }
        Err(error) => ScannerResult::failed(error),
    }
}

/// One session. In TLS 1.3 the ticket comes after the handshake, so what comes is read for a moment.
async fn session(
    target: &Target,
    address: SocketAddr,
    config: Arc<ClientConfig>,
) -> io::Result<Option<HandshakeKind>> {
    let at_address = Target { address: Some(address.ip()), ..target.clone() };
    let tcp = connect::tcp(&at_address).await?;
    let mut tls = connect::tls(target, tcp, config).await?;
    let kind = tls.get_ref().1.handshake_kind();
    if kind != Some(HandshakeKind::Resumed) {
        // A server that sends no ticket and waits for a request is left after the time.
        let _ = in_moment(tls.read(&mut [0; 1])).await;
    }
    Ok(kind)
}

/// How long a ticket is waited for.
async fn in_moment<T>(work: impl Future<Output = io::Result<T>>) -> io::Result<T> {
    in_time(async {
        match tokio::time::timeout(std::time::Duration::from_millis(300), work).await {
            Ok(result) => result,
            Err(_) => Err(io::Error::from(io::ErrorKind::TimedOut)),
        }
    })
    .await
}
