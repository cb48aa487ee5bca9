//! What the writer is asked to do.

use tokio::sync::oneshot;

use super::Transaction;
use crate::StoreError;

/// A change. Those that wait together share a transaction.
pub(super) trait Job: Send {
    /// Carry it out within the transaction. One that fails before it has changed anything fails alone.
    fn run(&mut self, transaction: Transaction<'_>) -> Result<(), StoreError>;
    /// Answer, when the transaction is durable or has failed.
    fn answer(self: Box<Self>, outcome: Result<(), StoreError>);
}

/// A [`Job`] made of a closure.
pub(super) struct Task<F, T> {
    work: Option<F>,
    value: Option<T>,
    reply: oneshot::Sender<Result<T, StoreError>>,
}

impl<F, T> Task<F, T>
where
    F: FnOnce(Transaction<'_>) -> Result<T, StoreError> + Send + 'static,
    T: Send + 'static,
{
    pub(super) fn boxed(work: F, reply: oneshot::Sender<Result<T, StoreError>>) -> Box<dyn Job> {
        Box::new(Self { work: Some(work), value: None, reply })
    }
}

impl<F, T> Job for Task<F, T>
where
    F: FnOnce(Transaction<'_>) -> Result<T, StoreError> + Send,
    T: Send,
{
    fn run(&mut self, transaction: Transaction<'_>) -> Result<(), StoreError> {
        if let Some(work) = self.work.take() {
            self.value = Some(work(transaction)?);
        }
        Ok(())
    }

    fn answer(self: Box<Self>, outcome: Result<(), StoreError>) {
        let Self { value, reply, .. } = *self;
        // The caller may be gone: the change stands.
        drop(reply.send(outcome.and_then(|()| value.ok_or(StoreError::NoAnswer))));
    }
}
