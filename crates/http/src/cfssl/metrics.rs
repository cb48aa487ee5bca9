//! Counters of this door, with the names that multirootca gives them.

use hf_core::principal::Channel;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::registry::Registry;

use crate::telemetry::certificates::CertificateCounters;

/// What the door counts. Clones count together.
#[derive(Clone, Debug, Default)]
pub struct Metrics {
    requests: Family<Operation, Counter>,
    errored: Family<Operation, Counter>,
    bad_inputs: Family<Input, Counter>,
    repeated: Family<Operation, Counter>,
    certificates: CertificateCounters,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Operation {
    operation: String,
    signer: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Input {
    operation: String,
}

impl Metrics {
    /// With counters of certificates that other doors count in too.
    pub(crate) fn beside(certificates: CertificateCounters) -> Self {
        Self { certificates, ..Self::default() }
    }

    /// Put them into a registry. A registry that serves other doors too gives them a prefix.
    pub fn register(&self, registry: &mut Registry) {
        registry.register("requests", "requests", self.requests.clone());
        registry.register("requests_errored", "requests that failed", self.errored.clone());
        registry.register("bad_inputs", "requests that could not be read", self.bad_inputs.clone());
        registry.register(
            "requests_repeated",
            "requests that came before, byte for byte, with a valid token",
            self.repeated.clone(),
        );
    }

    /// A request for a signer. `signer` is a configured label, never text of the request, so the number of series is bounded.
    pub(super) fn request(&self, operation: &'static str, signer: &str) {
        self.requests.get_or_create(&labels(operation, signer)).inc();
    }

    /// A request for a signer failed.
    pub(super) fn errored(&self, operation: &'static str, signer: &str) {
        self.errored.get_or_create(&labels(operation, signer)).inc();
    }

    /// A request could not be read.
    pub(super) fn bad_input(&self, operation: &'static str) {
        self.bad_inputs.get_or_create(&Input { operation: operation.to_owned() }).inc();
    }

    /// A certificate was handed out. The profile without a name counts as `default`.
    pub(super) fn issued(&self, authority: &str, profile: &str) {
        let profile = if profile.is_empty() { "default" } else { profile };
        self.certificates.issued(Channel::Cfssl.as_str(), authority, profile);
    }

    /// A request for a certificate was refused. `reason` is a word or a code of CFSSL, never text of the request.
    pub(super) fn refused(&self, reason: &str) {
        self.certificates.refused(Channel::Cfssl.as_str(), reason);
    }

    /// A certificate was revoked.
    pub(super) fn revoked(&self) {
        self.certificates.revoked(Channel::Cfssl.as_str());
    }

    /// A request with a valid token came a second time.
    pub(super) fn repeated(&self, operation: &'static str, signer: &str) {
        self.repeated.get_or_create(&labels(operation, signer)).inc();
    }
}

fn labels(operation: &str, signer: &str) -> Operation {
    Operation { operation: operation.to_owned(), signer: signer.to_owned() }
}
