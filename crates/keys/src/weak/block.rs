//! Keys on the block list: compromised ones, and those of generators known to be broken (Debian 2008, CVE-2008-0166).

use super::{Fault, Subject};

pub(super) fn listed(subject: &Subject<'_>) -> Option<Fault> {
    if subject.block_list.is_empty() || !subject.block_list.contains(&subject.key.spki_sha256()) {
        return None;
    }
    Some(Fault::new(
        "this key is on the block list: its private key is known to others",
        "a key that is not listed",
        "a listed key",
    ))
}
