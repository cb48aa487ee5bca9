//! Proposals for the tests of rules: good in every respect until a method spoils one.

use std::sync::Arc;

use hf_core::algorithm::KeyAlgorithm;
use hf_core::name::SanSet;
use hf_core::time::{Lifetime, Timestamp, Validity};
use hf_keys::private_key::PrivateKey;
use hf_keys::signing_key::SigningKey;
use hf_testkit::ManualClock;
use hf_x509::distinguished_name::DistinguishedName;

use super::{AuthorityWish, KeyFacts, NamePattern, PolicySettings, Proposal, Rule, Wishes};
use crate::issuer::{Constraints, IssuerFacts, ParentFacts};
use crate::profile::{BeyondIssuer, Profile, ProfileSettings, Purpose};
use crate::request::RequesterLimits;

/// The codes of what one rule finds under the default settings.
pub(super) fn codes(rule: &Rule, proposal: &Proposal) -> Vec<&'static str> {
    codes_with(rule, proposal, &PolicySettings::default())
}

/// The codes of what one rule finds.
pub(super) fn codes_with(rule: &Rule, proposal: &Proposal, settings: &PolicySettings) -> Vec<&'static str> {
    let mut findings = Vec::new();
    (rule.check)(proposal, settings, &mut findings);
    findings.iter().map(|finding| finding.code.as_str()).collect()
}

/// Builds a proposal.
pub(super) struct ProposalBuilder {
    profile: ProfileSettings,
    names: Vec<String>,
    lifetime: Option<Lifetime>,
    permitted: Vec<NamePattern>,
    parents: Vec<ParentFacts>,
    authority: Option<AuthorityWish>,
}

impl ProposalBuilder {
    /// A peer with one name under an authority of ten years.
    pub(super) fn leaf() -> Self {
        Self {
            profile: ProfileSettings::peer(),
            names: vec!["a.shop.internal".to_owned()],
            lifetime: None,
            permitted: Vec::new(),
            parents: vec![ParentFacts::for_tests(now(), Lifetime::from_days(3_650))],
            authority: None,
        }
    }

    /// An intermediate under the same authority.
    pub(super) fn authority() -> Self {
        Self {
            profile: ProfileSettings::intermediate(),
            names: Vec::new(),
            authority: Some(AuthorityWish::default()),
            ..Self::leaf()
        }
    }

    pub(super) fn names(mut self, names: &[&str]) -> Self {
        self.names = names.iter().map(|name| (*name).to_owned()).collect();
        self
    }

    pub(super) fn lifetime(mut self, lifetime: Lifetime) -> Self {
        self.lifetime = Some(lifetime);
        self
    }

    pub(super) fn permitted(mut self, patterns: &[&str]) -> Self {
        self.permitted = patterns.iter().map(|pattern| pattern.parse().unwrap()).collect();
        self
    }

    /// Change the settings of the profile.
    pub(super) fn profile(mut self, change: impl FnOnce(&mut ProfileSettings)) -> Self {
        change(&mut self.profile);
        self
    }

    pub(super) fn wildcards(mut self) -> Self {
        self.profile.wildcards = true;
        self
    }

    pub(super) fn beyond_issuer(mut self, beyond: BeyondIssuer) -> Self {
        self.profile.beyond_issuer = beyond;
        self
    }

    pub(super) fn key_algorithms(mut self, algorithms: &[KeyAlgorithm]) -> Self {
        self.profile.key_algorithms = algorithms.iter().copied().collect();
        self
    }

    /// Lifetimes of the issuer, its parent and so on.
    pub(super) fn issuer_lifetimes(mut self, lifetimes: &[Lifetime]) -> Self {
        self.parents = lifetimes.iter().map(|lifetime| ParentFacts::for_tests(now(), *lifetime)).collect();
        self
    }

    /// Path lengths of the issuer, its parent and so on.
    pub(super) fn issuer_path_lengths(mut self, lengths: &[Option<u8>]) -> Self {
        let parent = || ParentFacts::for_tests(now(), Lifetime::from_days(3_650));
        self.parents = lengths.iter().map(|length| parent().with_path_length(*length)).collect();
        self
    }

    pub(super) fn issuer_purposes(mut self, purposes: &[Purpose]) -> Self {
        self.parents = self.parents.into_iter().map(|parent| parent.with_purposes(purposes)).collect();
        self
    }

    /// The name constraints of the issuer's own certificate.
    pub(super) fn issuer_constraints(mut self, constraints: &Constraints) -> Self {
        self.parents = self.parents.into_iter().map(|p| p.with_constraints(constraints.clone())).collect();
        self
    }

    pub(super) fn path_length(mut self, length: Option<u8>) -> Self {
        self.authority.get_or_insert_default().path_length = length;
        self
    }

    /// The names that the authority to be may certify.
    pub(super) fn delegating(mut self, patterns: &[&str]) -> Self {
        self.authority.get_or_insert_default().permitted =
            patterns.iter().map(|pattern| pattern.parse().unwrap()).collect();
        self
    }

    pub(super) fn build(self) -> Proposal {
        let profile = Profile::compile(self.profile).unwrap();
        let names: SanSet = self.names.iter().map(|name| name.parse().unwrap()).collect();
        let subject = names.primary().map_or_else(|| "Some authority".to_owned(), ToString::to_string);
        let key = PrivateKey::generate(KeyAlgorithm::EcdsaP256).unwrap();
        Proposal {
            validity: self.lifetime.map_or_else(
                || profile.validity(now(), None),
                |lifetime| Validity::starting(now(), lifetime),
            ),
            profile: Arc::new(profile),
            issuer: Arc::new(IssuerFacts::new("services", self.permitted, self.parents)),
            subject: DistinguishedName::common(&subject),
            names,
            public_key: key.public_key().clone(),
            key: KeyFacts { algorithm: Some(KeyAlgorithm::EcdsaP256), ..KeyFacts::default() },
            csr_asks_for_authority: false,
            csr_purposes_beyond_profile: Vec::new(),
            authority: self.authority,
            wishes: Wishes::default(),
            limits: RequesterLimits::default(),
            now: now(),
        }
    }
}

fn now() -> Timestamp {
    Timestamp::from_unix_seconds(ManualClock::START)
}
