//! Files of instances without any authority on record: the record is not where it was. Going on would make new roots and write
//! over everything that was handed out.

use hf_core::finding::{Finding, FindingCode};

use super::Observation;
use crate::codes;
use crate::layout;

const CODE: FindingCode = codes::PLAN_RECORD_LOST;

pub(super) fn check(observation: Observation<'_>) -> Vec<Finding> {
    let Observation { inventory, .. } = observation;
    if !inventory.authorities.is_empty() {
        return Vec::new();
    }
    let mut strays = inventory.instances.iter().filter(|(_, observed)| observed.unrecorded).peekable();
    let Some((first, _)) = strays.peek() else { return Vec::new() };
    let about = layout::path(first, layout::CERTIFICATE);
    let count = strays.count();
    vec![
        Finding::error(CODE, about, "there are certificates of instances, and no authority is on record")
            .expected_found(
                "the record in `.handfast/` that they are on",
                format!("none, and certificates of {count}"),
            )
            .hint("mount `.handfast/`, or put it back from its backup")
            .hint(format!(
                "or begin anew, with roots that every machine must import again: move `{}/` away first",
                layout::TRUST_DIRECTORY
            )),
    ]
}
