//! CFSSL's policy file as profiles of the authority, and what of it is applied at the door.
//!
//! The profile NAME of the policy that is called LABEL becomes `cfssl/LABEL/NAME`; the default one, which has no name,
//! `cfssl/LABEL/(default)`. Where CFSSL is careless the profile is not: usages that a key cannot have are left out, no
//! certificate outlives its issuer, and extensions that the authority writes itself are never copied.

mod settings;

use std::collections::BTreeMap;

use hf_ca::profile::{Profile, ProfileKind};
use hf_core::time::{Timestamp, Validity};
use hf_proto::cfssl::code::{CfsslError, ErrorKind};
use hf_proto::cfssl::config::file::CsrWhitelist;
use hf_proto::cfssl::config::{Config, Profile as SigningProfile};

use crate::failure;

/// What happens with the name of a profile that does not exist.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Unknown {
    /// Code 5400.
    #[default]
    Refused,
    /// It stands for the default profile, as in CFSSL: `-lenient`.
    IsDefault,
}

/// A policy whose local profiles are ready to be used.
#[derive(Clone, Debug)]
pub struct Policy {
    label: String,
    config: Config,
    default: Option<Kept>,
    profiles: BTreeMap<String, Kept>,
}

/// A profile: what the authority knows of it, and what is applied at the door.
#[derive(Clone, Debug)]
pub struct Kept {
    profile: Profile,
    written: SigningProfile,
}

/// Where a trust domain publishes what its authority signs: for profiles that name no addresses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Published {
    /// The complete CRL.
    pub crl: String,
    /// The CRL of a shard; `{shard}` stands for its number.
    pub crl_shard: String,
    /// The certificate of the authority.
    pub ca_issuers: String,
    /// The OCSP responder.
    pub ocsp: String,
}

/// Put `url` in the place of every profile's CRL distribution point: `-crl`.
pub fn override_crl(config: &mut Config, url: &str) {
    for profile in std::iter::once(&mut config.signing.default).chain(config.signing.profiles.values_mut()) {
        url.clone_into(&mut profile.crl_url);
    }
}

impl Policy {
    /// Compile the local profiles of a policy file. `label` is that of the signer; an empty one counts as `default`.
    ///
    /// # Errors
    /// Code 5200 with every fault that the authority finds in a profile.
    pub fn compile(config: Config, label: &str) -> Result<Self, CfsslError> {
        Self::compile_within(config, label, None)
    }

    /// The same for an authority whose lists, certificate and status are published here.
    ///
    /// # Errors
    /// As [`Self::compile`].
    pub fn compile_within(
        config: Config,
        label: &str,
        published: Option<&Published>,
    ) -> Result<Self, CfsslError> {
        let label = if label.is_empty() { "default" } else { label };
        let usual = &config.signing.default;
        let kept = |name: &str, written: &SigningProfile| -> Result<Kept, CfsslError> {
            let settings = settings::of(format!("cfssl/{label}/{name}"), written, usual, published);
            let compiled = Profile::compile(settings);
            let profile =
                compiled.map_err(|findings| failure::invalid(ErrorKind::PolicyInvalid, &findings))?;
            Ok(Kept { profile, written: written.clone() })
        };
        let mut profiles = BTreeMap::new();
        for (name, profile) in config.signing.profiles.iter().filter(|(_, profile)| profile.remote.is_none())
        {
            profiles.insert(name.clone(), kept(name, profile)?);
        }
        let default = Some(usual).filter(|profile| profile.remote.is_none());
        let default = default.map(|profile| kept(DEFAULT, profile)).transpose()?;
        Ok(Self { label: label.to_owned(), default, profiles, config })
    }

    /// The label of the signer.
    pub fn label(&self) -> &str {
        &self.label
    }

    /// The policy file.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// Every profile, for the authority.
    pub fn profiles(&self) -> Vec<Profile> {
        self.default.iter().chain(self.profiles.values()).map(|kept| kept.profile.clone()).collect()
    }

    /// The profile of this name; an empty name is the default one.
    ///
    /// # Errors
    /// Code 5400 when there is none.
    pub fn find(&self, name: &str, unknown: Unknown) -> Result<&Kept, CfsslError> {
        let named = if name.is_empty() { self.default.as_ref() } else { self.profiles.get(name) };
        let found = match unknown {
            Unknown::Refused => named,
            Unknown::IsDefault => named.or(self.default.as_ref()),
        };
        found.ok_or_else(|| {
            let shown: String = name.chars().take(80).collect();
            failure::saying(
                ErrorKind::PolicyUnknownProfile,
                format!("there is no profile `{}`", shown.escape_debug()),
            )
        })
    }
}

impl Kept {
    /// The name of the authority's profile.
    pub fn profile_name(&self) -> &str {
        self.profile.name()
    }

    /// The profile as the policy file has it.
    pub fn written(&self) -> &SigningProfile {
        &self.written
    }

    /// Which fields of a signing request count; `None`: all.
    pub(crate) fn whitelist(&self) -> Option<&CsrWhitelist> {
        self.written.csr_whitelist.as_ref()
    }

    /// Whether its certificates are those of authorities.
    pub fn is_authority(&self) -> bool {
        self.profile.kind().is_authority()
    }

    /// For an authority: how many may follow below it; `None`: any number.
    pub(crate) fn path_length(&self) -> Option<u8> {
        match self.profile.kind() {
            ProfileKind::Authority { max_path_length } => max_path_length,
            ProfileKind::Leaf => None,
        }
    }

    /// Whether requests bring their serial numbers.
    pub(crate) fn client_serial(&self) -> bool {
        self.profile.client_serial()
    }

    /// The CRL distribution point that every certificate has; `None` where there is none, or each has that of its shard.
    pub(crate) fn crl_url(&self) -> Option<&str> {
        let settings = self.profile.settings();
        settings.crl_url.as_deref().filter(|_| settings.crl_shard_url.is_none())
    }

    /// First and last second of a certificate that is issued now and asks for nothing else.
    pub(crate) fn validity(&self, now: Timestamp) -> Validity {
        self.profile.validity(now, None)
    }
}

/// Stands for the profile without a name; no profile of a policy file can be told from it otherwise.
const DEFAULT: &str = "(default)";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn certificates_with_lists_of_shards_have_no_one_distribution_point() {
        let common = r#""usages":["signing","server auth"],"expiry":"24h""#;
        let text = format!(
            r#"{{"signing":{{"default":{{{common}}},"profiles":{{"own":{{{common},"crl_url":"http://own/a.crl"}}}}}}}}"#
        );
        let published = Published {
            crl: "http://pki/crl".to_owned(),
            crl_shard: "http://pki/crl/{shard}".to_owned(),
            ca_issuers: "http://pki/ca".to_owned(),
            ocsp: "http://pki/ocsp".to_owned(),
        };
        let config = || Config::read(text.as_bytes(), &|_| Err("no file".to_owned())).unwrap();
        let policy = Policy::compile_within(config(), "", Some(&published)).unwrap();
        let url = |name| policy.find(name, Unknown::Refused).unwrap().crl_url();
        assert_eq!((url(""), url("own")), (None, Some("http://own/a.crl")));
    }
}
