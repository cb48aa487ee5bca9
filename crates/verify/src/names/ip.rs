//! IP addresses, RFC 5280 sections 4.2.1.6 and 4.2.1.10.

use std::net::IpAddr;

/// The address, when there are exactly 4 or 16 octets.
pub(crate) fn presented(octets: &[u8]) -> Option<IpAddr> {
    if let Ok(four) = <[u8; 4]>::try_from(octets) {
        return Some(IpAddr::from(four));
    }
    <[u8; 16]>::try_from(octets).ok().map(IpAddr::from)
}

/// Address and mask of a subtree, when there are 8 or 32 octets and the mask is a prefix (RFC 4632).
fn subtree(octets: &[u8]) -> Option<(&[u8], &[u8])> {
    if !matches!(octets.len(), 8 | 32) {
        return None;
    }
    let (address, mask) = octets.split_at(octets.len() / 2);
    let unused = 128 - 8 * u32::try_from(mask.len()).unwrap_or(16);
    let bits = mask.iter().fold(0_u128, |bits, octet| bits << 8 | u128::from(*octet)) << unused;
    (bits.leading_ones() == bits.count_ones()).then_some((address, mask))
}

/// Whether a subtree is well-formed.
pub(crate) fn is_subtree(octets: &[u8]) -> bool {
    subtree(octets).is_some()
}

/// Whether the address lies in the subtree; one family never lies in the other.
pub(crate) fn is_within(address: &[u8], octets: &[u8]) -> bool {
    subtree(octets).is_some_and(|(network, mask)| {
        network.len() == address.len()
            && address.iter().zip(network).zip(mask).all(|((a, n), m)| a & m == n & m)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_hold_their_addresses() {
        let range = [192, 0, 2, 0, 255, 255, 255, 0];
        assert!(is_within(&[192, 0, 2, 9], &range));
        assert!(!is_within(&[192, 0, 3, 9], &range));
        assert!(!is_within(&[0; 16], &range));
        assert!(is_within(&[10, 0, 0, 1], &[0; 8]));
    }

    #[test]
    fn masks_are_prefixes() {
        assert!(is_subtree(&[10, 0, 0, 0, 255, 254, 0, 0]));
        for mask in [[255, 0, 255, 0], [254, 255, 0, 0], [0, 0, 0, 1], [255, 253, 0, 0]] {
            assert!(!is_subtree(&[&[10, 0, 0, 0], &mask[..]].concat()), "{mask:?}");
        }
        assert!(!is_subtree(&[10, 0, 0, 0]));
        assert!(!is_subtree(&[0; 16]));
    }
}
