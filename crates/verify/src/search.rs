//! Our own path building: depth first from the leaf, every loop bounded by a budget.

use crate::budget::Budget;
use crate::pool::{Index, Pool};
use crate::rules::{self, Path, Place};

/// The first path that obeys every rule, leaf first, trust anchor last.
pub(crate) fn find(pool: &mut Pool<'_>, budget: &mut Budget) -> Option<Vec<Index>> {
    if !pool.passes(Index::LEAF, Place::Leaf) {
        return None;
    }
    let mut chain = vec![Index::LEAF];
    extend(pool, &mut chain, budget).then_some(chain)
}

/// Extend the chain up to a trust anchor; on failure the chain is as it was.
fn extend(pool: &mut Pool<'_>, chain: &mut Vec<Index>, budget: &mut Budget) -> bool {
    let Some(head) = chain.last().copied() else { return false };
    for anchor in pool.anchors_for(head) {
        if pool.passes(anchor, Place::Anchor) && pool.signed_by(head, anchor, budget) == Some(true) {
            chain.push(anchor);
            if is_accepted(pool, chain, budget) {
                return true;
            }
            chain.pop();
        }
    }
    if chain.len() > Budget::DEPTH {
        return false;
    }
    for issuer in pool.intermediates_for(head) {
        if budget.exhausted().is_some() || !budget.step() {
            return false;
        }
        // A path that comes back to an authority proves nothing more, RFC 4158 section 5.2.
        let again = chain.iter().any(|earlier| pool.same_authority(*earlier, issuer));
        if again
            || !pool.passes(issuer, Place::Intermediate)
            || pool.signed_by(head, issuer, budget) != Some(true)
        {
            continue;
        }
        chain.push(issuer);
        if extend(pool, chain, budget) {
            return true;
        }
        chain.pop();
    }
    false
}

/// Whether the rules about the path as a whole hold; those about single certificates were applied on the way.
fn is_accepted(pool: &Pool<'_>, chain: &[Index], budget: &mut Budget) -> bool {
    budget.path() && rules::path_passes(&Path::new(&pool.chain(chain), pool.request), budget)
}
