//! What certificates of one kind look like: compiled once from settings, then never changed.
//!
//! A profile holds only what all certificates of the kind have in common. Names, key, serial number and time come from
//! the request, after policy has granted them. Key usages follow RFC 5280 section 4.2.1.3 and depend on the key: a
//! leaf with an EC key never asserts `keyEncipherment`.

mod compiled;
mod defaults;
mod fault;
mod logs;
mod set;
mod settings;
mod snapshot;
mod urls;
mod usage;

use std::collections::BTreeSet;

use hf_core::algorithm::KeyAlgorithm;
use hf_core::finding::{Finding, Severity};
use hf_core::time::{Lifetime, Timestamp, Validity};
use hf_store::record::ProfileSnapshot;
use hf_x509::asn1::Oid;
use hf_x509::ext::{CertificatePolicies, KeyUsage};
use regex::Regex;

use compiled::Compiled;
pub(crate) use compiled::MANAGED_EXTENSIONS;
pub use logs::TransparencyLogs;
pub(crate) use set::Profiles;
pub use settings::{
    BeyondIssuer, KeyUsageName, LintLimit, PolicyStatement, ProfileKind, ProfileSettings, Purpose, Qualifier,
    SubjectRule,
};
pub use urls::{UrlTemplate, UrlTemplateError};

/// A compiled profile.
#[derive(Clone, Debug)]
pub struct Profile {
    settings: ProfileSettings,
    snapshot: ProfileSnapshot,
    crl_url: Option<UrlTemplate>,
    crl_shard_url: Option<UrlTemplate>,
    ca_issuers_urls: Vec<UrlTemplate>,
    ocsp_url: Option<UrlTemplate>,
    compiled: Compiled,
}

impl Profile {
    /// Compile settings; every fault is reported, not only the first.
    pub fn compile(settings: ProfileSettings) -> Result<Self, Vec<Finding>> {
        let mut faults = fault::faults(&settings);
        let mut url = |key: &'static str, text: &String| match text.parse::<UrlTemplate>() {
            Ok(template) => Some(template),
            Err(error) => {
                faults.push(fault::url(&settings.name, key, &error));
                None
            }
        };
        let crl_url = settings.crl_url.as_ref().and_then(|text| url("crl_url", text));
        let crl_shard_url = settings.crl_shard_url.as_ref().and_then(|text| url("crl_shard_url", text));
        let ca_issuers_urls =
            settings.ca_issuers_urls.iter().filter_map(|text| url("ca_issuers_urls", text)).collect();
        let ocsp_url = settings.ocsp_url.as_ref().and_then(|text| url("ocsp_url", text));
        if let Some(text) = settings.crl_shard_url.as_ref().filter(|text| !text.contains(UrlTemplate::SHARD))
        {
            faults.push(fault::shard_url(&settings.name, text));
        }
        let compiled = Compiled::read(&settings, &mut faults);
        if !faults.is_empty() {
            return Err(faults);
        }
        let snapshot = snapshot::of(&settings);
        Ok(Self { settings, snapshot, crl_url, crl_shard_url, ca_issuers_urls, ocsp_url, compiled })
    }

    /// The name by which requests ask for it.
    pub fn name(&self) -> &str {
        &self.settings.name
    }

    /// Exactly these settings as text, with its identifier, which is recorded with each certificate.
    pub fn snapshot(&self) -> &ProfileSnapshot {
        &self.snapshot
    }

    /// Leaf or authority.
    pub fn kind(&self) -> ProfileKind {
        self.settings.kind
    }

    /// Key algorithms that may be certified.
    pub fn key_algorithms(&self) -> &BTreeSet<KeyAlgorithm> {
        &self.settings.key_algorithms
    }

    /// The longest lifetime, counted from now, both ends inside.
    pub fn max_lifetime(&self) -> Lifetime {
        self.settings.max_lifetime
    }

    /// The lifetime when the request names none.
    pub fn default_lifetime(&self) -> Lifetime {
        self.settings.default_lifetime
    }

    /// How far before the moment of issuing validity begins, so that peers whose clock is late accept it.
    pub fn backdate(&self) -> Lifetime {
        self.settings.backdate
    }

    /// Extended key usages, RFC 5280 section 4.2.1.12; empty: the extension is left out.
    pub fn purposes(&self) -> &BTreeSet<Purpose> {
        &self.settings.purposes
    }

    /// How the subject is made.
    pub fn subject_rule(&self) -> SubjectRule {
        self.settings.subject
    }

    /// Whether `*.` names may be certified.
    pub fn allows_wildcards(&self) -> bool {
        self.settings.wildcards
    }

    /// The most names a certificate may carry.
    pub fn max_names(&self) -> usize {
        self.settings.max_names
    }

    /// What happens when the certificate would outlive a certificate above it.
    pub fn beyond_issuer(&self) -> BeyondIssuer {
        self.settings.beyond_issuer
    }

    /// Where the CRL of the issuer is, if the profile says so.
    pub fn crl_url(&self) -> Option<&UrlTemplate> {
        self.crl_url.as_ref()
    }

    /// Where the CRL of a shard is, if the profile lets its certificates belong to shards.
    pub fn crl_shard_url(&self) -> Option<&UrlTemplate> {
        self.crl_shard_url.as_ref()
    }

    /// Where the issuer's certificate is, as far as the profile says so.
    pub fn ca_issuers_urls(&self) -> &[UrlTemplate] {
        &self.ca_issuers_urls
    }

    /// Where the OCSP responder of the issuer is, if the profile says so.
    pub fn ocsp_url(&self) -> Option<&UrlTemplate> {
        self.ocsp_url.as_ref()
    }

    /// Whether issuers whose key is kept elsewhere name no OCSP responder.
    pub fn ocsp_needs_key(&self) -> bool {
        self.settings.ocsp_needs_key
    }

    /// The settings that it was made from.
    pub fn settings(&self) -> &ProfileSettings {
        &self.settings
    }

    /// Every extended key usage, in the order of the certificate; empty: the extension is left out.
    pub fn extended_key_usage(&self) -> &[Oid] {
        &self.compiled.extended_key_usage
    }

    /// The certificate policies, if any.
    pub fn certificate_policies(&self) -> Option<&CertificatePolicies> {
        self.compiled.policies.as_ref()
    }

    /// Whether certificates are for OCSP responders whose own status nobody asks for.
    pub fn ocsp_no_check(&self) -> bool {
        self.settings.ocsp_no_check
    }

    /// First and last second of every certificate, if they are fixed.
    pub fn fixed_validity(&self) -> Option<Validity> {
        self.settings.validity
    }

    /// What the common name and every DNS name, e-mail address and URI must match.
    pub fn name_regex(&self) -> Option<&Regex> {
        self.compiled.name_regex.as_ref()
    }

    /// Extensions that a request may bring.
    pub fn allowed_extensions(&self) -> &[Oid] {
        &self.compiled.allowed_extensions
    }

    /// Whether the extensions of the signing request are taken over.
    pub fn copies_extensions(&self) -> bool {
        self.settings.copy_extensions
    }

    /// Where pre-certificates are submitted; nowhere, mostly.
    pub fn transparency(&self) -> &TransparencyLogs {
        &self.compiled.transparency
    }

    /// Whether requests bring their serial numbers.
    pub fn client_serial(&self) -> bool {
        self.settings.client_serial
    }

    /// Whether the finding of a lint means that nothing is signed.
    pub fn stops_at(&self, finding: &Finding) -> bool {
        let exempt = |rule: &String| {
            finding.code.as_str() == rule
                || finding.rfc.is_some_and(|clause| clause.split(" section").next() == Some(rule.as_str()))
        };
        match finding.severity {
            Severity::Error => true,
            Severity::Warning => {
                self.settings.lint_limit < LintLimit::Errors && !self.settings.lint_exempt.iter().any(exempt)
            }
            Severity::Notice => {
                self.settings.lint_limit < LintLimit::Warnings
                    && !self.settings.lint_exempt.iter().any(exempt)
            }
        }
    }

    /// Whether the key usages are listed, instead of those that fit the key.
    pub fn has_explicit_key_usage(&self) -> bool {
        self.compiled.key_usage.is_some()
    }

    /// Key usages for a key of this algorithm, RFC 5280 section 4.2.1.3, RFC 8813 section 3, RFC 9295 section 3.
    ///
    /// Of those that are listed, what the key cannot have is left out; none may remain.
    pub fn key_usage(&self, algorithm: KeyAlgorithm) -> KeyUsage {
        if let Some(listed) = self.compiled.key_usage {
            return usage::fitting(listed, self.settings.kind, algorithm);
        }
        match self.settings.kind {
            ProfileKind::Authority { .. } => KeyUsage::KEY_CERT_SIGN | KeyUsage::CRL_SIGN,
            ProfileKind::Leaf if algorithm.is_rsa() => {
                KeyUsage::DIGITAL_SIGNATURE | KeyUsage::KEY_ENCIPHERMENT
            }
            ProfileKind::Leaf => KeyUsage::DIGITAL_SIGNATURE,
        }
    }

    /// Validity of a certificate issued `now`: it begins `backdate` earlier and its total, backdate and last second
    /// included, is `wanted` (or the default). Without a wish, a fixed validity of the profile goes first.
    ///
    /// A lifetime that is not longer than the backdate would be over before it is handed out, so the backdate is at
    /// most half of it.
    pub fn validity(&self, now: Timestamp, wanted: Option<Lifetime>) -> Validity {
        if let (Some(fixed), None) = (self.settings.validity, wanted) {
            return fixed;
        }
        let lifetime = wanted.unwrap_or(self.settings.default_lifetime);
        let half = lifetime.seconds() / 2;
        if half == 0 {
            return Validity::starting(now, lifetime);
        }
        let backdate = Lifetime::from_seconds(self.settings.backdate.seconds().min(half));
        Validity::starting(now.minus(backdate), lifetime)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn every_default_compiles() {
        for settings in ProfileSettings::defaults() {
            let name = settings.name.clone();
            assert!(Profile::compile(settings).is_ok(), "{name}");
        }
    }

    #[test]
    fn only_rsa_leaves_encipher_keys() {
        let leaf = Profile::compile(ProfileSettings::peer()).unwrap();
        assert_eq!(leaf.key_usage(KeyAlgorithm::EcdsaP256), KeyUsage::DIGITAL_SIGNATURE);
        assert_eq!(
            leaf.key_usage(KeyAlgorithm::Rsa2048),
            KeyUsage::DIGITAL_SIGNATURE | KeyUsage::KEY_ENCIPHERMENT
        );
        let root = Profile::compile(ProfileSettings::root()).unwrap();
        assert_eq!(root.key_usage(KeyAlgorithm::Rsa2048), KeyUsage::KEY_CERT_SIGN | KeyUsage::CRL_SIGN);
    }

    #[test]
    fn all_faults_are_reported_at_once() {
        let settings = ProfileSettings {
            max_lifetime: Lifetime::from_hours(1),
            key_algorithms: BTreeSet::new(),
            crl_url: Some("ftp://x".to_owned()),
            max_names: 0,
            ..ProfileSettings::peer()
        };
        let faults = Profile::compile(settings).unwrap_err();
        assert_eq!(faults.len(), 4, "{faults:?}");
    }

    proptest! {
        #[test]
        fn validity_holds_now_and_has_exactly_the_lifetime(
            now in 0_i64..4_000_000_000,
            seconds in 1_i64..400_000_000,
        ) {
            let profile = Profile::compile(ProfileSettings::peer()).unwrap();
            let now = Timestamp::from_unix_seconds(now);
            let lifetime = Lifetime::from_seconds(seconds);
            let validity = profile.validity(now, Some(lifetime));
            prop_assert_eq!(validity.lifetime(), lifetime);
            prop_assert!(validity.contains(now));
            prop_assert!(now.seconds_since(validity.not_before()) <= profile.backdate().seconds());
        }
    }
}
