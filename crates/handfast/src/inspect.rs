//! What a file, a stream or a server holds, shown to a person who has never seen a certificate, or complete, or as JSON.
//!
//! [`read`] finds out what the octets are and turns them into [`Item`]s; nothing here prints or opens anything.

mod certificate;
mod contents;
mod crl;
mod key;
mod key_store;
mod request;
mod sheet;

use hf_core::time::Timestamp;
use serde::Serialize;

pub(crate) use certificate::CertificateView;
pub(crate) use contents::{Contents, InspectError, read};
pub(crate) use crl::CrlView;
pub(crate) use key::KeyView;
pub(crate) use key_store::KeyStoreView;
pub(crate) use request::RequestView;
pub(crate) use sheet::Sheet;

/// One thing that was found.
#[derive(Debug, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub(crate) enum Item {
    /// A certificate.
    Certificate(Box<CertificateView>),
    /// A certification request (CSR).
    Request(Box<RequestView>),
    /// A certificate revocation list.
    Crl(Box<CrlView>),
    /// A private or public key. Of a private key only its public half is shown.
    Key(KeyView),
    /// A PKCS#12 or JKS file; its certificates follow as items of their own.
    KeyStore(KeyStoreView),
}

impl Item {
    /// Lines for a person; everything with `full`.
    pub(crate) fn sheet(&self, now: Timestamp, full: bool) -> Sheet {
        match self {
            Self::Certificate(view) => view.sheet(now, full),
            Self::Request(view) => view.sheet(full),
            Self::Crl(view) => view.sheet(now, full),
            Self::Key(view) => view.sheet(full),
            Self::KeyStore(view) => view.sheet(),
        }
    }
}

/// Octets as lower-case hexadecimal with colons.
fn colons(octets: &[u8]) -> String {
    octets.iter().map(|octet| format!("{octet:02x}")).collect::<Vec<_>>().join(":")
}

/// Octets as lower-case hexadecimal.
fn hex(octets: &[u8]) -> String {
    hf_store::audit::hex(octets)
}

/// How far `time` is from `now`, for people: `in 29 days`, `3 hours ago`.
fn gloss(time: Timestamp, now: Timestamp) -> String {
    let seconds = time.seconds_since(now);
    let distance = seconds.unsigned_abs();
    let (count, unit) = match distance {
        0..120 => (distance, "second"),
        120..7_200 => (distance / 60, "minute"),
        7_200..172_800 => (distance / 3_600, "hour"),
        172_800..63_072_000 => (distance / 86_400, "day"),
        _ => (distance / 31_536_000, "year"),
    };
    let plural = if count == 1 { "" } else { "s" };
    if seconds < 0 { format!("{count} {unit}{plural} ago") } else { format!("in {count} {unit}{plural}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn octets_are_written_in_two_ways() {
        assert_eq!(colons(&[1, 0xfe]), "01:fe");
        assert_eq!(hex(&[1, 0xfe]), "01fe");
    }

    #[test]
    fn distances_are_said_in_one_unit() {
        let now = Timestamp::from_unix_seconds(1_000_000_000);
        let at = |offset: i64| gloss(Timestamp::from_unix_seconds(1_000_000_000 + offset), now);
        assert_eq!(at(1), "in 1 second");
        assert_eq!(at(-180), "3 minutes ago");
        assert_eq!(at(29 * 86_400 + 5), "in 29 days");
        assert_eq!(at(10 * 31_536_000), "in 10 years");
    }
}
