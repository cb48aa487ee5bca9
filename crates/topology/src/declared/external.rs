//! The sections `[external.NAME]`: parties with certificates of their own.

use super::{Instance, Place};

/// A party outside: it has a certificate that we do not issue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct External {
    /// Name in the file.
    pub name: String,
    /// Where it was declared.
    pub place: Place,
    /// Its instances, at least one; they share one certificate (or one authority).
    pub instances: Vec<Instance>,
    /// PEM file with the certificate by which it is verified, relative to the file.
    pub certificate: String,
    /// PEM file with the private key of that certificate for rehearsals, so that `check` can complete whole handshakes.
    /// Real external parties keep theirs. It protects nothing, so whoever reads it does not mind the mode of the file.
    pub key: Option<String>,
    /// Services that it opens connections to, sorted.
    pub calls: Vec<String>,
    /// Whether it verifies our certificates by our roots; then it imports them, which counts.
    pub trusts_us: bool,
}
