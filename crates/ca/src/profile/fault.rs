//! What can be wrong with the settings of a profile.

use hf_core::finding::{Finding, FindingCode};
use hf_core::name::SanSet;

use super::settings::{ProfileKind, ProfileSettings, SubjectRule};
use super::urls::UrlTemplateError;

const NAME: FindingCode = FindingCode::new("HF-PROFILE-NAME");
const NO_KEYS: FindingCode = FindingCode::new("HF-PROFILE-NO-KEY-ALGORITHMS");
const LIFETIMES: FindingCode = FindingCode::new("HF-PROFILE-LIFETIMES");
const BACKDATE: FindingCode = FindingCode::new("HF-PROFILE-BACKDATE");
const VALIDITY: FindingCode = FindingCode::new("HF-PROFILE-VALIDITY");
const NAMES: FindingCode = FindingCode::new("HF-PROFILE-NAMES");
const PURPOSES: FindingCode = FindingCode::new("HF-PROFILE-PURPOSES");
const SUBJECT: FindingCode = FindingCode::new("HF-PROFILE-SUBJECT");
const URL: FindingCode = FindingCode::new("HF-PROFILE-URL");

/// The most names that a profile may allow; what peers handle ends long before.
const MAX_NAMES: usize = 1_000;

/// The most places of the issuer's certificate: each is in every certificate, and clients try few.
const MAX_PLACES: usize = 8;

/// Every fault of `settings`, URLs apart.
pub(super) fn faults(settings: &ProfileSettings) -> Vec<Finding> {
    let about = format!("profile `{}`", settings.name);
    let mut faults = Vec::new();
    if !is_usable_name(&settings.name) {
        faults.push(Finding::error(NAME, &about, "the name of a profile is not usable").expected_found(
            "1 to 64 lower-case letters, digits and hyphens, or `cfssl/LABEL/NAME`",
            settings.name.escape_debug().to_string(),
        ));
    }
    if settings.key_algorithms.is_empty() {
        faults.push(
            Finding::error(NO_KEYS, &about, "no key algorithm is allowed")
                .hint("name at least one in `key_algorithms`, for example `ecdsa-p256`"),
        );
    }
    faults.extend(time_faults(settings, &about));
    if settings.ca_issuers_urls.len() > MAX_PLACES {
        let found = settings.ca_issuers_urls.len().to_string();
        faults.push(
            Finding::error(URL, &about, "the issuer's certificate is said to be in too many places")
                .expected_found(format!("at most {MAX_PLACES}"), found),
        );
    }
    if !(1..=MAX_NAMES).contains(&settings.max_names) {
        faults.push(
            Finding::error(NAMES, &about, "the most names in a certificate is out of range")
                .expected_found(format!("1 to {MAX_NAMES}"), settings.max_names.to_string())
                .hint(format!("`max_names` is {} when left out", SanSet::MAX_NAMES)),
        );
    }
    faults.extend(shape_faults(settings, &about));
    faults
}

fn time_faults(settings: &ProfileSettings, about: &str) -> Vec<Finding> {
    let mut faults = Vec::new();
    if settings.default_lifetime > settings.max_lifetime {
        faults.push(
            Finding::error(LIFETIMES, about, "the default lifetime is longer than the longest allowed")
                .expected_found(
                    format!("at most {}", settings.max_lifetime),
                    settings.default_lifetime.to_string(),
                ),
        );
    }
    if settings.backdate.seconds() > 86_400 {
        faults.push(
            Finding::error(BACKDATE, about, "validity begins too long before issuing")
                .expected_found("`backdate` of at most 1d (24h)", settings.backdate.to_string()),
        );
    }
    if let Some(fixed) = settings.validity
        && (fixed.not_after() < fixed.not_before() || fixed.lifetime() > settings.max_lifetime)
    {
        faults.push(
            Finding::error(VALIDITY, about, "the fixed validity is not usable")
                .expected_found(
                    format!("an end after the beginning, at most {} later", settings.max_lifetime),
                    format!("{} to {}", fixed.not_before(), fixed.not_after()),
                )
                .rfc("RFC 5280 section 4.1.2.5"),
        );
    }
    faults
}

fn shape_faults(settings: &ProfileSettings, about: &str) -> Vec<Finding> {
    let mut faults = Vec::new();
    match settings.kind {
        ProfileKind::Leaf => {
            let purposes = !settings.purposes.is_empty() || !settings.extended_key_usage.is_empty();
            if !purposes && settings.key_usage.is_none() {
                faults.push(
                    Finding::error(PURPOSES, about, "a leaf without purpose would be good for anything")
                        .hint("name `server-auth`, `client-auth` or both in `purposes`")
                        .rfc("RFC 5280 section 4.2.1.12"),
                );
            }
            if settings.subject == SubjectRule::Requested {
                faults.push(
                    Finding::error(SUBJECT, about, "a leaf cannot take its subject from the request")
                        .expected_found("`common-name`, `empty` or `wanted`", "`requested`"),
                );
            }
        }
        ProfileKind::Authority { .. } => {
            if settings.subject == SubjectRule::Empty {
                faults.push(
                    Finding::error(SUBJECT, about, "an authority needs a subject")
                        .expected_found("`requested` or `common-name`", "`empty`")
                        .rfc("RFC 5280 section 4.1.2.6"),
                );
            }
        }
    }
    faults
}

/// The finding for a URL that is none.
pub(super) fn url(profile: &str, key: &'static str, error: &UrlTemplateError) -> Finding {
    Finding::error(URL, format!("profile `{profile}`, key `{key}`"), error.to_string())
}

/// The finding for a URL of shards that is the same for all of them.
pub(super) fn shard_url(profile: &str, found: &str) -> Finding {
    let about = format!("profile `{profile}`, key `crl_shard_url`");
    Finding::error(URL, about, "every shard would have the same address")
        .expected_found("`{shard}` in the place of its number", found)
}

/// Plain, or in the namespace of the profiles that come from CFSSL policy files, whose names are free.
fn is_usable_name(name: &str) -> bool {
    let part = |part: &str| {
        (1..=64).contains(&part.len()) && part.bytes().all(|octet| octet == b' ' || octet.is_ascii_graphic())
    };
    match name.split('/').collect::<Vec<_>>().as_slice() {
        [name] => is_plain_name(name),
        ["cfssl", label, name] => part(label) && part(name),
        _ => false,
    }
}

fn is_plain_name(name: &str) -> bool {
    (1..=64).contains(&name.len())
        && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use hf_core::time::{Lifetime, Timestamp, Validity};

    use super::*;

    fn codes(settings: &ProfileSettings) -> Vec<&'static str> {
        faults(settings).iter().map(|finding| finding.code.as_str()).collect()
    }

    #[test]
    fn what_comes_from_cfssl_may_be_named_freely_and_need_no_purpose() {
        let free = ProfileSettings { name: "cfssl/default/Web Server_2".into(), ..ProfileSettings::peer() };
        assert_eq!(codes(&free), Vec::<&str>::new());
        let usages_only = ProfileSettings {
            purposes: BTreeSet::new(),
            key_usage: Some(Vec::new()),
            subject: SubjectRule::Wanted,
            ..free
        };
        assert_eq!(codes(&usages_only), Vec::<&str>::new());
    }

    #[test]
    fn each_fault_has_its_code_and_good_settings_have_none() {
        let peer = ProfileSettings::peer;
        assert_eq!(codes(&peer()), Vec::<&str>::new());
        let cases = [
            (ProfileSettings { name: "A b".into(), ..peer() }, "HF-PROFILE-NAME"),
            (ProfileSettings { name: "cfssl/a/b/c".into(), ..peer() }, "HF-PROFILE-NAME"),
            (ProfileSettings { name: "cfssl//b".into(), ..peer() }, "HF-PROFILE-NAME"),
            (ProfileSettings { name: "cfssl/a/b\n".into(), ..peer() }, "HF-PROFILE-NAME"),
            (
                ProfileSettings {
                    validity: Some(Validity::starting(Timestamp::MIN, Lifetime::from_days(399))),
                    ..peer()
                },
                "HF-PROFILE-VALIDITY",
            ),
            (ProfileSettings { key_algorithms: BTreeSet::new(), ..peer() }, "HF-PROFILE-NO-KEY-ALGORITHMS"),
            (
                ProfileSettings { default_lifetime: Lifetime::from_days(500), ..peer() },
                "HF-PROFILE-LIFETIMES",
            ),
            (ProfileSettings { backdate: Lifetime::from_days(2), ..peer() }, "HF-PROFILE-BACKDATE"),
            (ProfileSettings { max_names: 1_001, ..peer() }, "HF-PROFILE-NAMES"),
            (ProfileSettings { purposes: BTreeSet::new(), ..peer() }, "HF-PROFILE-PURPOSES"),
            (ProfileSettings { subject: SubjectRule::Requested, ..peer() }, "HF-PROFILE-SUBJECT"),
            (
                ProfileSettings { subject: SubjectRule::Empty, ..ProfileSettings::root() },
                "HF-PROFILE-SUBJECT",
            ),
        ];
        for (settings, code) in cases {
            assert_eq!(codes(&settings), [code]);
        }
    }
}
