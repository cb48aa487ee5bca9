//! Threads that read, each with its own connection.

use std::path::Path;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

use rusqlite::Connection;
use tokio::sync::oneshot;

use super::fault::{Faults, file_error};
use super::schema;
use crate::StoreError;

/// How many. Reading is brief; more would only compete with signing for the processor.
const THREADS: usize = 2;

/// A connection that reads, and the words for its errors.
pub(super) struct Reader {
    pub(super) db: Connection,
    pub(super) faults: Faults,
}

type Job = Box<dyn FnOnce(&mut Reader) + Send>;

/// The threads and the queue before them.
#[derive(Debug)]
pub(super) struct Readers {
    jobs: Option<Sender<Job>>,
    threads: Vec<JoinHandle<()>>,
}

impl Readers {
    /// Open the connections and start the threads.
    pub(super) fn start(database: &Path) -> Result<Self, StoreError> {
        let (jobs, queue) = channel::<Job>();
        let queue = Arc::new(Mutex::new(queue));
        let mut threads = Vec::with_capacity(THREADS);
        for number in 0..THREADS {
            let reader = Reader { db: schema::open_reader(database)?, faults: Faults::new(database) };
            let queue = Arc::clone(&queue);
            let thread = std::thread::Builder::new()
                .name(format!("store-read-{number}"))
                .spawn(move || serve(reader, &queue))
                .map_err(file_error("start a thread for", database))?;
            threads.push(thread);
        }
        Ok(Self { jobs: Some(jobs), threads })
    }

    /// Have it read; the answer comes through the channel.
    pub(super) fn ask<T: Send + 'static>(
        &self,
        read: impl FnOnce(&Reader) -> Result<T, StoreError> + Send + 'static,
    ) -> oneshot::Receiver<Result<T, StoreError>> {
        let (reply, answer) = oneshot::channel();
        let job: Job = Box::new(move |reader| drop(reply.send(snapshot(reader, read))));
        if let Some(jobs) = &self.jobs {
            // When no thread is left the reply is dropped with the job, which the caller sees as closed.
            let _ = jobs.send(job);
        }
        answer
    }

    /// Let them finish and end.
    pub(super) fn stop(&mut self) {
        self.jobs = None;
        self.threads.drain(..).for_each(|thread| drop(thread.join()));
    }
}

/// Everything that one answer needs is read from one state of the database.
fn snapshot<T>(
    reader: &mut Reader,
    read: impl FnOnce(&Reader) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    let run = |sql| {
        let ran = reader.db.prepare_cached(sql).and_then(|mut statement| statement.execute([]));
        ran.map_err(reader.faults.database("read"))
    };
    run("BEGIN")?;
    let answer = read(reader);
    run("COMMIT")?;
    answer
}

fn serve(mut reader: Reader, queue: &Mutex<Receiver<Job>>) {
    loop {
        let job = match queue.lock() {
            Ok(queue) => queue.recv(),
            Err(_) => return,
        };
        match job {
            Ok(job) => job(&mut reader),
            Err(_) => return,
        }
    }
}
