//! `[acme.AUTHORITY]` and `[acme.AUTHORITY.limits]`.

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};

use hf_core::name::{DnsName, UriName};
use hf_core::time::Lifetime;

use super::faults::{Fault, Faults, VALUE};
use super::references::{Kind, References};
use super::section::{NamedSection, Section, Text, parsed, text};
use super::server::networks;
use super::suggest::nearest;
use crate::declared::{
    Acme, AcmeChallenge, AcmeLimits, AcmeValidation, ExternalAccount, NameConstraint, Trust,
};

/// How long the proof of a name counts, and for how long an order may take.
const AUTHORIZATION_LIFETIME: Lifetime = Lifetime::from_days(30);
const ORDER_LIFETIME: Lifetime = Lifetime::from_days(1);

/// For how long a proven name needs no proof again.
const REUSE: Lifetime = Lifetime::from_seconds(8 * 3_600);

/// What is given to whoever names no profile.
const PROFILE: &str = "server";

/// The port of name servers.
const DNS_PORT: u16 = 53;

/// The most attempts to prove a name.
const MAX_ATTEMPTS: u16 = 20;

pub(super) fn read(
    sections: Vec<NamedSection<'_, '_>>,
    trust: &Trust,
    faults: &mut Faults<'_>,
    references: &mut References,
) -> Vec<Acme> {
    let only = sections.len() == 1;
    let mut all: Vec<Acme> = Vec::new();
    for NamedSection { name, mut section } in sections {
        let default = section.boolean("default", faults);
        let mut acme = read_one(&name, &mut section, trust, faults, references);
        acme.default = default.unwrap_or(only);
        if acme.default && all.iter().any(|other| other.default) {
            faults.add(
                Fault::new(VALUE, section.at, &section.key("default"), "there is a default already")
                    .expected_found("one section with `default = true`", "another one")
                    .write("remove `default` here: this authority has a directory of its own"),
            );
        }
        all.push(acme);
        section.finish(faults);
    }
    all
}

fn read_one(
    name: &str,
    section: &mut Section<'_, '_>,
    trust: &Trust,
    faults: &mut Faults<'_>,
    references: &mut References,
) -> Acme {
    let at = section.at;
    let named = Text { value: name, span: at..at };
    let authorization_lifetime =
        section.parsed("authorization_lifetime", faults).unwrap_or(AUTHORIZATION_LIFETIME);
    let acme = Acme {
        authority: references.add(Kind::Authority, section.path.clone(), &named),
        place: faults.place(at),
        default: false,
        profiles: profiles(section, faults, references),
        external_account: external_account(section, faults),
        challenges: challenges(section, faults),
        names: names(section, "names", faults).unwrap_or_else(|| of_domain(trust)),
        trusted: names(section, "trusted", faults).unwrap_or_default(),
        validation: validation(section, faults),
        authorization_lifetime,
        reuse: section.parsed("reuse", faults).unwrap_or_else(|| REUSE.min(authorization_lifetime)),
        order_lifetime: section.parsed("order_lifetime", faults).unwrap_or(ORDER_LIFETIME),
        pre_authorization: section.boolean("pre_authorization", faults).unwrap_or(true),
        terms: page(section, "terms", faults),
        website: page(section, "website", faults),
        caa: identities(section, faults),
        limits: limits(section, faults),
    };
    if acme.reuse > acme.authorization_lifetime {
        faults.add(
            Fault::new(VALUE, at, &section.key("reuse"), "a proof would be used again after its end")
                .expected_found(format!("at most {}", acme.authorization_lifetime), acme.reuse.to_string())
                .write("write a shorter `reuse` or a longer `authorization_lifetime`"),
        );
    }
    acme
}

fn profiles(
    section: &mut Section<'_, '_>,
    faults: &mut Faults<'_>,
    references: &mut References,
) -> Vec<String> {
    let key = section.key("profiles");
    let mut profiles: Vec<String> = Vec::new();
    for text in section.texts("profiles", faults) {
        let profile = references.add(Kind::Profile, key.clone(), &text);
        if !profiles.contains(&profile) {
            profiles.push(profile);
        }
    }
    if profiles.is_empty() { vec![PROFILE.to_owned()] } else { profiles }
}

fn external_account(section: &mut Section<'_, '_>, faults: &mut Faults<'_>) -> ExternalAccount {
    let Some(text) = section.text("external_account", faults) else { return ExternalAccount::default() };
    match text.value {
        "optional" => ExternalAccount::Optional,
        "required" => ExternalAccount::Required,
        _ => {
            let meant = nearest(text.value, ["optional", "required"]).unwrap_or("required");
            let key = section.key("external_account");
            faults.add(
                Fault::new(VALUE, text.span.start, &key, "does an account need a key of the authority?")
                    .expected_found("`optional` or `required`", text.value)
                    .write(format!("write `external_account = \"{meant}\"`")),
            );
            ExternalAccount::Required
        }
    }
}

fn challenges(section: &mut Section<'_, '_>, faults: &mut Faults<'_>) -> Vec<AcmeChallenge> {
    let present = section.get("challenges").map(toml::Spanned::span);
    let Some(span) = present else { return AcmeChallenge::ALL.to_vec() };
    let key = section.key("challenges");
    let texts = section.texts("challenges", faults);
    let mut kinds: Vec<AcmeChallenge> = Vec::new();
    for text in &texts {
        match text.value.parse::<AcmeChallenge>() {
            Ok(kind) if !kinds.contains(&kind) => kinds.push(kind),
            Ok(_) => {}
            Err(error) => {
                let fault = Fault::new(VALUE, text.span.start, &key, error.to_string()).found(text.value);
                let meant = nearest(text.value, AcmeChallenge::ALL.map(AcmeChallenge::as_str));
                faults.add(match meant {
                    Some(meant) => fault.write(format!("write `\"{meant}\"`")),
                    None => fault,
                });
            }
        }
    }
    if texts.is_empty() {
        faults.add(
            Fault::new(VALUE, span.start, &key, "no name could be proven")
                .expected_found("at least one challenge", "none")
                .write("remove the key to allow all challenges"),
        );
    }
    kinds
}

/// The names of the trust domain.
fn of_domain(trust: &Trust) -> Vec<NameConstraint> {
    vec![NameConstraint::Dns(trust.domain.to_string())]
}

fn names(
    section: &mut Section<'_, '_>,
    name: &'static str,
    faults: &mut Faults<'_>,
) -> Option<Vec<NameConstraint>> {
    section.get(name)?;
    let key = section.key(name);
    let mut names = Vec::new();
    for text in section.texts(name, faults) {
        let Some(name) = parsed::<NameConstraint>(&text, &key, faults) else { continue };
        if matches!(name, NameConstraint::Email(_) | NameConstraint::Uri(_)) {
            faults.add(
                Fault::new(VALUE, text.span.start, &key, "such names cannot be ordered by ACME")
                    .expected_found("DNS names and networks", text.value),
            );
        }
        names.push(name);
    }
    Some(names)
}

fn validation(section: &mut Section<'_, '_>, faults: &mut Faults<'_>) -> AcmeValidation {
    let base = AcmeValidation::default();
    let attempts = section.number("attempts", MAX_ATTEMPTS, faults);
    AcmeValidation {
        http_port: port(section, "http_port", faults).unwrap_or(base.http_port),
        https_port: port(section, "https_port", faults).unwrap_or(base.https_port),
        tls_port: port(section, "tls_port", faults).unwrap_or(base.tls_port),
        resolver: resolver(section, faults),
        hosts: hosts(section, faults),
        hosts_file: section.text("hosts_file", faults).map(|text| text.value.to_owned()),
        allow: networks(section, "allow", faults).unwrap_or_default(),
        deny: networks(section, "deny", faults).unwrap_or_default(),
        attempts: attempts.map_or(base.attempts, |number| u32::from(number).max(1)),
        retry: section.parsed("retry", faults).unwrap_or(base.retry),
    }
}

fn port(section: &mut Section<'_, '_>, key: &'static str, faults: &mut Faults<'_>) -> Option<u16> {
    let number = section.number(key, u16::MAX, faults)?;
    if number == 0 {
        faults.add(
            Fault::new(VALUE, section.at, &section.key(key), "nobody listens on port 0")
                .expected_found("1 to 65535", "0"),
        );
    }
    Some(number)
}

/// Name servers as `10.0.0.53` or `10.0.0.53:5353`.
fn resolver(section: &mut Section<'_, '_>, faults: &mut Faults<'_>) -> Vec<SocketAddr> {
    let key = section.key("resolver");
    let mut servers = Vec::new();
    for text in section.texts("resolver", faults) {
        let alone = text.value.parse::<IpAddr>().map(|address| SocketAddr::new(address, DNS_PORT));
        match alone.or_else(|_| text.value.parse::<SocketAddr>()) {
            Ok(server) => servers.push(server),
            Err(_) => faults.add(
                Fault::new(VALUE, text.span.start, &key, "this is no address of a name server")
                    .expected_found("an address such as `10.0.0.53` or `[fd00::53]:5353`", text.value),
            ),
        }
    }
    servers
}

/// `hosts = { "web.shop.internal" = ["10.0.0.7"] }`.
fn hosts(section: &mut Section<'_, '_>, faults: &mut Faults<'_>) -> BTreeMap<DnsName, Vec<IpAddr>> {
    let mut hosts = BTreeMap::new();
    let Some(table) = section.table("hosts", faults) else { return hosts };
    let path = table.path.clone();
    for (key, at, values) in table.lists(faults) {
        let name = Text { value: key, span: at..at };
        let name = parsed::<DnsName>(&name, &path, faults);
        let addresses = values.iter().filter_map(|value| text(value, &path, faults));
        let addresses: Vec<Text<'_>> = addresses.collect();
        let addresses = addresses.iter().filter_map(|text| parsed::<IpAddr>(text, &path, faults)).collect();
        hosts.extend(name.map(|name| (name, addresses)));
    }
    hosts
}

/// The names that CAA records know the authority by.
fn identities(section: &mut Section<'_, '_>, faults: &mut Faults<'_>) -> Vec<DnsName> {
    let Some(span) = section.get("caa").map(toml::Spanned::span) else { return Vec::new() };
    let key = section.key("caa");
    let texts = section.texts("caa", faults);
    let mut names: Vec<DnsName> = Vec::new();
    for text in &texts {
        let Some(name) = parsed::<DnsName>(text, &key, faults) else { continue };
        if name.is_wildcard() {
            faults.add(
                Fault::new(VALUE, text.span.start, &key, "records name an authority, not a set of them")
                    .expected_found("a name such as `ca.shop.internal`", text.value),
            );
        } else if !names.contains(&name) {
            names.push(name);
        }
    }
    if texts.is_empty() {
        faults.add(
            Fault::new(VALUE, span.start, &key, "records could allow nobody")
                .expected_found("the names that CAA records know the authority by", "none")
                .write("remove the key to ask for no CAA records"),
        );
    }
    names
}

/// A page that people read.
fn page(section: &mut Section<'_, '_>, key: &'static str, faults: &mut Faults<'_>) -> Option<String> {
    let text = section.text(key, faults)?;
    let path = section.key(key);
    let url: UriName = parsed(&text, &path, faults)?;
    if matches!(url.scheme(), "http" | "https") && url.host().is_some() {
        return Some(text.value.to_owned());
    }
    faults.add(
        Fault::new(VALUE, text.span.start, &path, "this is no page that can be opened")
            .expected_found("a URL that begins with `https://`", text.value),
    );
    None
}

fn limits(parent: &mut Section<'_, '_>, faults: &mut Faults<'_>) -> AcmeLimits {
    let base = AcmeLimits::default();
    let Some(mut section) = parent.table("limits", faults) else { return base };
    let limits = AcmeLimits {
        accounts_per_hour: section.count("accounts_per_hour", faults).unwrap_or(base.accounts_per_hour),
        orders_per_hour: section.count("orders_per_hour", faults).unwrap_or(base.orders_per_hour),
        failures_per_hour: section.count("failures_per_hour", faults).unwrap_or(base.failures_per_hour),
        identifiers: section.count("identifiers", faults).unwrap_or(base.identifiers),
        validations: section.count("validations", faults).unwrap_or(base.validations),
        pause_after: section.count("pause_after", faults).unwrap_or(base.pause_after),
        pause: section.parsed("pause", faults).unwrap_or(base.pause),
    };
    section.finish(faults);
    limits
}
