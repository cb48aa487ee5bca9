//! Signals as a wait with an end: SIGINT and SIGTERM stop, SIGHUP wakes.

use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};

use crate::error::CommandError;

/// Signals that were asked for; from then on they no longer end the process by themselves.
pub(crate) struct Signals(Receiver<i32>);

/// Why a wait ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wake {
    /// The time is over, or SIGHUP came.
    Continue,
    /// SIGINT or SIGTERM came.
    Stop,
}

impl Signals {
    /// Begin to listen.
    pub(crate) fn listen() -> Result<Self, CommandError> {
        let failed = |error: std::io::Error| CommandError::fault("cannot listen to signals").because(error);
        let mut signals = signal_hook::iterator::Signals::new([SIGINT, SIGTERM, SIGHUP]).map_err(failed)?;
        let (sender, receiver) = channel();
        std::thread::Builder::new()
            .name(String::from("signals"))
            .spawn(move || {
                for signal in signals.forever() {
                    if sender.send(signal).is_err() {
                        return;
                    }
                }
            })
            .map_err(failed)?;
        Ok(Self(receiver))
    }

    /// Wait until the time is over or a signal comes; one that came before ends the wait at once.
    pub(crate) fn wait(&self, time: Duration) -> Wake {
        match self.0.recv_timeout(time) {
            Ok(SIGHUP) | Err(RecvTimeoutError::Timeout) => Wake::Continue,
            Ok(_) | Err(RecvTimeoutError::Disconnected) => Wake::Stop,
        }
    }
}
