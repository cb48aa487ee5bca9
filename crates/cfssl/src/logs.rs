//! Asks logs of certificate transparency over HTTP and HTTPS, RFC 6962 section 4.2.
//!
//! The operator names the logs, so they may be anywhere; what they answer is bounded all the same. Redirects are not followed:
//! a log that moved is listed where it is now.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use hf_ca::transparency::{LogAnswer, LogClient, LogFault, PATIENCE};
use hf_client::http::{Bounds, HttpError, Reply, Target, send};
use hf_core::causes::with_causes;
use hf_identity::client::ClientTls;
use hf_x509::certificate::Certificate;
use hf_x509::transparency::SignedCertificateTimestamp;
use http::header::{ACCEPT, CONTENT_TYPE};
use http::{Request, Uri};
use serde::{Deserialize, Serialize};

/// The client's side of TLS, or why there is none.
pub type Trust = Result<Arc<ClientTls>, String>;

/// Asks logs. Whom it trusts behind `https://` is found out when it is needed first, and again as long as that fails.
pub struct HttpLogs {
    trust: Box<dyn Fn() -> Trust + Send + Sync>,
    tls: OnceLock<Arc<ClientTls>>,
}

/// Time that is a little longer than that of whoever waits, so that a log is late in one way; an answer of a log has some 300
/// octets.
const BOUNDS: Bounds = Bounds {
    connect: Duration::from_secs(5),
    whole: PATIENCE.saturating_add(Duration::from_secs(1)),
    body: 16 * 1024,
};

/// How much is told of what a log says when it refuses.
const SHOWN: usize = 200;

/// `add-pre-chain`.
#[derive(Serialize)]
struct Submission {
    chain: Vec<String>,
}

/// What a log answers, RFC 6962 section 4.1.
#[derive(Deserialize)]
struct Answer {
    sct_version: u8,
    id: String,
    timestamp: u64,
    #[serde(default)]
    extensions: String,
    signature: String,
}

impl HttpLogs {
    /// Asks logs; `trust` makes the client's side of TLS.
    pub fn new(trust: impl Fn() -> Trust + Send + Sync + 'static) -> Self {
        Self { trust: Box::new(trust), tls: OnceLock::new() }
    }

    async fn ask(&self, log: &str, chain: &[Certificate]) -> Result<SignedCertificateTimestamp, LogFault> {
        let unreachable = |reason: String| LogFault::Unreachable { reason };
        let (target, path) = self.place(log).map_err(unreachable)?;
        let chain = chain.iter().map(|certificate| STANDARD.encode(certificate.der())).collect();
        let body =
            serde_json::to_vec(&Submission { chain }).map_err(|error| unreachable(error.to_string()))?;
        let request = Request::post(path)
            .header(CONTENT_TYPE, "application/json")
            .header(ACCEPT, "application/json")
            .body(Bytes::from(body))
            .map_err(|error| unreachable(error.to_string()))?;
        let reply = send(&target, request, BOUNDS).await.map_err(|error| fault(&error))?;
        match reply.status {
            200 => read(&reply.body),
            status => Err(LogFault::Refused { status, said: said(&reply) }),
        }
    }

    fn place(&self, log: &str) -> Result<(Target, String), String> {
        let uri: Uri =
            format!("{log}/ct/v1/add-pre-chain").parse().map_err(|_| "it has no usable address")?;
        let host = uri.host().ok_or("its address names no host")?;
        let host = host.trim_start_matches('[').trim_end_matches(']').to_owned();
        let target = match uri.scheme_str() {
            Some("http") => Target::Tcp { host, port: uri.port_u16().unwrap_or(80) },
            Some("https") => Target::Tls { host, port: uri.port_u16().unwrap_or(443), tls: self.tls()? },
            _ => return Err("its address is neither `http` nor `https`".to_owned()),
        };
        Ok((target, uri.path().to_owned()))
    }

    fn tls(&self) -> Trust {
        match self.tls.get() {
            Some(tls) => Ok(Arc::clone(tls)),
            // Two at once come to the same.
            None => (self.trust)().map(|made| Arc::clone(self.tls.get_or_init(|| made))),
        }
    }
}

impl LogClient for HttpLogs {
    fn add_pre_chain<'a>(&'a self, log: &'a str, chain: &'a [Certificate]) -> LogAnswer<'a> {
        Box::pin(self.ask(log, chain))
    }
}

fn fault(error: &HttpError) -> LogFault {
    match error {
        HttpError::Timeout { after } | HttpError::ConnectTimeout { after } => {
            LogFault::Late { after: *after }
        }
        HttpError::Body { .. } => LogFault::Unreadable { reason: with_causes(error) },
        HttpError::Connect { .. }
        | HttpError::Tls { .. }
        | HttpError::Exchange(_)
        | HttpError::Broken(_)
        | HttpError::Host => LogFault::Unreachable { reason: with_causes(error) },
    }
}

/// The beginning of a refusal, harmless to show; for a redirect, where to.
fn said(reply: &Reply) -> String {
    let moved = reply.headers.get(http::header::LOCATION).map(http::HeaderValue::as_bytes);
    let text = String::from_utf8_lossy(moved.unwrap_or(&reply.body));
    let text: String = text.trim().chars().take(SHOWN).collect();
    text.escape_debug().to_string()
}

fn read(body: &[u8]) -> Result<SignedCertificateTimestamp, LogFault> {
    let unreadable = |reason: String| LogFault::Unreadable { reason };
    let answer: Answer = serde_json::from_slice(body).map_err(|error| unreadable(error.to_string()))?;
    let decode = |field: &str, text: &str| {
        STANDARD.decode(text).map_err(|error| unreadable(format!("`{field}` is no base64: {error}")))
    };
    let id = decode("id", &answer.id)?;
    let log_id = <[u8; 32]>::try_from(id.as_slice())
        .map_err(|_| unreadable(format!("`id` has {} octets: expected 32", id.len())))?;
    let extensions = decode("extensions", &answer.extensions)?;
    let signature = decode("signature", &answer.signature)?;
    SignedCertificateTimestamp::from_parts(
        answer.sct_version,
        log_id,
        answer.timestamp,
        extensions,
        &signature,
    )
    .map_err(LogFault::Timestamp)
}
