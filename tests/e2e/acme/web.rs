//! A web server that hands out the files of http-01, for clients that have none.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener};
use std::path::Path;

/// Serves `/.well-known/acme-challenge/NAME` from a folder as long as the process lives.
pub(super) fn serve(address: SocketAddr, folder: &Path) {
    let listener = TcpListener::bind(address).unwrap();
    let folder = folder.to_owned();
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let mut head = Vec::new();
            let mut octet = [0];
            while !head.ends_with(b"\r\n\r\n") && stream.read(&mut octet).unwrap_or(0) == 1 {
                head.push(octet[0]);
            }
            let answer = answer(&String::from_utf8_lossy(&head), &folder);
            stream.write_all(&answer).ok();
        }
    });
}

fn answer(head: &str, folder: &Path) -> Vec<u8> {
    let path = head.split(' ').nth(1).unwrap_or_default();
    let name = path.strip_prefix("/.well-known/acme-challenge/").filter(|name| !name.contains('/'));
    let Some(body) = name.and_then(|name| std::fs::read(folder.join(name)).ok()) else {
        return b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n".to_vec();
    };
    let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", body.len());
    [head.into_bytes(), body].concat()
}
