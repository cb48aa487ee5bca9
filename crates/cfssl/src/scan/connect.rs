//! Connections to what is looked at, each with an end.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use tokio::net::{TcpStream, lookup_host};
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::Target;

/// How long a connection may take to open, and a handshake to end.
pub(super) const PATIENCE: Duration = Duration::from_secs(5);

/// The addresses of the target: the one that was given, or those of its name.
pub(super) async fn addresses(target: &Target) -> io::Result<Vec<SocketAddr>> {
    if let Some(address) = target.address {
        return Ok(vec![SocketAddr::new(address, target.port)]);
    }
    let looked_up = in_time(lookup_host((target.hostname.as_str(), target.port))).await?;
    let mut addresses: Vec<SocketAddr> = Vec::new();
    for address in looked_up {
        if !addresses.contains(&address) {
            addresses.push(address);
        }
    }
    if addresses.is_empty() { Err(io::Error::from(io::ErrorKind::AddrNotAvailable)) } else { Ok(addresses) }
}

/// A TCP connection to the first address that takes one.
pub(super) async fn tcp(target: &Target) -> io::Result<TcpStream> {
    let addresses = addresses(target).await?;
    in_time(TcpStream::connect(addresses.as_slice())).await
}

/// A TLS connection over `tcp`, with its handshake done.
pub(super) async fn tls(
    target: &Target,
    tcp: TcpStream,
    config: Arc<ClientConfig>,
) -> io::Result<TlsStream<TcpStream>> {
    let name = ServerName::try_from(target.hostname.clone())
        .map_err(|error| io::Error::new(io::ErrorKind::InvalidInput, error))?;
    in_time(TlsConnector::from(config).connect(name, tcp)).await
}

/// The same future with an end.
pub(super) async fn in_time<T>(work: impl Future<Output = io::Result<T>>) -> io::Result<T> {
    match timeout(PATIENCE, work).await {
        Ok(result) => result,
        Err(_) => Err(io::Error::from(io::ErrorKind::TimedOut)),
    }
}
