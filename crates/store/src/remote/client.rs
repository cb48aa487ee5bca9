//! The end that asks.

mod ports;

use std::collections::HashMap;
use std::io;
use std::net::Shutdown;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use serde::de::DeserializeOwned;
use tokio::sync::oneshot;

use super::fault::WireError;
use super::frame;
use super::hello::Hello;
use super::request::Request;
use crate::{StoreError, StoreFuture};

/// How long a server may take for its hello.
const HELLO: Duration = Duration::from_secs(10);

type Reply = oneshot::Sender<Vec<u8>>;

/// Who waits for which answer; `None` once the connection has ended.
#[derive(Debug)]
struct Waiting(Mutex<Option<HashMap<u64, Reply>>>);

impl Waiting {
    fn lock(&self) -> MutexGuard<'_, Option<HashMap<u64, Reply>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The store of a server on this machine, through its UNIX socket.
///
/// `close_open_intents` does nothing: the server owns what is open. When the connection is lost, what was under way is
/// answered [`StoreError::NoAnswer`], and everything after it [`StoreError::Closed`].
#[derive(Debug)]
pub struct RemoteStore {
    requests: Option<Sender<Vec<u8>>>,
    waiting: Arc<Waiting>,
    next: AtomicU64,
    stream: UnixStream,
    threads: Vec<JoinHandle<()>>,
}

impl RemoteStore {
    /// Connect to the server at this socket. Blocks until it has answered, at most some seconds.
    ///
    /// # Errors
    /// `Remote` when nobody answers there, or something else than a server of this version.
    pub fn connect(socket: &Path) -> Result<Self, StoreError> {
        let stream = UnixStream::connect(socket).map_err(remote(socket))?;
        greet(&stream, socket)?;
        Self::start(stream).map_err(remote(socket))
    }

    fn start(stream: UnixStream) -> io::Result<Self> {
        let waiting = Arc::new(Waiting(Mutex::new(Some(HashMap::new()))));
        let (requests, queue) = channel();
        let to = stream.try_clone()?;
        let writer =
            std::thread::Builder::new().name("store-ask".to_owned()).spawn(move || write(to, &queue))?;
        let (from, answers) = (stream.try_clone()?, Arc::clone(&waiting));
        let reader = std::thread::Builder::new()
            .name("store-answer".to_owned())
            .spawn(move || dispatch(from, &answers))?;
        let threads = vec![writer, reader];
        Ok(Self { requests: Some(requests), waiting, next: AtomicU64::new(1), stream, threads })
    }

    fn ask<T: DeserializeOwned + Send>(&self, request: Request) -> StoreFuture<'_, T> {
        Box::pin(async move {
            let request = serde_json::to_vec(&request).map_err(|source| StoreError::Database {
                operation: "write a request".into(),
                source: Arc::new(source),
            })?;
            let answer = self.send(&request)?.await.map_err(|_| StoreError::NoAnswer)?;
            drop(request);
            decode(&answer)
        })
    }

    fn send(&self, request: &[u8]) -> Result<oneshot::Receiver<Vec<u8>>, StoreError> {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let octets = frame::encode(number, &[request]).ok_or_else(|| StoreError::TooLong {
            what: "the request".into(),
            octets: request.len(),
            limit: frame::MAX_FRAME,
        })?;
        let (reply, answer) = oneshot::channel();
        self.waiting.lock().as_mut().ok_or(StoreError::Closed)?.insert(number, reply);
        let requests = self.requests.as_ref().ok_or(StoreError::Closed)?;
        requests.send(octets).map_err(|_| StoreError::Closed)?;
        Ok(answer)
    }
}

impl Drop for RemoteStore {
    fn drop(&mut self) {
        self.requests = None;
        // Wakes the thread that reads; when the connection has ended already, it is awake.
        let _ = self.stream.shutdown(Shutdown::Both);
        self.threads.drain(..).for_each(|thread| drop(thread.join()));
    }
}

fn remote(socket: &Path) -> impl Fn(io::Error) -> StoreError + use<> {
    let socket: PathBuf = socket.to_owned();
    move |error| StoreError::Remote { socket: socket.clone(), fault: error.to_string() }
}

/// Exchange hellos.
fn greet(mut stream: &UnixStream, socket: &Path) -> Result<(), StoreError> {
    let fault = remote(socket);
    stream.set_read_timeout(Some(HELLO)).map_err(&fault)?;
    let hello = frame::encode(0, &[&Hello::own().encode()]).unwrap_or_default();
    frame::write(&mut stream, &hello).map_err(&fault)?;
    let answer = frame::read(&mut stream).map_err(&fault)?.map(|frame| frame.payload).unwrap_or_default();
    Hello::check(&answer).map_err(|fault| StoreError::Remote { socket: socket.to_owned(), fault })?;
    stream.set_read_timeout(None).map_err(&fault)
}

fn write(mut to: UnixStream, queue: &Receiver<Vec<u8>>) {
    while let Ok(request) = queue.recv() {
        if frame::write(&mut to, &request).is_err() {
            // The thread that reads sees the end and answers all who wait.
            let _ = to.shutdown(Shutdown::Both);
            return;
        }
    }
}

/// Hand out answers until the connection ends; then everybody who waits is told by the drop of its reply.
fn dispatch(mut from: UnixStream, waiting: &Waiting) {
    while let Ok(Some(frame)) = frame::read(&mut from) {
        let reply = waiting.lock().as_mut().and_then(|waiting| waiting.remove(&frame.number));
        if let Some(reply) = reply {
            // Whoever asked may be gone.
            let _ = reply.send(frame.payload);
        }
    }
    *waiting.lock() = None;
    let _ = from.shutdown(Shutdown::Both);
}

/// The value or the error of an answer. One that cannot be read says nothing of what happened.
fn decode<T: DeserializeOwned>(answer: &[u8]) -> Result<T, StoreError> {
    match answer.split_first() {
        Some((0, value)) => serde_json::from_slice(value).map_err(|_| StoreError::NoAnswer),
        Some((1, error)) => match serde_json::from_slice::<WireError>(error) {
            Ok(error) => Err(error.into()),
            Err(_) => Err(StoreError::NoAnswer),
        },
        _ => Err(StoreError::NoAnswer),
    }
}
