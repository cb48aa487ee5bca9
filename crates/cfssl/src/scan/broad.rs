//! Many hosts at once.

mod intermediate_cas;

use super::Family;

pub(super) static FAMILY: Family = Family {
    name: "Broad",
    description: "Large scale scans of TLS hosts",
    scanners: &[&intermediate_cas::SCANNER],
};
