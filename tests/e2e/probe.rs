//! A TLS 1.3 client that shows a server any certificate, and tells how the server took it.

use std::io::{self, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use rustls::{AlertDescription, ClientConfig, ClientConnection, RootCertStore, Stream};
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, ServerName};

use crate::identity::Identity;

/// How long the server may take to refuse.
const PATIENCE: Duration = Duration::from_secs(10);

/// How a connection ended for the client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Ending {
    /// The server said something to the application.
    Answer(String),
    /// The server sent this alert.
    Alert(AlertDescription),
    /// The server hung up without an alert.
    Closed,
}

/// The server that is called, and what the client knows of it.
pub(crate) struct Probe<'a> {
    pub(crate) address: SocketAddr,
    pub(crate) name: &'a str,
    pub(crate) roots: &'a Path,
    /// What to send once the handshake is done. A server that refuses does so by itself.
    pub(crate) request: &'a str,
}

impl Probe<'_> {
    /// Connects and shows `identity`, or nothing.
    pub(crate) fn show(&self, identity: Option<&Identity>) -> Ending {
        let mut tcp = TcpStream::connect(self.address).unwrap();
        tcp.set_read_timeout(Some(PATIENCE)).unwrap();
        let name = ServerName::try_from(self.name.to_owned()).unwrap();
        let mut connection = ClientConnection::new(Arc::new(self.config(identity)), name).unwrap();
        let mut tls = Stream::new(&mut connection, &mut tcp);
        match talk(&mut tls, self.request) {
            Ok(answer) if answer.is_empty() => Ending::Closed,
            Ok(answer) => Ending::Answer(answer),
            Err(error) => ending(&error),
        }
    }

    fn config(&self, identity: Option<&Identity>) -> ClientConfig {
        let mut roots = RootCertStore::empty();
        for root in CertificateDer::pem_file_iter(self.roots).unwrap() {
            roots.add(root.unwrap()).unwrap();
        }
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let versions =
            ClientConfig::builder_with_provider(provider).with_protocol_versions(&[&rustls::version::TLS13]);
        let config = versions.unwrap().with_root_certificates(roots);
        match identity {
            Some(identity) => config.with_client_auth_cert(identity.chain(), identity.key()).unwrap(),
            None => config.with_no_client_auth(),
        }
    }
}

fn talk(tls: &mut Stream<'_, ClientConnection, TcpStream>, request: &str) -> io::Result<String> {
    tls.conn.complete_io(tls.sock)?;
    if !request.is_empty() {
        tls.write_all(request.as_bytes())?;
    }
    let mut answer = Vec::new();
    let mut piece = [0; 4096];
    while let count @ 1.. = tls.read(&mut piece)? {
        answer.extend_from_slice(&piece[..count]);
    }
    Ok(String::from_utf8_lossy(&answer).into_owned())
}

/// How TLS says that the connection is over. Anything else is a fault of the test.
pub(crate) fn ending(error: &io::Error) -> Ending {
    if let Some(rustls::Error::AlertReceived(alert)) = error.get_ref().and_then(|inner| inner.downcast_ref())
    {
        return Ending::Alert(*alert);
    }
    let hung_up = [io::ErrorKind::UnexpectedEof, io::ErrorKind::ConnectionReset, io::ErrorKind::BrokenPipe];
    assert!(hung_up.contains(&error.kind()), "neither an alert nor the end of the connection: {error}");
    Ending::Closed
}
