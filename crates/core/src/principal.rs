//! Who asks, and by which door.

use std::fmt;

use serde::{Deserialize, Serialize};

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
}

impl fmt::Display for Principal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Operator { user } => write!(f, "operator {user}"),
            Self::Topology { domain } => write!(f, "topology {domain}"),
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
}

impl Channel {
    /// The name used in records.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::CommandLine => "command-line",
            Self::Topology => "topology",
        }
    }
}
