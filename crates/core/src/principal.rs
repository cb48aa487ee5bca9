//! Who asks, and by which door.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::serial::Serial;

/// Whoever asks the authority for something, as established by the door it came through.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Principal {
    /// A person or script on the machine that owns the state directory.
    Operator {
        /// The login name, or the numeric user id when it has no name.
        user: String,
    },
    /// Handfast itself, carrying out a declared topology.
    Topology {
        /// The trust domain of the file.
        domain: String,
    },
    /// Handfast itself, serving: its own certificate, its revocation lists.
    Server,
    /// Whoever showed a certificate of this trust domain and proved to hold its key.
    Certificate {
        /// Name of the authority that issued it.
        authority: String,
        /// Its serial number.
        serial: Serial,
        /// Its first name, or its subject where it has none.
        name: String,
    },
    /// Whoever holds an API key.
    ApiKey {
        /// The public part of the key.
        id: String,
        /// The name it was given.
        name: String,
    },
    /// Whoever an identity provider vouches for, by a signed token (RFC 7519).
    Token {
        /// `iss`.
        issuer: String,
        /// `sub`.
        subject: String,
    },
    /// Whoever holds an auth key of a CFSSL policy.
    AuthKey {
        /// The name of the key in the policy.
        name: String,
    },
    /// Whoever holds the key of an ACME account (RFC 8555 section 7.1.2).
    AcmeAccount {
        /// Name of the authority that the account belongs to.
        authority: String,
        /// Identifier of the account.
        account: String,
    },
    /// Nobody known: an endpoint that was opened to everybody on purpose.
    Anonymous {
        /// The address of the peer.
        address: String,
    },
}

impl fmt::Display for Principal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Operator { user } => write!(f, "operator {user}"),
            Self::Topology { domain } => write!(f, "topology {domain}"),
            Self::Server => f.write_str("server"),
            Self::Certificate { authority, serial, name } => {
                write!(f, "certificate {serial} of {authority} ({name})")
            }
            Self::ApiKey { id, name } => write!(f, "API key {id} ({name})"),
            Self::Token { issuer, subject } => write!(f, "token {subject} of {issuer}"),
            Self::AuthKey { name } => write!(f, "auth key {name}"),
            Self::AcmeAccount { authority, account } => write!(f, "ACME account {account} of {authority}"),
            Self::Anonymous { address } => write!(f, "anonymous {address}"),
        }
    }
}

/// The door through which a request came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Channel {
    /// A command on the machine of the authority.
    CommandLine,
    /// `apply` of a topology file.
    Topology,
    /// The running server, for itself.
    Server,
    /// Our own API, `/v1`.
    Api,
    /// The endpoints of CFSSL.
    Cfssl,
    /// The endpoints of ACME, RFC 8555.
    Acme,
}

impl Channel {
    /// The name used in records.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::CommandLine => "command-line",
            Self::Topology => "topology",
            Self::Server => "server",
            Self::Api => "api",
            Self::Cfssl => "cfssl",
            Self::Acme => "acme",
        }
    }
}
