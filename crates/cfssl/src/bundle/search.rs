//! Every way from a certificate up to a root, within bounds.

use hf_core::time::Timestamp;
use hf_verify::gate;
use hf_verify::request::VerifyRequest;
use hf_x509::certificate::Certificate;

/// The most certificates on a way; real chains have three or four.
const MAX_LENGTH: usize = 10;

/// The most ways that are compared.
const MAX_WAYS: usize = 64;

/// The most signatures that are looked at: each step of a hostile pool could cost one.
const MAX_SIGNATURES: usize = 2_000;

/// What a search found.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// Ways that the gate admits: the leaf first, the root last.
    pub(super) ways: Vec<Vec<Certificate>>,
    /// Where ways ended without a root.
    pub(super) dead_ends: Vec<Certificate>,
}

/// Every way from `leaf` over `intermediates` to one of `roots` that the gate admits at `now`.
pub(super) fn ways(
    leaf: &Certificate,
    intermediates: &[Certificate],
    roots: &[Certificate],
    now: Timestamp,
) -> Found {
    let mut search =
        Search { intermediates, roots, now, signatures: MAX_SIGNATURES, found: Found::default() };
    search.step(&mut vec![leaf.clone()]);
    search.found
}

struct Search<'a> {
    intermediates: &'a [Certificate],
    roots: &'a [Certificate],
    now: Timestamp,
    signatures: usize,
    found: Found,
}

impl Search<'_> {
    /// Go on from the last certificate of `way`.
    fn step(&mut self, way: &mut Vec<Certificate>) {
        let Some(last) = way.last().cloned() else { return };
        if self.roots.contains(&last) {
            self.admit(way);
            return;
        }
        let (roots, intermediates) = (self.roots, self.intermediates);
        let mut ended = true;
        for issuer in roots.iter().chain(intermediates) {
            if self.found.ways.len() >= MAX_WAYS || way.len() >= MAX_LENGTH {
                return;
            }
            if way.contains(issuer) || !self.signed(&last, issuer) {
                continue;
            }
            ended = false;
            way.push(issuer.clone());
            self.step(way);
            way.pop();
        }
        if ended && !self.found.dead_ends.contains(&last) {
            self.found.dead_ends.push(last);
        }
    }

    fn signed(&mut self, subject: &Certificate, issuer: &Certificate) -> bool {
        if !subject.issuer().matches(issuer.subject()) || self.signatures == 0 {
            return false;
        }
        self.signatures -= 1;
        subject.verify_signed_by(issuer.public_key()).is_ok()
    }

    /// Take the way if the gate does, given nothing but this way.
    fn admit(&mut self, way: &[Certificate]) {
        let (Some(leaf), Some(root)) = (way.first(), way.last()) else { return };
        let mut request = VerifyRequest::new(leaf.clone(), vec![root.clone()], self.now);
        request.intermediates = way.iter().skip(1).take(way.len().saturating_sub(2)).cloned().collect();
        let known = self.found.ways.iter().any(|known| known == way);
        if !known && gate::accept(&request).is_ok() {
            self.found.ways.push(way.to_vec());
        }
    }
}

/// Whether each certificate is signed by the next: what the flavour `force` asks.
pub(super) fn is_linked(chain: &[Certificate]) -> bool {
    chain.windows(2).all(|pair| match pair {
        [subject, issuer] => {
            subject.issuer().matches(issuer.subject())
                && subject.verify_signed_by(issuer.public_key()).is_ok()
        }
        _ => true,
    })
}
