//! What is counted of ACME: orders by what became of them, looks at challenges by kind and end.

use hf_ca::registration::{Observer, OrderOutcome, ValidationEnd};
use hf_core::principal::Channel;
use hf_proto::acme::challenge::ChallengeKind;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::registry::Registry;

use super::metrics::Metrics;

/// The counters. Clones count together.
#[derive(Clone, Debug, Default)]
pub(super) struct AcmeCounters {
    orders: Family<OrderLabels, Counter>,
    validations: Family<ValidationLabels, Counter>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OrderLabels {
    authority: String,
    outcome: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ValidationLabels {
    authority: String,
    kind: String,
    end: String,
}

impl AcmeCounters {
    pub(super) fn register(&self, registry: &mut Registry) {
        registry.register("acme_orders", "ACME orders, by what became of them", self.orders.clone());
        registry.register(
            "acme_validations",
            "Looks at ACME challenges, by kind and by what came of them",
            self.validations.clone(),
        );
    }
}

impl Observer for Metrics {
    fn order(&self, authority: &str, outcome: OrderOutcome) {
        let labels = OrderLabels { authority: authority.to_owned(), outcome: outcome.as_str().to_owned() };
        self.acme().orders.get_or_create(&labels).inc();
    }

    fn certificate(&self, authority: &str, profile: &str) {
        self.issued(Channel::Acme.as_str(), authority, profile);
    }

    fn validation(&self, authority: &str, kind: ChallengeKind, end: ValidationEnd) {
        let labels = ValidationLabels {
            authority: authority.to_owned(),
            kind: kind.as_str().to_owned(),
            end: end.as_str().to_owned(),
        };
        self.acme().validations.get_or_create(&labels).inc();
    }
}
