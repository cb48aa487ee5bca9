//! A name server on loopback, RFC 1035, for tests: honest by default, and a liar on demand.
//!
//! It answers over UDP and TCP on one port. What it answers is set record by record, or lies in a folder that other
//! programs write into: one file a name, one TXT record a line.

mod wire;

use std::collections::HashMap;
use std::io::{self, Read as _, Write as _};
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use wire::{Lie, Question, Reply};

/// What a record says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Data {
    /// A or AAAA.
    Address(IpAddr),
    /// TXT: its character-strings, each of at most 255 octets.
    Text(Vec<String>),
    /// CNAME.
    Alias(String),
    /// CAA: flags, the name of the property, its value.
    Caa(u8, String, String),
}

impl Data {
    /// TXT of one character-string.
    pub fn text(value: &str) -> Self {
        Self::Text(vec![value.to_owned()])
    }

    /// CAA that is not critical.
    pub fn caa(tag: &str, value: &str) -> Self {
        Self::Caa(0, tag.to_owned(), value.to_owned())
    }
}

/// How the server behaves, for every question.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Manner {
    /// As a name server should.
    #[default]
    Honest,
    /// Never answers; takes TCP connections and says nothing.
    Silent,
    /// Over UDP only the header with TC set (RFC 1035 section 4.1.1), so that one has to ask again over TCP.
    Truncating,
    /// Over UDP and over TCP nothing but truncated answers.
    AlwaysTruncating,
    /// Answers with another identifier than the question's.
    OtherId,
    /// Answers another question than was asked.
    OtherQuestion,
    /// Puts the records under another owner name than was asked for.
    OtherOwner,
    /// Answers with this response code, for example 2 for SERVFAIL, and no records.
    Code(u8),
    /// Answers with octets that are no message.
    Garbage,
}

/// The type codes of RFC 1035 section 3.2.2, RFC 3596 and RFC 8659 that the server knows.
pub const A: u16 = 1;
/// CNAME.
pub const CNAME: u16 = 5;
/// TXT.
pub const TXT: u16 = 16;
/// AAAA.
pub const AAAA: u16 = 28;
/// CAA, RFC 8659.
pub const CAA: u16 = 257;

/// A name server that ends when it is dropped.
pub struct DnsServer {
    address: SocketAddr,
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    ended: AtomicBool,
}

#[derive(Default)]
struct State {
    manner: Manner,
    /// Answers to the first, the second … question for a name; the last of them to all that come later.
    records: HashMap<String, Vec<Vec<Data>>>,
    /// Names that are answered with a response code alone.
    codes: HashMap<String, u8>,
    folder: Option<PathBuf>,
    asked: Vec<(String, u16)>,
}

impl DnsServer {
    /// On a free port of 127.0.0.1.
    pub fn start() -> io::Result<Self> {
        let (udp, tcp) = one_port()?;
        let address = udp.local_addr()?;
        let shared = Arc::new(Shared::default());
        udp.set_read_timeout(Some(TURN))?;
        let over_udp = Arc::clone(&shared);
        std::thread::spawn(move || serve_udp(&udp, &over_udp));
        let over_tcp = Arc::clone(&shared);
        std::thread::spawn(move || serve_tcp(&tcp, &over_tcp));
        Ok(Self { address, shared })
    }

    /// Where it listens, UDP and TCP.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// From now on `name` has these records and no others.
    pub fn set(&self, name: &str, records: Vec<Data>) {
        self.set_in_turn(name, vec![records]);
    }

    /// The first question for `name` gets the first of these answers, and so on; the last one stays.
    ///
    /// Questions of all types count alike.
    pub fn set_in_turn(&self, name: &str, answers: Vec<Vec<Data>>) {
        self.state().records.insert(key(name), answers);
    }

    /// From now on questions for `name` are answered with this response code, for example 2 for SERVFAIL, and no records.
    pub fn set_code(&self, name: &str, code: u8) {
        self.state().codes.insert(key(name), code);
    }

    /// From now on it behaves like this.
    pub fn behave(&self, manner: Manner) {
        self.state().manner = manner;
    }

    /// A file of this folder, named as the owner in lower case without the final dot, holds TXT records, one a line.
    pub fn read_folder(&self, folder: impl Into<PathBuf>) {
        self.state().folder = Some(folder.into());
    }

    /// The names, lower case without the final dot, and types that were asked for, in order.
    pub fn asked(&self) -> Vec<(String, u16)> {
        self.state().asked.clone()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.shared.state()
    }
}

impl Drop for DnsServer {
    fn drop(&mut self) {
        self.shared.ended.store(true, Ordering::SeqCst);
        // Wakes the thread that waits for connections; the other one looks up by itself.
        drop(TcpStream::connect(self.address));
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn ended(&self) -> bool {
        self.ended.load(Ordering::SeqCst)
    }

    /// The message to send back, if any.
    fn answer(&self, message: &[u8], over_udp: bool) -> Option<Vec<u8>> {
        let question = Question::read(message)?;
        let mut state = self.state();
        let name = key(&question.name());
        state.asked.push((name.clone(), question.kind));
        let records = state.next_answer(&name);
        if let Some(code) = state.codes.get(&name) {
            return Some(Reply { code: *code, ..Reply::default() }.write(&question));
        }
        let reply = match state.manner {
            Manner::Silent => return None,
            Manner::Garbage => return Some(vec![0xff; 7]),
            Manner::Truncating if over_udp => Reply { truncated: true, ..Reply::default() },
            Manner::AlwaysTruncating => Reply { truncated: true, ..Reply::default() },
            Manner::Code(code) => Reply { code, ..Reply::default() },
            Manner::OtherId => Reply { lie: Some(Lie::Id), ..Reply::of(&question, records) },
            Manner::OtherQuestion => Reply { lie: Some(Lie::Question), ..Reply::of(&question, records) },
            Manner::OtherOwner => Reply { lie: Some(Lie::Owner), ..Reply::of(&question, records) },
            Manner::Honest | Manner::Truncating => Reply::of(&question, records),
        };
        Some(reply.write(&question))
    }
}

impl State {
    /// `None` when the name does not exist.
    fn next_answer(&mut self, name: &str) -> Option<Vec<Data>> {
        let from_folder = self.folder.as_ref().and_then(|folder| {
            let text = std::fs::read_to_string(folder.join(name)).ok()?;
            Some(text.lines().map(Data::text).collect::<Vec<_>>())
        });
        let answers = self.records.get_mut(name);
        let set = answers.and_then(|answers| {
            if answers.len() > 1 { Some(answers.remove(0)) } else { answers.first().cloned() }
        });
        match (set, from_folder) {
            (None, None) => None,
            (set, from_folder) => Some([set, from_folder].into_iter().flatten().flatten().collect()),
        }
    }
}

fn serve_udp(socket: &UdpSocket, shared: &Shared) {
    let mut buffer = [0; 4096];
    while !shared.ended() {
        let Ok((length, peer)) = socket.recv_from(&mut buffer) else { continue };
        let message = buffer.get(..length).unwrap_or_default();
        if let Some(reply) = shared.answer(message, true) {
            socket.send_to(&reply, peer).ok();
        }
    }
}

fn serve_tcp(listener: &TcpListener, shared: &Arc<Shared>) {
    for stream in listener.incoming().flatten() {
        if shared.ended() {
            return;
        }
        let shared = Arc::clone(shared);
        std::thread::spawn(move || while converse(&stream, &shared).is_ok() {});
    }
}

/// One question and its answer, each with its length before it, RFC 1035 section 4.2.2.
fn converse(mut stream: &TcpStream, shared: &Shared) -> io::Result<()> {
    let mut length = [0; 2];
    stream.read_exact(&mut length)?;
    let mut message = vec![0; usize::from(u16::from_be_bytes(length))];
    stream.read_exact(&mut message)?;
    let Some(reply) = shared.answer(&message, false) else { return Ok(()) };
    let length = u16::try_from(reply.len()).map_err(io::Error::other)?;
    stream.write_all(&length.to_be_bytes())?;
    stream.write_all(&reply)
}

/// A UDP and a TCP socket on the same free port.
fn one_port() -> io::Result<(UdpSocket, TcpListener)> {
    let mut tried = 0;
    loop {
        let udp = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))?;
        match TcpListener::bind(udp.local_addr()?) {
            Ok(tcp) => return Ok((udp, tcp)),
            Err(error) if tried >= TRIES => return Err(error),
            Err(_) => tried += 1,
        }
    }
}

fn key(name: &str) -> String {
    name.trim_end_matches('.').to_ascii_lowercase()
}

/// How often the thread of the UDP socket looks whether it is to end.
const TURN: Duration = Duration::from_millis(50);

/// How often another port is tried when somebody has the first one for TCP.
const TRIES: u32 = 20;

#[cfg(test)]
mod tests;
