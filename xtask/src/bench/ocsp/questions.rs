//! The requests, as they go over the wire.

use std::fmt::Write as _;

use anyhow::{Context as _, Result};
use hf_x509::certificate::Certificate;
use hf_x509::ocsp::{CertId, CertIdHash, OcspRequest};

use super::files::Files;

/// Octets of a nonce, RFC 9654 section 2.1.
const NONCE: usize = 32;

/// Requests about one certificate.
pub(super) struct Questions {
    pub(super) get: Vec<u8>,
    pub(super) post: Vec<u8>,
    pub(super) with_nonce: Vec<u8>,
    /// Where the last eight octets of the nonce are.
    pub(super) nonce_at: usize,
    host: String,
}

impl Questions {
    pub(super) fn about(files: &Files) -> Result<Self> {
        let chain = Certificate::many_from_pem(&files.chain()?)?;
        let [leaf, issuer, ..] = chain.as_slice() else { anyhow::bail!("a chain has two certificates") };
        let host = files.plain.to_string();
        let request = |nonce: Option<Vec<u8>>| -> Result<Vec<u8>> {
            let id = CertId::new(CertIdHash::Sha1, issuer, &leaf.serial()?);
            Ok(OcspRequest { certificates: vec![id], nonce }.to_der())
        };
        let plain = request(None)?;
        let nonce = vec![0xa5; NONCE];
        let with_nonce = post(&host, &request(Some(nonce.clone()))?);
        let nonce_at = with_nonce.windows(NONCE).position(|window| window == nonce).context("no nonce")?;
        let path = format!("/ocsp/services/{}", escaped(&plain));
        Ok(Self {
            get: get(&host, &path),
            post: post(&host, &plain),
            with_nonce,
            nonce_at: nonce_at + NONCE - 8,
            host,
        })
    }

    /// A request for the static file whose octets are as many as those of a GET with base64.
    pub(super) fn of_static(&self, path: &str) -> Vec<u8> {
        let bare = get(&self.host, path).len();
        // The query does not change what a static file is.
        let filler = "a".repeat(self.get.len().saturating_sub(bare + 1));
        get(&self.host, &format!("{path}?{filler}"))
    }
}

fn get(host: &str, path: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nAccept: application/ocsp-response\r\n\r\n").into_bytes()
}

fn post(host: &str, body: &[u8]) -> Vec<u8> {
    let head = format!(
        "POST /ocsp/services HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/ocsp-request\r\n\
         Content-Length: {}\r\n\r\n",
        body.len()
    );
    [head.as_bytes(), body].concat()
}

/// RFC 4648 section 4, with what means something in a path escaped (RFC 5019 section 5).
fn escaped(octets: &[u8]) -> String {
    const SYMBOLS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for three in octets.chunks(3) {
        let octet = |place: usize| u32::from(three.get(place).copied().unwrap_or(0));
        let group = octet(0) << 16 | octet(1) << 8 | octet(2);
        for place in 0..4 {
            let digit = usize::try_from(group >> (18 - 6 * place) & 0x3f).unwrap_or(0);
            match SYMBOLS.get(digit).filter(|_| place <= three.len()) {
                Some(symbol) if symbol.is_ascii_alphanumeric() => text.push(char::from(*symbol)),
                // Writing to a `String` cannot fail.
                Some(symbol) => drop(write!(text, "%{symbol:02X}")),
                None => text.push_str("%3D"),
            }
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_padded_and_escaped() {
        for (octets, text) in [(&b"f"[..], "Zg%3D%3D"), (b"foo", "Zm9v"), (&[0xfb, 0xff], "%2B%2F8%3D")] {
            assert_eq!(escaped(octets), text);
        }
    }
}
