//! What an authority says about its challenges.

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use hf_core::name::DnsName;

use crate::network::Networks;

/// How the challenges of one authority are tried.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ChallengeSettings {
    /// Where challenges are answered.
    pub ports: ChallengePorts,
    /// Who is asked for names that are not listed in `hosts` or in `hosts_file`.
    pub resolver: NameServers,
    /// Addresses of names that no one is asked for.
    pub hosts: BTreeMap<DnsName, Vec<IpAddr>>,
    /// A file like `/etc/hosts` that is read at every attempt; it comes after `hosts` and before the resolver.
    pub hosts_file: Option<PathBuf>,
    /// Which addresses may be connected to.
    pub networks: Networks,
    /// Bounds of one attempt.
    pub limits: ChallengeLimits,
}

/// The ports that attempts connect to, and no others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChallengePorts {
    /// http-01: 80 by RFC 8555 section 8.3.
    pub http: u16,
    /// Where redirects to `https` lead.
    pub https: u16,
    /// tls-alpn-01: 443 by RFC 8737 section 3.
    pub tls_alpn: u16,
}

impl Default for ChallengePorts {
    fn default() -> Self {
        Self { http: 80, https: 443, tls_alpn: 443 }
    }
}

/// Who is asked for names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum NameServers {
    /// Those of `/etc/resolv.conf`, which is read at every attempt. Its search list is not used: names are whole.
    #[default]
    System,
    /// These, over UDP and TCP.
    These(Vec<SocketAddr>),
}

/// Bounds of one attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChallengeLimits {
    /// From the first question to the verdict.
    pub whole: Duration,
    /// To open a connection to one address.
    pub connect: Duration,
    /// For one question to one name server.
    pub query: Duration,
    /// Octets of the body of an http-01 answer. A key authorization has fewer than 100.
    pub body: usize,
    /// Redirects that are followed.
    pub redirects: usize,
}

impl Default for ChallengeLimits {
    /// 20 seconds in all, 5 to connect, 3 a question; 128 octets and 10 redirects as Boulder.
    fn default() -> Self {
        Self {
            whole: Duration::from_secs(20),
            connect: Duration::from_secs(5),
            query: Duration::from_secs(3),
            body: 128,
            redirects: 10,
        }
    }
}
