//! The end that has the store.

mod intents;
mod perform;

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use hf_core::serial::Serial;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt as _};
use tokio::sync::{Semaphore, mpsc};

use self::intents::Begun;
use super::AT_ONCE;
use super::fault::WireError;
use super::frame::{self, Frame};
use super::hello::Hello;
use super::request::Request;
use crate::{Store, StoreError};

/// How long a client may take for its hello.
const HELLO: Duration = Duration::from_secs(10);

/// What a client changed.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Change {
    /// An authority was added or replaced.
    Authorities,
    /// A credential was added or revoked.
    Credentials,
    /// A CRL was stored.
    Crls,
    /// A certificate was revoked, or one that is revoked was imported; or either may have been, when the store does not
    /// know.
    Revocation {
        /// Its serial number.
        serial: Serial,
    },
    /// An ACME account, an external account key or a renewal window was made or changed.
    Acme,
}

/// Called after a change is on record and before its client is answered, so that what the client does next finds a
/// server that knows.
pub type OnChange = Arc<dyn Fn(Change) -> Pin<Box<dyn Future<Output = ()> + Send>> + Send + Sync>;

/// Why a connection ended before its client closed it.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The other end is no client of this version.
    #[error("a client of the store cannot be spoken with: {fault}")]
    Hello {
        /// What was found and what was expected.
        fault: String,
    },
    /// A frame is no request.
    #[error("a client of the store sent something else than a request")]
    Request(#[source] serde_json::Error),
    /// The connection failed.
    #[error("the connection to a client of the store failed")]
    Connection(#[source] io::Error),
}

/// Serve one client of a store that others use at the same time, until it closes the connection.
///
/// `close_open_intents` does nothing and answers 0: the server did it when it started, and closing them again would
/// end what is under way. Intents that the client leaves open, because it was killed, are closed as possibly signed
/// when its connection ends.
pub async fn serve<S>(stream: S, store: Arc<dyn Store>, on_change: OnChange) -> Result<(), ServeError>
where
    S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    Session::shared(store, on_change).serve(stream).await
}

/// One connection.
#[derive(Clone)]
pub struct Session {
    store: Arc<dyn Store>,
    on_change: OnChange,
    sole: bool,
    begun: Arc<Begun>,
}

impl Session {
    /// For a client beside others: see [`serve`].
    pub fn shared(store: Arc<dyn Store>, on_change: OnChange) -> Self {
        Self { store, on_change, sole: false, begun: Arc::default() }
    }

    /// For the only user of the store: everything is carried out as asked, and what it leaves open stays open.
    pub fn sole(store: Arc<dyn Store>) -> Self {
        Self { sole: true, ..Self::shared(store, Arc::new(|_| Box::pin(async {}))) }
    }

    /// Serve until the client closes the connection.
    ///
    /// # Errors
    /// When it ends otherwise. What was under way is carried out first in any case.
    pub async fn serve<S>(self, stream: S) -> Result<(), ServeError>
    where
        S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
    {
        let (mut from, mut to) = tokio::io::split(stream);
        greet(&mut from, &mut to).await?;
        let (answers, queue) = mpsc::channel(1);
        let writer = tokio::spawn(write(to, queue));
        let slots = Arc::new(Semaphore::new(usize::try_from(AT_ONCE).unwrap_or(1)));
        let outcome = self.take_requests(&mut from, &slots, answers).await;
        // All slots free: nothing is under way any more.
        let idle = slots.acquire_many(AT_ONCE).await;
        drop((idle, writer.await));
        if !self.sole {
            self.begun.close_all(&*self.store).await;
        }
        outcome
    }

    async fn take_requests(
        &self,
        from: &mut (impl AsyncRead + Unpin),
        slots: &Arc<Semaphore>,
        answers: mpsc::Sender<Vec<u8>>,
    ) -> Result<(), ServeError> {
        loop {
            let slot = Arc::clone(slots).acquire_owned().await;
            let Some(Frame { number, payload }) =
                frame::read_async(from).await.map_err(ServeError::Connection)?
            else {
                return Ok(());
            };
            let request: Request = serde_json::from_slice(&payload).map_err(ServeError::Request)?;
            let (session, answers) = (self.clone(), answers.clone());
            tokio::spawn(async move {
                let answer = session.answer(number, request).await;
                // The client may be gone: the operation stands.
                let _ = answers.send(answer).await;
                drop(slot);
            });
        }
    }

    async fn answer(&self, number: u64, request: Request) -> Vec<u8> {
        let answer = match self.perform(request).await {
            Ok(value) => frame::encode(number, &[&[0], &value]),
            Err(error) => failure(number, error),
        };
        let too_long = || failure(number, too_long());
        answer.or_else(too_long).unwrap_or_default()
    }
}

fn failure(number: u64, error: StoreError) -> Option<Vec<u8>> {
    let error = serde_json::to_vec(&WireError::from(error)).unwrap_or_default();
    frame::encode(number, &[&[1], &error])
}

fn too_long() -> StoreError {
    let limit = frame::MAX_FRAME;
    StoreError::TooLong { what: "an answer".into(), octets: limit.saturating_add(1), limit }
}

/// Exchange hellos.
async fn greet(
    from: &mut (impl AsyncRead + Unpin),
    to: &mut (impl AsyncWrite + Unpin),
) -> Result<(), ServeError> {
    let late = |_| ServeError::Connection(io::ErrorKind::TimedOut.into());
    let first = tokio::time::timeout(HELLO, frame::read_async(from)).await.map_err(late)?;
    let payload = first.map_err(ServeError::Connection)?.unwrap_or(Frame { number: 0, payload: Vec::new() });
    // The client is told our version even when its own cannot be spoken with: it says so to its user.
    let own = frame::encode(0, &[&Hello::own().encode()]).unwrap_or_default();
    to.write_all(&own).await.map_err(ServeError::Connection)?;
    to.flush().await.map_err(ServeError::Connection)?;
    Hello::check(&payload.payload).map_err(|fault| ServeError::Hello { fault })
}

async fn write(mut to: impl AsyncWrite + Unpin, mut queue: mpsc::Receiver<Vec<u8>>) -> io::Result<()> {
    while let Some(answer) = queue.recv().await {
        to.write_all(&answer).await?;
        to.flush().await?;
    }
    to.shutdown().await
}
