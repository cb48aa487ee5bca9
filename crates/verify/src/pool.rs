//! Certificates of a request, read once, with what is known about who signed whom.

use std::collections::{HashMap, HashSet};

use crate::budget::Budget;
use crate::facts::Facts;
use crate::request::VerifyRequest;
use crate::rules::{self, Link, Place};

/// Which certificate of a [`Pool`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Index(usize);

impl Index {
    /// The leaf.
    pub(crate) const LEAF: Self = Self(0);
}

/// Leaf, intermediates and trust anchors, each certificate once in each role.
pub(crate) struct Pool<'a> {
    pub(crate) request: &'a VerifyRequest,
    certificates: Vec<Facts>,
    /// The number of the certificate's key among all keys, so that a signature is checked once for each key.
    keys: Vec<usize>,
    first_anchor: usize,
    intermediates_by_subject: HashMap<Vec<u8>, Vec<Index>>,
    anchors_by_subject: HashMap<Vec<u8>, Vec<Index>>,
    signatures: HashMap<(Index, usize), bool>,
    passes: HashMap<Index, bool>,
    /// How many certificates were left out because there were too many.
    pub(crate) left_out: usize,
}

impl<'a> Pool<'a> {
    /// Read the certificates of a request, at most [`Budget::CERTIFICATES`] intermediates and as many trust anchors.
    pub(crate) fn read(request: &'a VerifyRequest) -> Self {
        let distinct = |certificates: &[hf_x509::certificate::Certificate]| {
            let mut seen = HashSet::new();
            let distinct: Vec<_> =
                certificates.iter().filter(|one| seen.insert(one.der().to_vec())).cloned().collect();
            distinct
        };
        let (intermediates, anchors) = (distinct(&request.intermediates), distinct(&request.trust_anchors));
        let left_out = intermediates.len().saturating_sub(Budget::CERTIFICATES)
            + anchors.len().saturating_sub(Budget::CERTIFICATES);
        let leaf = std::iter::once(&request.leaf);
        let chosen = leaf.chain(intermediates.iter().take(Budget::CERTIFICATES));
        let mut certificates: Vec<Facts> = chosen.map(Facts::read).collect();
        let first_anchor = certificates.len();
        certificates.extend(anchors.iter().take(Budget::CERTIFICATES).map(Facts::read));
        let mut pool = Self {
            request,
            keys: number_keys(&certificates),
            certificates,
            first_anchor,
            intermediates_by_subject: HashMap::new(),
            anchors_by_subject: HashMap::new(),
            signatures: HashMap::new(),
            passes: HashMap::new(),
            left_out,
        };
        pool.intermediates_by_subject = pool.by_subject(1, first_anchor);
        pool.anchors_by_subject = pool.by_subject(first_anchor, pool.certificates.len());
        pool
    }

    fn by_subject(&self, from: usize, to: usize) -> HashMap<Vec<u8>, Vec<Index>> {
        let mut found: HashMap<Vec<u8>, Vec<Index>> = HashMap::new();
        for (index, facts) in self.certificates.iter().enumerate().take(to).skip(from) {
            found.entry(facts.certificate.subject().to_der().to_vec()).or_default().push(Index(index));
        }
        found
    }

    /// The certificate.
    #[expect(
        clippy::indexing_slicing,
        reason = "an `Index` is made by this pool alone and never outlives it"
    )]
    pub(crate) fn facts(&self, index: Index) -> &Facts {
        &self.certificates[index.0]
    }

    /// The certificates at these places.
    pub(crate) fn chain(&self, chain: &[Index]) -> Vec<&Facts> {
        chain.iter().map(|index| self.facts(*index)).collect()
    }

    /// Intermediates in the order of the request.
    pub(crate) fn intermediates(&self) -> impl Iterator<Item = Index> + use<> {
        (1..self.first_anchor).map(Index)
    }

    /// Trust anchors in the order of the request.
    pub(crate) fn anchors(&self) -> impl Iterator<Item = Index> + use<> {
        (self.first_anchor..self.certificates.len()).map(Index)
    }

    /// Trust anchors with the name of the issuer. Names are compared octet by octet, as rustls, Go and pyca do.
    pub(crate) fn anchors_for(&self, child: Index) -> Vec<Index> {
        self.issuers(&self.anchors_by_subject, child)
    }

    /// Intermediates with the name of the issuer.
    pub(crate) fn intermediates_for(&self, child: Index) -> Vec<Index> {
        self.issuers(&self.intermediates_by_subject, child)
    }

    /// Those whose key identifier is the one that the child names come first.
    fn issuers(&self, by_subject: &HashMap<Vec<u8>, Vec<Index>>, child: Index) -> Vec<Index> {
        let child = self.facts(child);
        let wanted = child.authority_key.as_ref().and_then(|authority| authority.key_identifier.as_ref());
        let mut found = by_subject.get(child.certificate.issuer().to_der()).cloned().unwrap_or_default();
        found.sort_by_key(|index| self.facts(*index).subject_key.as_ref() != wanted);
        found
    }

    /// Whether both are the same authority: subject and key.
    pub(crate) fn same_authority(&self, one: Index, other: Index) -> bool {
        self.keys.get(one.0) == self.keys.get(other.0)
            && self.facts(one).certificate.subject() == self.facts(other).certificate.subject()
    }

    /// Whether the issuer's key signed the child; each pair of certificate and key is checked once. `None` when the
    /// budget is used up.
    pub(crate) fn signed_by(&mut self, child: Index, issuer: Index, budget: &mut Budget) -> Option<bool> {
        let key = (child, self.keys.get(issuer.0).copied().unwrap_or_default());
        if let Some(known) = self.signatures.get(&key) {
            return Some(*known);
        }
        if !budget.signature() {
            return None;
        }
        let signed = {
            let issuer = self.facts(issuer).certificate.public_key();
            self.facts(child).certificate.verify_signed_by(issuer).is_ok()
        };
        self.signatures.insert(key, signed);
        Some(signed)
    }

    /// Whether the certificate obeys the rules about single certificates in this place.
    pub(crate) fn passes(&mut self, index: Index, place: Place) -> bool {
        if let Some(known) = self.passes.get(&index) {
            return *known;
        }
        let link = Link { facts: self.facts(index), place, time: self.request.time };
        let passes = rules::certificate_passes(&link);
        self.passes.insert(index, passes);
        passes
    }
}

fn number_keys(certificates: &[Facts]) -> Vec<usize> {
    let mut numbers = HashMap::new();
    let number = |facts: &Facts| {
        let next = numbers.len();
        *numbers.entry(facts.certificate.public_key().spki_sha256()).or_insert(next)
    };
    certificates.iter().map(number).collect()
}
