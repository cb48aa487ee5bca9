//! The embedded backend: SQLite with one writing thread and group commit, behind a journal.
//!
//! Files in the directory of the store: `handfast.db` (with `-wal` and `-shm` while open), `handfast.journal`,
//! `store.lock`; and, from the first ACME order on, `acme.db`, a database of its own with a writer of its own.
//!
//! What is durable where: the two writes of an issuance are durable in the journal, all else in the database, which
//! runs with a write-ahead log and `synchronous=FULL`. What the journal holds is folded into the database soon, before
//! any read that could miss it, and at the next start.

mod acme;
mod checkpoint;
mod codec;
mod crl_list;
mod fault;
mod inserts;
mod journal;
mod ledger;
mod limits;
mod listing;
mod lock;
mod lookup;
mod medium;
mod operations;
mod ports;
mod progress;
mod reader;
mod recovery;
mod remembered;
mod request;
mod row;
mod schema;
mod tail;
#[cfg(test)]
mod tests;
mod trouble;
pub(crate) mod turn;
mod writer;

use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Sender, channel};
use std::thread::JoinHandle;

use tokio::sync::{OnceCell, oneshot};

use self::acme::Orders;
use self::fault::file_error;
use self::ledger::Ledger;
use self::lock::Lock;
use self::progress::Progress;
use self::reader::{Reader, Readers};
use self::remembered::Remembered;
use self::request::{Operation, Request};
use self::trouble::Trouble;
use self::writer::Writer;
use crate::record::{AcmeAccountRecord, CredentialRecord};
use crate::{StoreError, StoreFuture};

/// Records of a kind that are kept in memory: some megabytes at most.
const REMEMBERED: usize = 4096;

/// How to open a store.
#[derive(Clone, Copy, Debug)]
pub struct OpenOptions {
    /// Make the directory (mode 0700) and the database when they are missing.
    pub create: bool,
}

impl Default for OpenOptions {
    fn default() -> Self {
        Self { create: true }
    }
}

/// A store in a directory. Dropping it folds and closes everything; killing the process instead loses nothing that was
/// acknowledged.
#[derive(Debug)]
pub struct SqliteStore {
    requests: Option<Sender<Request>>,
    writer: Option<JoinHandle<()>>,
    readers: Readers,
    progress: Arc<Progress>,
    trouble: Trouble,
    directory: PathBuf,
    orders: OnceCell<Orders>,
    credentials: Remembered<CredentialRecord>,
    accounts: Remembered<AcmeAccountRecord>,
    _lock: Lock,
}

impl SqliteStore {
    /// Open the store in this directory. Blocks while it recovers what the journal holds, which is at most some 32 MiB;
    /// otherwise the time does not depend on what is stored.
    ///
    /// # Errors
    /// `InUse` when a process has it open; `NewerSchema`; `Damaged` when a file was truncated, overwritten or is
    /// missing; `NoSpace`; `Io` when there is no store and none is to be made.
    pub fn open(directory: &Path, options: OpenOptions) -> Result<Self, StoreError> {
        let opened = recovery::open(directory, options)?;
        Self::start(opened)
    }

    fn start(opened: recovery::Opened) -> Result<Self, StoreError> {
        let recovery::Opened { lock, database, journal, tail, path, orders, portions } = opened;
        let progress = Arc::new(Progress::new(&database.state));
        let readers = Readers::start(&path)?;
        let writer = Writer::new(database, journal, tail, Arc::clone(&progress))?.with_portions(portions);
        let trouble = writer.trouble();
        let (requests, queue) = channel();
        let thread = std::thread::Builder::new()
            .name("store-write".to_owned())
            .spawn(move || writer.run(&queue))
            .map_err(file_error("start a thread for", &path))?;
        let directory = path.parent().unwrap_or(&path).to_owned();
        Ok(Self {
            requests: Some(requests),
            writer: Some(thread),
            readers,
            progress,
            trouble,
            directory,
            orders: OnceCell::new_with(orders),
            credentials: Remembered::new(REMEMBERED),
            accounts: Remembered::new(REMEMBERED),
            _lock: lock,
        })
    }

    /// Hand a request to the writer; `None` when it is gone.
    fn send<T>(&self, request: Request, answer: oneshot::Receiver<T>) -> Option<oneshot::Receiver<T>> {
        self.requests.as_ref()?.send(request).ok()?;
        Some(answer)
    }

    async fn ask_writer<T: Send>(
        &self,
        request: impl FnOnce(request::Reply<T>) -> Request + Send,
    ) -> Result<T, StoreError> {
        let (reply, answer) = oneshot::channel();
        let answer = self.send(request(reply), answer).ok_or(StoreError::Closed)?;
        answer.await.unwrap_or(Err(StoreError::NoAnswer))
    }

    /// Have the writer carry out an operation on the database, with what was prepared for it, usually its event.
    fn operate<P: Send + 'static, T: Send + 'static>(
        &self,
        prepared: Result<P, StoreError>,
        work: impl FnOnce(&mut Ledger<'_>, P) -> Result<T, StoreError> + Send + 'static,
    ) -> StoreFuture<'_, T> {
        Box::pin(async move {
            let prepared = prepared?;
            let work = move |ledger: &mut Ledger<'_>| work(ledger, prepared);
            self.ask_writer(|reply| Request::Direct(Operation::boxed(work, reply))).await
        })
    }

    /// Read what only operations on the database write, which are in it when they are acknowledged: no need to wait
    /// for what the journal holds.
    fn read_settled<T: Send + 'static>(
        &self,
        read: impl FnOnce(&Reader) -> Result<T, StoreError> + Send + 'static,
    ) -> StoreFuture<'_, T> {
        Box::pin(async move { self.readers.ask(read).await.unwrap_or(Err(StoreError::Closed)) })
    }

    /// Read from the database everything that was acknowledged before; without what the journal holds while another
    /// program keeps it from the database.
    fn read_most<T: Send + 'static>(
        &self,
        read: impl FnOnce(&Reader) -> Result<T, StoreError> + Send + 'static,
    ) -> StoreFuture<'_, T> {
        Box::pin(async move {
            match self.fold().await {
                Ok(()) | Err(StoreError::Locked { .. }) => self.read_settled(read).await,
                Err(error) => Err(error),
            }
        })
    }

    /// Read from the database everything that was acknowledged before.
    fn read<T: Send + 'static>(
        &self,
        read: impl FnOnce(&Reader) -> Result<T, StoreError> + Send + 'static,
    ) -> StoreFuture<'_, T> {
        Box::pin(async move {
            self.fold().await?;
            self.read_settled(read).await
        })
    }

    /// Bring everything that was acknowledged before into the database.
    async fn fold(&self) -> Result<(), StoreError> {
        if self.progress.is_folded() { Ok(()) } else { self.ask_writer(Request::Flush).await }
    }
}

impl Drop for SqliteStore {
    fn drop(&mut self) {
        self.readers.stop();
        drop(self.orders.take());
        self.requests = None;
        if let Some(writer) = self.writer.take() {
            // A writer that panicked has left everything acknowledged in the journal.
            let _ = writer.join();
        }
    }
}

/// Make the directory, for its owner alone, so that it is there after a crash of the machine.
fn create_directory(directory: &Path) -> Result<(), StoreError> {
    if directory.is_dir() {
        return Ok(());
    }
    let fault = file_error("create", directory);
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(directory).map_err(&fault)?;
    match directory.canonicalize().map_err(&fault)?.parent() {
        Some(parent) => std::fs::File::open(parent).and_then(|opened| opened.sync_all()).map_err(&fault),
        None => Ok(()),
    }
}
