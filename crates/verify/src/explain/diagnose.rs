//! The path that comes closest to being valid, and what is wrong with it.

use hf_core::finding::Finding;
use hf_x509::signature::SignatureError;

use super::{called, missing};
use crate::budget::Budget;
use crate::codes;
use crate::pool::{Index, Pool};
use crate::rules::{self, Link, Path, Place};

/// The most unfinished or faulty paths that are compared.
const CANDIDATES: usize = 64;

/// The path that comes closest.
pub(super) struct Closest {
    /// Leaf first.
    pub(super) chain: Vec<Index>,
    /// Whether it ends at a trust anchor.
    pub(super) anchored: bool,
    /// What is wrong with it.
    pub(super) findings: Vec<Finding>,
    /// What ran out while looking, if anything.
    pub(super) exhausted: Option<&'static str>,
}

/// How far from valid a path is, smaller is closer: it reaches a trust anchor over good signatures, or it reaches one by
/// name, or it ends somewhere; then the number of faults; then longer ones first.
type Distance = (u8, usize, std::cmp::Reverse<usize>);

struct Candidate {
    chain: Vec<Index>,
    anchored: bool,
    forged: Vec<usize>,
}

/// Look at paths whose names fit, whatever else is wrong, and take the closest.
pub(super) fn closest(pool: &mut Pool<'_>) -> Closest {
    let mut budget = Budget::new();
    let mut walk = Walk { candidates: Vec::new(), chain: vec![Index::LEAF], forged: Vec::new() };
    walk.go_on(pool, &mut budget);
    let mut best: Option<(Distance, Closest)> = None;
    for candidate in walk.candidates {
        let (distance, closest) = judge(pool, candidate, &mut budget);
        if best.as_ref().is_none_or(|(least, _)| distance < *least) {
            best = Some((distance, closest));
        }
    }
    let nothing =
        || Closest { chain: vec![Index::LEAF], anchored: false, findings: Vec::new(), exhausted: None };
    let mut closest = best.map_or_else(nothing, |(_, closest)| closest);
    closest.exhausted = budget.exhausted();
    closest
}

struct Walk {
    candidates: Vec<Candidate>,
    chain: Vec<Index>,
    /// Places on the chain whose signature is not that of the next certificate.
    forged: Vec<usize>,
}

impl Walk {
    fn go_on(&mut self, pool: &mut Pool<'_>, budget: &mut Budget) {
        let Some(head) = self.chain.last().copied() else { return };
        let mut dead_end = true;
        for anchor in pool.anchors_for(head) {
            dead_end = false;
            self.step(pool, budget, anchor, |walk, _, _| walk.note(true));
        }
        let again = |walk: &Self, pool: &Pool<'_>, issuer| {
            walk.chain.iter().any(|one| pool.same_authority(*one, issuer))
        };
        for issuer in pool.intermediates_for(head) {
            if again(self, pool, issuer) {
                continue;
            }
            if self.candidates.len() >= CANDIDATES || self.chain.len() > Budget::DEPTH + 1 || !budget.step() {
                break;
            }
            dead_end = false;
            self.step(pool, budget, issuer, Self::go_on);
        }
        if dead_end {
            self.note(false);
        }
    }

    fn step(
        &mut self,
        pool: &mut Pool<'_>,
        budget: &mut Budget,
        issuer: Index,
        then: fn(&mut Self, &mut Pool<'_>, &mut Budget),
    ) {
        let Some(head) = self.chain.last().copied() else { return };
        let forged = pool.signed_by(head, issuer, budget) != Some(true);
        if forged {
            self.forged.push(self.chain.len() - 1);
        }
        self.chain.push(issuer);
        then(self, pool, budget);
        self.chain.pop();
        if forged {
            self.forged.pop();
        }
    }

    fn note(&mut self, anchored: bool) {
        if self.candidates.len() < CANDIDATES {
            let (chain, forged) = (self.chain.clone(), self.forged.clone());
            self.candidates.push(Candidate { chain, anchored, forged });
        }
    }
}

fn judge(pool: &Pool<'_>, candidate: Candidate, budget: &mut Budget) -> (Distance, Closest) {
    let Candidate { chain, anchored, forged } = candidate;
    let facts = pool.chain(&chain);
    let path = Path::new(&facts, pool.request);
    let mut findings = Vec::new();
    for (index, link) in path.links.iter().enumerate() {
        // The last of an unfinished chain is no trust anchor.
        let place = if link.place == Place::Anchor && !anchored { Place::Intermediate } else { link.place };
        findings.extend(rules::certificate_findings(&Link { place, ..*link }));
        if forged.contains(&index) {
            findings.extend(path.links.get(index + 1).map(|issuer| forgery(link, issuer)));
        }
    }
    if anchored {
        findings.extend(rules::path_findings(&path, budget));
    } else if let Some(last) = path.links.last() {
        findings.push(missing::finding(last, pool));
    }
    let rank = match (anchored, forged.is_empty()) {
        (true, true) => 0,
        (true, false) => 1,
        (false, _) => 2,
    };
    let distance = (rank, findings.len(), std::cmp::Reverse(chain.len()));
    (distance, Closest { chain, anchored, findings, exhausted: None })
}

/// The issuer of that name did not sign.
fn forgery(child: &Link<'_>, issuer: &Link<'_>) -> Finding {
    let issuer_certificate = &issuer.facts.certificate;
    let error = child.facts.certificate.verify_signed_by(issuer_certificate.public_key()).err();
    let found = error
        .as_ref()
        .map_or_else(|| "not checked, the budget is used up".to_owned(), SignatureError::to_string);
    let finding = Finding::error(
        codes::PATH_SIGNATURE,
        child.about(),
        format!("its signature is not that of the {} {}", issuer.place.as_str(), issuer.facts.label()),
    )
    .expected_found(format!("a signature made with the key of {}", issuer.facts.label()), found)
    .rfc("RFC 5280 section 6.1.3");
    let named = child.facts.authority_key.as_ref().and_then(|identifier| identifier.key_identifier.as_ref());
    match named.zip(issuer.facts.subject_key.as_ref()) {
        Some((named, own)) if named != own => finding
            .evidence("key named by the certificate", named.to_string())
            .evidence("key of the issuer", own.to_string())
            .hint(format!(
                "{} has the right name but another key; find the certificate whose subjectKeyIdentifier is {named}",
                called(issuer.place.as_str(), issuer_certificate)
            )),
        _ => finding.hint("the certificate was changed, or the issuer has a new key under the same name"),
    }
}
