//! From the leaf upwards, issuer by issuer.

use hf_x509::certificate::Certificate;

use crate::budget::Budget;

/// A chain as far as it goes.
#[derive(Clone, Debug)]
pub(super) struct Walked<'a> {
    /// The leaf, then each issuer, without the root.
    pub(super) chain: Vec<&'a Certificate>,
    /// Where it ends: a trusted certificate, or a self-signed one.
    pub(super) root: Option<&'a Certificate>,
    /// Whether `root` is one of the trusted ones.
    pub(super) trusted: bool,
}

impl Walked<'_> {
    /// Better ends first: at a trusted root, at a self-signed certificate, nowhere; then the longer chain.
    fn rank(&self) -> (bool, bool, usize) {
        (self.trusted, self.root.is_some(), self.chain.len())
    }
}

/// The best chain from the leaf; `None` when there is no certificate.
pub(super) fn follow<'a>(certificates: &[&'a Certificate], roots: &'a [Certificate]) -> Option<Walked<'a>> {
    let leaf = leaf(certificates)?;
    let mut walk = Walk { certificates, roots, budget: Budget::new(), best: None };
    if roots.contains(leaf) || (roots.is_empty() && certificates.len() == 1 && leaf.is_self_signed()) {
        return Some(Walked { chain: vec![leaf], root: Some(leaf), trusted: roots.contains(leaf) });
    }
    walk.on(&mut vec![leaf]);
    walk.best
}

/// The certificate that issued none of the others; leaves before authorities, then the first in the files.
fn leaf<'a>(certificates: &[&'a Certificate]) -> Option<&'a Certificate> {
    let issued_none = |candidate: &&&Certificate| {
        !certificates.iter().any(|other| other != *candidate && other.issuer() == candidate.subject())
    };
    let ends: Vec<&Certificate> = certificates.iter().filter(issued_none).copied().collect();
    let ends = if ends.is_empty() { certificates.to_vec() } else { ends };
    ends.iter().find(|one| !one.is_ca()).or_else(|| ends.first()).copied()
}

struct Walk<'a, 'b> {
    certificates: &'b [&'a Certificate],
    roots: &'a [Certificate],
    budget: Budget,
    best: Option<Walked<'a>>,
}

impl<'a> Walk<'a, '_> {
    fn on(&mut self, chain: &mut Vec<&'a Certificate>) {
        let Some(head) = chain.last().copied() else { return };
        if let Some(root) = self.roots.iter().find(|root| signed(head, root)) {
            self.note(Walked { chain: chain.clone(), root: Some(root), trusted: true });
            return;
        }
        let mut issuers: Vec<&'a Certificate> =
            self.certificates.iter().copied().filter(|one| signed(head, one)).collect();
        issuers.sort_by_key(|issuer| !names_key_of(head, issuer));
        for issuer in issuers {
            if issuer.is_self_signed() {
                self.note(Walked {
                    chain: chain.clone(),
                    root: Some(issuer),
                    trusted: self.roots.contains(issuer),
                });
            } else if !chain.contains(&issuer) && chain.len() <= Budget::DEPTH && self.budget.path() {
                chain.push(issuer);
                self.on(chain);
                chain.pop();
            }
        }
        self.note(Walked { chain: chain.clone(), root: None, trusted: false });
    }

    fn note(&mut self, walked: Walked<'a>) {
        if self.best.as_ref().is_none_or(|best| walked.rank() > best.rank()) {
            self.best = Some(walked);
        }
    }
}

/// Whether `issuer` has the right name and its key made the signature.
fn signed(child: &Certificate, issuer: &Certificate) -> bool {
    child.issuer() == issuer.subject() && child.verify_signed_by(issuer.public_key()).is_ok()
}

fn names_key_of(child: &Certificate, issuer: &Certificate) -> bool {
    let named =
        child.authority_key_identifier().ok().flatten().and_then(|identifier| identifier.key_identifier);
    let own = issuer.subject_key_identifier().ok().flatten();
    named.is_some() && named == own
}
