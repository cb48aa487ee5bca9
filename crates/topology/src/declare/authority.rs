//! `[authority.NAME]`.

use hf_core::time::Lifetime;

use super::faults::{Fault, Faults, VALUE};
use super::references::{Kind, References};
use super::section::{NamedSection, Section, parsed};
use crate::declared::{Authority, NameConstraint, Place, Subject, Trust};

use super::trust::TrustSection;

/// Lifetime of a root's certificate where nothing else is said.
const ROOT_LIFETIME: Lifetime = Lifetime::from_days(10 * 365);

/// Lifetime of any other authority's certificate where nothing else is said.
const INTERMEDIATE_LIFETIME: Lifetime = Lifetime::from_days(5 * 365);

pub(super) fn read(
    sections: Vec<NamedSection<'_, '_>>,
    trust: &Trust,
    faults: &mut Faults<'_>,
    references: &mut References,
) -> Vec<Authority> {
    sections.into_iter().map(|named| read_one(named, trust, faults, references)).collect()
}

fn read_one(
    named: NamedSection<'_, '_>,
    trust: &Trust,
    faults: &mut Faults<'_>,
    references: &mut References,
) -> Authority {
    let NamedSection { name, mut section } = named;
    let place = faults.place(section.at);
    if let Some(plain) = plain_name(&name) {
        let summary = "an authority cannot have this name";
        faults.add(
            Fault::new(VALUE, section.at, &format!("authority.{name}"), summary)
                .expected_found(NAME, &name)
                .write(format!("write `[authority.{plain}]`")),
        );
    }
    let parent = section.text("parent", faults);
    let parent = parent.map(|text| references.add(Kind::Authority, section.key("parent"), &text));
    let base = implied(&name, parent, place, trust);
    let key = section.parsed("key", faults);
    let authority = Authority {
        implied: false,
        subject: subject(&mut section, faults).unwrap_or(base.subject),
        permitted: constraints(&mut section, "permitted", faults),
        excluded: constraints(&mut section, "excluded", faults),
        path_length: section
            .number("path_length", u16::from(u8::MAX), faults)
            .and_then(|n| u8::try_from(n).ok()),
        key: key.unwrap_or(base.key),
        names_key: key.is_some(),
        lifetime: section.parsed("lifetime", faults).unwrap_or(base.lifetime),
        offline: section.boolean("offline", faults).unwrap_or(false),
        key_file: section.text("key_file", faults).map(|text| text.value.to_owned()),
        ..base
    };
    section.finish(faults);
    authority
}

/// What an authority can be called: its name is in addresses of CRLs and in names of files.
const NAME: &str = "lower-case letters, digits and hyphens";

/// What to call an authority that cannot have this name; `None` when it can.
fn plain_name(name: &str) -> Option<String> {
    let plain: String = name
        .to_ascii_lowercase()
        .chars()
        .map(|c| if c.is_ascii_lowercase() || c.is_ascii_digit() { c } else { '-' })
        .collect();
    (plain != name).then_some(plain)
}

/// That a service can give its name to its own authority.
pub(super) fn check_own(service: &str, at: usize, faults: &mut Faults<'_>) {
    let Some(plain) = plain_name(service) else { return };
    let summary = "the authority of its own cannot have the name of this service";
    faults.add(
        Fault::new(VALUE, at, &format!("service.{service}"), summary)
            .expected_found(NAME, service)
            .write(format!("write `[service.{plain}]`, or name an `authority` in it")),
    );
}

/// An authority of which only the name is known.
pub(super) fn implied(name: &str, parent: Option<String>, place: Place, trust: &Trust) -> Authority {
    let lifetime = if parent.is_none() { ROOT_LIFETIME } else { INTERMEDIATE_LIFETIME };
    Authority {
        name: name.to_owned(),
        place,
        implied: true,
        subject: Subject::CommonName(format!("{} {name} CA", trust.domain)),
        parent,
        permitted: Vec::new(),
        excluded: Vec::new(),
        path_length: None,
        key: trust.key,
        names_key: false,
        lifetime,
        offline: false,
        key_file: None,
    }
}

/// The two-tier tree of a file that declares no authority: `root`, and `services` that signs everything.
pub(super) fn implied_tree(trust: &TrustSection) -> Vec<Authority> {
    let place = Place { line: 1, column: 1 };
    vec![
        implied("root", None, place, &trust.trust),
        implied("services", Some("root".to_owned()), place, &trust.trust),
    ]
}

fn subject(section: &mut Section<'_, '_>, faults: &mut Faults<'_>) -> Option<Subject> {
    let common_name = section.text("common_name", faults);
    let whole = section.text("subject", faults);
    match (common_name, whole) {
        (Some(common_name), Some(_)) => {
            faults.add(
                Fault::new(
                    VALUE,
                    common_name.span.start,
                    &section.key("common_name"),
                    "the subject is said twice",
                )
                .expected_found("`common_name` or `subject`", "both")
                .write("remove `common_name`"),
            );
            None
        }
        (Some(text), None) if text.value.chars().count() > MAX_COMMON_NAME => {
            let summary = "the common name is too long";
            faults.add(
                Fault::new(VALUE, text.span.start, &section.key("common_name"), summary)
                    .expected_found(format!("at most {MAX_COMMON_NAME} characters"), text.value),
            );
            None
        }
        (Some(text), None) => Some(Subject::CommonName(text.value.to_owned())),
        (None, Some(text)) if text.value.contains('=') => Some(Subject::Full(text.value.to_owned())),
        (None, Some(text)) => {
            faults.add(
                Fault::new(VALUE, text.span.start, &section.key("subject"), "this is no distinguished name")
                    .expected_found("attributes as in `CN=Root,O=Shop`", text.value)
                    .write(format!("write `common_name = \"{}\"`", text.value)),
            );
            None
        }
        (None, None) => None,
    }
}

/// Upper bound of a common name, RFC 5280 appendix A.1 (`ub-common-name`).
const MAX_COMMON_NAME: usize = 64;

/// All of a list, or none when one is wrong: half a set of constraints would make other faults appear.
fn constraints(
    section: &mut Section<'_, '_>,
    key: &'static str,
    faults: &mut Faults<'_>,
) -> Vec<NameConstraint> {
    let path = section.key(key);
    let texts = section.texts(key, faults);
    let parsed: Vec<Option<NameConstraint>> = texts.iter().map(|text| parsed(text, &path, faults)).collect();
    let mut constraints: Vec<NameConstraint> =
        parsed.into_iter().collect::<Option<Vec<_>>>().unwrap_or_default();
    constraints.sort();
    constraints.dedup();
    constraints
}
