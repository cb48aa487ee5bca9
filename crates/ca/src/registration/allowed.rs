//! What an account may order: within what the authority gives by ACME, and within what its external account key allows.

use std::sync::Arc;

use hf_core::name::Identifier;
use hf_proto::acme::problem::{Problem, ProblemType};
use hf_proto::acme::profile::{self, OfferedProfiles};
use hf_store::record::EabKeyRecord;

use super::error::{RegistrationError, failed};
use super::{KnownAccount, Registration, RegistrationSettings};
use crate::policy::NamePattern;
use crate::profile::Profile;
use crate::request::RequesterLimits;

/// What an account may have.
#[derive(Clone, Debug)]
pub(super) struct Allowance {
    /// Names that its key allows; `None`: all that the authority gives.
    names: Option<Vec<NamePattern>>,
    /// Profiles that its key allows; `None`: all that the authority offers.
    profiles: Option<Vec<String>>,
    /// Names that it need not prove.
    trusted: Trust,
}

/// Which names an account need not prove.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Trust {
    /// Every name is proven.
    Nothing,
    /// Those that the authority trusts its known accounts with.
    Settings,
    /// All that its key allows.
    Key,
}

impl Allowance {
    /// Of an account without a key, or with this one.
    pub(super) fn of(key: Option<&EabKeyRecord>) -> Self {
        let Some(key) = key else { return Self { names: None, profiles: None, trusted: Trust::Nothing } };
        // What cannot be read allows nothing.
        let patterns = |names: &Vec<String>| names.iter().filter_map(|name| name.parse().ok()).collect();
        Self {
            names: key.names.as_ref().map(patterns),
            profiles: key.profiles.clone(),
            trusted: match (key.revoked_at, key.trusted) {
                (Some(_), _) => Trust::Nothing,
                (None, true) => Trust::Key,
                (None, false) => Trust::Settings,
            },
        }
    }

    /// Why the account may not order the name, if it may not.
    pub(super) fn refusal(&self, name: &Identifier, settings: &RegistrationSettings) -> Option<String> {
        if !covered(&settings.names, name) {
            return Some(format!("this authority gives names under {} only", listed(&settings.names)));
        }
        match &self.names {
            Some(names) if !covered(names, name) => {
                Some(format!("the account may have names under {} only", listed(names)))
            }
            Some(_) | None => None,
        }
    }

    /// Whether the account need not prove the name.
    pub(super) fn trusts(&self, name: &Identifier, settings: &RegistrationSettings) -> bool {
        let by_key = || self.names.as_ref().is_some_and(|names| covered(names, name));
        let whole = self.refusal(name, settings).is_none();
        whole
            && match self.trusted {
                Trust::Nothing => false,
                Trust::Settings => covered(&settings.trusted, name),
                Trust::Key => by_key() || covered(&settings.trusted, name),
            }
    }

    /// The profile that was asked for, or the default one, if the account may have it.
    pub(super) fn profile(
        &self,
        asked: Option<&str>,
        settings: &RegistrationSettings,
    ) -> Result<String, Problem> {
        let offered = OfferedProfiles {
            names: &settings.profiles,
            default: settings.default_profile().unwrap_or_default(),
            permitted: self.profiles.as_deref(),
        };
        profile::choose(asked, offered).map(ToOwned::to_owned)
    }

    /// What the spine holds the request against once more.
    pub(super) fn limits(&self, settings: &RegistrationSettings, authority: &str) -> RequesterLimits {
        RequesterLimits {
            names: Some(self.names.clone().unwrap_or_else(|| settings.names.clone())),
            profiles: Some(self.profiles.clone().unwrap_or_else(|| settings.profiles.clone())),
            authorities: Some(vec![authority.to_owned()]),
            max_lifetime: None,
        }
    }
}

fn covered(patterns: &[NamePattern], name: &Identifier) -> bool {
    patterns.iter().any(|pattern| pattern.covers(name))
}

fn listed(patterns: &[NamePattern]) -> String {
    if patterns.is_empty() {
        return "nothing".to_owned();
    }
    patterns.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

impl Registration {
    /// What the account may have now: its key is read anew, so that revoking it takes effect.
    pub(super) async fn allowance(&self, account: &KnownAccount) -> Result<Allowance, RegistrationError> {
        let Some(id) = &account.record.eab else { return Ok(Allowance::of(None)) };
        let key = self.store().eab(id).await.map_err(failed("read an external account key"))?;
        // Keys are never removed. One that is gone all the same allows nothing.
        Ok(key.map_or(
            Allowance { names: Some(Vec::new()), profiles: Some(Vec::new()), trusted: Trust::Nothing },
            |key| Allowance::of(Some(&key)),
        ))
    }

    /// Names that the account may not have, each with the reason: told before anything has to be proven.
    pub(super) fn refused(
        &self,
        names: &[Identifier],
        allowance: &Allowance,
        settings: &RegistrationSettings,
    ) -> Vec<(Identifier, String)> {
        let denied = &self.authority.policy.settings().denied;
        let permitted = self.authority.permitted.get(&self.name);
        let why = |name: &Identifier| {
            if denied.iter().any(|pattern| pattern.touches(name)) {
                return Some("the name is never certified here".to_owned());
            }
            if permitted.is_some_and(|list| !list.is_empty() && !covered(list, name)) {
                return Some(format!("authority `{}` does not certify this name", self.name));
            }
            allowance.refusal(name, settings)
        };
        names.iter().filter_map(|name| why(name).map(|why| (name.clone(), why))).collect()
    }

    /// What a profile gives, in words, for the directory.
    pub fn describe_profile(&self, name: &str) -> String {
        let Some(profile) = self.authority.profile(name) else { return "not offered now".to_owned() };
        let purposes: Vec<String> = profile.purposes().iter().map(ToString::to_string).collect();
        format!("{}, valid for {}", purposes.join(" and "), profile.default_lifetime())
    }

    /// The profile of this name, when it is one for an end entity.
    pub(super) fn leaf_profile(&self, name: &str) -> Result<Arc<Profile>, Problem> {
        let found = self.authority.profile(name).filter(|profile| !profile.kind().is_authority());
        found.ok_or_else(|| {
            Problem::new(ProblemType::InvalidProfile, format!("the profile {name} is not offered any more"))
        })
    }
}

#[cfg(test)]
mod tests {
    use hf_core::time::{Lifetime, Timestamp};
    use hf_proto::acme::challenge::RetryPolicy;

    use super::super::RegistrationLimits;
    use super::*;

    fn patterns(texts: &[&str]) -> Vec<NamePattern> {
        texts.iter().map(|text| text.parse().unwrap()).collect()
    }

    fn settings() -> RegistrationSettings {
        RegistrationSettings {
            profiles: vec!["server".to_owned(), "short".to_owned()],
            external_account_required: false,
            challenges: Vec::new(),
            names: patterns(&["shop.internal", "10.0.0.0/8"]),
            trusted: patterns(&["ci.shop.internal"]),
            authorization_lifetime: Lifetime::from_days(1),
            reuse: Lifetime::from_days(1),
            order_lifetime: Lifetime::from_days(1),
            pre_authorization: true,
            terms: None,
            website: None,
            caa: Vec::new(),
            retry: RetryPolicy::default(),
            limits: RegistrationLimits {
                accounts_per_hour: 1,
                orders_per_hour: 1,
                failures_per_hour: 1,
                identifiers: 1,
                validations: 1,
                pause_after: 1,
                pause: Lifetime::from_days(1),
            },
        }
    }

    fn key(names: Option<&[&str]>, trusted: bool) -> EabKeyRecord {
        let list = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        EabKeyRecord {
            id: "k".to_owned(),
            name: "k".to_owned(),
            authority: "services".to_owned(),
            names: names.map(list),
            profiles: None,
            trusted,
            created_at: Timestamp::from_unix_seconds(0),
            expires: None,
            used_by: None,
            used_at: None,
            revoked_at: None,
        }
    }

    fn may(allowance: &Allowance, name: &str) -> bool {
        allowance.refusal(&name.parse().unwrap(), &settings()).is_none()
    }

    fn trusts(allowance: &Allowance, name: &str) -> bool {
        allowance.trusts(&name.parse().unwrap(), &settings())
    }

    #[test]
    fn a_key_narrows_and_never_widens() {
        let open = Allowance::of(None);
        assert!(may(&open, "a.shop.internal") && may(&open, "*.shop.internal") && may(&open, "10.1.2.3"));
        assert!(!may(&open, "shop.example") && !may(&open, "192.0.2.1"));
        let bound = Allowance::of(Some(&key(Some(&["a.shop.internal", "shop.example"]), false)));
        assert!(may(&bound, "a.shop.internal") && may(&bound, "x.a.shop.internal"));
        assert!(!may(&bound, "b.shop.internal") && !may(&bound, "shop.example"));
        assert!(!may(&Allowance::of(Some(&key(Some(&[]), false))), "a.shop.internal"));
    }

    #[test]
    fn only_a_key_saves_the_proof_and_only_within_its_names() {
        assert!(!trusts(&Allowance::of(None), "a.ci.shop.internal"));
        let plain = Allowance::of(Some(&key(None, false)));
        assert!(trusts(&plain, "a.ci.shop.internal") && !trusts(&plain, "a.shop.internal"));
        let narrow = Allowance::of(Some(&key(Some(&["a.shop.internal"]), false)));
        assert!(!trusts(&narrow, "a.ci.shop.internal"), "its key does not allow the name");
        let trusted = Allowance::of(Some(&key(Some(&["a.shop.internal", "b.example"]), true)));
        assert!(trusts(&trusted, "a.shop.internal") && !trusts(&trusted, "c.shop.internal"));
        assert!(!trusts(&trusted, "b.example"), "the authority does not give the name");
        let revoked = EabKeyRecord {
            revoked_at: Some(Timestamp::from_unix_seconds(1)),
            ..key(Some(&["a.shop.internal"]), true)
        };
        assert!(!trusts(&Allowance::of(Some(&revoked)), "a.shop.internal"));
    }

    #[test]
    fn a_profile_must_be_offered_and_allowed() {
        let open = Allowance::of(None);
        assert_eq!(open.profile(None, &settings()).unwrap(), "server");
        assert_eq!(open.profile(Some("short"), &settings()).unwrap(), "short");
        assert_eq!(open.profile(Some("root"), &settings()).unwrap_err().kind, ProblemType::InvalidProfile);
        let key = EabKeyRecord { profiles: Some(vec!["short".to_owned()]), ..key(None, false) };
        let bound = Allowance::of(Some(&key));
        assert_eq!(bound.profile(None, &settings()).unwrap(), "short");
        assert!(bound.profile(Some("server"), &settings()).is_err());
    }
}
