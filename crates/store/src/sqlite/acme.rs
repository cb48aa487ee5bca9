//! ACME orders and authorizations: a database of their own, `acme.db`, with one writing thread and group commit.
//!
//! They are written several times a certificate and are worth nothing when they have expired. In the main database each
//! of their writes would fold the journal; here those that wait together share a transaction (write-ahead log,
//! `synchronous=FULL`), and neither keeps the other waiting.
//!
//! The file is made with the first order, and the main database notes that it was: from then on it may not be missing.

pub(super) mod authorization;
mod batch;
#[cfg(test)]
mod cost;
pub(super) mod order;
mod schema;
mod sweep;
mod writer;

use std::path::{Path, PathBuf};
use std::thread::JoinHandle;

use rusqlite::Connection;
use tokio::sync::{mpsc, oneshot};

use self::batch::{Job, Task};
pub(super) use self::sweep::sweep;
use self::writer::Writer;
use super::SqliteStore;
use super::fault::{Faults, file_error};
use super::ledger::{Database, Ledger};
use super::reader::{Reader, Readers};
use super::trouble::Trouble;
use crate::{StoreError, StoreFuture};

/// Name of the database in its directory.
const DATABASE: &str = "acme.db";
/// What the operator writes into the file to have it made anew.
const ANEW: &[u8] = b"new";
/// Requests that wait for the writer at most; who asks beyond waits for a place.
const QUEUE: usize = 1024;

/// The open database.
#[derive(Debug)]
pub(super) struct Orders {
    jobs: Option<mpsc::Sender<Box<dyn Job>>>,
    writer: Option<JoinHandle<()>>,
    readers: Readers,
    pub(super) trouble: Trouble,
}

/// A transaction under way, and the words for its errors.
#[derive(Clone, Copy, Debug)]
pub(super) struct Transaction<'a> {
    pub(super) db: &'a Connection,
    pub(super) faults: &'a Faults,
}

impl Transaction<'_> {
    /// Run a statement; how many rows it changed.
    fn execute(
        self,
        operation: &'static str,
        sql: &str,
        values: impl rusqlite::Params,
    ) -> Result<usize, StoreError> {
        self.db
            .prepare_cached(sql)
            .and_then(|mut statement| statement.execute(values))
            .map_err(self.faults.database(operation))
    }
}

impl Orders {
    /// Open the database, which is made when it is missing, and start its threads.
    fn open(path: &Path) -> Result<Self, StoreError> {
        let db = super::schema::open_writer(path, &schema::LAYOUT)?;
        let faults = Faults::new(path);
        schema::check_ends(&db, &faults)?;
        match authorization::end_leases(Transaction { db: &db, faults: &faults }) {
            // They run out by themselves.
            Ok(()) | Err(StoreError::Locked { .. }) => {}
            Err(error) => return Err(error),
        }
        let readers = Readers::start(path)?;
        let (jobs, queue) = mpsc::channel(QUEUE);
        let trouble = Trouble::default();
        let writer = Writer::new(db, faults, trouble.clone());
        let thread = std::thread::Builder::new()
            .name("acme-write".to_owned())
            .spawn(move || writer.run(queue))
            .map_err(file_error("start a thread for", path))?;
        Ok(Self { jobs: Some(jobs), writer: Some(thread), readers, trouble })
    }

    /// Have the writer carry it out.
    async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(Transaction<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (reply, answer) = oneshot::channel();
        let jobs = self.jobs.as_ref().ok_or(StoreError::Closed)?;
        jobs.send(Task::boxed(work, reply)).await.map_err(|_| StoreError::Closed)?;
        answer.await.unwrap_or(Err(StoreError::NoAnswer))
    }
}

#[cfg(test)]
impl Orders {
    async fn pragma(&self, name: &'static str, value: u32) {
        let set = move |transaction: Transaction<'_>| {
            transaction
                .db
                .pragma_update(None, name, value)
                .map_err(transaction.faults.database("set a limit"))
        };
        self.write(set).await.unwrap();
    }
}

impl Drop for Orders {
    fn drop(&mut self) {
        self.readers.stop();
        self.jobs = None;
        if let Some(writer) = self.writer.take() {
            // A writer that panicked has left everything acknowledged in the database.
            let _ = writer.join();
        }
    }
}

fn path_in(directory: &Path) -> PathBuf {
    directory.join(DATABASE)
}

/// The database of the orders, when the main database says that it was made.
pub(super) fn open_made(main: &Database, directory: &Path) -> Result<Option<Orders>, StoreError> {
    let made: bool = main
        .db
        .query_row("SELECT made FROM acme_file", [], |row| row.get(0))
        .map_err(main.faults.database("read whether there were orders"))?;
    if !made {
        return Ok(None);
    }
    let path = path_in(directory);
    make_anew_if_asked(&path)?;
    Orders::open(&path).map(Some)
}

/// Refuse a file that was lost, unless the operator accepts it.
fn make_anew_if_asked(path: &Path) -> Result<(), StoreError> {
    let fault = file_error("open", path);
    let length = std::fs::metadata(path).map_or(0, |found| found.len());
    if length == 0 {
        let fault = "it is missing or empty, while there were ACME orders in it: put it back, or write `new` into it \
                     to accept that they and their authorizations are lost";
        return Err(StoreError::Damaged { file: path.to_owned(), fault: fault.to_owned() });
    }
    if length > 16 || std::fs::read(path).map_err(&fault)?.trim_ascii() != ANEW {
        return Ok(());
    }
    let truncate = std::fs::OpenOptions::new().write(true).truncate(true).open(path);
    truncate.map(|_| ()).map_err(&fault)
}

fn mark_made(ledger: &Ledger<'_>) -> Result<(), StoreError> {
    ledger.execute("note that there are orders", "UPDATE acme_file SET made = 1", []).map(|_| ())
}

impl SqliteStore {
    /// Change orders or authorizations, in one transaction.
    pub(super) fn write_orders<P: Send + 'static, T: Send + 'static>(
        &self,
        checked: Result<P, StoreError>,
        work: impl FnOnce(Transaction<'_>, P) -> Result<T, StoreError> + Send + 'static,
    ) -> StoreFuture<'_, T> {
        Box::pin(async move {
            let prepared = checked?;
            let orders = self.orders.get_or_try_init(|| self.make_orders()).await?;
            orders.write(move |transaction| work(transaction, prepared)).await
        })
    }

    /// Read orders or authorizations; `T`'s default when there never was one.
    pub(super) fn read_orders<T: Default + Send + 'static>(
        &self,
        read: impl FnOnce(&Reader) -> Result<T, StoreError> + Send + 'static,
    ) -> StoreFuture<'_, T> {
        Box::pin(async move {
            match self.orders.get() {
                Some(orders) => orders.readers.ask(read).await.unwrap_or(Err(StoreError::Closed)),
                None => Ok(T::default()),
            }
        })
    }

    /// How many pages the database may have, for tests of a full disk.
    #[cfg(test)]
    pub(super) async fn limit_orders(&self, pages: u32) {
        let orders = self.orders.get().unwrap();
        orders.pragma("max_page_count", pages).await;
    }

    /// Make the database, and note it in the main one once it is there.
    fn make_orders(&self) -> StoreFuture<'_, Orders> {
        let path = path_in(&self.directory);
        self.operate(Ok(()), move |ledger, ()| {
            let orders = Orders::open(&path)?;
            mark_made(ledger)?;
            Ok(orders)
        })
    }
}
