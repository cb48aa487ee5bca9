//! How much a file may declare. Beyond it the reader stops with a finding instead of using up the machine.

use super::faults::{Fault, Faults, LIMIT};
use crate::declared::Topology;

/// Octets of a file: a thousand services of a thousand octets.
pub const MAX_FILE_OCTETS: usize = 1 << 20;

/// Sections of one kind, authorities apart.
pub const MAX_SECTIONS: usize = 1_000;

/// Authorities, declared. In the model `per-service` one for each service is added.
pub const MAX_AUTHORITIES: usize = 1_000;

/// Instances in all: `check` looks at every pair, so this bounds it at four million.
pub const MAX_INSTANCES: usize = 2_000;

/// Entries of one list.
pub const MAX_LIST: usize = 1_000;

/// Characters of one text value; the longest that a subject or a path needs.
pub const MAX_TEXT: usize = 1_024;

/// Refuse more instances in all than can be paired.
pub(super) fn count_instances(topology: &Topology, faults: &mut Faults<'_>) {
    let count = topology.members().count();
    if count > MAX_INSTANCES {
        faults.add(
            Fault::new(LIMIT, 0, "", "there are too many instances")
                .expected_found(format!("at most {MAX_INSTANCES} in all"), count.to_string())
                .write("divide the file: one trust domain each"),
        );
    }
}
