//! The least ACME client (RFC 8555) that can be cut off at any moment: every step is `None` when the server is gone.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpListener;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::sync::Arc;

use hf_x509::certificate::Certificate;
use rcgen::{
    CertificateParams, DistinguishedName, KeyPair, PKCS_ED25519, PublicKeyData as _, SigningKey as _,
};
use rustls::SupportedCipherSuite;
use rustls::crypto::aws_lc_rs::cipher_suite::TLS13_AES_128_GCM_SHA256;
use serde_json::{Value, json};

use crate::port;

/// The address that the server is told it has.
pub(super) const BASE: &str = "https://acme.shop.internal";

/// So often is asked for a proof or a certificate: it is there long before.
const PATIENCE: usize = 100_000;

/// The key of an account, Ed25519 (RFC 8037).
pub(super) struct Key(KeyPair);

impl Key {
    pub(super) fn generate() -> Self {
        Self(KeyPair::generate_for(&PKCS_ED25519).unwrap())
    }

    fn jwk(&self) -> String {
        format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{}"}}"#, base64url(self.0.der_bytes()))
    }

    /// RFC 7638.
    pub(super) fn thumbprint(&self) -> String {
        let SupportedCipherSuite::Tls13(suite) = TLS13_AES_128_GCM_SHA256 else {
            panic!("a suite of TLS 1.3")
        };
        base64url(suite.common.hash_provider.hash(self.jwk().as_bytes()).as_ref())
    }
}

/// An order that was begun.
pub(super) struct Order {
    pub(super) url: String,
    body: Value,
}

impl Order {
    fn authorization(&self) -> &str {
        self.body["authorizations"][0].as_str().unwrap()
    }
}

/// A certificate that was fetched.
pub(super) struct Issued {
    pub(super) serial: String,
    der: Vec<u8>,
}

/// An account on one connection that stays open.
pub(super) struct Client {
    connection: BufReader<UnixStream>,
    key: Arc<Key>,
    account: Option<String>,
    nonce: String,
}

#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) headers: BTreeMap<String, String>,
    body: Vec<u8>,
}

impl Answer {
    fn json(&self) -> Value {
        assert!(self.status < 300, "{}: {}", self.status, String::from_utf8_lossy(&self.body));
        serde_json::from_slice(&self.body).unwrap()
    }
}

impl Client {
    /// Connect, and make the account or find it.
    pub(super) fn open(socket: &Path, key: Arc<Key>) -> Option<Self> {
        let mut client = Self::connect(socket, key)?;
        client.register()?.json();
        Some(client)
    }

    /// Connect.
    pub(super) fn connect(socket: &Path, key: Arc<Key>) -> Option<Self> {
        let connection = BufReader::new(UnixStream::connect(socket).ok()?);
        let mut client = Self { connection, key, account: None, nonce: String::new() };
        client.exchange("GET /acme/services/new-nonce", "")?;
        Some(client)
    }

    /// Make the account or find it.
    pub(super) fn register(&mut self) -> Option<Answer> {
        let made = self.post(&format!("{BASE}/acme/services/new-account"), &json!({}).to_string())?;
        self.account = made.headers.get("location").cloned();
        Some(made)
    }

    fn exchange(&mut self, line: &str, body: &str) -> Option<Answer> {
        let request = format!(
            "{line} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/jose+json\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        self.connection.get_mut().write_all(request.as_bytes()).ok()?;
        let mut status = String::new();
        self.connection.read_line(&mut status).ok().filter(|read| *read > 0)?;
        let status = status.split(' ').nth(1)?.parse().ok()?;
        let mut headers = BTreeMap::new();
        loop {
            let mut line = String::new();
            self.connection.read_line(&mut line).ok().filter(|read| *read > 0)?;
            let Some((name, value)) = line.split_once(':') else { break };
            headers.insert(name.to_ascii_lowercase(), value.trim().to_owned());
        }
        let length = headers.get("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
        let mut body = vec![0; length];
        self.connection.read_exact(&mut body).ok()?;
        if let Some(nonce) = headers.get("replay-nonce") {
            self.nonce.clone_from(nonce);
        }
        Some(Answer { status, headers, body })
    }

    /// A signed request; an empty payload fetches.
    fn post(&mut self, url: &str, payload: &str) -> Option<Answer> {
        let who = match &self.account {
            Some(account) => format!(r#""kid":"{account}""#),
            None => format!(r#""jwk":{}"#, self.key.jwk()),
        };
        let header = format!(r#"{{"alg":"EdDSA",{who},"nonce":"{}","url":"{url}"}}"#, self.nonce);
        let (header, payload) = (base64url(header.as_bytes()), base64url(payload.as_bytes()));
        let signature = base64url(&self.key.0.sign(format!("{header}.{payload}").as_bytes()).unwrap());
        let body = json!({ "protected": header, "payload": payload, "signature": signature }).to_string();
        let path = url.strip_prefix(BASE).unwrap_or_else(|| panic!("`{url}` is elsewhere"));
        self.exchange(&format!("POST {path}"), &body)
    }

    /// What is at this URL.
    pub(super) fn fetch(&mut self, url: &str) -> Option<Value> {
        self.post(url, "").map(|answer| answer.json())
    }

    /// The same, as text.
    pub(super) fn fetch_text(&mut self, url: &str) -> Option<String> {
        let answer = self.post(url, "")?;
        assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(&answer.body));
        String::from_utf8(answer.body).ok()
    }

    /// Ask for an order of a certificate for a name.
    pub(super) fn new_order(&mut self, name: &str) -> Option<Answer> {
        let payload = json!({ "identifiers": [{ "type": "dns", "value": name }] }).to_string();
        self.post(&format!("{BASE}/acme/services/new-order"), &payload)
    }

    /// Order a certificate for a name.
    pub(super) fn order(&mut self, name: &str) -> Option<Order> {
        let made = self.new_order(name)?;
        let body = made.json();
        Some(Order { url: made.headers["location"].clone(), body })
    }

    /// Meet the http-01 challenge, unless the name is proved already.
    pub(super) fn prove(&mut self, order: &Order) -> Option<()> {
        self.begin_proof(order)?;
        self.proved(order)
    }

    /// Wait until the name is proved.
    pub(super) fn proved(&mut self, order: &Order) -> Option<()> {
        self.until(order.authorization(), "pending").map(|_| ())
    }

    /// Say that the http-01 challenge can be looked at, unless the name is proved already.
    pub(super) fn begin_proof(&mut self, order: &Order) -> Option<()> {
        let authorization = self.fetch(order.authorization())?;
        if authorization["status"] == "pending" {
            let challenges = authorization["challenges"].as_array().unwrap();
            let http = challenges.iter().find(|challenge| challenge["type"] == "http-01").unwrap();
            self.post(http["url"].as_str().unwrap(), "{}")?.json();
        }
        Some(())
    }

    /// Fetch until the status is another.
    fn until(&mut self, url: &str, status: &str) -> Option<Value> {
        for _ in 0..PATIENCE {
            let found = self.fetch(url)?;
            if found["status"] != status {
                assert_eq!(found["status"], "valid", "{found}");
                return Some(found);
            }
            std::thread::yield_now();
        }
        panic!("`{url}` stays {status}");
    }

    /// Finalize, and fetch the certificate.
    pub(super) fn finish(&mut self, order: &Order, name: &str) -> Option<Issued> {
        let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
        params.distinguished_name = DistinguishedName::new();
        let csr = params.serialize_request(&KeyPair::generate().unwrap()).unwrap();
        let payload = json!({ "csr": base64url(csr.der()) }).to_string();
        self.post(order.body["finalize"].as_str().unwrap(), &payload)?.json();
        let order = self.until(&order.url, "processing")?;
        let chain = self.fetch_text(order["certificate"].as_str().unwrap())?;
        let certificate = Certificate::many_from_pem(&chain).unwrap().remove(0);
        let octets = certificate.serial_octets().iter();
        let serial = octets.fold(String::new(), |serial, octet| serial + &format!("{octet:02x}"));
        Some(Issued { serial, der: certificate.der().to_vec() })
    }

    /// Revoke it.
    pub(super) fn revoke(&mut self, certificate: &Issued) -> Option<()> {
        let payload = json!({ "certificate": base64url(&certificate.der), "reason": 4 }).to_string();
        let answer = self.post(&format!("{BASE}/acme/services/revoke-cert"), &payload)?;
        assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(&answer.body));
        Some(())
    }
}

/// A key whose owner answers http-01 for `name` from now on, and the section `[acme.services]` that lets it be found.
pub(super) fn provable(name: &str) -> (Arc<Key>, String) {
    let challenges = port::free();
    let key = Arc::new(Key::generate());
    let thumbprints = std::iter::once((name.to_owned(), key.thumbprint())).collect();
    respond(TcpListener::bind(challenges).unwrap(), thumbprints);
    let port = challenges.port();
    let section = format!(
        "[acme.services]\nhttp_port = {port}\nhosts = {{ \"{name}\" = [\"127.0.0.1\"] }}\nallow = [\"127.0.0.0/8\"]\n"
    );
    (key, section)
}

/// Answer every http-01 challenge with the key of whose name it is, as long as the process lives.
pub(super) fn respond(listener: TcpListener, thumbprints: BTreeMap<String, String>) {
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let mut stream = BufReader::new(stream);
            let (mut token, mut host) = (String::new(), String::new());
            loop {
                let mut line = String::new();
                if stream.read_line(&mut line).is_ok_and(|read| read > 2) {
                    if let Some((_, rest)) = line.split_once("/.well-known/acme-challenge/") {
                        rest.split(' ').next().unwrap_or_default().clone_into(&mut token);
                    } else if let Some(rest) = line.to_ascii_lowercase().strip_prefix("host:") {
                        rest.trim().split(':').next().unwrap_or_default().clone_into(&mut host);
                    }
                    continue;
                }
                break;
            }
            let body = format!("{token}.{}", thumbprints.get(&host).map_or("", String::as_str));
            let head =
                format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", body.len());
            // A killed server does not wait for it.
            let _ = stream.get_mut().write_all((head + &body).as_bytes());
        }
    });
}

/// RFC 4648 section 5, without padding.
fn base64url(octets: &[u8]) -> String {
    const DIGITS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut text = String::new();
    for three in octets.chunks(3) {
        let group = three.iter().fold(0_u32, |group, octet| group << 8 | u32::from(*octet))
            << (8 * (3 - three.len()));
        for place in 0..=three.len() {
            text.push(char::from(DIGITS[usize::try_from(group >> (18 - 6 * place) & 0x3f).unwrap()]));
        }
    }
    text
}
