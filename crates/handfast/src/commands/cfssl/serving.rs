//! What the servers among CFSSL's programs have in common: a socket, TLS, the log, and an end in order.

use std::fmt::{self, Write as _};
use std::net::{IpAddr, SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use hf_http::limits::{Limits, Rate};
use hf_http::server::{ListenAddress, Listener, Router, Server};
use hf_http::telemetry::metrics::Metrics;
use hf_identity::credential::Credential;
use hf_identity::server::{ClientAuth, MinimumVersion, ServerTls};
use hf_keys::random::SystemRandom;
use hf_x509::certificate::Certificate;
use tokio::signal::unix::{SignalKind, signal};
use tracing::Event;
use tracing::field::{Field, Visit};
use tracing_subscriber::filter::{FilterExt as _, filter_fn};
use tracing_subscriber::layer::{Context, SubscriberExt as _};
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Layer};

use super::call::{Call, Failure};
use super::flags;
use super::log::{Level, Log};
use crate::output::{LogWriter, is_urgent};

/// How long requests may take to finish when the server ends.
const DRAIN: Duration = Duration::from_secs(10);

/// What one auth key may ask for. CFSSL has no limit; this one is beyond what a machine signs.
const PER_KEY: (u32, u32) = (20_000, 40_000);

/// Bind a socket; `address` is one of this machine's, or empty for all of them.
pub(super) fn bind(address: &str, port: i64) -> Result<TcpListener, Failure> {
    let shown = format!("{address}:{port}");
    let port = u16::try_from(port).map_err(|_| Failure::new(format!("listen tcp: invalid port {port}")))?;
    let bound = match address.trim_matches(['[', ']']) {
        "" => TcpListener::bind(("::", port)).or_else(|_| TcpListener::bind(("0.0.0.0", port))),
        text => match text.parse::<IpAddr>() {
            Ok(address) => TcpListener::bind(SocketAddr::new(address, port)),
            Err(_) => TcpListener::bind((text, port)),
        },
    };
    bound.map_err(|error| Failure::new(format!("listen tcp {shown}: {error}")))
}

/// The files of the server's side of TLS, as flags name them.
#[derive(Clone, Copy)]
pub(super) struct TlsFiles<'a> {
    pub(super) certificate: Option<&'a str>,
    pub(super) key: Option<&'a str>,
    /// Certificates that clients must show lead to the roots in this file.
    pub(super) clients: Option<&'a str>,
}

impl TlsFiles<'_> {
    /// The server's side of TLS, when a certificate and its key are named.
    pub(super) fn open(self, call: &Call) -> Result<Option<Arc<ServerTls>>, Failure> {
        let minimum = minimum_version(call.text(&flags::MIN_TLS_VERSION))?;
        let Some((credential, clients)) = self.read(call)? else { return Ok(None) };
        let tls = ServerTls::from_version(minimum, credential, clients, Arc::clone(&call.clock));
        Ok(Some(Arc::new(tls.map_err(|error| Failure::new(error.to_string()))?)))
    }

    /// What the files hold now: what to show, and what to ask of clients.
    pub(super) fn read(self, call: &Call) -> Result<Option<(Credential, ClientAuth)>, Failure> {
        let (certificate, key) = match (self.certificate, self.key) {
            (Some(certificate), Some(key)) => (certificate, key),
            (None, None) if self.clients.is_none() => return Ok(None),
            _ => return Err(Failure::new("TLS needs both -tls-cert and -tls-key")),
        };
        let chain = der(&call.read(certificate)?, certificate)?;
        let key = call.key_file(key)?.to_pkcs8_der();
        let credential = Credential::new(chain, key).map_err(|error| Failure::new(error.to_string()))?;
        let clients = match self.clients {
            Some(path) => ClientAuth::Required(der(&call.read(path)?, path)?),
            None => ClientAuth::None,
        };
        Ok(Some((credential, clients)))
    }
}

/// Show from now on what the files hold.
pub(super) fn show(tls: Option<&ServerTls>, held: Option<(Credential, ClientAuth)>) -> Result<(), Failure> {
    let (Some(tls), Some((credential, clients))) = (tls, held) else { return Ok(()) };
    tls.replace_all(credential, clients).map_err(|error| Failure::new(error.to_string()))
}

/// CFSSL takes every word that it does not know for 1.0; older versions than 1.2 are spoken nowhere here.
fn minimum_version(word: &str) -> Result<MinimumVersion, Failure> {
    match word {
        "" | "1.2" => Ok(MinimumVersion::Tls12),
        "1.3" => Ok(MinimumVersion::Tls13),
        other => Err(Failure::new(format!("-min-tls-version {other}: expected 1.2 or 1.3"))),
    }
}

/// The certificates of a PEM file, DER.
fn der(octets: &[u8], path: &str) -> Result<Vec<Vec<u8>>, Failure> {
    let read = Certificate::many_from_pem(&String::from_utf8_lossy(octets));
    let read = read.map_err(|error| Failure::new(format!("{path}: {error}")))?;
    Ok(read.iter().map(|certificate| certificate.der().to_vec()).collect())
}

/// The limits of these servers: those of `handfast serve`; this machine itself has none of its own, as behind a proxy
/// everybody has its address.
pub(super) fn limits() -> Limits {
    let loopback = ["127.0.0.0/8", "::1/128"].iter().filter_map(|network| network.parse().ok()).collect();
    Limits {
        per_credential: Some(Rate::per_second(PER_KEY.0, PER_KEY.1)),
        exempt: loopback,
        ..Limits::default()
    }
}

/// What a server answers with, and where.
pub(super) struct Served {
    pub(super) socket: TcpListener,
    pub(super) tls: Option<Arc<ServerTls>>,
    pub(super) router: Router,
}

/// Answer on the socket until SIGINT or SIGTERM comes, then finish what is under way. On SIGHUP `reload` reads every file
/// again; when that fails nothing has changed.
pub(super) async fn run(
    log: &Log,
    what: Served,
    mut reload: impl AsyncFnMut() -> Result<(), Failure>,
) -> Result<(), Failure> {
    let Served { socket, tls, router } = what;
    let failed = |error: &dyn std::error::Error| Failure::new(error.to_string());
    let listener = Listener::tcp("cfssl", socket)
        .map_err(|error| failed(&error))?
        .with_wording(Arc::new(hf_http::cfssl::envelope));
    let listener = match tls {
        Some(tls) => listener.with_tls(tls),
        None => listener,
    };
    let metrics = Arc::new(Metrics::new());
    let mut end = signal(SignalKind::terminate()).map_err(|error| failed(&error))?;
    let mut interrupt = signal(SignalKind::interrupt()).map_err(|error| failed(&error))?;
    let mut again = signal(SignalKind::hangup()).map_err(|error| failed(&error))?;
    let server = Server::start(vec![(listener, router)], limits(), metrics, None, &SystemRandom)
        .map_err(|error| failed(&error))?;
    if let Some(ListenAddress::Tcp(address)) = server.addresses().first() {
        log.info(&format!("Now listening on {address}"));
    }
    loop {
        tokio::select! {
            _ = end.recv() => break,
            _ = interrupt.recv() => break,
            _ = again.recv() => match reload().await {
                Ok(()) => log.info("the files were read again"),
                Err(failure) => log.error(&format!("{}; the server goes on with what it had", failure.text)),
            },
        }
    }
    let left = server.shutdown(DRAIN).await;
    if left > 0 {
        log.warning(&format!("ended with {left} connections under way"));
    }
    Ok(())
}

/// Let the parts of the server log as the commands do, until what this returns goes: then all is written.
pub(super) fn log(log: &Log) -> Option<Written> {
    let writer = match LogWriter::to_stderr() {
        Ok(writer) => writer,
        Err(error) => {
            log.warning(&format!("requests are not logged: {error}"));
            return None;
        }
    };
    // Lines of this log name no spans, so none are made.
    let events = EnvFilter::new(FILTER).and(filter_fn(is_event));
    let layer = Lines { log: log.clone(), writer: writer.clone() }.with_filter(events);
    if let Err(error) = tracing_subscriber::registry().with(layer).try_init() {
        log.warning(&format!("requests are not logged: {error}"));
    }
    Some(Written(writer))
}

fn is_event(metadata: &tracing::Metadata<'_>) -> bool {
    metadata.is_event()
}

/// Ours from `info` on, of which `-loglevel` chooses; of the libraries what goes wrong.
const FILTER: &str = "warn,handfast=info,hf_http=info,hf_ca=info,hf_store=info,hf_cfssl=info";

/// Writes what waits when it goes.
pub(super) struct Written(LogWriter);

impl Drop for Written {
    fn drop(&mut self) {
        self.0.flush();
    }
}

/// Events as lines of CFSSL's log.
struct Lines {
    log: Log,
    writer: LogWriter,
}

impl<S: tracing::Subscriber> Layer<S> for Lines {
    fn on_event(&self, event: &Event<'_>, _context: Context<'_, S>) {
        let level = *event.metadata().level();
        let Some(mut line) = self.log.line(log_level(level)) else { return };
        let mut fields = Fields::default();
        event.record(&mut fields);
        line.push_str(&fields.message);
        line.push_str(&fields.others);
        line.push('\n');
        self.writer.add(line.as_bytes(), is_urgent(level));
    }
}

fn log_level(level: tracing::Level) -> Level {
    match level {
        tracing::Level::ERROR => Level::Error,
        tracing::Level::WARN => Level::Warning,
        tracing::Level::INFO | tracing::Level::DEBUG | tracing::Level::TRACE => Level::Info,
    }
}

/// The message of an event, and its fields as `name=value`. Control characters are escaped, so that no value of a request
/// begins a line of its own.
#[derive(Default)]
struct Fields {
    message: String,
    others: String,
    shown: String,
}

impl Fields {
    fn add(&mut self, field: &Field, value: &str) {
        let place = if field.name() == "message" {
            self.message.clear();
            &mut self.message
        } else {
            self.others.extend([" ", field.name(), "="]);
            &mut self.others
        };
        // Nearly every value is plain.
        if value.bytes().all(|octet| matches!(octet, b' '..=b'~') && octet != b'\\') {
            place.push_str(value);
        } else {
            place.push_str(&value.escape_debug().to_string().replace("\\\"", "\"").replace("\\'", "'"));
        }
    }
}

/// A value by the only way that tracing gives to those that display themselves.
struct Shown<'a>(&'a dyn fmt::Debug);

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Visit for Fields {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.add(field, value);
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        let mut shown = std::mem::take(&mut self.shown);
        shown.clear();
        // Writing to a `String` cannot fail.
        let _ = write!(shown, "{}", Shown(value));
        self.add(field, &shown);
        self.shown = shown;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_version_before_1_2_is_spoken() {
        assert!(matches!(minimum_version(""), Ok(MinimumVersion::Tls12)));
        assert!(matches!(minimum_version("1.3"), Ok(MinimumVersion::Tls13)));
        for old in ["1.0", "1.1", "2", "tls"] {
            assert!(minimum_version(old).is_err(), "{old}");
        }
    }
}
