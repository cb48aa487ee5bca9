//! One HTTP/1.1 request on a connection that stays open, for tests that kill the server under it.

use std::io::{BufRead as _, BufReader, Read, Write};

/// Status line and body of the answer, or nothing when the server is gone.
pub(crate) fn exchange<S: Read + Write>(
    connection: &mut BufReader<S>,
    head: &str,
    body: &str,
) -> Option<(String, Vec<u8>)> {
    let request = format!("{head}\r\nContent-Length: {}\r\n\r\n{body}", body.len());
    connection.get_mut().write_all(request.as_bytes()).ok()?;
    let (mut status, mut length) = (String::new(), 0);
    connection.read_line(&mut status).ok().filter(|read| *read > 0)?;
    loop {
        let mut line = String::new();
        connection.read_line(&mut line).ok().filter(|read| *read > 0)?;
        if line == "\r\n" {
            break;
        }
        if let Some((_, value)) = line.to_ascii_lowercase().split_once("content-length:") {
            length = value.trim().parse().ok()?;
        }
    }
    let mut octets = vec![0; length];
    connection.read_exact(&mut octets).ok()?;
    Some((status, octets))
}
