//! The log over HTTP on loopback.

use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hf_core::time::Clock;
use hf_x509::certificate::Certificate;

use super::Log;

/// How the log behaves, for every submission.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Manner {
    /// As a log should.
    #[default]
    Honest,
    /// Takes connections and says nothing.
    Silent,
    /// Answers so, whatever is submitted: status line and body.
    Says(&'static str, &'static str),
    /// Sends the asker elsewhere.
    Redirects(String),
    /// Answers with so many octets of JSON that never end.
    Huge(usize),
    /// Answers honestly, at this time (milliseconds since 1970).
    At(u64),
    /// Answers honestly, but as this version.
    Version(u8),
    /// Signs something else.
    OtherEntry,
}

/// A log on loopback. It ends with this value.
pub struct LogServer {
    log: Arc<Log>,
    address: SocketAddr,
    manner: Arc<Mutex<Manner>>,
    seen: Arc<Mutex<Vec<Vec<Certificate>>>>,
    ended: Arc<AtomicBool>,
}

/// Longer than any request of a test takes.
const PATIENCE: Duration = Duration::from_secs(30);

impl LogServer {
    /// Start an honest log that lives in this time.
    ///
    /// # Errors
    /// When there is no port or no randomness.
    pub fn start(clock: Arc<dyn Clock>) -> io::Result<Self> {
        let log = Arc::new(Log::new().ok_or_else(|| io::Error::other("no key for the log"))?);
        let listener = TcpListener::bind(("127.0.0.1", 0))?;
        let server = Self {
            log,
            address: listener.local_addr()?,
            manner: Arc::default(),
            seen: Arc::default(),
            ended: Arc::default(),
        };
        let worker = Worker {
            clock,
            log: Arc::clone(&server.log),
            manner: Arc::clone(&server.manner),
            seen: Arc::clone(&server.seen),
        };
        let ended = Arc::clone(&server.ended);
        std::thread::spawn(move || {
            let mut held = Vec::new();
            for stream in listener.incoming().flatten() {
                if ended.load(Ordering::SeqCst) {
                    return;
                }
                // A silent log keeps its connections.
                held.extend(worker.serve(stream).ok().flatten());
            }
        });
        Ok(server)
    }

    /// Where it is: what a profile lists.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The log.
    pub fn log(&self) -> &Log {
        &self.log
    }

    /// Behave so from now on.
    pub fn behave(&self, manner: Manner) {
        *self.manner.lock().unwrap_or_else(PoisonError::into_inner) = manner;
    }

    /// The chains that were submitted to it and accepted.
    pub fn seen(&self) -> Vec<Vec<Certificate>> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Drop for LogServer {
    fn drop(&mut self) {
        self.ended.store(true, Ordering::SeqCst);
        // Wakes the thread, which sees that it is over.
        let _ = TcpStream::connect(self.address);
    }
}

struct Worker {
    clock: Arc<dyn Clock>,
    log: Arc<Log>,
    manner: Arc<Mutex<Manner>>,
    seen: Arc<Mutex<Vec<Vec<Certificate>>>>,
}

impl Worker {
    /// Answer one request; the stream comes back when it is to stay open.
    fn serve(&self, mut stream: TcpStream) -> io::Result<Option<TcpStream>> {
        stream.set_read_timeout(Some(PATIENCE))?;
        let (request, body) = read(&stream)?;
        let manner = self.manner.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let answer = match manner {
            Manner::Silent => return Ok(Some(stream)),
            Manner::Says(status, body) => answer(status, "", body),
            Manner::Redirects(to) => answer("307 Temporary Redirect", &format!("Location: {to}\r\n"), ""),
            Manner::Huge(octets) => answer("200 OK", "", &format!("{{\"id\":\"{}", "A".repeat(octets))),
            Manner::Honest | Manner::At(_) | Manner::Version(_) | Manner::OtherEntry => {
                match self.promise(&request, &body, &manner) {
                    Ok(json) => answer("200 OK", "Content-Type: application/json\r\n", &json),
                    Err(reason) => answer("400 Bad Request", "", &reason),
                }
            }
        };
        stream.write_all(answer.as_bytes())?;
        Ok(None)
    }

    fn promise(&self, request: &str, body: &[u8], manner: &Manner) -> Result<String, String> {
        if request != "POST /ct/v1/add-pre-chain HTTP/1.1" {
            return Err(format!("{request} is not what a log is asked"));
        }
        let chain = chain(body)?;
        let now = u64::try_from(self.clock.now().unix_seconds()).map_err(|error| error.to_string())?;
        let at = if let Manner::At(at) = manner { *at } else { now.saturating_mul(1000) };
        let mut promise = self.log.promise(&chain, at)?;
        if let Manner::Version(version) = manner {
            promise.version = *version;
        }
        if *manner == Manner::OtherEntry {
            let other = self.log.sign(b"another entry", &[0; 32], at).ok_or("no signature")?;
            promise.signature = other.signature;
        }
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).push(chain);
        Ok(promise.to_json())
    }
}

fn answer(status: &str, headers: &str, body: &str) -> String {
    format!("HTTP/1.1 {status}\r\n{headers}Content-Length: {}\r\nConnection: close\r\n\r\n{body}", body.len())
}

/// The request line and the body.
fn read(stream: &TcpStream) -> io::Result<(String, Vec<u8>)> {
    let mut reader = BufReader::new(stream);
    let mut request = String::new();
    reader.read_line(&mut request)?;
    let mut length = 0;
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line)? == 0 || line.trim().is_empty() {
            break;
        }
        if let Some((name, value)) = line.split_once(':')
            && name.eq_ignore_ascii_case("content-length")
        {
            length = value.trim().parse().map_err(io::Error::other)?;
        }
    }
    let mut body = Vec::new();
    reader.take(length).read_to_end(&mut body)?;
    Ok((request.trim().to_owned(), body))
}

fn chain(body: &[u8]) -> Result<Vec<Certificate>, String> {
    let parsed: serde_json::Value = serde_json::from_slice(body).map_err(|error| error.to_string())?;
    let listed = parsed.get("chain").and_then(serde_json::Value::as_array).ok_or("there is no chain")?;
    let one = |entry: &serde_json::Value| {
        let der = STANDARD.decode(entry.as_str().ok_or("no text")?).map_err(|error| error.to_string())?;
        Certificate::from_der(&der).map_err(|error| error.to_string())
    };
    listed.iter().map(one).collect()
}
