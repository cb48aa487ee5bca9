//! Which server of our own API.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;
use std::sync::Arc;

use hf_identity::client::ClientTls;
use url::{Host, Url};

use crate::http::Target;

/// A server, written `https://HOST[:PORT]`, `http://HOST[:PORT]` or `unix:PATH`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Address {
    /// Plain HTTP.
    Http {
        /// DNS name or IP address, an IPv6 address without brackets.
        host: String,
        /// Port.
        port: u16,
    },
    /// HTTP over TLS.
    Https {
        /// DNS name or IP address, an IPv6 address without brackets.
        host: String,
        /// Port.
        port: u16,
    },
    /// HTTP over a UNIX socket.
    Unix {
        /// The socket.
        path: PathBuf,
    },
}

/// Text that names no server.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{found}` names no server: expected `https://HOST:PORT`, `http://HOST:PORT` or `unix:PATH`")]
pub struct AddressError {
    /// What was found.
    pub found: String,
}

impl Address {
    /// Where requests to it go; `tls` is for `https`.
    pub(super) fn target(&self, tls: Option<Arc<ClientTls>>) -> Option<Target> {
        match self {
            Self::Http { host, port } => Some(Target::Tcp { host: host.clone(), port: *port }),
            Self::Https { host, port } => Some(Target::Tls { host: host.clone(), port: *port, tls: tls? }),
            Self::Unix { path } => Some(Target::Unix(path.clone())),
        }
    }

    fn authority(&self) -> String {
        let shown = |host: &str, port: u16| {
            if host.contains(':') { format!("[{host}]:{port}") } else { format!("{host}:{port}") }
        };
        match self {
            Self::Http { host, port } | Self::Https { host, port } => shown(host, *port),
            Self::Unix { .. } => "localhost".to_owned(),
        }
    }

    /// Whether what is sent can be read by nobody on the way.
    pub fn is_private(&self) -> bool {
        match self {
            Self::Https { .. } | Self::Unix { .. } => true,
            Self::Http { host, .. } => matches!(host.as_str(), "127.0.0.1" | "::1" | "localhost"),
        }
    }
}

impl FromStr for Address {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let fault = || AddressError { found: text.chars().take(120).collect() };
        if let Some(path) = text.strip_prefix("unix:") {
            let path = path.strip_prefix("//").unwrap_or(path);
            return if path.is_empty() { Err(fault()) } else { Ok(Self::Unix { path: path.into() }) };
        }
        let url = Url::parse(text).map_err(|_| fault())?;
        let bare = url.username().is_empty()
            && url.password().is_none()
            && url.query().is_none()
            && url.fragment().is_none()
            && matches!(url.path(), "" | "/");
        let host = match url.host().filter(|_| bare).ok_or_else(fault)? {
            Host::Domain(name) => name.to_owned(),
            Host::Ipv4(address) => address.to_string(),
            Host::Ipv6(address) => address.to_string(),
        };
        match url.scheme() {
            "https" => Ok(Self::Https { host, port: url.port().unwrap_or(443) }),
            "http" => Ok(Self::Http { host, port: url.port().unwrap_or(80) }),
            _ => Err(fault()),
        }
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Http { .. } => write!(f, "http://{}", self.authority()),
            Self::Https { .. } => write!(f, "https://{}", self.authority()),
            Self::Unix { path } => write!(f, "unix:{}", path.display()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn servers_are_named_by_url_or_path() {
        for (text, shown) in [
            ("https://ca.shop.internal", "https://ca.shop.internal:443"),
            ("https://ca.shop.internal:8443/", "https://ca.shop.internal:8443"),
            ("http://[::1]:8888", "http://[::1]:8888"),
            ("unix:/run/ca.sock", "unix:/run/ca.sock"),
        ] {
            assert_eq!(text.parse::<Address>().unwrap().to_string(), shown);
        }
        for bad in [
            "",
            "ca.internal",
            "ftp://x",
            "https://",
            "https://u@x",
            "https://x/path",
            "https://x?q",
            "unix:",
        ] {
            assert!(bad.parse::<Address>().is_err(), "{bad}");
        }
        assert!(!"http://ca.shop.internal".parse::<Address>().unwrap().is_private());
    }
}
