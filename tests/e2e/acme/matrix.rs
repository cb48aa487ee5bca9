//! What each client was seen to do: the rows that the tests try, and that the guide shows.

use std::fmt;
use std::path::Path;
use std::sync::Mutex;

/// What a client does in a row, or why it does not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Does {
    /// It does, and so did the test.
    Yes,
    /// It renews when the authority says so (RFC 9773), and not before.
    WhenTold,
    /// The client has no way to.
    Cannot,
}

impl fmt::Display for Does {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Yes => "yes",
            Self::WhenTold => "when told (ARI)",
            Self::Cannot => "–",
        })
    }
}

/// How names are proven.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Challenge {
    Http01,
    Dns01,
    TlsAlpn01,
}

impl fmt::Display for Challenge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Http01 => "http-01",
            Self::Dns01 => "dns-01",
            Self::TlsAlpn01 => "tls-alpn-01",
        })
    }
}

/// One row: a client proves a name in one way, and what it then does with the certificate.
#[derive(Clone, Copy, Debug)]
pub(super) struct Row {
    pub(super) client: &'static str,
    pub(super) challenge: Challenge,
    /// The name that is ordered.
    pub(super) name: &'static str,
    /// Whether the account is bound to a key of `handfast acme eab create`.
    pub(super) bound: bool,
    pub(super) renew: Does,
    pub(super) revoke: Does,
    /// Whether the account goes on with another key.
    pub(super) key_change: Does,
}

/// The first row of a client: the plainest.
pub(super) fn first(client: &str) -> Row {
    *ROWS.iter().find(|row| row.client == client).unwrap()
}

/// Rows of a client that are tried at one time: each waits most of its time, for a process or for a time to renew.
const AT_ONCE: usize = 3;

/// Try every row of one client. Each has a server, ports and folders of its own, so that they do not meet.
pub(super) fn each(client: &str, try_row: impl Fn(&Row) + Sync) {
    let rows: Vec<Row> = ROWS.iter().filter(|row| row.client == client).copied().collect();
    assert!(!rows.is_empty(), "{client}");
    let rows = Mutex::new(rows.into_iter());
    let next = || rows.lock().unwrap().next();
    std::thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                while let Some(row) = next() {
                    try_row(&row);
                }
            });
        }
    });
}

pub(super) const HOST: &str = "web.shop.internal";
pub(super) const WILDCARD: &str = "*.shop.internal";
pub(super) const ADDRESS: &str = "127.0.0.1";

pub(super) const CERTBOT_DEBIAN: &str = "certbot 2.1.0";
pub(super) const CERTBOT: &str = "certbot 5.8.0";
pub(super) const LEGO: &str = "lego 4.9.1";
pub(super) const DEHYDRATED: &str = "dehydrated 0.7.0";
pub(super) const ACME_TINY: &str = "acme-tiny 5.0.1";
pub(super) const CADDY: &str = "Caddy 2.11.7";
pub(super) const INSTANT_ACME: &str = "instant-acme 0.8";
pub(super) const ACME_CLIENT: &str = "acme-client 5.4.0";
pub(super) const GO_ACME: &str = "x/crypto/acme 0.4.0";
pub(super) const AUTOCERT: &str = "autocert 0.4.0";

use Challenge::{Dns01, Http01, TlsAlpn01};
use Does::{Cannot, WhenTold, Yes};

const ROWS: &[Row] = &[
    row(CERTBOT_DEBIAN, Http01, HOST, Yes, Yes, Cannot),
    row(CERTBOT_DEBIAN, Dns01, WILDCARD, Yes, Yes, Cannot),
    bound(row(CERTBOT_DEBIAN, Http01, HOST, Yes, Yes, Cannot)),
    row(CERTBOT, Http01, HOST, WhenTold, Yes, Cannot),
    row(CERTBOT, Http01, ADDRESS, Yes, Yes, Cannot),
    row(CERTBOT, Dns01, WILDCARD, Yes, Yes, Cannot),
    bound(row(CERTBOT, Http01, HOST, Yes, Yes, Cannot)),
    row(LEGO, Http01, HOST, Yes, Yes, Cannot),
    row(LEGO, Dns01, WILDCARD, Yes, Yes, Cannot),
    row(LEGO, TlsAlpn01, HOST, Yes, Yes, Cannot),
    bound(row(LEGO, Http01, HOST, Yes, Yes, Cannot)),
    row(DEHYDRATED, Http01, HOST, Yes, Yes, Cannot),
    row(DEHYDRATED, Dns01, WILDCARD, Yes, Yes, Cannot),
    bound(row(DEHYDRATED, Http01, HOST, Yes, Yes, Cannot)),
    row(ACME_TINY, Http01, HOST, Yes, Cannot, Cannot),
    row(CADDY, Http01, HOST, WhenTold, Cannot, Cannot),
    row(CADDY, TlsAlpn01, HOST, WhenTold, Cannot, Cannot),
    row(CADDY, TlsAlpn01, ADDRESS, WhenTold, Cannot, Cannot),
    bound(row(CADDY, TlsAlpn01, HOST, WhenTold, Cannot, Cannot)),
    row(INSTANT_ACME, Http01, HOST, WhenTold, Yes, Yes),
    row(INSTANT_ACME, Http01, ADDRESS, WhenTold, Yes, Yes),
    row(INSTANT_ACME, Dns01, WILDCARD, WhenTold, Yes, Yes),
    row(INSTANT_ACME, TlsAlpn01, HOST, WhenTold, Yes, Yes),
    bound(row(INSTANT_ACME, Http01, HOST, WhenTold, Yes, Yes)),
    row(ACME_CLIENT, Http01, HOST, Yes, Yes, Yes),
    row(ACME_CLIENT, Dns01, WILDCARD, Yes, Yes, Yes),
    row(ACME_CLIENT, TlsAlpn01, HOST, Yes, Yes, Yes),
    bound(row(ACME_CLIENT, Http01, HOST, Yes, Yes, Yes)),
    row(GO_ACME, Http01, HOST, Yes, Yes, Yes),
    row(GO_ACME, Http01, ADDRESS, Yes, Yes, Yes),
    row(GO_ACME, Dns01, WILDCARD, Yes, Yes, Yes),
    row(GO_ACME, TlsAlpn01, HOST, Yes, Yes, Yes),
    bound(row(GO_ACME, Http01, HOST, Yes, Yes, Yes)),
    row(AUTOCERT, TlsAlpn01, HOST, Yes, Cannot, Cannot),
    bound(row(AUTOCERT, TlsAlpn01, HOST, Yes, Cannot, Cannot)),
];

const fn row(
    client: &'static str,
    challenge: Challenge,
    name: &'static str,
    renew: Does,
    revoke: Does,
    key_change: Does,
) -> Row {
    Row { client, challenge, name, bound: false, renew, revoke, key_change }
}

const fn bound(row: Row) -> Row {
    Row { bound: true, ..row }
}

/// The table as the guide shows it.
fn table() -> String {
    let head = "| Client | Challenge | Name | Account | Issue | Renew | Revoke | Key change |\n|---|---|---|---|---|---|---|---|\n";
    ROWS.iter().map(Row::line).fold(head.to_owned(), |table, line| table + &line)
}

impl Row {
    fn line(&self) -> String {
        let name = match self.name {
            WILDCARD => "wildcard",
            ADDRESS => "address",
            _ => "host",
        };
        let account = if self.bound { "bound (EAB)" } else { "open" };
        let Self { client, challenge, renew, revoke, key_change, .. } = self;
        format!("| {client} | {challenge} | {name} | {account} | yes | {renew} | {revoke} | {key_change} |\n")
    }
}

#[test]
fn the_guide_shows_the_rows_that_are_tried() {
    let guide = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/guide/acme-clients.md");
    let guide = std::fs::read_to_string(guide).unwrap();
    let table = table();
    assert!(guide.contains(&table), "docs/guide/acme-clients.md does not have this table:\n{table}");
}
