//! The octets of a client hello (RFC 8446, 4.1.2; RFC 5246, 7.4.1.2).

use std::net::IpAddr;

use super::{Offer, Version};

const X25519: u16 = 29;

/// The public key that goes with the group x25519: its base point. No handshake is finished, so nobody needs its secret.
const X25519_BASE: [u8; 32] = {
    let mut point = [0; 32];
    point[0] = 9;
    point
};

/// Where a random number would be. No key is ever derived from it.
const NOT_RANDOM: [u8; 32] = [0x68; 32];

/// A record with the hello.
pub(super) fn client_hello(offer: &Offer, hostname: &str) -> Vec<u8> {
    let legacy = offer.version.min(Version::Tls12).number();
    let mut body = legacy.to_be_bytes().to_vec();
    body.extend(NOT_RANDOM);
    // No session; the one compression method is none.
    body.push(0);
    body.extend(long(&numbers(&offer.suites)));
    body.extend([1, 0]);
    if offer.version != Version::Ssl30 {
        body.extend(long(&extensions(offer, hostname)));
    }
    let mut handshake = vec![1];
    handshake.extend(three(body.len()));
    handshake.extend(body);
    let record_version = offer.version.min(Version::Tls10).number();
    let mut record = vec![22];
    record.extend(record_version.to_be_bytes());
    record.extend(long(&handshake));
    record
}

fn extensions(offer: &Offer, hostname: &str) -> Vec<u8> {
    let mut all = Vec::new();
    let mut add = |id: u16, content: Vec<u8>| {
        all.extend(id.to_be_bytes());
        all.extend(long(&content));
    };
    // server_name (RFC 6066, 3) takes names only.
    if hostname.parse::<IpAddr>().is_err() {
        let mut name = vec![0];
        name.extend(long(hostname.as_bytes()));
        add(0, long(&name));
    }
    add(10, long(&numbers(&offer.groups)));
    if offer.version >= Version::Tls12 {
        add(13, long(&numbers(&offer.schemes)));
    }
    if offer.version == Version::Tls13 {
        add(43, short(&offer.version.number().to_be_bytes()));
        add(51, long(&key_shares(offer)));
    } else {
        // Points are written out (RFC 8422, 5.1.2); renegotiation is safe (RFC 5746, 3.4).
        add(11, vec![1, 0]);
        add(0xff01, vec![0]);
    }
    all
}

/// A share for x25519 where it is the first choice. Without one the server names its own choice in a retry request.
fn key_shares(offer: &Offer) -> Vec<u8> {
    if offer.groups.first() != Some(&X25519) {
        return Vec::new();
    }
    let mut share = X25519.to_be_bytes().to_vec();
    share.extend(long(&X25519_BASE));
    share
}

fn numbers(list: &[u16]) -> Vec<u8> {
    list.iter().flat_map(|number| number.to_be_bytes()).collect()
}

/// The octets after their count in one octet.
fn short(octets: &[u8]) -> Vec<u8> {
    let mut all = vec![u8::try_from(octets.len()).unwrap_or(u8::MAX)];
    all.extend(octets);
    all
}

/// The octets after their count in two octets.
fn long(octets: &[u8]) -> Vec<u8> {
    let mut all = u16::try_from(octets.len()).unwrap_or(u16::MAX).to_be_bytes().to_vec();
    all.extend(octets);
    all
}

fn three(count: usize) -> impl Iterator<Item = u8> {
    u32::try_from(count).unwrap_or(u32::MAX).to_be_bytes().into_iter().skip(1)
}
