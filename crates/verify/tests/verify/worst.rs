//! The worst graphs that a stranger can send: the answer is no, with the bound that was met, and it comes soon.

use crate::support::{NOW, Spec, ce, constraints, dns, name, names};
use hf_core::finding::Finding;
use hf_verify::explain::explain;
use hf_verify::gate;
use hf_verify::request::VerifyRequest;

fn ask(leaf: &Spec, intermediates: &[Spec], anchors: &[Spec]) -> VerifyRequest {
    let anchors = anchors.iter().map(Spec::build).collect();
    let mut request = VerifyRequest::new(leaf.build(), anchors, NOW.parse().unwrap());
    request.intermediates = intermediates.iter().map(Spec::build).collect();
    request
}

/// The explainer's findings; gate and explainer refuse.
fn refused(request: &VerifyRequest) -> Vec<Finding> {
    assert!(gate::accept(request).is_err());
    let explanation = explain(request);
    assert_eq!(explanation.valid, Some(false));
    explanation.findings
}

fn has_budget(findings: &[Finding]) -> bool {
    findings.iter().any(|finding| finding.code.as_str() == "HF-PATH-BUDGET")
}

/// Nine levels of twelve certificates, each certified by every one of the level above: 12^9 paths, all refused at the end.
#[test]
fn a_lattice_of_authorities_with_good_signatures() {
    let title = |level: u8| format!("level {level}");
    let mut lattice = Vec::new();
    for level in 1..=9_u8 {
        for twin in 0..12_u8 {
            let mut spec = Spec::authority(&title(level), level, &title(level - 1), level - 1);
            spec.serial = vec![1, level, twin];
            lattice.push(spec);
        }
    }
    let root = Spec::root(&title(0), 0).with(constraints(&[], &[dns("example.com")]));
    let leaf = Spec::leaf(100, &title(9), 9);
    assert!(has_budget(&refused(&ask(&leaf, &lattice, &[root]))));
}

/// A hundred and fifty authorities of one name, each with its own key: any could have signed any other.
#[test]
fn one_name_and_many_keys() {
    let crowd: Vec<Spec> = (1..=150_u8).map(|key| Spec::authority("crowd", key, "crowd", key - 1)).collect();
    let root = Spec::root("root", 200);
    let findings = refused(&ask(&Spec::leaf(201, "crowd", 150), &crowd, &[root]));
    assert!(has_budget(&findings));
}

#[test]
fn a_crowd_of_anchors_with_the_right_name() {
    let anchors: Vec<Spec> = (0..=250_u8).map(|key| Spec::root("root", key)).collect();
    let mut leaf = Spec::leaf(251, "root", 252);
    leaf.extensions.retain(|(id, _, _)| *id != ce::AUTHORITY_KEY_ID);
    leaf = leaf.with(crate::support::authority_key(252));
    assert!(has_budget(&refused(&ask(&leaf, &[], &anchors))));
}

#[test]
fn a_thousand_names_and_two_thousand_constraints() {
    let host = |number: usize| dns(&format!("h{number}.example.com"));
    let many: Vec<Vec<u8>> = (0..1_000).map(host).collect();
    let barred: Vec<Vec<u8>> = (0..1_000).map(|number| dns(&format!("x{number}.example.org"))).collect();
    let root = Spec::root("root", 1).with(constraints(&many, &barred));
    let leaf = Spec::leaf(2, "root", 1).with(names(&many));
    assert!(has_budget(&refused(&ask(&leaf, &[], &[root]))));
}

/// Authorities that certify each other in a circle lead nowhere, and once a root joins them they do.
#[test]
fn circles_end() {
    let circle: Vec<Spec> = (0..8_u8)
        .flat_map(|one| (0..8_u8).map(move |other| (one, other)))
        .filter(|(one, other)| one != other)
        .map(|(one, other)| Spec::authority(&format!("c{one}"), one, &format!("c{other}"), other))
        .collect();
    let leaf = Spec::leaf(100, "c0", 0);
    let stranger = Spec::root("root", 50);
    refused(&ask(&leaf, &circle, &[stranger]));
    let request = ask(&leaf, &circle, &[Spec::root("c7", 7)]);
    assert!(gate::accept(&request).is_ok());
    assert_eq!(explain(&request).valid, Some(true));
}

/// Ten intermediates are the most; an eleventh is one too many.
#[test]
fn the_longest_path() {
    let line = |count: u8| -> Vec<Spec> {
        (1..=count)
            .map(|one| Spec::authority(&format!("a{one}"), one, &format!("a{}", one - 1), one - 1))
            .collect()
    };
    let root = Spec::root("a0", 0);
    let request = ask(&Spec::leaf(100, "a10", 10), &line(10), std::slice::from_ref(&root));
    assert_eq!(gate::accept(&request).unwrap().certificates().len(), 12);
    assert_eq!(explain(&request).valid, Some(true));
    let findings = refused(&ask(&Spec::leaf(100, "a11", 11), &line(11), &[root]));
    assert_eq!(findings.first().map(|finding| finding.code.as_str()), Some("HF-PATH-DEPTH"));
}

#[test]
fn more_certificates_than_are_looked_at() {
    let mut request = ask(&Spec::leaf(2, "root", 1), &[], &[Spec::root("root", 1)]);
    request.intermediates = (0..1_100_u32)
        .map(|number| Spec {
            serial: [&[1_u8], number.to_be_bytes().as_slice()].concat(),
            subject: name("other"),
            ..Spec::authority("other", 3, "root", 1)
        })
        .map(|spec| spec.build())
        .collect();
    let explanation = explain(&request);
    assert_eq!(explanation.valid, Some(true));
    assert_eq!(explanation.codes(), vec!["HF-PATH-BUDGET"]);
    assert!(gate::accept(&request).is_ok());
}
