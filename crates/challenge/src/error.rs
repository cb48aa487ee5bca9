//! Why an attempt proved nothing.

use std::fmt;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use hf_core::causes::with_causes;
use hf_core::name::Identifier;
use hf_proto::acme::problem::{Problem, ProblemType};
use hf_proto::acme::validation::ChallengeKind;
use hf_x509::error::X509Error;
use hickory_resolver::net::{DnsError, NetError};
use hickory_resolver::proto::op::ResponseCode;

use crate::network::DeniedAddress;

/// Why an attempt proved nothing.
#[derive(Debug, thiserror::Error)]
pub enum ChallengeError {
    /// This kind of challenge cannot prove this kind of name.
    #[error("{kind} cannot prove {}{identifier}", if *wildcard { "*." } else { "" })]
    Unsuitable {
        /// The challenge.
        kind: ChallengeKind,
        /// The name without `*.`.
        identifier: Identifier,
        /// Whether the name began with `*.`.
        wildcard: bool,
    },
    /// There are no name servers to ask.
    #[error("no name server can be asked")]
    Resolver(#[source] Box<NetError>),
    /// The file of host names cannot be read.
    #[error("{} cannot be read", path.display())]
    HostsFile {
        /// The file.
        path: PathBuf,
        /// Why not.
        #[source]
        source: io::Error,
    },
    /// A question was not answered with records.
    #[error("looking up {kind} records of {name}")]
    Lookup {
        /// The type of records.
        kind: &'static str,
        /// The owner name.
        name: String,
        /// What happened.
        #[source]
        source: LookupFailure,
    },
    /// None of the addresses may be connected to.
    #[error("the server does not connect to this address")]
    Denied(#[source] DeniedAddress),
    /// No connection.
    #[error("no connection to {address}")]
    Connect {
        /// Address and port.
        address: SocketAddr,
        /// Why not.
        #[source]
        source: io::Error,
    },
    /// No connection in time.
    #[error("no connection to {address} within {} s", after.as_secs_f32())]
    ConnectTimeout {
        /// Address and port.
        address: SocketAddr,
        /// How long it was tried.
        after: Duration,
    },
    /// The whole attempt took too long.
    #[error("the attempt did not end within {} s", after.as_secs_f32())]
    Timeout {
        /// The bound.
        after: Duration,
    },
    /// No whole HTTP answer.
    #[error("no whole answer from {url}")]
    Exchange {
        /// What was asked for.
        url: String,
        /// What happened.
        #[source]
        source: hyper::Error,
    },
    /// The answer sends us where we do not go.
    #[error("a redirect is not followed")]
    Redirect(#[source] RedirectRefusal),
    /// The answer is none.
    #[error("{url} answers with status {status}: expected 200")]
    Status {
        /// What was asked for.
        url: String,
        /// What came.
        status: u16,
    },
    /// The body is compressed or otherwise encoded, although nothing of the kind was asked for.
    #[error("the body is encoded as {found}: expected it as it is")]
    Encoding {
        /// The value of `Content-Encoding`.
        found: Excerpt,
    },
    /// The body goes on too long.
    #[error("the body is longer than {limit} octets")]
    BodyTooLong {
        /// The bound.
        limit: usize,
    },
    /// The body is another one.
    #[error("{url} answers {found}: expected the key authorization")]
    Body {
        /// What was asked for.
        url: String,
        /// What came.
        found: Excerpt,
    },
    /// The body is another one, of a host that the subject sent us to. What it says stays untold: whoever ordered may not
    /// reach it, and would read it through us.
    #[error("{url} answers another body than the key authorization")]
    BodyElsewhere {
        /// What was asked for.
        url: String,
    },
    /// There are TXT records, but not the one.
    #[error(
        "none of {count} TXT records of {owner} is the digest of the key authorization; the first is {first}"
    )]
    Text {
        /// The owner name.
        owner: String,
        /// How many there are.
        count: usize,
        /// The first of them.
        first: Excerpt,
    },
    /// No TLS connection.
    #[error("no TLS connection to {address}")]
    Handshake {
        /// Address and port.
        address: SocketAddr,
        /// Why not.
        #[source]
        source: io::Error,
    },
    /// The server did not agree to the protocol.
    #[error("{address} did not agree to the protocol `acme-tls/1` (ALPN)")]
    Protocol {
        /// Address and port.
        address: SocketAddr,
    },
    /// The certificate proves nothing.
    #[error("the certificate of {address} proves nothing")]
    Certificate {
        /// Address and port.
        address: SocketAddr,
        /// Why not.
        #[source]
        source: CertificateRefusal,
    },
}

impl ChallengeError {
    /// Whether the same attempt may go well later without the client doing anything else: an answer that has not spread yet,
    /// a server that is not up yet.
    pub fn may_pass(&self) -> bool {
        match self {
            Self::Resolver(_)
            | Self::HostsFile { .. }
            | Self::Lookup { .. }
            | Self::Connect { .. }
            | Self::ConnectTimeout { .. }
            | Self::Timeout { .. }
            | Self::Exchange { .. }
            | Self::Text { .. }
            | Self::Handshake { .. } => true,
            Self::Status { status, .. } => matches!(status, 404 | 408 | 425 | 429 | 500..=599),
            Self::Unsuitable { .. }
            | Self::Denied(_)
            | Self::Redirect(_)
            | Self::Encoding { .. }
            | Self::BodyTooLong { .. }
            | Self::Body { .. }
            | Self::BodyElsewhere { .. }
            | Self::Protocol { .. }
            | Self::Certificate { .. } => false,
        }
    }

    /// The type that RFC 8555 section 6.7 has for it.
    pub fn kind(&self) -> ProblemType {
        match self {
            Self::Unsuitable { .. } => ProblemType::Malformed,
            Self::Resolver(_) | Self::HostsFile { .. } | Self::Lookup { .. } => ProblemType::Dns,
            Self::Denied(_)
            | Self::Connect { .. }
            | Self::ConnectTimeout { .. }
            | Self::Timeout { .. }
            | Self::Exchange { .. }
            | Self::Redirect(_) => ProblemType::Connection,
            Self::Status { .. }
            | Self::Encoding { .. }
            | Self::BodyTooLong { .. }
            | Self::Body { .. }
            | Self::BodyElsewhere { .. }
            | Self::Text { .. }
            | Self::Certificate { .. } => ProblemType::IncorrectResponse,
            Self::Handshake { .. } | Self::Protocol { .. } => ProblemType::Tls,
        }
    }

    /// As the client is told: every level of it in one line.
    pub fn problem(&self) -> Problem {
        Problem::new(self.kind(), with_causes(self))
    }
}

/// Why a name server gave no records.
#[derive(Debug, thiserror::Error)]
pub enum LookupFailure {
    /// `NXDOMAIN`.
    #[error("the name does not exist")]
    NoName,
    /// The name exists without such records.
    #[error("there are no such records")]
    NoRecords,
    /// Another response code, RFC 1035 section 4.1.1.
    #[error("the name server answers: {code}")]
    Code {
        /// What it means.
        code: ResponseCode,
    },
    /// No answer in time.
    #[error("no name server answers in time")]
    Timeout,
    /// Anything else: no connection, an answer that cannot be read.
    #[error("the name server cannot be talked to")]
    Exchange(#[source] Box<NetError>),
}

impl From<NetError> for LookupFailure {
    fn from(error: NetError) -> Self {
        if let NetError::Timeout = error {
            return Self::Timeout;
        }
        let NetError::Dns(answer) = &error else { return Self::Exchange(Box::new(error)) };
        if let DnsError::ResponseCode(code) = answer {
            return Self::Code { code: *code };
        }
        let DnsError::NoRecordsFound(none) = answer else { return Self::Exchange(Box::new(error)) };
        let code = none.response_code;
        if code == ResponseCode::NXDomain {
            Self::NoName
        } else if code == ResponseCode::NoError {
            Self::NoRecords
        } else {
            // One that the resolver does not know says nothing about the records.
            Self::Code { code }
        }
    }
}

/// Why a redirect is not followed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RedirectRefusal {
    /// One of the statuses that lead nowhere.
    #[error("status {status}: expected 301, 302, 307 or 308")]
    Status {
        /// What came.
        status: u16,
    },
    /// No `Location`.
    #[error("there is no header `Location`")]
    NoLocation,
    /// The header or the URL in it cannot be read.
    #[error("the URL in `Location` cannot be read")]
    Unreadable,
    /// The URL is too long.
    #[error("the URL is longer than {max} octets")]
    TooLong {
        /// The bound.
        max: usize,
    },
    /// Another scheme.
    #[error("the scheme `{found}`: expected `http` or `https`")]
    Scheme {
        /// What came.
        found: String,
    },
    /// `user@` in the URL.
    #[error("the URL has user information")]
    UserInformation,
    /// Another port.
    #[error("the port {found}: expected {http} or {https}")]
    Port {
        /// What came.
        found: u16,
        /// The port of http-01.
        http: u16,
        /// The port of `https`.
        https: u16,
    },
    /// What stands for the host is no DNS name.
    #[error("`{found}` is not a host name")]
    Host {
        /// What came.
        found: String,
    },
    /// An address is written out.
    #[error("the URL has the address {address} instead of a name")]
    Address {
        /// What came.
        address: IpAddr,
    },
    /// One too many.
    #[error("more than {limit} in a row")]
    TooMany {
        /// The bound.
        limit: usize,
    },
    /// A place that we have been to.
    #[error("{url} was asked for before")]
    Loop {
        /// The place.
        url: String,
    },
}

/// Why the certificate of tls-alpn-01 proves nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CertificateRefusal {
    /// The server showed none.
    #[error("none was shown")]
    Missing,
    /// No certificate, or an extension of it cannot be read.
    #[error("it cannot be read")]
    Unreadable(#[source] Box<X509Error>),
    /// Somebody else signed it.
    #[error("it is not self-signed")]
    NotSelfSigned,
    /// Not exactly one name.
    #[error("it has {count} names: expected exactly one")]
    Names {
        /// How many.
        count: usize,
    },
    /// Its name is not the one that is validated.
    #[error("it is for another name, of kind {kind}")]
    OtherName {
        /// The kind of the name that was found.
        kind: &'static str,
    },
    /// No `acmeIdentifier`.
    #[error("it has no `acmeIdentifier` extension (1.3.6.1.5.5.7.1.31)")]
    NoExtension,
    /// The identifier that drafts of RFC 8737 used.
    #[error(
        "its `acmeIdentifier` has the identifier of a draft (1.3.6.1.5.5.7.1.30.1): expected 1.3.6.1.5.5.7.1.31"
    )]
    LegacyExtension,
    /// Two of them.
    #[error("its `acmeIdentifier` extension is there twice")]
    TwoExtensions,
    /// Not critical.
    #[error("its `acmeIdentifier` extension is not critical")]
    NotCritical,
    /// Not a digest.
    #[error("its `acmeIdentifier` extension is not an OCTET STRING of 32 octets")]
    ExtensionForm,
    /// Another digest.
    #[error("its `acmeIdentifier` extension is for another key authorization")]
    Digest,
}

/// The beginning of what a stranger sent: printable and short.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Excerpt(String);

impl Excerpt {
    pub(crate) fn of(octets: &[u8]) -> Self {
        // No character has more than four octets, so this is enough for the characters that are shown.
        let head = octets.get(..4 * EXCERPT).unwrap_or(octets);
        let text = String::from_utf8_lossy(head);
        let mut shown = String::new();
        for character in text.chars().take(EXCERPT) {
            if character.is_control() {
                shown.extend(character.escape_unicode());
            } else {
                shown.push(character);
            }
        }
        if text.chars().nth(EXCERPT).is_some() {
            shown.push('…');
        }
        Self(shown)
    }
}

impl fmt::Display for Excerpt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}`", self.0)
    }
}

/// Characters of an excerpt: as long as a key authorization nearly is.
const EXCERPT: usize = 80;
