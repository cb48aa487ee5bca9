//! Gate and explainer agree on whatever certificates there are.

use crate::support::{self, Spec, graph};
use hf_verify::explain::explain;
use hf_verify::gate;
use hf_verify::request::VerifyRequest;
use proptest::prelude::*;

fn agree(request: &VerifyRequest) -> bool {
    let admitted = gate::accept(request);
    let explanation = explain(request);
    assert_eq!(
        Some(admitted.is_ok()),
        explanation.valid,
        "gate {admitted:?}, explainer {} {:?}",
        explanation.summary,
        explanation.codes()
    );
    assert_ne!(explanation.valid, Some(false).filter(|_| explanation.findings.is_empty()));
    admitted.is_ok()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, ..ProptestConfig::default() })]

    #[test]
    fn on_any_graph(octets in prop::collection::vec(any::<u8>(), 0..160)) {
        if let Some(request) = graph::request(&octets) {
            agree(&request);
        }
    }

    #[test]
    fn on_small_graphs(octets in prop::collection::vec(0_u8..4, 0..60)) {
        if let Some(request) = graph::request(&octets) {
            agree(&request);
        }
    }
}

#[test]
fn on_a_graph_that_is_valid_both_say_so() {
    let root = Spec::root("root", 1).build();
    let leaf = Spec::leaf(2, "root", 1).build();
    assert!(agree(&VerifyRequest::new(leaf, vec![root], support::NOW.parse().unwrap())));
}
