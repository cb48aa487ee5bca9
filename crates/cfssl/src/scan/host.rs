//! Which server is looked at, and what it must present to be believed.

use std::net::IpAddr;
use std::sync::Arc;

use hf_core::time::Timestamp;
use rustls::RootCertStore;

/// What is looked at.
#[derive(Clone, Debug)]
pub struct Target {
    /// The name: of the certificate, and where no address is given, of the connection.
    pub hostname: String,
    /// The port.
    pub port: u16,
    /// The address to connect to, in place of the name's.
    pub address: Option<IpAddr>,
    /// Whom to believe; none leaves every chain unbelieved.
    pub roots: Arc<RootCertStore>,
    /// The time of the scan.
    pub now: Timestamp,
}

impl Target {
    /// The server of `host`, with a port or without.
    ///
    /// # Errors
    /// When it names no host, or its port is none.
    pub fn of(
        host: &str,
        address: Option<IpAddr>,
        roots: Arc<RootCertStore>,
        now: Timestamp,
    ) -> Result<Self, HostError> {
        let (hostname, port) = split(host)?;
        Ok(Self { hostname, port, address, roots, now })
    }
}

/// The port when none is given.
const HTTPS: u16 = 443;

/// A host that cannot be looked at.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HostError {
    /// The part after the colon is no port.
    #[error("`{host}`: `{port}` is no port")]
    Port {
        /// The host as it was given.
        host: String,
        /// Its part after the colon.
        port: String,
    },
    /// There is no name.
    #[error("`{0}` names no host")]
    Empty(String),
}

/// Name and port of `host`, `host:port`, `[v6]` or `[v6]:port`; a network (`10.0.0.0/24:443`) is a name here.
pub(super) fn split(host: &str) -> Result<(String, u16), HostError> {
    let (name, port) = match host.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((name, rest)) => (name, rest.strip_prefix(':')),
        None if host.matches(':').count() == 1 => match host.split_once(':') {
            Some((name, port)) => (name, Some(port)),
            None => (host, None),
        },
        None => (host, None),
    };
    if name.is_empty() {
        return Err(HostError::Empty(host.to_owned()));
    }
    let port = match port {
        None => HTTPS,
        Some(port) => {
            port.parse().map_err(|_| HostError::Port { host: host.to_owned(), port: port.to_owned() })?
        }
    };
    Ok((name.to_owned(), port))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_read_with_and_without_a_port() {
        let read = |host: &str| split(host).unwrap();
        assert_eq!(read("example.org"), (String::from("example.org"), 443));
        assert_eq!(read("example.org:8443"), (String::from("example.org"), 8443));
        assert_eq!(read("[::1]:8443"), (String::from("::1"), 8443));
        assert_eq!(read("[::1]"), (String::from("::1"), 443));
        assert_eq!(read("::1"), (String::from("::1"), 443));
        assert_eq!(read("10.0.0.0/24:443"), (String::from("10.0.0.0/24"), 443));
    }

    #[test]
    fn what_is_no_host_is_refused() {
        for host in ["", ":443", "example.org:", "example.org:https", "example.org:70000", "[]:1"] {
            assert!(split(host).is_err(), "{host}");
        }
    }
}
