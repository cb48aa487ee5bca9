//! The web server that names are proved by: it answers every http-01 challenge (RFC 8555 section 8.3) with the key of the
//! account whose number the name tells.

use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context as _, Result};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// The most octets of a request.
const MAX_REQUEST: usize = 8 * 1024;

/// Thumbprints of the keys of the accounts, by number.
type Thumbprints = Arc<Vec<Mutex<String>>>;

pub(super) struct Responder(Thumbprints);

impl Responder {
    /// Listen on this port of this machine until the runtime ends.
    pub(super) async fn listen(port: u16, accounts: usize) -> Result<Self> {
        let listener =
            TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await.context("no port for challenges")?;
        let thumbprints: Thumbprints = Arc::new((0..accounts).map(|_| Mutex::default()).collect());
        let shared = Arc::clone(&thumbprints);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                // Whoever breaks off has no answer.
                tokio::spawn(answer(stream, Arc::clone(&shared)));
            }
        });
        Ok(Self(thumbprints))
    }

    /// From now on the account of this number has the key of this thumbprint.
    pub(super) fn know(&self, account: usize, thumbprint: String) {
        if let Some(place) = self.0.get(account) {
            *place.lock().unwrap_or_else(PoisonError::into_inner) = thumbprint;
        }
    }
}

/// A name of the account of this number.
pub(super) fn name(account: usize, number: u64) -> String {
    format!("n{number}.c{account}.bench.internal")
}

async fn answer(mut stream: TcpStream, thumbprints: Thumbprints) -> Option<()> {
    let mut request = Vec::with_capacity(1024);
    while !request.ends_with(b"\r\n\r\n") && request.len() < MAX_REQUEST {
        if stream.read_buf(&mut request).await.ok()? == 0 {
            return None;
        }
    }
    let (account, token) = asked(std::str::from_utf8(&request).ok()?)?;
    let thumbprint = thumbprints.get(account)?.lock().unwrap_or_else(PoisonError::into_inner).clone();
    let body = format!("{token}.{thumbprint}");
    let answer = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(answer.as_bytes()).await.ok()?;
    stream.shutdown().await.ok()
}

/// The number of the account and the token of a request.
fn asked(request: &str) -> Option<(usize, &str)> {
    let mut lines = request.lines();
    let path = lines.next()?.split(' ').nth(1)?;
    let token = path.strip_prefix("/.well-known/acme-challenge/")?;
    let host = lines.find_map(|line| {
        let (header, value) = line.split_once(':')?;
        header.eq_ignore_ascii_case("host").then_some(value.trim())
    })?;
    let account = host.split('.').nth(1)?.strip_prefix('c')?.parse().ok()?;
    Some((account, token))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_challenge_names_its_account() {
        let request =
            format!("GET /.well-known/acme-challenge/abc HTTP/1.1\r\nhost: {}:5002\r\n\r\n", name(7, 12));
        assert_eq!(asked(&request), Some((7, "abc")));
        assert_eq!(asked("GET / HTTP/1.1\r\nHost: n1.c1.x\r\n\r\n"), None);
    }
}
