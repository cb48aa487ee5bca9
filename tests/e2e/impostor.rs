//! A TLS 1.3 server that shows its clients any certificate, and tells how the client took it.

use std::io::{self, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use rustls::{ServerConfig, ServerConnection, Stream};

use crate::identity::Identity;
use crate::probe::{Ending, ending};

/// How long a client may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// Serves one client.
pub(crate) struct Impostor {
    pub(crate) address: SocketAddr,
    ending: Receiver<Ending>,
}

impl Impostor {
    /// Listens, with this certificate.
    pub(crate) fn start(identity: &Identity) -> Self {
        Self::start_after(identity, |_| ())
    }

    /// The same for a protocol in which something is said before TLS begins.
    pub(crate) fn start_after(identity: &Identity, greet: fn(&mut TcpStream)) -> Self {
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let versions =
            ServerConfig::builder_with_provider(provider).with_protocol_versions(&[&rustls::version::TLS13]);
        let config = versions
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(identity.chain(), identity.key())
            .unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let (sender, ending) = channel();
        std::thread::spawn(move || {
            let (mut tcp, _) = listener.accept().unwrap();
            greet(&mut tcp);
            sender.send(serve(tcp, config)).ok();
        });
        Self { address, ending }
    }

    /// How the client took it: an alert, the end of the connection, or a request, which it should not have sent.
    pub(crate) fn ending(&self) -> Ending {
        self.ending.recv_timeout(PATIENCE).unwrap()
    }
}

/// PostgreSQL's: the client asks for TLS in eight octets (`SSLRequest`), the server answers `S`.
pub(crate) fn postgresql_greeting(tcp: &mut TcpStream) {
    tcp.read_exact(&mut [0; 8]).unwrap();
    tcp.write_all(b"S").unwrap();
}

fn serve(mut tcp: TcpStream, config: ServerConfig) -> Ending {
    tcp.set_read_timeout(Some(PATIENCE)).unwrap();
    let mut connection = ServerConnection::new(Arc::new(config)).unwrap();
    match hear(&mut Stream::new(&mut connection, &mut tcp)) {
        Ok(request) if request.is_empty() => Ending::Closed,
        Ok(request) => Ending::Answer(request),
        Err(error) => ending(&error),
    }
}

fn hear(tls: &mut Stream<'_, ServerConnection, TcpStream>) -> io::Result<String> {
    let mut piece = [0; 4096];
    let count = tls.read(&mut piece)?;
    Ok(String::from_utf8_lossy(&piece[..count]).into_owned())
}
