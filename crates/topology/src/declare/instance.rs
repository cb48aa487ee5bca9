//! Instances: a name, or a table with name, further names and address.

use hf_core::name::{Identifier, SanSet};
use toml::Spanned;
use toml::de::DeValue;

use super::faults::{Fault, Faults, LIMIT, MISSING_KEY, VALUE};
use super::section::{Section, Text, parsed, text, wrong_type};
use crate::declared::{Address, Instance};

/// What instances take from their section.
pub(super) struct Common {
    /// Names that each certificate carries besides.
    pub(super) names: Vec<Identifier>,
    /// Port of instances without an address.
    pub(super) port: Option<u16>,
}

/// The key `instances`, and with it `names` and `port`.
pub(super) fn read(section: &mut Section<'_, '_>, faults: &mut Faults<'_>) -> Vec<Instance> {
    let common = Common { names: names(section, faults), port: port(section, faults) };
    let list = section.list("instances", faults);
    if list.is_empty() {
        let absent = section.get("instances").is_none();
        let empty = section.get("instances").is_some_and(|value| value.get_ref().is_array());
        if absent {
            section.missing("instances", "[\"a1.shop.internal\"]", faults);
        } else if empty {
            faults.add(
                Fault::new(MISSING_KEY, section.at, &section.key("instances"), "there is no instance")
                    .expected_found("at least one DNS name or IP address", "[]")
                    .write("write `instances = [\"a1.shop.internal\"]`"),
            );
        }
    }
    let path = section.key("instances");
    list.iter().filter_map(|value| read_one(value, &path, &common, faults)).collect()
}

fn read_one(
    value: &Spanned<DeValue<'_>>,
    path: &str,
    common: &Common,
    faults: &mut Faults<'_>,
) -> Option<Instance> {
    if let Some(table) = value.get_ref().as_table() {
        let mut section = Section::new(path.to_owned(), value.span().start, table);
        let name = section.required_text("name", "\"a1.shop.internal\"", faults);
        let mut names = common.names.clone();
        names.extend(self::names(&mut section, faults));
        let port = port(&mut section, faults).or(common.port);
        let address = section.text("address", faults);
        let address = address.and_then(|text| read_address(&text, path, port, faults));
        section.finish(faults);
        return build(&name?, path, &names, address, port, faults);
    }
    if !value.get_ref().is_str() {
        wrong_type(value, path, "a name in quotes or a table with `name`", faults);
        return None;
    }
    let name = text(value, path, faults)?;
    build(&name, path, &common.names, None, common.port, faults)
}

fn build(
    name: &Text<'_>,
    path: &str,
    extra: &[Identifier],
    address: Option<Address>,
    port: Option<u16>,
    faults: &mut Faults<'_>,
) -> Option<Instance> {
    let identifier: Identifier = parsed(name, path, faults)?;
    let usable = match &identifier {
        Identifier::Dns(dns) => !dns.is_wildcard(),
        Identifier::Ip(_) => true,
        Identifier::Email(_) | Identifier::Spiffe(_) | Identifier::Uri(_) => false,
    };
    if !usable {
        faults.add(
            Fault::new(VALUE, name.span.start, path, "an instance is one machine")
                .expected_found("a DNS name without `*`, or an IP address", name.value)
                .write("name the machine, and put further names into `names`"),
        );
        return None;
    }
    let names: SanSet = std::iter::once(identifier.clone()).chain(extra.iter().cloned()).collect();
    if names.len() > SanSet::MAX_NAMES {
        faults.add(
            Fault::new(LIMIT, name.span.start, path, "the certificate would carry too many names")
                .expected_found(format!("at most {}", SanSet::MAX_NAMES), names.len().to_string()),
        );
    }
    let address = address.or_else(|| port.map(|port| Address { host: identifier.to_string(), port }));
    let place = faults.place(name.span.start);
    Some(Instance { name: identifier.to_string(), place, names, identifier, address })
}

/// The key `names`: names of any kind.
fn names(section: &mut Section<'_, '_>, faults: &mut Faults<'_>) -> Vec<Identifier> {
    let path = section.key("names");
    section.texts("names", faults).iter().filter_map(|text| parsed(text, &path, faults)).collect()
}

fn port(section: &mut Section<'_, '_>, faults: &mut Faults<'_>) -> Option<u16> {
    let port = section.number("port", u16::MAX, faults)?;
    if port == 0 {
        let at = section.get("port").map_or(section.at, |value| value.span().start);
        faults.add(
            Fault::new(VALUE, at, &section.key("port"), "port 0 cannot be connected to")
                .expected_found("1 to 65535", "0"),
        );
        return None;
    }
    Some(port)
}

/// `HOST:PORT`, `[IPV6]:PORT`, or a host alone where a port is known.
fn read_address(text: &Text<'_>, path: &str, port: Option<u16>, faults: &mut Faults<'_>) -> Option<Address> {
    let (host, port) = match text.value.rsplit_once(':') {
        Some((host, digits)) if !host.contains(':') || host.ends_with(']') => {
            (host, digits.parse().ok().filter(|port| *port != 0))
        }
        _ => (text.value, port),
    };
    let host = match host.parse::<Identifier>() {
        Ok(host @ (Identifier::Dns(_) | Identifier::Ip(_))) => Some(host.to_string()),
        Ok(Identifier::Email(_) | Identifier::Spiffe(_) | Identifier::Uri(_)) | Err(_) => None,
    };
    if let (Some(host), Some(port)) = (host, port) {
        return Some(Address { host, port });
    }
    let key = format!("{path}.address");
    faults.add(
        Fault::new(VALUE, text.span.start, &key, "this is no address")
            .expected_found("host and port, for example `127.0.0.1:8443`", text.value),
    );
    None
}
