//! What the writer is asked to do.

use hf_core::serial::Serial;
use tokio::sync::oneshot;

use super::ledger::Ledger;
use super::row::CertificateRow;
use crate::StoreError;
use crate::record::{Begun, StoredCertificate};

/// Where an answer goes. The caller may be gone: then the answer is dropped, the operation stands.
pub(super) type Reply<T> = oneshot::Sender<Result<T, StoreError>>;

/// A request to the writer.
pub(super) enum Request {
    Begin(Box<Begin>),
    Finish(Finish),
    Direct(Box<dyn Direct>),
    /// Find a certificate that the database may not hold yet.
    Find(Find),
    /// Fold everything that is durable already.
    Flush(Reply<()>),
    /// Find out whether anything could be recorded.
    Probe(Reply<()>),
}

impl Request {
    /// Answer without having done anything.
    pub(super) fn refuse(self, error: StoreError) {
        match self {
            Self::Begin(request) => drop(request.reply.send(Err(error))),
            Self::Finish(request) => drop(request.reply.send(Err(error))),
            Self::Direct(request) => request.answer(Err(error)),
            Self::Find(request) => drop(request.reply.send(Err(error))),
            Self::Flush(reply) | Self::Probe(reply) => drop(reply.send(Err(error))),
        }
    }
}

/// Record an intent. Everything that can be computed outside the writer's thread has been.
pub(super) struct Begin {
    pub(super) authority: String,
    pub(super) row: CertificateRow,
    pub(super) event: String,
    pub(super) reply: Reply<Begun>,
}

/// Record a certificate.
pub(super) struct Finish {
    pub(super) authority: String,
    pub(super) serial: Serial,
    pub(super) certificate: Vec<u8>,
    pub(super) event: String,
    pub(super) reply: Reply<()>,
}

/// Find a certificate among those that are not in the database yet; none when it is there, or nowhere.
pub(super) struct Find {
    pub(super) authority: String,
    pub(super) serial: Serial,
    pub(super) reply: Reply<Option<StoredCertificate>>,
}

/// An operation on the database itself. Those that wait together share a transaction.
pub(super) trait Direct: Send {
    /// Carry it out within the transaction; an error undoes this operation alone.
    fn run(&mut self, ledger: &mut Ledger<'_>) -> Result<(), StoreError>;
    /// Answer, when the transaction is durable or has failed.
    fn answer(self: Box<Self>, outcome: Result<(), StoreError>);
}

/// A [`Direct`] operation made of a closure.
pub(super) struct Operation<F, T> {
    work: Option<F>,
    value: Option<T>,
    reply: Reply<T>,
}

impl<F, T> Operation<F, T>
where
    F: FnOnce(&mut Ledger<'_>) -> Result<T, StoreError> + Send + 'static,
    T: Send + 'static,
{
    pub(super) fn boxed(work: F, reply: Reply<T>) -> Box<dyn Direct> {
        Box::new(Self { work: Some(work), value: None, reply })
    }
}

impl<F, T> Direct for Operation<F, T>
where
    F: FnOnce(&mut Ledger<'_>) -> Result<T, StoreError> + Send,
    T: Send,
{
    fn run(&mut self, ledger: &mut Ledger<'_>) -> Result<(), StoreError> {
        if let Some(work) = self.work.take() {
            self.value = Some(work(ledger)?);
        }
        Ok(())
    }

    fn answer(self: Box<Self>, outcome: Result<(), StoreError>) {
        let Self { value, reply, .. } = *self;
        drop(reply.send(outcome.and_then(|()| value.ok_or(StoreError::NoAnswer))));
    }
}
