//! Gate and explainer agree on whatever certificates there are.

use crate::support::{self, Spec, graph};
use hf_verify::explain::explain;
use hf_verify::gate::{self, Road};
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

/// What the properties above are worth: many graphs are valid, over either road, and many are not.
#[test]
fn on_graphs_of_every_kind() {
    let mut state = 7_u64;
    let mut next = move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33).to_be_bytes()[7]
    };
    let (mut refused, mut webpki, mut own) = (0, 0, 0);
    for _ in 0..500 {
        let octets: Vec<u8> = (0..80).map(|_| next() % 16).collect();
        let Some(request) = graph::request(&octets) else { continue };
        agree(&request);
        match gate::accept(&request).map(|path| path.road()) {
            Err(_) => refused += 1,
            Ok(Road::Webpki) => webpki += 1,
            Ok(Road::Own) => own += 1,
        }
    }
    assert!(refused > 100 && webpki > 5 && own > 5, "{refused} refused, {webpki} and {own} admitted");
}
