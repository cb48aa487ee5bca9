//! Servers on loopback that do as they are told.

use std::io::{Read as _, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use rustls::{ServerConfig, ServerConnection, StreamOwned};

/// A server that runs as long as the test does, and the requests that it got.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    requests: Arc<Requests>,
}

/// What was asked so far.
#[derive(Default)]
pub(crate) struct Requests {
    list: Mutex<Vec<String>>,
    grown: Condvar,
}

impl Requests {
    pub(crate) fn push(&self, request: String) {
        self.list.lock().unwrap().push(request);
        self.grown.notify_all();
    }
}

impl Server {
    /// On this address; `handle` gets every connection in a thread of its own.
    pub(crate) fn start(
        address: impl Into<SocketAddr>,
        handle: impl Fn(TcpStream, &Requests) + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind(address.into()).unwrap();
        let address = listener.local_addr().unwrap();
        let requests = Arc::new(Requests::default());
        let (kept, handle) = (Arc::clone(&requests), Arc::new(handle));
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (kept, handle) = (Arc::clone(&kept), Arc::clone(&handle));
                std::thread::spawn(move || handle(stream, &kept));
            }
        });
        Self { address, requests }
    }

    /// Over HTTP on a free port of 127.0.0.1: the answer to the path, written as it is.
    pub(crate) fn http(answer: impl Fn(&str) -> Vec<u8> + Send + Sync + 'static) -> Self {
        Self::http_at(([127, 0, 0, 1], 0), answer)
    }

    /// The same on this address.
    pub(crate) fn http_at(
        address: impl Into<SocketAddr>,
        answer: impl Fn(&str) -> Vec<u8> + Send + Sync + 'static,
    ) -> Self {
        Self::start(address, move |mut stream, kept| {
            let request = head(&mut stream);
            let path = request.split(' ').nth(1).unwrap_or_default().to_owned();
            kept.push(request);
            stream.write_all(&answer(&path)).ok();
        })
    }

    /// Over HTTP on a free port of 127.0.0.1; `write` writes the answer until the client has gone.
    pub(crate) fn writing(
        write: impl Fn(&mut dyn Write) -> std::io::Result<()> + Send + Sync + 'static,
    ) -> Self {
        Self::start(([127, 0, 0, 1], 0), move |mut stream, kept| {
            let request = head(&mut stream);
            kept.push(request);
            write(&mut stream).ok();
        })
    }

    /// Over TLS on a free port of 127.0.0.1: shakes hands and writes this answer to a request, if there is one.
    pub(crate) fn tls(config: ServerConfig, answer: Option<Vec<u8>>) -> Self {
        let config = Arc::new(config);
        Self::start(([127, 0, 0, 1], 0), move |stream, kept| {
            let connection = ServerConnection::new(Arc::clone(&config)).unwrap();
            let mut stream = StreamOwned::new(connection, stream);
            while stream.conn.is_handshaking() {
                if stream.conn.complete_io(&mut stream.sock).is_err() {
                    return;
                }
            }
            kept.push(stream.conn.server_name().unwrap_or_default().to_owned());
            if let Some(answer) = &answer {
                kept.push(head(&mut stream));
                stream.write_all(answer).ok();
                stream.conn.send_close_notify();
            }
            stream.flush().ok();
            // Until the client has gone: closing with unread data would reset the connection.
            stream.sock.read_to_end(&mut Vec::new()).ok();
        })
    }

    pub(crate) fn port(&self) -> u16 {
        self.address.port()
    }

    /// The heads of the requests so far; of a TLS server the names that were asked for as well.
    pub(crate) fn requests(&self) -> Vec<String> {
        self.requests.list.lock().unwrap().clone()
    }

    /// The same once there are so many.
    pub(crate) fn wait_for(&self, count: usize) -> Vec<String> {
        let list = self.requests.list.lock().unwrap();
        let few = |list: &mut Vec<String>| list.len() < count;
        let (list, ended) =
            self.requests.grown.wait_timeout_while(list, Duration::from_secs(20), few).unwrap();
        assert!(!ended.timed_out(), "{list:?}");
        list.clone()
    }
}

/// Everything up to the empty line.
fn head(stream: &mut impl std::io::Read) -> String {
    let mut bytes = Vec::new();
    let mut octet = [0];
    while !bytes.ends_with(b"\r\n\r\n") && stream.read(&mut octet).unwrap_or(0) == 1 {
        bytes.push(octet[0]);
    }
    String::from_utf8(bytes).unwrap()
}

/// An answer with this status line's rest, these header lines and this body.
pub(crate) fn answer(status: &str, headers: &str, body: &[u8]) -> Vec<u8> {
    let head = format!("HTTP/1.1 {status}\r\n{headers}Content-Length: {}\r\n\r\n", body.len());
    [head.as_bytes(), body].concat()
}

pub(crate) fn found(location: &str) -> Vec<u8> {
    answer("302 Found", &format!("Location: {location}\r\n"), b"elsewhere")
}
