//! `[trust]`.

use hf_core::algorithm::KeyAlgorithm;
use hf_core::name::{TrustDomain, UriName};
use hf_core::time::Lifetime;

use super::faults::{Fault, Faults, MISSING_KEY, VALUE};
use super::references::{Kind, References};
use super::section::{Section, parsed};
use super::suggest::nearest;
use crate::declared::{Fraction, Model, Trust};

/// The section, and what only the reader needs.
pub(super) struct TrustSection {
    pub(super) trust: Trust,
    /// The authority of services that name none.
    pub(super) authority: Option<String>,
    /// `url = "none"`: certificates shall name no address.
    pub(super) unpublished: bool,
}

/// The value of `url` that keeps every address out of certificates.
const NO_URL: &str = "none";

/// Lifetime of an instance's certificate where nothing else is said.
const LEAF_LIFETIME: Lifetime = Lifetime::from_days(90);

/// Stands for a domain that is missing or wrong, which is a fault of its own.
const NO_DOMAIN: &str = "invalid";

pub(super) fn read(
    top: &mut Section<'_, '_>,
    faults: &mut Faults<'_>,
    references: &mut References,
) -> TrustSection {
    let absent = top.get("trust").is_none();
    let Some(mut section) = top.table("trust", faults) else {
        if absent {
            faults.add(
                Fault::new(MISSING_KEY, 0, "trust", "the file lacks the section `[trust]`")
                    .write("begin the file with `[trust]` and `domain = \"shop.internal\"`"),
            );
        }
        return TrustSection { trust: defaults(), authority: None, unpublished: false };
    };
    let domain = section.required_text("domain", "\"shop.internal\"", faults);
    let domain = domain.and_then(|text| parsed::<TrustDomain>(&text, "trust.domain", faults));
    let base = defaults();
    let (url, unpublished) = url(&mut section, faults);
    let trust = Trust {
        domain: domain.unwrap_or(base.domain),
        model: model(&mut section, faults).unwrap_or_default(),
        url,
        key: section.parsed::<KeyAlgorithm>("key", faults).unwrap_or_default(),
        lifetime: section.parsed("lifetime", faults).unwrap_or(base.lifetime),
        renew_at: section.parsed("renew_at", faults).unwrap_or(base.renew_at),
    };
    let authority = section.text("authority", faults);
    let authority =
        authority.map(|text| references.add(Kind::Authority, "trust.authority".to_owned(), &text));
    section.finish(faults);
    TrustSection { trust, authority, unpublished }
}

fn defaults() -> Trust {
    Trust {
        domain: unnamed(),
        model: Model::default(),
        url: None,
        key: KeyAlgorithm::default(),
        lifetime: LEAF_LIFETIME,
        renew_at: Fraction::TWO_THIRDS,
    }
}

#[expect(clippy::expect_used, reason = "the constant holds only lower-case letters, and a test parses it")]
fn unnamed() -> TrustDomain {
    NO_DOMAIN.parse().expect("a constant")
}

fn model(section: &mut Section<'_, '_>, faults: &mut Faults<'_>) -> Option<Model> {
    let text = section.text("model", faults)?;
    let found = [Model::Root, Model::PerService].into_iter().find(|model| model.as_str() == text.value);
    if found.is_none() {
        let meant = nearest(text.value, ["root", "per-service"]).unwrap_or("root");
        faults.add(
            Fault::new(VALUE, text.span.start, "trust.model", "there is no such model")
                .expected_found("`root` or `per-service`", text.value)
                .write(format!("write `model = \"{meant}\"`")),
        );
    }
    found
}

/// CRLs and issuers' certificates are fetched by plain HTTP: their signatures protect them, and HTTPS would need the very
/// certificates that are being checked (RFC 5280 section 8).
///
/// The URL, and whether there shall be none.
fn url(section: &mut Section<'_, '_>, faults: &mut Faults<'_>) -> (Option<UriName>, bool) {
    let Some(text) = section.text("url", faults) else { return (None, false) };
    if text.value == NO_URL {
        return (None, true);
    }
    let Some(url) = parsed::<UriName>(&text, "trust.url", faults) else { return (None, false) };
    if url.scheme() != "http" || url.host().is_none() {
        faults.add(
            Fault::new(VALUE, text.span.start, "trust.url", "CRLs are published by plain HTTP")
                .expected_found("a URL such as `http://pki.shop.internal`, or `none`", text.value)
                .write(format!("write `url = \"{}\"`", text.value.replacen("https:", "http:", 1))),
        );
        return (None, false);
    }
    (Some(url), false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_unnamed_domain_is_a_trust_domain() {
        assert_eq!(unnamed().as_str(), NO_DOMAIN);
    }
}
