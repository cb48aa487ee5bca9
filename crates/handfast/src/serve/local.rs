//! The socket through which commands on this machine use the store while the server has it.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use hf_ca::authority::Authority;
use hf_core::causes::with_causes;
use hf_store::remote::{self, Change, OnChange};
use rustix::process::geteuid;
use tokio::net::UnixListener;
use tokio::sync::Semaphore;

use super::sockets;
use crate::authority::SOCKET;
use crate::domain::Domain;
use crate::error::CommandError;

/// Commands at one time.
const AT_ONCE: usize = 64;

/// How long to wait when the system gives no connection.
const PAUSE: Duration = Duration::from_millis(100);

/// The socket, bound; its name goes when this does.
pub(super) struct LocalSocket {
    path: PathBuf,
    listener: UnixListener,
}

impl LocalSocket {
    /// Bind it for this user alone. Needs a runtime of tokio.
    pub(super) fn bind(domain: &Domain) -> Result<Self, CommandError> {
        let path = domain.state().join(SOCKET);
        let socket = sockets::unix(&path)?;
        let listener = socket.set_nonblocking(true).and_then(|()| UnixListener::from_std(socket));
        let listener = listener.map_err(|error| CommandError::io("listen on", &path, error))?;
        Ok(Self { path, listener })
    }

    /// Serve commands for ever.
    pub(super) async fn run(self, authority: Arc<Authority>) {
        let places = Arc::new(Semaphore::new(AT_ONCE));
        let on_change = on_change(Arc::clone(&authority));
        loop {
            let Ok(place) = Arc::clone(&places).acquire_owned().await else { return };
            let stream = match self.listener.accept().await {
                Ok((stream, _)) => stream,
                Err(error) => {
                    tracing::warn!(%error, "no command can connect");
                    tokio::time::sleep(PAUSE).await;
                    continue;
                }
            };
            // The mode of the socket says so already; a socket that was given away would not.
            let ours =
                stream.peer_cred().is_ok_and(|peer| peer.uid() == geteuid().as_raw() || peer.uid() == 0);
            if !ours {
                tracing::warn!("another user connected to the socket for commands and was turned away");
                continue;
            }
            let (store, on_change) = (Arc::clone(authority.store()), Arc::clone(&on_change));
            tokio::spawn(async move {
                if let Err(error) = remote::serve(stream, store, on_change).await {
                    tracing::warn!(error = with_causes(&error), "a command did not end as it should");
                }
                drop(place);
            });
        }
    }
}

impl Drop for LocalSocket {
    fn drop(&mut self) {
        // The next server replaces what is left behind.
        let _ = std::fs::remove_file(&self.path);
    }
}

async fn refresh(authority: &Authority) {
    if let Err(error) = authority.refresh_issuers().await {
        tracing::error!(%error, "the authorities cannot be read again");
    }
}

/// What a command changed is known here before the command is answered.
fn on_change(authority: Arc<Authority>) -> OnChange {
    Arc::new(move |change| {
        let authority = Arc::clone(&authority);
        Box::pin(async move {
            match change {
                Change::Authorities => refresh(&authority).await,
                Change::Revocation { serial } => {
                    authority.forget_status(&serial);
                    // It may be the certificate of an authority.
                    refresh(&authority).await;
                }
                // All are read from the store whenever they are needed.
                Change::Credentials | Change::Crls | Change::Acme => {}
            }
        })
    })
}
