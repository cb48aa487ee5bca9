//! The settings of a profile as text, to be put on record.

use std::fmt::Write as _;

use hf_store::record::{ProfileSnapshot, SnapshotId};
use hf_x509::digest::sha256;

use super::settings::{BeyondIssuer, LintLimit, ProfileKind, ProfileSettings, Qualifier, SubjectRule};

/// The settings as lines of `key=value`: the same on every machine and in every version.
pub(super) fn of(settings: &ProfileSettings) -> ProfileSnapshot {
    let text = canonical(settings);
    ProfileSnapshot { id: SnapshotId(sha256(text.as_bytes())), profile: settings.name.clone(), text }
}

/// Every setting, in a fixed order; a new setting is added at the end.
fn canonical(settings: &ProfileSettings) -> String {
    let kind = match settings.kind {
        ProfileKind::Leaf => "leaf".to_owned(),
        ProfileKind::Authority { max_path_length: None } => "authority".to_owned(),
        ProfileKind::Authority { max_path_length: Some(length) } => format!("authority {length}"),
    };
    let subject = match settings.subject {
        SubjectRule::CommonName => "common-name",
        SubjectRule::Empty => "empty",
        SubjectRule::Requested => "requested",
        SubjectRule::Wanted => "wanted",
    };
    let beyond = match settings.beyond_issuer {
        BeyondIssuer::Shorten => "shorten",
        BeyondIssuer::Refuse => "refuse",
    };
    let optional = |url: &Option<String>| url.clone().unwrap_or_default();
    let lines = [
        ("name", settings.name.clone()),
        ("kind", kind),
        ("keys", settings.key_algorithms.iter().map(|a| a.as_str()).collect::<Vec<_>>().join(",")),
        ("default-lifetime", settings.default_lifetime.seconds().to_string()),
        ("max-lifetime", settings.max_lifetime.seconds().to_string()),
        ("backdate", settings.backdate.seconds().to_string()),
        ("purposes", settings.purposes.iter().map(ToString::to_string).collect::<Vec<_>>().join(",")),
        ("subject", subject.to_owned()),
        ("wildcards", settings.wildcards.to_string()),
        ("max-names", settings.max_names.to_string()),
        ("beyond-issuer", beyond.to_owned()),
        ("crl", optional(&settings.crl_url)),
        ("ca-issuers", settings.ca_issuers_urls.join(" ")),
        ("ocsp", optional(&settings.ocsp_url)),
    ];
    let mut text = lines.map(|(key, value)| format!("{key}={value}")).join("\n") + "\n";
    for (key, value) in added(settings) {
        // Writing to a `String` cannot fail.
        let _ = writeln!(text, "{key}={value}");
    }
    text
}

/// Settings that came later are written only where they are set, so that older profiles keep their identity. Values are
/// quoted where a user's text could hold a line break.
fn added(settings: &ProfileSettings) -> Vec<(&'static str, String)> {
    let list = |texts: &[String]| texts.iter().map(|text| format!("{text:?}")).collect::<Vec<_>>().join(",");
    let mut lines = Vec::new();
    if settings.sha1_key_identifier {
        lines.push(("key-identifier", "sha-1".to_owned()));
    }
    if let Some(url) = &settings.crl_shard_url {
        lines.push(("crl-shard", url.clone()));
    }
    if let Some(usages) = &settings.key_usage {
        let names = usages.iter().flat_map(|usage| usage.bit().names().collect::<Vec<_>>());
        lines.push(("key-usage", names.collect::<Vec<_>>().join(",")));
    }
    if !settings.extended_key_usage.is_empty() {
        lines.push(("extended-key-usage", list(&settings.extended_key_usage)));
    }
    for policy in &settings.certificate_policies {
        lines.push(("policy", list(std::slice::from_ref(&policy.id))));
        lines.extend(policy.qualifiers.iter().map(|qualifier| match qualifier {
            Qualifier::Cps(uri) => ("policy-cps", list(std::slice::from_ref(uri))),
            Qualifier::UserNotice(text) => ("policy-notice", list(std::slice::from_ref(text))),
        }));
    }
    if let Some(validity) = settings.validity {
        lines.push(("validity", format!("{} {}", validity.not_before(), validity.not_after())));
    }
    if let Some(regex) = &settings.name_regex {
        lines.push(("name-regex", list(std::slice::from_ref(regex))));
    }
    if !settings.allowed_extensions.is_empty() {
        lines.push(("allowed-extensions", list(&settings.allowed_extensions)));
    }
    if settings.lint_limit != LintLimit::Errors {
        let word = if settings.lint_limit == LintLimit::Warnings { "warnings" } else { "notices" };
        lines.push(("lint-limit", word.to_owned()));
    }
    if !settings.lint_exempt.is_empty() {
        lines.push(("lint-exempt", list(&settings.lint_exempt)));
    }
    if !settings.transparency_logs.is_empty() {
        lines.push(("transparency-logs", list(&settings.transparency_logs)));
    }
    if !settings.transparency_keys.is_empty() {
        lines.push(("transparency-keys", list(&settings.transparency_keys)));
    }
    for (key, set) in [
        ("ocsp-no-check", settings.ocsp_no_check),
        ("copy-extensions", settings.copy_extensions),
        ("client-serial", settings.client_serial),
        ("ocsp-needs-key", settings.ocsp_needs_key),
    ] {
        if set {
            lines.push((key, "true".to_owned()));
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_change_changes_the_identity() {
        let peer = ProfileSettings::peer();
        assert_eq!(of(&peer), of(&peer.clone()));
        assert!(of(&peer).text.contains("max-lifetime=34387200\n"));
        let changed = ProfileSettings { wildcards: true, ..peer.clone() };
        assert_ne!(of(&peer).id, of(&changed).id);
        let wanted = [
            ProfileSettings { key_usage: Some(Vec::new()), ..peer.clone() },
            ProfileSettings { extended_key_usage: vec!["1.2.3".into()], ..peer.clone() },
            ProfileSettings { name_regex: Some("a\nclient-serial=true".into()), ..peer.clone() },
            ProfileSettings { client_serial: true, ..peer.clone() },
            ProfileSettings { crl_shard_url: Some("http://x/{authority}/{shard}".into()), ..peer.clone() },
            ProfileSettings { copy_extensions: true, ..peer.clone() },
            ProfileSettings { sha1_key_identifier: true, ..peer.clone() },
            ProfileSettings { lint_limit: LintLimit::Warnings, ..peer.clone() },
            ProfileSettings { lint_limit: LintLimit::Notices, ..peer.clone() },
            ProfileSettings { lint_exempt: vec!["RFC 5280".into()], ..peer.clone() },
            ProfileSettings { transparency_logs: vec!["http://log/".into()], ..peer.clone() },
            ProfileSettings { transparency_keys: vec!["MFkw".into()], ..peer.clone() },
            ProfileSettings { ca_issuers_urls: vec!["http://a/".into(), "http://b/".into()], ..peer.clone() },
        ];
        let mut ids: Vec<_> = wanted.iter().map(|settings| of(settings).id.0).collect();
        ids.push(of(&peer).id.0);
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), wanted.len() + 1);
        assert!(!of(&wanted[2]).text.contains("\nclient-serial"));
    }
}
