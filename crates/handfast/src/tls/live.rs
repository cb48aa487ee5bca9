//! A handshake over TCP with a server that runs.

use std::io::{self, Read};
use std::net::{SocketAddr, TcpStream, ToSocketAddrs};
use std::time::Duration;

use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ClientConnection, Stream};

use super::asked::{Asked, noting};
use super::refusal::Side;
use super::{EndpointError, Refusal};

/// How long to wait for the connection, and for each answer.
const TIMEOUT: Duration = Duration::from_secs(5);

/// How long to wait, after our side is content, for the server to say that it is not.
const VERDICT: Duration = Duration::from_millis(500);

/// At most this many addresses of one name are tried.
const MAX_ADDRESSES: usize = 4;

/// Let `client` call the server at `address` (`host:port`) by `name`; what the server asked of it.
///
/// The outer error means that the call could not be tried; the inner one that there is no connection or that one side
/// refused the other.
pub(crate) fn connect(
    client: &ClientConfig,
    address: &str,
    name: &str,
) -> Result<Result<Asked, Refusal>, EndpointError> {
    let server_name =
        ServerName::try_from(name.to_owned()).map_err(|_| EndpointError::Name { name: name.to_owned() })?;
    let (client, noting) = noting(client);
    let mut connection = match ClientConnection::new(client, server_name) {
        Ok(connection) => connection,
        Err(error) => return Ok(Err(Refusal::new(Side::Client, &error))),
    };
    let mut tcp = match open(address) {
        Ok(tcp) => tcp,
        Err(error) => {
            return Ok(Err(Refusal::unreachable(format!("no connection to `{address}`: {error}"))));
        }
    };
    Ok(complete(&mut connection, &mut tcp).map(|()| noting.asked()))
}

/// Connect to the first address that answers.
pub(super) fn open(address: &str) -> io::Result<TcpStream> {
    let mut last = io::Error::new(io::ErrorKind::NotFound, "the name has no address");
    for candidate in address.to_socket_addrs()?.take(MAX_ADDRESSES) {
        match open_one(candidate) {
            Ok(tcp) => return Ok(tcp),
            Err(error) => last = error,
        }
    }
    Err(last)
}

fn open_one(address: SocketAddr) -> io::Result<TcpStream> {
    let tcp = TcpStream::connect_timeout(&address, TIMEOUT)?;
    tcp.set_read_timeout(Some(TIMEOUT))?;
    tcp.set_write_timeout(Some(TIMEOUT))?;
    Ok(tcp)
}

/// Finish the handshake, then listen for a moment: in TLS 1.3 the server judges the client's certificate after the
/// client is done, and says so with an alert.
fn complete(connection: &mut ClientConnection, tcp: &mut TcpStream) -> Result<(), Refusal> {
    while connection.is_handshaking() {
        connection.complete_io(tcp).map_err(|error| from_io(&error))?;
    }
    while connection.wants_write() {
        connection.write_tls(tcp).map_err(|error| from_io(&error))?;
    }
    tcp.set_read_timeout(Some(VERDICT)).map_err(|error| from_io(&error))?;
    let mut octet = [0_u8; 1];
    match Stream::new(connection, tcp).read(&mut octet) {
        Ok(_) => Ok(()),
        Err(error) if is_silence(&error) => Ok(()),
        Err(error) => Err(from_io(&error)),
    }
}

/// Nothing came within the time.
fn is_silence(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut)
}

/// rustls hands its own errors through as the inner error of an `io::Error`.
fn from_io(error: &io::Error) -> Refusal {
    match error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>()) {
        Some(inner) => Refusal::new(Side::Client, inner),
        None if is_silence(error) => {
            Refusal::other(format!("the server did not answer within {} seconds", TIMEOUT.as_secs()))
        }
        None => Refusal::other(format!("the connection broke during the handshake: {error}")),
    }
}
