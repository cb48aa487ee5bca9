//! `[access.NAME]`.

use hf_core::right::Right;

use super::faults::{Fault, Faults, VALUE};
use super::references::{Kind, References};
use super::section::{NamedSection, Section, parsed};
use crate::declared::{Access, Who};

pub(super) fn read(
    sections: Vec<NamedSection<'_, '_>>,
    faults: &mut Faults<'_>,
    references: &mut References,
) -> Vec<Access> {
    sections.into_iter().filter_map(|named| read_one(named, faults, references)).collect()
}

fn read_one(
    named: NamedSection<'_, '_>,
    faults: &mut Faults<'_>,
    references: &mut References,
) -> Option<Access> {
    let NamedSection { name, mut section } = named;
    let who = who(&mut section, faults, references);
    let access = Access {
        place: faults.place(section.at),
        rights: rights(&mut section, faults),
        names: optional(&mut section, "names", faults),
        profiles: listed(&mut section, "profiles", Kind::Profile, faults, references),
        authorities: listed(&mut section, "authorities", Kind::Authority, faults, references),
        max_lifetime: section.parsed("max_lifetime", faults),
        who: who?,
        name,
    };
    if matches!(access.who, Who::Token { .. }) && access.names.is_none() {
        section.missing("names", "[\"{repository_owner}.ci.shop.internal\"]", faults);
    }
    section.finish(faults);
    Some(access)
}

/// For certificates or for tokens: by the key that is there.
fn who(section: &mut Section<'_, '_>, faults: &mut Faults<'_>, references: &mut References) -> Option<Who> {
    let for_certificates = section.get("certificates").is_some();
    let for_tokens = section.get("issuer").is_some();
    let certificate = certificate(section, for_certificates, faults, references);
    let token = token(section, for_tokens, faults);
    match (for_certificates, for_tokens) {
        (true, false) => certificate,
        (false, true) => token,
        (both, _) => {
            let found = if both { "both" } else { "neither" };
            faults.add(
                Fault::new(VALUE, section.at, &section.key("certificates"), "whom is this rule for?")
                    .expected_found("`certificates` or `issuer`", found)
                    .write(
                        "write `certificates` and `issued_by` for holders of certificates, or `issuer` and `audience` for \
                         tokens",
                    ),
            );
            None
        }
    }
}

fn certificate(
    section: &mut Section<'_, '_>,
    wanted: bool,
    faults: &mut Faults<'_>,
    references: &mut References,
) -> Option<Who> {
    let key = section.key("certificates");
    let names = section.texts("certificates", faults);
    let names = names.iter().filter_map(|text| parsed(text, &key, faults)).collect();
    if !wanted {
        section.get("issued_by");
        return None;
    }
    let issued_by = section.required_text("issued_by", "\"services\"", faults)?;
    let issued_by = references.add(Kind::Authority, section.key("issued_by"), &issued_by);
    Some(Who::Certificate { issued_by, names })
}

fn token(section: &mut Section<'_, '_>, wanted: bool, faults: &mut Faults<'_>) -> Option<Who> {
    if !wanted {
        for key in ["audience", "jwks", "claims"] {
            section.get(key);
        }
        return None;
    }
    let issuer = url(section, "issuer", faults);
    let jwks = url(section, "jwks", faults);
    let claims = claims(section, faults);
    let audience = section.required_text("audience", "\"https://ca.shop.internal\"", faults)?;
    Some(Who::Token { issuer: issuer?, audience: audience.value.to_owned(), jwks, claims })
}

/// A URL that keys can be fetched from or below: over TLS, or on this machine.
fn url(section: &mut Section<'_, '_>, key: &'static str, faults: &mut Faults<'_>) -> Option<String> {
    let text = section.text(key, faults)?;
    let host = |rest: &str| rest.split(['/', '?', '#']).next().unwrap_or_default().to_owned();
    let good = match text.value.split_once("://") {
        Some(("https", rest)) => !host(rest).is_empty() && !host(rest).contains('@'),
        Some(("http", rest)) => {
            let host = host(rest);
            let name = if host.starts_with('[') { host.split(']').next() } else { host.split(':').next() };
            matches!(name, Some("127.0.0.1" | "[::1" | "localhost"))
        }
        _ => false,
    };
    if good {
        return Some(text.value.to_owned());
    }
    faults.add(
        Fault::new(VALUE, text.span.start, &section.key(key), "keys are not fetched from there")
            .expected_found("a URL that begins with `https://`", text.value)
            .write("write the `https://` URL of the identity provider; `http://` only on this machine"),
    );
    None
}

fn claims(section: &mut Section<'_, '_>, faults: &mut Faults<'_>) -> Vec<(String, String)> {
    let key = section.key("claims");
    let mut claims = Vec::new();
    for text in section.texts("claims", faults) {
        match text.value.split_once('=') {
            Some((claim, value)) if !claim.is_empty() && !value.is_empty() => {
                claims.push((claim.to_owned(), value.to_owned()));
            }
            _ => faults.add(
                Fault::new(VALUE, text.span.start, &key, "this names no claim and its value")
                    .expected_found("for example `repository=acme/shop`", text.value),
            ),
        }
    }
    claims
}

fn rights(section: &mut Section<'_, '_>, faults: &mut Faults<'_>) -> Vec<Right> {
    let key = section.key("rights");
    if section.get("rights").is_none() {
        section.missing("rights", "[\"issue\"]", faults);
    }
    let texts = section.texts("rights", faults);
    let mut rights: Vec<Right> = texts.iter().filter_map(|text| parsed(text, &key, faults)).collect();
    rights.sort();
    rights.dedup();
    rights
}

fn optional(
    section: &mut Section<'_, '_>,
    key: &'static str,
    faults: &mut Faults<'_>,
) -> Option<Vec<String>> {
    section.get(key)?;
    Some(section.texts(key, faults).iter().map(|text| text.value.to_owned()).collect())
}

fn listed(
    section: &mut Section<'_, '_>,
    key: &'static str,
    kind: Kind,
    faults: &mut Faults<'_>,
    references: &mut References,
) -> Option<Vec<String>> {
    section.get(key)?;
    let path = section.key(key);
    let texts = section.texts(key, faults);
    Some(texts.iter().map(|text| references.add(kind, path.clone(), text)).collect())
}
