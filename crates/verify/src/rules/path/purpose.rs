//! What keys may be used for, RFC 5280 sections 4.2.1.3 and 4.2.1.12.
//!
//! A purpose is nested: an authority whose certificate lists purposes vouches for those alone, as Go and browsers have it.

use hf_x509::asn1::Oid;
use hf_x509::ext::KeyUsage;
use hf_x509::oids::ANY_EXTENDED_KEY_USAGE;
use hf_x509::public_key::KeyKind;

use crate::budget::Budget;
use crate::codes;
use crate::request::Purpose;
use crate::rules::{Fault, Link, Path, PathRule};

pub(super) const PURPOSE: PathRule =
    PathRule { code: codes::PATH_PURPOSE, rfc: "RFC 5280 section 4.2.1.12", check: purpose };

pub(super) const KEY_USAGE: PathRule =
    PathRule { code: codes::PATH_KEY_USAGE, rfc: "RFC 5280 section 4.2.1.3", check: key_usage };

fn purpose(path: &Path<'_>, _: &mut Budget) -> Vec<Fault> {
    let asked = path.request.purpose.key_purpose();
    let mut faults = Vec::new();
    for link in &path.links {
        let extra = path.request.eku.iter().filter(|_| !link.issues());
        for wanted in asked.iter().chain(extra) {
            faults.extend(refused(link, wanted));
        }
    }
    faults
}

/// NOTE: a leaf for `anyExtendedKeyUsage` alone is refused for a particular purpose, which RFC 5280 leaves open: OpenSSL
/// and rustls refuse it, so it would not work.
fn refused(link: &Link<'_>, wanted: &Oid) -> Option<Fault> {
    let allowed = link.facts.purposes.as_ref()?;
    if allowed.contains(wanted) || (link.issues() && allowed.contains(&ANY_EXTENDED_KEY_USAGE)) {
        return None;
    }
    let found: Vec<String> = allowed.iter().map(show).collect();
    Some(
        Fault::new(
            format!("the {} may not be used for this purpose", link.place.as_str()),
            format!("extKeyUsage with {}", show(wanted)),
            format!("extKeyUsage with {}", found.join(", ")),
        )
        .about(link.about())
        .hint("issue it from a profile with that usage, for example `server = true, client = true` for mutual TLS"),
    )
}

fn show(oid: &Oid) -> String {
    oid.name().map_or_else(|| oid.to_string(), str::to_owned)
}

/// The usages that are asked for, all of them; and of those that the purpose can do with, one.
fn key_usage(path: &Path<'_>, _: &mut Budget) -> Vec<Fault> {
    let Some((leaf, found)) = path.links.first().and_then(|leaf| Some((leaf, leaf.facts.key_usage?))) else {
        return Vec::new();
    };
    let wanted = path.request.key_usage;
    let by_purpose = if path.request.tls {
        for_tls(path.request.purpose, leaf.facts.certificate.public_key().kind())
    } else {
        Vec::new()
    };
    let fault = |expected: String| {
        Fault::new("the leaf's key may not be used this way", expected, format!("keyUsage {found}"))
    };
    let lacking = (!found.contains(wanted)).then(|| fault(format!("keyUsage with {wanted}")));
    let useless = !by_purpose.is_empty() && !by_purpose.iter().any(|usage| found.contains(*usage));
    let names = || by_purpose.iter().map(ToString::to_string).collect::<Vec<_>>().join(" or ");
    let useless = useless.then(|| {
        fault(format!("keyUsage with {}", names())).hint(
            "an authority's certificate is none for a server or a client: issue one for that, for example with `handfast issue`",
        )
    });
    lacking.into_iter().chain(useless).collect()
}

/// What a key does in TLS: it signs the handshake, or, with a server's RSA key and in old versions, decrypts what the client
/// chose; or it agrees on a secret. One of them is enough, as OpenSSL has it.
fn for_tls(purpose: Purpose, key: &KeyKind) -> Vec<KeyUsage> {
    let signs = KeyUsage::DIGITAL_SIGNATURE;
    match (purpose, key) {
        (Purpose::Any, _) => Vec::new(),
        (Purpose::Server, KeyKind::Rsa) => vec![signs, KeyUsage::KEY_ENCIPHERMENT],
        (Purpose::Client, KeyKind::Rsa) | (Purpose::Server | Purpose::Client, KeyKind::Ed25519) => {
            vec![signs]
        }
        (
            Purpose::Server | Purpose::Client,
            KeyKind::Ec(_)
            | KeyKind::UnsupportedCurve { .. }
            | KeyKind::Unsupported { .. }
            | KeyKind::Malformed { .. },
        ) => vec![signs, KeyUsage::KEY_AGREEMENT],
    }
}
