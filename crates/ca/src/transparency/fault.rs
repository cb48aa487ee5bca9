//! What can be wrong with a log's answer.

use std::time::Duration;

use hf_core::time::Timestamp;
use hf_x509::error::X509Error;
use hf_x509::signature::SignatureError;
use hf_x509::transparency::TimestampError;

/// A log did not take a pre-certificate, or its answer is refused.
#[derive(Debug, thiserror::Error)]
#[error("log `{log}`: {fault}; {}", fault.hint())]
pub struct LogError {
    /// Its address.
    pub log: String,
    /// What is wrong.
    pub fault: LogFault,
}

/// What is wrong with a log, or with its answer.
#[derive(Debug, thiserror::Error)]
pub enum LogFault {
    /// There is no answer.
    #[error("it does not answer: {reason}")]
    Unreachable {
        /// Why not.
        reason: String,
    },
    /// There is no answer in time.
    #[error("it did not answer within {} seconds", after.as_secs())]
    Late {
        /// How long was waited.
        after: Duration,
    },
    /// The log refuses, or fails.
    #[error("it answered with status {status}, `{said}`: expected 200")]
    Refused {
        /// The status of HTTP.
        status: u16,
        /// The beginning of what it says.
        said: String,
    },
    /// The answer is no timestamp.
    #[error("its answer is none of a log: {reason}")]
    Unreadable {
        /// What is wrong.
        reason: String,
    },
    /// The timestamp cannot be used.
    #[error("its timestamp is refused: {0}")]
    Timestamp(TimestampError),
    /// The timestamp would make every certificate large.
    #[error("its timestamp has {octets} octets: expected at most {max}")]
    Large {
        /// How many octets it has.
        octets: usize,
        /// How many it may have.
        max: usize,
    },
    /// The timestamp is of a time that has not come.
    #[error("its timestamp is of {found}, but it is {now}")]
    Future {
        /// What it says.
        found: Timestamp,
        /// The time now.
        now: Timestamp,
    },
    /// Two addresses lead to one log.
    #[error("it is the same log as `{other}`")]
    Same {
        /// The other address.
        other: String,
    },
    /// None of the keys in the profile is that of the log.
    #[error("its identifier {log_id} is that of no key in `transparency_keys`")]
    UnknownKey {
        /// SHA-256 of its key, as it says, hexadecimal.
        log_id: String,
    },
    /// The signature of the timestamp is wrong.
    #[error("the signature of its timestamp is wrong: {0}")]
    Signature(SignatureError),
    /// The pre-certificate cannot be read. A fault of ours.
    #[error("the pre-certificate cannot be read: {0}")]
    Precertificate(X509Error),
}

impl LogFault {
    /// Whether the same may succeed a little later.
    pub fn is_passing(&self) -> bool {
        match self {
            Self::Unreachable { .. } | Self::Late { .. } => true,
            Self::Refused { status, .. } => matches!(status, 408 | 429 | 500..),
            Self::Unreadable { .. }
            | Self::Timestamp(_)
            | Self::Large { .. }
            | Self::Future { .. }
            | Self::Same { .. }
            | Self::UnknownKey { .. }
            | Self::Signature(_)
            | Self::Precertificate(_) => false,
        }
    }

    /// What whoever runs the authority can do.
    fn hint(&self) -> &'static str {
        match self {
            Self::Unreachable { .. } | Self::Late { .. } => {
                "see that it runs and can be reached, or take it out of the profile"
            }
            Self::Refused { status, .. } if *status >= 500 => {
                "see that it runs, or take it out of the profile"
            }
            Self::Refused { .. } => {
                "see that it accepts the root of the authority, and that the profile has its address without `/ct/v1`"
            }
            Self::Unreadable { .. } | Self::Timestamp(_) | Self::Large { .. } => {
                "see that the profile has the address of a log of RFC 6962"
            }
            Self::Future { .. } => "set its clock, or that of this machine",
            Self::Same { .. } => "list it once",
            Self::UnknownKey { .. } | Self::Signature(_) => {
                "see that the profile has its address and its key"
            }
            Self::Precertificate(_) => "tell whoever wrote this program",
        }
    }
}
