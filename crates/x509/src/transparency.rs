//! Certificate transparency, RFC 6962: timestamps of logs, and how a certificate belongs to its pre-certificate.
//!
//! What a log is asked, and what it answers, is not here: this is about octets that stand in certificates.

mod precertificate;
mod presentation;
mod timestamp;

pub use precertificate::{CorrespondenceError, correspond, entry_of_certificate, entry_of_precertificate};
pub(crate) use presentation::{Presentation, opaque16};
pub use timestamp::{SignedCertificateTimestamp, TimestampAlgorithm, TimestampError};

#[cfg(test)]
mod tests;
