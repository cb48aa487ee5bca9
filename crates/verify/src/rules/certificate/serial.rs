//! Serial numbers, RFC 5280 section 4.1.2.2. Trust anchors are exempt: old roots have 0, and no list names them.

use crate::codes;
use crate::rules::{CertificateRule, Fault, Link, Place};

pub(super) const SERIAL: CertificateRule =
    CertificateRule { code: codes::CERT_SERIAL, rfc: "RFC 5280 section 4.1.2.2", check: serial };

fn serial(link: &Link<'_>) -> Option<Fault> {
    let octets = link.facts.certificate.serial_octets();
    let found = match octets {
        _ if link.place == Place::Anchor => return None,
        [] => "no octets".to_owned(),
        [first, ..] if first & 0x80 != 0 => "a negative number".to_owned(),
        octets if octets.iter().all(|octet| *octet == 0) => "zero".to_owned(),
        octets if octets.len() > 20 => format!("{} octets", octets.len()),
        _ => return None,
    };
    Some(Fault::new(
        "the serial number cannot identify the certificate",
        "a positive number of at most 20 octets",
        found,
    ))
}
