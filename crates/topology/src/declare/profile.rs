//! `[profile.NAME]`.

use super::faults::{Fault, Faults, VALUE};
use super::section::{NamedSection, Section};
use crate::declared::{Profile, Usage};

/// The built-in profiles, then the declared ones; a declared one of the same name takes the place of a built-in one.
pub(super) fn read(sections: Vec<NamedSection<'_, '_>>, faults: &mut Faults<'_>) -> Vec<Profile> {
    let mut profiles = Profile::built_in();
    for NamedSection { name, mut section } in sections {
        let profile = Profile {
            place: Some(faults.place(section.at)),
            usages: usages(&mut section, faults),
            lifetime: section.parsed("lifetime", faults),
            key: section.parsed("key", faults),
            transparency_logs: texts(&mut section, "transparency_logs", faults),
            transparency_keys: texts(&mut section, "transparency_keys", faults),
            name,
        };
        section.finish(faults);
        profiles.retain(|other| other.name != profile.name);
        profiles.push(profile);
    }
    profiles
}

/// Whether they are of use is judged where they are used.
fn texts(section: &mut Section<'_, '_>, key: &'static str, faults: &mut Faults<'_>) -> Vec<String> {
    section.texts(key, faults).into_iter().map(|text| text.value.to_owned()).collect()
}

/// Both roles when the key is absent.
fn usages(section: &mut Section<'_, '_>, faults: &mut Faults<'_>) -> Vec<Usage> {
    let both = vec![Usage::Server, Usage::Client];
    if section.get("usages").is_none() {
        return both;
    }
    let key = section.key("usages");
    let mut usages = Vec::new();
    for text in section.texts("usages", faults) {
        match both.iter().find(|usage| usage.as_str() == text.value) {
            Some(usage) => usages.push(*usage),
            None => faults.add(
                Fault::new(VALUE, text.span.start, &key, "there is no such usage")
                    .expected_found("`server` or `client`", text.value),
            ),
        }
    }
    usages.sort();
    usages.dedup();
    if usages.is_empty() { both } else { usages }
}
