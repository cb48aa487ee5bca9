//! A socket that accepts connections.

use std::io;
use std::os::unix::net::UnixListener as StdUnixListener;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::http::request::Parts;
use axum::response::Response;
use hf_identity::server::ServerTls;
use tokio::net::{TcpListener, TcpStream, UnixListener, UnixStream};
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::connection::{self, Door, Memory};
use super::refusal::{Wording, problem};
use super::{ListenAddress, Shared, Stop};
use crate::peer::{Peer, PeerAddress};

/// How long to wait when the system gives no connection, for want of file descriptors for example.
const PAUSE: Duration = Duration::from_millis(100);

/// A socket that is bound, its name, its TLS, and how it words what it turns away.
pub struct Listener {
    name: Arc<str>,
    socket: Socket,
    address: ListenAddress,
    tls: Option<Arc<ServerTls>>,
    wording: Wording,
    remembered: Option<Remembered>,
}

/// Answers that are in memory.
#[derive(Clone)]
pub struct Remembered {
    /// The route that metrics count them under.
    pub endpoint: &'static str,
    /// Where they are looked up.
    pub look_up: LookUp,
}

/// Answers requests for which there is an answer in memory, from head and body. Such answers take no place among the
/// requests under way, and are counted but not logged one by one.
pub type LookUp = Arc<dyn Fn(&Parts, &[u8]) -> Option<Response> + Send + Sync>;

enum Socket {
    Tcp(TcpListener),
    Unix(UnixListener),
}

enum Stream {
    Tcp(TcpStream),
    Unix(UnixStream),
}

impl Listener {
    /// On a TCP socket that is bound and listens. `name` is how logs and metrics call it. Needs a runtime of tokio.
    pub fn tcp(name: &str, socket: std::net::TcpListener) -> io::Result<Self> {
        socket.set_nonblocking(true)?;
        let address = ListenAddress::Tcp(socket.local_addr()?);
        Ok(Self::new(name, Socket::Tcp(TcpListener::from_std(socket)?), address))
    }

    /// On a UNIX socket that is bound and listens. Needs a runtime of tokio.
    pub fn unix(name: &str, socket: StdUnixListener) -> io::Result<Self> {
        socket.set_nonblocking(true)?;
        let path = socket.local_addr()?.as_pathname().map(ToOwned::to_owned);
        Ok(Self::new(name, Socket::Unix(UnixListener::from_std(socket)?), ListenAddress::Unix(path)))
    }

    fn new(name: &str, socket: Socket, address: ListenAddress) -> Self {
        let wording: Wording = Arc::new(problem);
        Self { name: Arc::from(name), socket, address, tls: None, wording, remembered: None }
    }

    /// Speak TLS, HTTP/2 included.
    #[must_use]
    pub fn with_tls(self, tls: Arc<ServerTls>) -> Self {
        Self { tls: Some(tls), ..self }
    }

    /// Word what is turned away at the door in this form instead of RFC 9457.
    #[must_use]
    pub fn with_wording(self, wording: Wording) -> Self {
        Self { wording, ..self }
    }

    /// Give out what is in memory before anything else is looked at.
    #[must_use]
    pub fn with_remembered(self, remembered: Remembered) -> Self {
        Self { remembered: Some(remembered), ..self }
    }

    /// Its path is another one than it was bound to: it was renamed since.
    #[must_use]
    pub fn at(self, path: PathBuf) -> Self {
        Self { address: ListenAddress::Unix(Some(path)), ..self }
    }

    /// Where it listens.
    pub fn address(&self) -> &ListenAddress {
        &self.address
    }

    /// Accept until told to stop, then wait for the connections.
    pub(super) async fn run(self, router: Router, shared: Arc<Shared>, mut stop: watch::Receiver<Stop>) {
        let door = Arc::new(Door {
            open: shared.metrics.connections(&self.name),
            name: Arc::clone(&self.name),
            router,
            tls: self.tls,
            wording: self.wording,
            memory: self.remembered.map(|remembered| Memory {
                look_up: remembered.look_up,
                metrics: shared.metrics.memory(&self.name, remembered.endpoint),
            }),
            shared,
        });
        let mut connections = JoinSet::new();
        loop {
            let accepted = tokio::select! {
                biased;
                _ = stop.wait_for(|stop| *stop != Stop::No) => break,
                accepted = accept(&self.socket) => accepted,
            };
            while connections.try_join_next().is_some() {}
            match accepted {
                Ok((stream, peer)) => admit(&door, stream, peer, &mut connections, &stop),
                Err(error) => {
                    tracing::warn!(listener = %door.name, %error, "no connection can be accepted");
                    tokio::time::sleep(PAUSE).await;
                }
            }
        }
        drop(self.socket);
        while connections.join_next().await.is_some() {}
    }
}

async fn accept(socket: &Socket) -> io::Result<(Stream, Peer)> {
    match socket {
        Socket::Tcp(socket) => {
            let (stream, address) = socket.accept().await?;
            // Answers are small and written whole: waiting for more only delays them.
            stream.set_nodelay(true)?;
            let address = PeerAddress::Tcp(address);
            Ok((Stream::Tcp(stream), Peer { address, tls: None, unix: None, private: false }))
        }
        Socket::Unix(socket) => {
            let (stream, _) = socket.accept().await?;
            let user = stream.peer_cred()?.uid();
            let peer = Peer { address: PeerAddress::Unix, tls: None, unix: Some(user), private: true };
            Ok((Stream::Unix(stream), peer))
        }
    }
}

/// Start a task for the connection if the limits allow it.
fn admit(
    door: &Arc<Door>,
    stream: Stream,
    peer: Peer,
    connections: &mut JoinSet<()>,
    stop: &watch::Receiver<Stop>,
) {
    let limited = peer.address.ip().filter(|address| !door.shared.addresses.is_exempt(*address));
    let entry = match door.shared.registry.admit(limited) {
        Ok(entry) => entry,
        Err(limit) => {
            door.shared.metrics.connection_refused(&door.name, limit.as_str());
            return;
        }
    };
    let (door, stop) = (Arc::clone(door), stop.clone());
    match stream {
        Stream::Tcp(stream) => connections.spawn(connection::run(stream, peer, door, entry, stop)),
        Stream::Unix(stream) => connections.spawn(connection::run(stream, peer, door, entry, stop)),
    };
}
