//! The section `[server]`: how the authorities of the domain are served.

use std::fmt;
use std::net::SocketAddr;
use std::str::FromStr;

use hf_core::name::{Identifier, SanSet, UriName};
use hf_core::time::Lifetime;

/// How `serve` serves the trust domain. Every domain has one; what the file does not say is filled in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Server {
    /// Names in the server's own certificate, beside those of the machine itself.
    pub names: SanSet,
    /// Where clients reach `listen`, as in `https://ca.shop.internal:8443`, without a slash at the end; URLs that the server
    /// gives out begin with it. `None`: made of the first name and the first port.
    pub url: Option<String>,
    /// The authority that issues the server's own certificate.
    pub authority: String,
    /// HTTPS with our own API.
    pub listen: Vec<ListenAddress>,
    /// Plain HTTP: CRLs, CA certificates, health.
    pub plain: Vec<ListenAddress>,
    /// Plain HTTP: metrics and health.
    pub admin: Vec<ListenAddress>,
    /// The endpoints of CFSSL, when they are declared.
    pub cfssl: Option<CfsslDoor>,
    /// The form of the log.
    pub log: LogFormat,
    /// Where traces are sent (OTLP over gRPC); `None`: nowhere.
    pub otlp: Option<UriName>,
    /// How long requests may take to finish when the server stops.
    pub drain: Lifetime,
    /// How often each authority signs a new CRL when nothing is revoked.
    pub crl_every: Lifetime,
    /// From `thisUpdate` to `nextUpdate` of these CRLs.
    pub crl_lifetime: Lifetime,
    /// How many certificates share a CRL distribution point before the next ones get another; `None`: as the authority has
    /// it by itself.
    pub crl_shard: Option<u32>,
    /// How long a certificate stays on record after its last second; `None`: for ever.
    pub keep_expired: Option<Lifetime>,
    /// How OCSP is answered.
    pub ocsp: Ocsp,
    /// How much anybody may ask.
    pub limits: ServerLimits,
}

impl Server {
    /// How others reach the first address for plain HTTP that has a port: by the first DNS name of the server that is no
    /// wildcard, else by its first IP address, else by the address itself. `None` when there is no such address, or
    /// when it is that of every interface and the server has no names.
    pub fn plain_url(&self) -> Option<UriName> {
        let address = self.plain.iter().find_map(|address| match address {
            ListenAddress::Tcp(address) if address.port() != 0 => Some(*address),
            ListenAddress::Tcp(_) | ListenAddress::Unix(_) | ListenAddress::Systemd(_) => None,
        })?;
        let name = self.names.iter().find_map(|name| match name {
            Identifier::Dns(name) if !name.is_wildcard() => Some(name.to_string()),
            Identifier::Dns(_)
            | Identifier::Ip(_)
            | Identifier::Email(_)
            | Identifier::Spiffe(_)
            | Identifier::Uri(_) => None,
        });
        let own = self.names.iter().find_map(|name| match name {
            Identifier::Ip(own) => Some(own.to_string()),
            Identifier::Dns(_) | Identifier::Email(_) | Identifier::Spiffe(_) | Identifier::Uri(_) => None,
        });
        let ip = own.or_else(|| (!address.ip().is_unspecified()).then(|| address.ip().to_string()));
        let host = name.or_else(|| ip.map(|ip| if ip.contains(':') { format!("[{ip}]") } else { ip }))?;
        let port = if address.port() == 80 { String::new() } else { format!(":{}", address.port()) };
        format!("http://{host}{port}").parse().ok()
    }
}

/// `[server.ocsp]`: answers about the status of certificates.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ocsp {
    /// Who signs them.
    pub responder: OcspResponder,
    /// From `thisUpdate` to `nextUpdate`.
    pub lifetime: Lifetime,
    /// Octets of memory for answers; `None`: as the responder has it by itself.
    pub cache: Option<u32>,
}

/// Who signs OCSP answers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OcspResponder {
    /// The authority itself.
    #[default]
    Itself,
    /// A responder with a certificate of the authority.
    Delegate,
}

/// The endpoints of CFSSL by the names that `enable` and `disable` have for them; `/` stands for the web pages that stock
/// CFSSL has beside them.
pub const CFSSL_ENDPOINTS: [&str; 17] = [
    "authsign", "bundle", "certadd", "certinfo", "crl", "gencrl", "health", "info", "init_ca", "newcert",
    "newkey", "ocspsign", "revoke", "scan", "scaninfo", "sign", "/",
];

/// `[server.cfssl]`: the endpoints of CFSSL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CfsslDoor {
    /// Where they are served, over plain HTTP.
    pub listen: Vec<ListenAddress>,
    /// Where they are served over HTTPS, with the server's own certificate.
    pub https: Vec<ListenAddress>,
    /// A policy file of CFSSL, relative to the directory of the topology file.
    pub config: Option<String>,
    /// Without `labels` the authority that signs, whatever the label of a request; with them the label of requests that
    /// name none, empty for no such label.
    pub label: String,
    /// Signers by label, in the order of the file.
    pub labels: Vec<CfsslLabel>,
    /// Endpoints that are open though they are closed by default.
    pub enable: Vec<String>,
    /// Endpoints that are closed though they are open by default.
    pub disable: Vec<String>,
}

/// `[server.cfssl.labels.NAME]`: a signer that requests choose by its label.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CfsslLabel {
    /// The label.
    pub name: String,
    /// The authority that signs.
    pub authority: String,
    /// Its policy file; `None`: that of `[server.cfssl]`.
    pub config: Option<String>,
    /// Networks whose addresses may ask, such as `10.0.0.0/8`; `None`: any.
    pub networks: Option<Vec<String>>,
}

/// `[server.limits]`. What is `None` is as the listeners have it by themselves.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ServerLimits {
    /// Connections in all.
    pub connections: Option<u32>,
    /// Connections of one address.
    pub connections_per_address: Option<u32>,
    /// Requests of one address: a second, and at once after a pause.
    pub per_address: Option<RequestRate>,
    /// Requests of one credential.
    pub per_credential: Option<RequestRate>,
    /// Networks whose addresses have no limits of their own; `None`: the machine itself.
    pub exempt: Option<Vec<String>>,
    /// Octets of the body of a request.
    pub body: Option<u32>,
    /// From the beginning of a request to the end of its header.
    pub header_time: Option<Lifetime>,
    /// From the header to the last octet of the body.
    pub body_time: Option<Lifetime>,
    /// From the body to the answer.
    pub answer_time: Option<Lifetime>,
    /// How long a connection may stay without a request.
    pub idle_time: Option<Lifetime>,
    /// Requests under way that change or sign something.
    pub writers: Option<u32>,
    /// Signatures that wait.
    pub signer_queue: Option<u32>,
}

/// Requests a second and at once: `50/s` or `50/s burst 100`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RequestRate {
    /// Requests a second, at least 1.
    pub per_second: u32,
    /// Requests at once after a pause, at least 1.
    pub burst: u32,
}

/// Text that is no rate.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{found}` is not a rate: expected for example `50/s` or `50/s burst 100`")]
pub struct RequestRateError {
    /// What was found.
    pub found: String,
}

impl FromStr for RequestRate {
    type Err = RequestRateError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let fault = || RequestRateError { found: text.chars().take(80).collect() };
        let number =
            |text: &str| text.trim().parse::<u32>().ok().filter(|number| *number > 0).ok_or_else(fault);
        let (rate, burst) = match text.split_once("burst") {
            Some((rate, burst)) => (rate, Some(number(burst)?)),
            None => (text, None),
        };
        let per_second = number(rate.trim().strip_suffix("/s").ok_or_else(fault)?)?;
        Ok(Self { per_second, burst: burst.unwrap_or(per_second.saturating_mul(2)) })
    }
}

/// The form of the log on standard error.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LogFormat {
    /// One line for people.
    #[default]
    Text,
    /// One JSON object a line.
    Json,
}

/// Where a listener listens.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ListenAddress {
    /// `127.0.0.1:8443`, `[::]:8443`.
    Tcp(SocketAddr),
    /// `unix:PATH`: a UNIX socket, relative to the directory of the topology file.
    Unix(String),
    /// `systemd:NAME`: sockets that systemd hands over under this name (`FileDescriptorName=`).
    Systemd(String),
}

/// Text that is no address to listen on.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{found}` is no address to listen on: expected `127.0.0.1:8443`, `unix:PATH` or `systemd:NAME`")]
pub struct ListenAddressError {
    /// What was found.
    pub found: String,
}

impl FromStr for ListenAddress {
    type Err = ListenAddressError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let fault = || ListenAddressError { found: text.chars().take(80).collect() };
        if let Some(path) = text.strip_prefix("unix:") {
            return if path.is_empty() { Err(fault()) } else { Ok(Self::Unix(path.to_owned())) };
        }
        if let Some(name) = text.strip_prefix("systemd:") {
            return if name.is_empty() { Err(fault()) } else { Ok(Self::Systemd(name.to_owned())) };
        }
        text.parse().map(Self::Tcp).map_err(|_| fault())
    }
}

impl fmt::Display for ListenAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tcp(address) => write!(f, "{address}"),
            Self::Unix(path) => write!(f, "unix:{path}"),
            Self::Systemd(name) => write!(f, "systemd:{name}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_survive_their_text_and_others_are_refused() {
        for text in ["127.0.0.1:8443", "[::]:8443", "unix:run/api.sock", "systemd:api"] {
            assert_eq!(text.parse::<ListenAddress>().unwrap().to_string(), text);
        }
        for bad in ["", "8443", "localhost:8443", ":8443", "unix:", "systemd:", "127.0.0.1:99999"] {
            assert!(bad.parse::<ListenAddress>().is_err(), "{bad}");
        }
    }

    #[test]
    fn certificates_name_the_address_for_plain_http_as_others_reach_it() {
        let url = |plain: &str, names: &[&str]| {
            let text = format!(
                "[trust]\ndomain = \"shop.internal\"\n[server]\nplain = [\"{plain}\"]\nnames = {names:?}\n"
            );
            let topology = crate::declare::parse(&text, "handfast.toml").unwrap();
            topology.trust.url.map(|url| url.to_string())
        };
        let is = |text: &str| Some(text.to_owned());
        assert_eq!(
            url("0.0.0.0:8080", &["*.shop.internal", "ca.shop.internal"]),
            is("http://ca.shop.internal:8080")
        );
        assert_eq!(url("0.0.0.0:80", &["10.0.0.1"]), is("http://10.0.0.1"));
        assert_eq!(url("[::1]:8080", &[]), is("http://[::1]:8080"));
        assert_eq!(url("127.0.0.1:8080", &[]), is("http://127.0.0.1:8080"));
        for nowhere in ["0.0.0.0:8080", "127.0.0.1:0", "unix:plain.sock", "systemd:plain"] {
            assert_eq!(url(nowhere, &[]), None, "{nowhere}");
        }
        let set = |url: &str| {
            let text = format!(
                "[trust]\ndomain = \"shop.internal\"\nurl = \"{url}\"\n[server]\nplain = [\"127.0.0.1:8080\"]\n"
            );
            crate::declare::parse(&text, "handfast.toml").unwrap().trust.url.map(|url| url.to_string())
        };
        assert_eq!(set("http://pki.shop.internal"), is("http://pki.shop.internal"));
        assert_eq!(set("none"), None);
    }

    #[test]
    fn rates_are_read() {
        assert_eq!("50/s".parse(), Ok(RequestRate { per_second: 50, burst: 100 }));
        assert_eq!("50/s burst 7".parse(), Ok(RequestRate { per_second: 50, burst: 7 }));
        for bad in ["", "50", "0/s", "50/m", "50/s burst", "50/s burst 0", "-1/s", "burst 5"] {
            assert!(bad.parse::<RequestRate>().is_err(), "{bad}");
        }
    }
}
