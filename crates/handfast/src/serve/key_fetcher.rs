//! Keys of identity providers, fetched with the client of the commands.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use hf_client::http::{Bounds, Target, send};
use hf_core::causes::with_causes;
use hf_core::time::Clock;
use hf_http::access::token::{FetchError, Fetched, KeyFetcher};
use hf_identity::client::ClientTls;
use url::{Host, Url};

use crate::error::CommandError;
use crate::remote;

/// Fetches over HTTPS, trusting the roots of the system, or over plain HTTP; which of them may be asked is judged before.
pub(super) struct HttpFetcher {
    tls: Option<Arc<ClientTls>>,
}

impl HttpFetcher {
    /// With the roots of the system. A machine without any can still ask itself.
    pub(super) fn new(clock: Arc<dyn Clock>) -> Self {
        let roots = remote::system_roots();
        let tls = roots.and_then(|roots| {
            ClientTls::new(&roots, None, &[], clock)
                .map_err(|error| CommandError::fault("the roots of the system cannot be used").because(error))
        });
        if let Err(error) = &tls {
            tracing::debug!(causes = error.causes().join(": "), "{}", error.message());
        }
        Self { tls: tls.ok().map(Arc::new) }
    }

    fn target(&self, url: &Url) -> Result<Target, String> {
        let host = match url.host() {
            Some(Host::Domain(name)) => name.to_owned(),
            Some(Host::Ipv4(address)) => address.to_string(),
            Some(Host::Ipv6(address)) => address.to_string(),
            None => return Err("it names no host".to_owned()),
        };
        let port = url.port_or_known_default().ok_or("it names no port")?;
        match (url.scheme(), &self.tls) {
            ("http", _) => Ok(Target::Tcp { host, port }),
            ("https", Some(tls)) => Ok(Target::Tls { host, port, tls: Arc::clone(tls) }),
            ("https", None) => Err("this machine has no roots to trust".to_owned()),
            _ => Err("it is neither https nor http".to_owned()),
        }
    }

    async fn get(&self, url: &str, most: usize) -> Result<Vec<u8>, String> {
        let parsed = Url::parse(url).map_err(|error| error.to_string())?;
        let target = self.target(&parsed)?;
        let query = parsed.query().map(|query| format!("?{query}")).unwrap_or_default();
        let request = http::Request::get(format!("{}{query}", parsed.path()))
            .header(http::header::ACCEPT, "application/json")
            .body(Bytes::new())
            .map_err(|error| error.to_string())?;
        let bounds = Bounds { connect: Duration::from_secs(5), whole: Duration::from_secs(10), body: most };
        let reply = send(&target, request, bounds).await.map_err(|error| with_causes(&error))?;
        match reply.status {
            200 => Ok(reply.body.to_vec()),
            status => Err(format!("the answer has status {status}")),
        }
    }
}

impl KeyFetcher for HttpFetcher {
    fn fetch<'a>(&'a self, url: &'a str, most: usize) -> Fetched<'a> {
        Box::pin(async move {
            let fetched = self.get(url, most).await;
            fetched.map_err(|reason| FetchError { url: url.to_owned(), reason })
        })
    }
}
