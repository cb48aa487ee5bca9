//! `chain::arrange`: whatever the order and whatever is missing.

use crate::support::Spec;
use hf_core::finding::Severity;
use hf_verify::chain::{Arranged, arrange};
use hf_x509::certificate::Certificate;
use proptest::prelude::*;

fn root() -> Certificate {
    Spec::root("*.local Root CA", 1).build()
}

fn service() -> Certificate {
    Spec::authority("*.service.local", 2, "*.local Root CA", 1).build()
}

fn finance() -> Certificate {
    Spec::authority("*.fin.service.local", 3, "*.service.local", 2).build()
}

fn orders() -> Certificate {
    Spec::leaf(4, "*.fin.service.local", 3).build()
}

fn codes(arranged: &Arranged) -> Vec<&'static str> {
    arranged.findings.iter().map(|finding| finding.code.as_str()).collect()
}

#[test]
fn a_chain_in_order_has_nothing_to_say() {
    let arranged = arrange(&[orders(), finance(), service()], &[root()]);
    assert_eq!(codes(&arranged), Vec::<&str>::new());
    assert_eq!(arranged.chain, vec![orders(), finance(), service()]);
    assert_eq!(arranged.root, Some(root()));
    assert!(arranged.complete && arranged.is_mended_by_order());
    assert_eq!(arranged.to_pem().matches("BEGIN CERTIFICATE").count(), 3);
}

#[test]
fn a_shuffled_chain_is_put_in_order() {
    let arranged = arrange(&[service(), orders(), finance()], &[root()]);
    assert_eq!(codes(&arranged), vec!["HF-CHAIN-ORDER"]);
    assert_eq!(arranged.chain, vec![orders(), finance(), service()]);
    assert!(arranged.is_mended_by_order());
}

#[test]
fn the_root_first_is_named_and_left_out() {
    let arranged = arrange(&[root(), service(), finance(), orders()], &[root()]);
    assert_eq!(codes(&arranged), vec!["HF-CHAIN-ORDER", "HF-CHAIN-ROOT-INCLUDED"]);
    assert!(arranged.findings[0].summary.contains("begins with the root"));
    assert_eq!(arranged.chain, vec![orders(), finance(), service()]);
}

#[test]
fn a_missing_link_is_named_by_subject_and_key() {
    let arranged = arrange(&[orders(), service()], &[root()]);
    assert_eq!(codes(&arranged), vec!["HF-CHAIN-MISSING", "HF-CHAIN-UNRELATED"]);
    let missing = &arranged.findings[0];
    assert_eq!(missing.severity, Severity::Error);
    assert!(missing.summary.contains("CN=*.fin.service.local"), "{}", missing.summary);
    assert!(missing.evidence.iter().any(|fact| fact.value == "03".repeat(20)), "{missing:?}");
    assert!(!arranged.complete && !arranged.is_mended_by_order());
    assert_eq!(arranged.chain, vec![orders()]);
}

#[test]
fn duplicates_and_strangers_are_left_out() {
    let stranger = Spec::authority("stranger", 8, "elsewhere", 9).build();
    let arranged = arrange(&[orders(), finance(), finance(), stranger, service()], &[root()]);
    assert_eq!(codes(&arranged), vec!["HF-CHAIN-DUPLICATE", "HF-CHAIN-UNRELATED"]);
    assert_eq!(arranged.chain.len(), 3);
    assert!(arranged.is_mended_by_order());
}

#[test]
fn a_root_of_another_key_is_not_trusted() {
    let other = Spec::root("*.local Root CA", 7).build();
    let arranged = arrange(&[orders(), finance(), service(), root()], &[other]);
    assert_eq!(codes(&arranged), vec!["HF-CHAIN-UNTRUSTED"]);
    assert!(arranged.findings[0].hints[0].contains("same name"));
    assert!(!arranged.complete);
}

#[test]
fn without_roots_the_end_is_a_guess() {
    let arranged = arrange(&[orders(), finance(), service()], &[]);
    assert_eq!(codes(&arranged), vec!["HF-CHAIN-MISSING"]);
    assert_eq!(arranged.findings[0].severity, Severity::Warning);
    let arranged = arrange(&[orders(), finance(), service(), root()], &[]);
    assert_eq!(codes(&arranged), vec!["HF-CHAIN-ROOT-INCLUDED"]);
    assert!(arranged.complete);
}

#[test]
fn nothing_gives_nothing() {
    let arranged = arrange(&[], &[root()]);
    assert!(arranged.chain.is_empty() && !arranged.complete);
}

#[test]
fn of_two_roads_the_trusted_one_is_taken() {
    let old_root = Spec::root("old", 9).build();
    let cross = Spec::authority("*.local Root CA", 1, "old", 9).build();
    let files = [orders(), finance(), service(), cross.clone(), root()];
    assert_eq!(arrange(&files, &[old_root]).chain, vec![orders(), finance(), service(), cross]);
    assert_eq!(arrange(&files, &[root()]).chain, vec![orders(), finance(), service()]);
}

proptest! {
    #[test]
    fn any_order_gives_the_same_chain(order in Just(vec![0_usize, 1, 2, 3]).prop_shuffle()) {
        let all = [orders(), finance(), service(), root()];
        let shuffled: Vec<Certificate> = order.iter().map(|index| all[*index].clone()).collect();
        let arranged = arrange(&shuffled, &[root()]);
        prop_assert_eq!(arranged.chain, vec![orders(), finance(), service()]);
    }
}
