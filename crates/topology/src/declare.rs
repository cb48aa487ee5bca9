//! Reading `handfast.toml`: the whole file, every fault at once.
//!
//! Each fault is a [`Finding`] about `file:line:column` with the key, what was found, what was expected and what to
//! write. Defaults are filled in here, so that nobody else has to know them.

mod access;
mod acme;
mod authority;
mod cfssl;
mod external;
mod faults;
mod instance;
mod limits;
mod profile;
mod references;
mod resolve;
mod section;
mod server;
mod service;
mod source;
mod suggest;
mod trust;

use hf_core::finding::{Finding, Severity};
use toml::de::DeTable;

use crate::declared::Topology;
use faults::{Fault, Faults, LIMIT};
use references::References;
use section::Section;
use source::Source;

pub use limits::{MAX_AUTHORITIES, MAX_FILE_OCTETS, MAX_INSTANCES, MAX_LIST, MAX_SECTIONS, MAX_TEXT};
pub(crate) use section::listed;

/// Read a whole file. `file_name` is how findings call it.
///
/// # Errors
/// Everything that is wrong with it, in the order of the file; then what the plan checks say of the declaration.
pub fn parse(text: &str, file_name: &str) -> Result<Topology, Vec<Finding>> {
    let mut faults = Faults::new(Source::new(text, file_name));
    if text.len() > MAX_FILE_OCTETS {
        faults.add(
            Fault::new(LIMIT, 0, "", "the file is too large").expected_found(
                format!("at most {MAX_FILE_OCTETS} octets"),
                format!("{} octets", text.len()),
            ),
        );
        return Err(faults.into_findings());
    }
    let (document, errors) = DeTable::parse_recoverable(text);
    if !errors.is_empty() {
        for error in errors {
            faults.add_syntax(&error);
        }
        return Err(faults.into_findings());
    }
    let topology = read(document.get_ref(), file_name, &mut faults);
    let mut findings = faults.into_findings();
    let checked = crate::checks::declared(&topology);
    findings.extend(checked.into_iter().filter(|finding| finding.severity == Severity::Error));
    if findings.is_empty() { Ok(topology) } else { Err(findings) }
}

fn read(document: &DeTable<'_>, file_name: &str, faults: &mut Faults<'_>) -> Topology {
    let mut references = References::default();
    let mut top = Section::new(String::new(), 0, document);
    let trust = trust::read(&mut top, faults, &mut references);
    let authorities = top.named_sections("authority", MAX_AUTHORITIES, faults);
    let authorities = authority::read(authorities, &trust.trust, faults, &mut references);
    let profiles = profile::read(top.named_sections("profile", MAX_SECTIONS, faults), faults);
    let services = top.named_sections("service", MAX_SECTIONS, faults);
    let services = service::read(services, faults, &mut references);
    let externals = top.named_sections("external", MAX_SECTIONS, faults);
    let externals = external::read(externals, faults, &mut references);
    let server = server::read(&mut top, faults, &mut references);
    let access = top.named_sections("access", MAX_SECTIONS, faults);
    let access = access::read(access, faults, &mut references);
    let acme = top.named_sections("acme", MAX_AUTHORITIES, faults);
    let acme = acme::read(acme, &trust.trust, faults, &mut references);
    top.finish(faults);
    let parts = resolve::Parts {
        file: file_name.to_owned(),
        trust,
        authorities,
        profiles,
        services,
        externals,
        server,
        access,
        acme,
    };
    let topology = resolve::resolve(parts, faults);
    limits::count_instances(&topology, faults);
    references.check(&topology, faults);
    topology
}
