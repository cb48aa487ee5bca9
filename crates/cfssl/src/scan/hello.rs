//! A client hello, and what the server answers before anything is encrypted.

mod read;
mod write;

use std::io;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use super::Target;
use super::connect::{in_time, tcp};
use read::Flight;

/// A version of TLS.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Version {
    Ssl30,
    Tls10,
    Tls11,
    Tls12,
    Tls13,
}

impl Version {
    /// Newest first.
    pub(super) const ALL: [Self; 5] = [Self::Tls13, Self::Tls12, Self::Tls11, Self::Tls10, Self::Ssl30];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Ssl30 => "SSL 3.0",
            Self::Tls10 => "TLS 1.0",
            Self::Tls11 => "TLS 1.1",
            Self::Tls12 => "TLS 1.2",
            Self::Tls13 => "TLS 1.3",
        }
    }

    /// Its number on the wire.
    fn number(self) -> u16 {
        match self {
            Self::Ssl30 => 0x0300,
            Self::Tls10 => 0x0301,
            Self::Tls11 => 0x0302,
            Self::Tls12 => 0x0303,
            Self::Tls13 => 0x0304,
        }
    }
}

/// What a client offers: one version, and in each list what it would take, best first.
#[derive(Clone, Debug)]
pub(super) struct Offer {
    pub(super) version: Version,
    pub(super) suites: Vec<u16>,
    pub(super) groups: Vec<u16>,
    pub(super) schemes: Vec<u16>,
}

/// What the server chose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Choice {
    pub(super) suite: u16,
    /// The group of the key exchange, when there is one with a name.
    pub(super) group: Option<u16>,
    /// The certificates, DER; TLS 1.3 encrypts them, so none are seen there.
    pub(super) chain: Vec<Vec<u8>>,
}

/// The most that a server may say before it has said enough. Chains of public servers take 3 to 10 KiB.
const FLIGHT_LIMIT: usize = 128 * 1024;

/// Ask the target; nothing when it refuses the offer. The error means that nobody answered.
pub(super) async fn ask(target: &Target, offer: &Offer) -> io::Result<Option<Choice>> {
    let mut tcp = tcp(target).await?;
    let answer = async {
        tcp.write_all(&write::client_hello(offer, &target.hostname)).await?;
        let mut flight = Flight::new(offer.version);
        let mut piece = [0; 4096];
        loop {
            let count = tcp.read(&mut piece).await?;
            let heard = piece.get(..count).unwrap_or_default();
            match flight.hear(heard) {
                read::Heard::Choice(choice) => return Ok(Some(choice)),
                read::Heard::Refusal => return Ok(None),
                read::Heard::Part if count == 0 || flight.len() > FLIGHT_LIMIT => return Ok(None),
                read::Heard::Part => {}
            }
        }
    };
    match in_time(answer).await {
        // Old servers hang up where others send an alert.
        Err(error) if matches!(error.kind(), io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe) => {
            Ok(None)
        }
        other => other,
    }
}
