//! Certificates that were handed out, refused and revoked, by every door.

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::registry::Registry;

/// What the doors of one process count together. Clones count together.
#[derive(Clone, Debug, Default)]
pub(crate) struct CertificateCounters {
    issued: Family<IssuedLabels, Counter>,
    refused: Family<RefusedLabels, Counter>,
    revoked: Family<ChannelLabels, Counter>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct IssuedLabels {
    channel: String,
    authority: String,
    profile: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RefusedLabels {
    channel: String,
    reason: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(super) struct ChannelLabels {
    pub(super) channel: String,
}

impl CertificateCounters {
    /// Put them into a registry.
    pub(super) fn register(&self, registry: &mut Registry) {
        registry.register("certificates_issued", "Certificates handed out", self.issued.clone());
        registry.register("certificates_refused", "Requests for certificates refused", self.refused.clone());
        registry.register("certificates_revoked", "Certificates revoked", self.revoked.clone());
    }

    /// A certificate was handed out.
    pub(crate) fn issued(&self, channel: &str, authority: &str, profile: &str) {
        let labels = IssuedLabels {
            channel: channel.to_owned(),
            authority: authority.to_owned(),
            profile: profile.to_owned(),
        };
        self.issued.get_or_create(&labels).inc();
    }

    /// A request for a certificate was refused. `reason` is a code of a closed set, never a text of the request.
    pub(crate) fn refused(&self, channel: &str, reason: &str) {
        let labels = RefusedLabels { channel: channel.to_owned(), reason: reason.to_owned() };
        self.refused.get_or_create(&labels).inc();
    }

    /// A certificate was revoked.
    pub(crate) fn revoked(&self, channel: &str) {
        self.revoked.get_or_create(&ChannelLabels { channel: channel.to_owned() }).inc();
    }
}
