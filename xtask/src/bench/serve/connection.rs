//! A connection that is kept alive: the least HTTP/1.1 (RFC 9112) that a load generator needs, so that it takes little of
//! the machine that it shares with the server.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use anyhow::{Context as _, Result, bail};
use hf_identity::client::ClientTls;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpSocket;

/// Whom to ask.
#[derive(Clone)]
pub(in crate::bench) struct Target {
    pub(in crate::bench) address: SocketAddr,
    /// For HTTPS.
    pub(in crate::bench) tls: Option<Arc<ClientTls>>,
    /// The process that answers.
    pub(in crate::bench) process: u32,
}

trait Wire: AsyncRead + AsyncWrite + Unpin + Send {}

impl<T: AsyncRead + AsyncWrite + Unpin + Send> Wire for T {}

/// One connection.
pub(in crate::bench) struct Connection {
    wire: Box<dyn Wire>,
    received: Vec<u8>,
    /// Where the body of what was received begins.
    head_end: usize,
}

impl Connection {
    /// Connect, and shake hands where that is asked for; from `source`, if one is given.
    pub(in crate::bench) async fn open(target: &Target, source: Option<IpAddr>) -> Result<Self> {
        let socket = TcpSocket::new_v4()?;
        if let Some(source) = source {
            socket.bind(SocketAddr::new(source, 0))?;
        }
        let stream = socket.connect(target.address).await.context("cannot connect")?;
        stream.set_nodelay(true)?;
        let wire: Box<dyn Wire> = match &target.tls {
            Some(tls) => Box::new(tls.connect("localhost", stream).await.context("cannot shake hands")?),
            None => Box::new(stream),
        };
        Ok(Self { wire, received: Vec::with_capacity(16 * 1024), head_end: 0 })
    }

    /// Send octets and wait for nothing.
    pub(super) async fn send(&mut self, octets: &[u8]) -> Result<()> {
        self.wire.write_all(octets).await?;
        Ok(self.wire.flush().await?)
    }

    /// Send a request and read its answer whole; the status.
    pub(in crate::bench) async fn exchange(&mut self, request: &[u8]) -> Result<u16> {
        self.send(request).await?;
        self.received.clear();
        let head_end = loop {
            self.more().await?;
            if let Some(at) = find(&self.received, b"\r\n\r\n") {
                break at + 4;
            }
        };
        self.head_end = head_end;
        let head = std::str::from_utf8(self.received.get(..head_end).unwrap_or_default())?;
        let status = head.get(9..12).context("no status")?.parse()?;
        match field(head, "content-length").map(str::parse::<usize>).transpose()? {
            Some(length) => {
                while self.received.len() < head_end + length {
                    self.more().await?;
                }
            }
            None if field(head, "transfer-encoding").is_some_and(|found| found == "chunked") => {
                while !self.received.ends_with(b"0\r\n\r\n") {
                    self.more().await?;
                }
            }
            None if status == 204 => {}
            None => bail!("an answer without a length: {head}"),
        }
        Ok(status)
    }

    async fn more(&mut self) -> Result<()> {
        let count = self.wire.read_buf(&mut self.received).await?;
        if count == 0 {
            bail!("the server closed the connection");
        }
        Ok(())
    }

    /// A header of the last answer; `name` in lower case.
    pub(in crate::bench) fn header(&self, name: &str) -> Option<&str> {
        let head = std::str::from_utf8(self.received.get(..self.head_end)?).ok()?;
        head.lines().find_map(|line| {
            let (found, value) = line.split_once(':')?;
            found.eq_ignore_ascii_case(name).then_some(value.trim())
        })
    }

    /// The body of the last answer, without its chunks (RFC 9112 section 7.1).
    pub(in crate::bench) fn body(&self) -> Result<Vec<u8>> {
        let mut rest = self.received.get(self.head_end..).unwrap_or_default();
        if self.header("transfer-encoding") != Some("chunked") {
            return Ok(rest.to_vec());
        }
        let mut body = Vec::with_capacity(rest.len());
        loop {
            let end = find(rest, b"\r\n").context("a chunk without a length")?;
            let (length, after) = rest.split_at_checked(end + 2).context("a chunk without a length")?;
            let length = usize::from_str_radix(std::str::from_utf8(length)?.trim(), 16)?;
            let (chunk, after) = after.split_at_checked(length).context("a chunk that is cut")?;
            if length == 0 {
                return Ok(body);
            }
            body.extend_from_slice(chunk);
            rest = after.get(2..).context("a chunk that is cut")?;
        }
    }

    /// What came last, for messages.
    pub(super) fn last_answer(&self) -> String {
        String::from_utf8_lossy(&self.received).chars().take(600).collect()
    }
}

/// The value of the field with this name, in lower case.
fn field<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    let line = |line: &'a str| {
        let (found, value) = line.split_once(':')?;
        found.eq_ignore_ascii_case(name).then(|| value.trim())
    };
    head.lines().skip(1).find_map(line)
}

fn find(octets: &[u8], wanted: &[u8]) -> Option<usize> {
    octets.windows(wanted.len()).position(|window| window == wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_found_in_any_case() {
        let head = "HTTP/1.1 200 OK\r\nDate: x: y\r\ncontent-LENGTH:  12\r\n\r\n";
        assert_eq!(field(head, "content-length"), Some("12"));
        assert_eq!(field(head, "date"), Some("x: y"));
        assert_eq!(field(head, "transfer-encoding"), None);
    }
}
