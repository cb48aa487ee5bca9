//! Whether a client of today can talk to the host, and believes it.

use std::io;
use std::sync::Arc;

use hf_identity::presented::Presented;
use rustls::ClientConfig;

use crate::scan::chain::{provider, unbelieving};
use crate::scan::{Grade, Scanner, ScannerResult, Target, connect};

pub(in crate::scan) static SCANNER: Scanner = Scanner {
    name: "TLSDial",
    description: "Host can perform TLS handshake",
    look: |target| Box::pin(look(target)),
};

async fn look(target: &Target) -> ScannerResult {
    let unbelieved = async { dial(target, unbelieving(&Presented::new())?).await };
    if let Err(error) = unbelieved.await {
        return ScannerResult::failed(error);
    }
    let believed = async { dial(target, believing(target)?).await };
    match believed.await {
        Ok(()) => ScannerResult::grade(Grade::Good),
        Err(error) => ScannerResult { grade: Grade::Warning, ..ScannerResult::failed(error) },
    }
}

async fn dial(target: &Target, config: Arc<ClientConfig>) -> io::Result<()> {
    let tcp = connect::tcp(target).await?;
    connect::tls(target, tcp, config).await.map(drop)
}

fn believing(target: &Target) -> io::Result<Arc<ClientConfig>> {
    let config = ClientConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()
        .map_err(io::Error::other)?
        .with_root_certificates(Arc::clone(&target.roots))
        .with_no_client_auth();
    Ok(Arc::new(config))
}
