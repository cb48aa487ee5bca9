//! What the host presents.

mod chain_expiration;
mod chain_validation;
mod multiple_certs;

use super::Family;

pub(super) static FAMILY: Family = Family {
    name: "PKI",
    description: "Scans for the Public Key Infrastructure",
    scanners: &[&chain_expiration::SCANNER, &chain_validation::SCANNER, &multiple_certs::SCANNER],
};
