//! `[external.NAME]`.

use super::faults::Faults;
use super::instance;
use super::references::{Kind, References};
use super::section::NamedSection;
use super::service::calls;
use crate::declared::External;

pub(super) fn read(
    sections: Vec<NamedSection<'_, '_>>,
    faults: &mut Faults<'_>,
    references: &mut References,
) -> Vec<External> {
    sections.into_iter().map(|named| read_one(named, faults, references)).collect()
}

fn read_one(named: NamedSection<'_, '_>, faults: &mut Faults<'_>, references: &mut References) -> External {
    let NamedSection { name, mut section } = named;
    let example = format!("\"{name}.pem\"");
    let certificate = section.required_text("certificate", &example, faults);
    let external = External {
        place: faults.place(section.at),
        instances: instance::read(&mut section, faults),
        certificate: certificate.map_or_else(String::new, |text| text.value.to_owned()),
        key: section.text("key", faults).map(|text| text.value.to_owned()),
        calls: calls(&mut section, &name, Kind::Service, faults, references),
        trusts_us: section.boolean("trusts_us", faults).unwrap_or(true),
        name,
    };
    section.finish(faults);
    external
}
