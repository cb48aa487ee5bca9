//! The settings of a profile as text, to be put on record.

use hf_store::record::{ProfileSnapshot, SnapshotId};
use hf_x509::digest::sha256;

use super::settings::{BeyondIssuer, ProfileKind, ProfileSettings, SubjectRule};

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
        ("ca-issuers", optional(&settings.ca_issuers_url)),
        ("ocsp", optional(&settings.ocsp_url)),
    ];
    lines.map(|(key, value)| format!("{key}={value}")).join("\n") + "\n"
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
    }
}
