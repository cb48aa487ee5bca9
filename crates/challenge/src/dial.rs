//! Connections to addresses that were judged: the name is looked up once, and what is connected to is an address of that
//! answer, so that another answer a moment later changes nothing (DNS rebinding).

use std::net::{IpAddr, SocketAddr};

use tokio::net::TcpStream;

use crate::error::{ChallengeError, LookupFailure};
use crate::redirect::Subject;
use crate::resolve;
use crate::settings::ChallengeSettings;

/// Connect to the subject at this port: to the first address that may be connected to, and when that one takes no
/// connection to one more.
pub(crate) async fn open(
    settings: &ChallengeSettings,
    subject: &Subject,
    port: u16,
) -> Result<(TcpStream, SocketAddr), ChallengeError> {
    let mut failure = no_address(subject);
    for address in candidates(settings, subject).await? {
        let address = SocketAddr::new(address, port);
        let limit = settings.limits.connect;
        failure = match tokio::time::timeout(limit, TcpStream::connect(address)).await {
            Ok(Ok(stream)) => return Ok((stream, address)),
            Ok(Err(source)) => ChallengeError::Connect { address, source },
            Err(_) => ChallengeError::ConnectTimeout { address, after: limit },
        };
    }
    Err(failure)
}

async fn candidates(settings: &ChallengeSettings, subject: &Subject) -> Result<Vec<IpAddr>, ChallengeError> {
    let addresses = match subject {
        Subject::Dns(host) => resolve::addresses(settings, host).await?,
        Subject::Ip(address) => vec![*address],
    };
    let refused = |denied: Option<_>| denied.map_or_else(|| no_address(subject), ChallengeError::Denied);
    settings.networks.candidates(&addresses).map_err(refused)
}

fn no_address(subject: &Subject) -> ChallengeError {
    let name = match subject {
        Subject::Dns(name) => name.to_string(),
        Subject::Ip(address) => address.to_string(),
    };
    ChallengeError::Lookup { kind: "address", name, source: LookupFailure::NoRecords }
}
