//! A profile of a policy file as the settings of a profile of the authority.

use std::collections::BTreeSet;

use hf_ca::profile::{
    BeyondIssuer, KeyUsageName, LintLimit, PolicyStatement, ProfileKind, ProfileSettings, Qualifier,
    SubjectRule,
};
use hf_core::algorithm::KeyAlgorithm;
use hf_core::time::{Lifetime, Validity};
use hf_proto::cfssl::config::{CertificatePolicy, LintLevel, OUR_LINTS, PolicyQualifier, Profile};
use hf_proto::cfssl::duration::GoDuration;
use hf_proto::cfssl::usage::KeyUsage;

use super::Published;
use crate::root;

/// The most names in one certificate: what the authority allows at most. CFSSL has no limit.
const MAX_NAMES: usize = 1_000;

/// The longest lifetime of a profile that says when its certificates end: such an end may lie anywhere.
const ANY: Lifetime = Lifetime::from_days(100 * 366);

/// First and last second, where the profile says when its certificates begin: they end at the time that it says, or when
/// they have lasted as long as it says.
fn fixed(profile: &Profile, lifetime: Lifetime) -> Option<Validity> {
    let begin = profile.not_before.given()?;
    match profile.not_after.given() {
        Some(end) => Validity::new(begin, end).ok(),
        None => Some(Validity::starting(begin, lifetime)),
    }
}

/// The settings. What the profile leaves open is taken from `usual`, the default profile, as far as CFSSL does so:
/// lifetime and addresses, nothing else. Addresses that neither of them names are those where the domain publishes, if it
/// does: then a list of a shard may stand in the place of the complete one.
pub(super) fn of(
    name: String,
    profile: &Profile,
    usual: &Profile,
    published: Option<&Published>,
) -> ProfileSettings {
    let lifetime = lifetime(profile, usual);
    let usages = profile.sorted_usages();
    let (crl_url, crl_shard_url) = match first(&[&profile.crl_url, &usual.crl_url]) {
        Some(own) => (Some(own), None),
        None => (of_domain(published, |it| &it.crl), of_domain(published, |it| &it.crl_shard)),
    };
    let issuers = if profile.issuer_urls.is_empty() { &usual.issuer_urls } else { &profile.issuer_urls };
    let ca_issuers_urls = if issuers.is_empty() {
        of_domain(published, |it| &it.ca_issuers).into_iter().collect()
    } else {
        issuers.clone()
    };
    let ocsp_url = first(&[&profile.ocsp_url, &usual.ocsp_url]);
    let zero = GoDuration::default();
    ProfileSettings {
        name,
        kind: kind(profile),
        key_algorithms: KeyAlgorithm::EVERY.into_iter().collect(),
        default_lifetime: lifetime,
        max_lifetime: if profile.not_after.given().is_some() { ANY.max(lifetime) } else { lifetime },
        backdate: if profile.backdate == zero {
            root::BACKDATE
        } else {
            Lifetime::from_seconds(profile.backdate.seconds())
        },
        purposes: BTreeSet::new(),
        subject: subject(profile),
        wildcards: true,
        max_names: MAX_NAMES,
        beyond_issuer: BeyondIssuer::Shorten,
        sha1_key_identifier: true,
        crl_url,
        crl_shard_url,
        ca_issuers_urls,
        ocsp_url: ocsp_url.or_else(|| of_domain(published, |it| &it.ocsp)),
        ocsp_needs_key: false,
        key_usage: Some(usages.key.iter().map(|usage| key_usage(*usage)).collect()),
        extended_key_usage: usages.extended.iter().map(|usage| usage.oid().to_owned()).collect(),
        certificate_policies: profile.policies.iter().map(statement).collect(),
        ocsp_no_check: profile.ocsp_no_check,
        validity: fixed(profile, lifetime),
        name_regex: profile.name_whitelist.clone(),
        allowed_extensions: profile.allowed_extensions.clone(),
        copy_extensions: profile.copy_extensions,
        client_serial: profile.client_provides_serial_numbers,
        lint_limit: lint_limit(profile.lint_error_level),
        lint_exempt: lint_exempt(profile),
        transparency_logs: profile.ct_log_servers.clone(),
        transparency_keys: Vec::new(),
    }
}

fn lifetime(profile: &Profile, usual: &Profile) -> Lifetime {
    let zero = GoDuration::default();
    let own = Some(profile.expiry).filter(|expiry| *expiry > zero);
    let expiry = own.or(Some(usual.expiry).filter(|expiry| *expiry > zero)).unwrap_or(GoDuration::ONE_YEAR);
    root::inclusive(Lifetime::from_seconds(expiry.seconds()))
}

fn kind(profile: &Profile) -> ProfileKind {
    let constraint = profile.ca_constraint;
    if !constraint.is_ca {
        return ProfileKind::Leaf;
    }
    let unlimited = constraint.max_path_len == 0 && !constraint.max_path_len_zero;
    let length = u8::try_from(constraint.max_path_len.max(0)).unwrap_or(u8::MAX);
    ProfileKind::Authority { max_path_length: (!unlimited).then_some(length) }
}

/// As the requester wants it, unless the profile takes no subject from signing requests: then there is none.
fn subject(profile: &Profile) -> SubjectRule {
    match &profile.csr_whitelist {
        Some(list) if !list.subject && !profile.ca_constraint.is_ca => SubjectRule::Empty,
        _ => SubjectRule::Wanted,
    }
}

/// What is above the level stops an issuance, as in zlint. Errors always do: a level that would let them through is warned
/// of when the file is read.
fn lint_limit(level: Option<LintLevel>) -> LintLimit {
    match level {
        Some(LintLevel::NotApplicable | LintLevel::NotEffective | LintLevel::Pass) => LintLimit::Notices,
        Some(LintLevel::Info) => LintLimit::Warnings,
        None | Some(LintLevel::Warn | LintLevel::Error | LintLevel::Fatal) => LintLimit::Errors,
    }
}

/// Lints by their codes, and documents by their names: `RFC5280` is our `RFC 5280`. Others are never looked at here.
fn lint_exempt(profile: &Profile) -> Vec<String> {
    let ours = profile.ignored_lints.iter().filter(|name| name.starts_with(OUR_LINTS)).cloned();
    let documents = profile.ignored_lint_sources.iter();
    let documents = documents.filter_map(|source| Some(format!("RFC {}", source.strip_prefix("RFC")?)));
    ours.chain(documents).collect()
}

fn of_domain(published: Option<&Published>, address: impl Fn(&Published) -> &String) -> Option<String> {
    published.map(address).cloned()
}

fn first(urls: &[&String]) -> Option<String> {
    urls.iter().find(|url| !url.is_empty()).map(|url| (*url).clone())
}

fn key_usage(usage: KeyUsage) -> KeyUsageName {
    match usage {
        KeyUsage::DigitalSignature => KeyUsageName::DigitalSignature,
        KeyUsage::ContentCommitment => KeyUsageName::ContentCommitment,
        KeyUsage::KeyEncipherment => KeyUsageName::KeyEncipherment,
        KeyUsage::DataEncipherment => KeyUsageName::DataEncipherment,
        KeyUsage::KeyAgreement => KeyUsageName::KeyAgreement,
        KeyUsage::KeyCertSign => KeyUsageName::KeyCertSign,
        KeyUsage::CrlSign => KeyUsageName::CrlSign,
        KeyUsage::EncipherOnly => KeyUsageName::EncipherOnly,
        KeyUsage::DecipherOnly => KeyUsageName::DecipherOnly,
    }
}

fn statement(policy: &CertificatePolicy) -> PolicyStatement {
    let qualifier = |qualifier: &PolicyQualifier| match qualifier {
        PolicyQualifier::PracticeStatement(uri) => Qualifier::Cps(uri.clone()),
        PolicyQualifier::UserNotice(text) => Qualifier::UserNotice(text.clone()),
    };
    PolicyStatement { id: policy.id.clone(), qualifiers: policy.qualifiers.iter().map(qualifier).collect() }
}

#[cfg(test)]
mod tests {
    use hf_proto::cfssl::config::Config;

    use super::*;

    /// What the profiles `plain` and `own` come to below a default profile with these members.
    fn settings(usual: &str) -> [ProfileSettings; 2] {
        settings_with(usual, "")
    }

    /// The same where `plain` has these members.
    fn settings_with(usual: &str, plain: &str) -> [ProfileSettings; 2] {
        let common = r#""usages":["signing","server auth"],"expiry":"24h""#;
        let own =
            r#","crl_url":"http://own/a.crl","ocsp_url":"http://own","issuer_urls":["http://own/a.crt"]"#;
        let text = format!(
            r#"{{"signing":{{"default":{{{common}{usual}}},"profiles":{{"plain":{{{common}{plain}}},"own":{{{common}{own}}}}}}}}}"#
        );
        let signing = Config::read(text.as_bytes(), &|_| Err("no file".to_owned())).unwrap().signing;
        let published = Published {
            crl: "http://pki/crl".to_owned(),
            crl_shard: "http://pki/crl/{shard}".to_owned(),
            ca_issuers: "http://pki/ca".to_owned(),
            ocsp: "http://pki/ocsp".to_owned(),
        };
        ["plain", "own"]
            .map(|name| of(name.to_owned(), &signing.profiles[name], &signing.default, Some(&published)))
    }

    #[test]
    fn a_profile_that_says_when_certificates_begin_fixes_all_of_their_validity() {
        let begin = r#","not_before":"2030-01-01T00:00:00Z""#;
        let end = r#","not_after":"2031-01-01T00:00:00Z""#;
        let validity = |written: &str| {
            let [plain, _] = settings_with("", written);
            plain
                .validity
                .map(|validity| (validity.not_before().to_string(), validity.not_after().to_string()))
        };
        let from = "2030-01-01T00:00:00Z";
        assert_eq!(validity(begin), Some((from.to_owned(), "2030-01-02T00:00:00Z".to_owned())));
        let both = format!("{begin}{end}");
        assert_eq!(validity(&both), Some((from.to_owned(), "2031-01-01T00:00:00Z".to_owned())));
        assert_eq!(validity(end), None, "it begins when it is issued");
    }

    fn addresses(settings: &ProfileSettings) -> [Option<&str>; 4] {
        let issuers = settings.ca_issuers_urls.first().map(String::as_str);
        let [crl, shard, ocsp] =
            [&settings.crl_url, &settings.crl_shard_url, &settings.ocsp_url].map(|url| url.as_deref());
        [crl, shard, issuers, ocsp]
    }

    #[test]
    fn addresses_are_those_of_the_profile_of_the_default_one_or_of_the_domain() {
        let own = [Some("http://own/a.crl"), None, Some("http://own/a.crt"), Some("http://own")];
        let [of_domain, of_profile] = settings("");
        let published = ["http://pki/crl", "http://pki/crl/{shard}", "http://pki/ca", "http://pki/ocsp"];
        assert_eq!(addresses(&of_domain), published.map(Some));
        assert_eq!(addresses(&of_profile), own);
        let [of_default, of_profile] = settings(r#","crl_url":"http://usual/a.crl""#);
        let expected = [Some("http://usual/a.crl"), None, Some("http://pki/ca"), Some("http://pki/ocsp")];
        assert_eq!(addresses(&of_default), expected);
        assert_eq!(addresses(&of_profile), own);
    }
}
