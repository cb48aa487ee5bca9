//! What a server presents, unbelieved.

use std::io;
use std::sync::Arc;

use hf_identity::presented::Presented;
use hf_x509::certificate::Certificate;
use rustls::ClientConfig;
use rustls::crypto::CryptoProvider;

use super::hello::{self, Offer, Version};
use super::{Target, connect, groups, signatures, suites};

/// The certificates that the target presents, its own first. Nothing of it is believed.
///
/// # Errors
/// When there is no connection, or nothing is presented.
pub async fn of(target: &Target) -> io::Result<Vec<Certificate>> {
    let chain = match by_handshake(target).await {
        Ok(chain) if !chain.is_empty() => chain,
        // A server that rustls cannot talk to may still show its certificates.
        Ok(_) => by_hello(target).await?,
        Err(error) => match by_hello(target).await {
            Ok(chain) if !chain.is_empty() => chain,
            _ => return Err(error),
        },
    };
    let chain: Result<Vec<Certificate>, _> = chain.iter().map(|der| Certificate::from_der(der)).collect();
    let chain = chain.map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))?;
    if chain.is_empty() {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "the server presented no certificate"));
    }
    Ok(chain)
}

async fn by_handshake(target: &Target) -> io::Result<Vec<Vec<u8>>> {
    let presented = Presented::new();
    let tcp = connect::tcp(target).await?;
    let handshake = connect::tls(target, tcp, unbelieving(&presented)?).await;
    let chain = presented.chain();
    // A server may refuse us for lack of a client certificate after it has presented its own.
    match handshake {
        Err(error) if chain.is_empty() => Err(error),
        _ => Ok(chain),
    }
}

async fn by_hello(target: &Target) -> io::Result<Vec<Vec<u8>>> {
    for version in [Version::Tls12, Version::Tls11, Version::Tls10, Version::Ssl30] {
        let offer = Offer {
            version,
            suites: suites::LEGACY.iter().map(|suite| suite.id).collect(),
            groups: groups::curves(),
            schemes: signatures::SCHEMES.iter().map(|scheme| scheme.id).collect(),
        };
        if let Some(choice) = hello::ask(target, &offer).await? {
            return Ok(choice.chain);
        }
    }
    Ok(Vec::new())
}

/// The algorithms that TLS is spoken with.
pub(super) fn provider() -> Arc<CryptoProvider> {
    Arc::new(rustls::crypto::aws_lc_rs::default_provider())
}

/// A client that takes whatever `presented` notes.
pub(super) fn unbelieving(presented: &Arc<Presented>) -> io::Result<Arc<ClientConfig>> {
    presented.client().map_err(io::Error::other)
}
