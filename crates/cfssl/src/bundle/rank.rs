//! Which of several chains is the best one: the flavours `optimal` and `ubiquitous`.

use std::cmp::{Ordering, Reverse};

use hf_core::time::Timestamp;
use hf_x509::certificate::Certificate;
use hf_x509::public_key::KeyKind;

use super::platform::{HashUbiquity, Platform, below_root, chain_hash, chain_key, hash_of};

/// Shortest, then the one that ends last, then the strongest.
pub(super) fn optimal(chains: &mut [Vec<Certificate>]) {
    chains.sort_by(|one, other| optimal_order(one, other));
}

/// On most platforms; then SHA-2 all along, the shortest, the most widely understood digests and keys, the one that ends
/// last; then as [`optimal`].
pub(super) fn ubiquitous(chains: &mut [Vec<Certificate>], platforms: &[Platform]) {
    let key = |chain: &Vec<Certificate>| {
        (
            Reverse(weight(chain, platforms)),
            Reverse(is_sha2_all_along(chain)),
            chain.len(),
            Reverse(chain_hash(chain)),
            Reverse(chain_key(chain)),
            Reverse(expiry(chain)),
        )
    };
    chains.sort_by(|one, other| key(one).cmp(&key(other)).then_with(|| optimal_order(one, other)));
}

/// How much the platforms that trust the chain count together.
pub(super) fn weight(chain: &[Certificate], platforms: &[Platform]) -> i64 {
    platforms.iter().filter(|platform| platform.trusts(chain)).map(|platform| platform.weight).sum()
}

/// When the first of the chain's certificates ends.
pub(super) fn expiry(chain: &[Certificate]) -> Timestamp {
    chain.iter().map(Certificate::not_after).min().unwrap_or(Timestamp::MIN)
}

fn is_sha2_all_along(chain: &[Certificate]) -> bool {
    below_root(chain).all(|certificate| hash_of(certificate) == HashUbiquity::Sha2)
}

fn optimal_order(one: &[Certificate], other: &[Certificate]) -> Ordering {
    let key = |chain: &[Certificate]| (chain.len(), Reverse(expiry(chain)), Reverse(strength(chain)));
    key(one).cmp(&key(other))
}

/// Bits of security of the weakest key, NIST SP 800-57 part 1 table 2, roughly.
fn strength(chain: &[Certificate]) -> u32 {
    chain.iter().map(|certificate| bits(certificate.public_key())).min().unwrap_or(0)
}

fn bits(key: &hf_x509::public_key::PublicKey) -> u32 {
    let size = key.key_bits().unwrap_or(0);
    match key.kind() {
        KeyKind::Rsa => match size {
            ..2048 => 80,
            2048..3072 => 112,
            3072..7680 => 128,
            7680.. => 192,
        },
        KeyKind::Ec(_) | KeyKind::Ed25519 => size / 2,
        KeyKind::UnsupportedCurve { .. } | KeyKind::Unsupported { .. } | KeyKind::Malformed { .. } => 0,
    }
}
