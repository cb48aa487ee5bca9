//! The policy file of servers and clients: profiles, auth keys, remotes. CFSSL `config/config.go`.
//!
//! Reading has two steps: [`mod@file`] is the JSON as it stands, [`Config`] is what it means, with names resolved and durations
//! read. Failures are code 5200 in CFSSL's words. Better than CFSSL on purpose:
//!
//! * a profile with `auth_key` and `remote` (the form of Cloudflare's own article) asks the remote with that key, as if it
//!   said `auth_remote`;
//! * a key type `bound` (see [`super::auth`]);
//! * `lint_error_level` may be a number too;
//! * what CFSSL passes over in silence (unknown usages, short keys, settings that a remote profile does not use) is told as a
//!   warning.

pub mod file;
mod keys;
mod lint;
mod profile;

use std::collections::BTreeMap;

pub use keys::KeyResolver;
pub use lint::LintLevel;
pub use profile::{CertificatePolicy, OUR_LINTS, PolicyQualifier, Profile, RemoteSigner};

use super::code::{CfsslError, ErrorKind};
use super::go_json;

/// A policy file, checked.
#[derive(Clone, Debug, PartialEq)]
pub struct Config {
    /// The profiles.
    pub signing: Signing,
    /// Remotes by name, as they are written.
    pub remotes: BTreeMap<String, String>,
    /// What the reader should be told, a sentence each.
    pub warnings: Vec<String>,
}

/// Profiles by name, and the one for requests that name none.
#[derive(Clone, Debug, PartialEq)]
pub struct Signing {
    /// For requests that name no profile.
    pub default: Profile,
    /// By name.
    pub profiles: BTreeMap<String, Profile>,
}

/// Which signers the profiles need.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SignerNeed {
    /// All profiles sign here.
    Local,
    /// All profiles ask a remote.
    Remote,
    /// Some do this, some that.
    Mixed,
}

impl Config {
    /// Read a policy file. `resolve` delivers what `env:NAME` and `file:PATH` in auth keys stand for.
    ///
    /// # Errors
    /// Code 5200 for all faults; without the field `signing` code 0, in CFSSL's words.
    pub fn read(bytes: &[u8], resolve: KeyResolver<'_>) -> Result<Self, CfsslError> {
        let parsed: file::File = go_json::from_slice(bytes).map_err(|error| {
            CfsslError::wrap(
                ErrorKind::PolicyInvalid,
                format_args!("failed to unmarshal configuration: {error}"),
            )
        })?;
        Self::from_file(&parsed, resolve)
    }

    /// Check a policy file that was read.
    ///
    /// # Errors
    /// As [`Config::read`].
    pub fn from_file(parsed: &file::File, resolve: KeyResolver<'_>) -> Result<Self, CfsslError> {
        let Some(signing) = &parsed.signing else {
            return Err(CfsslError { code: 0, message: "No \"signing\" field present".into() });
        };
        let mut maker = profile::Maker::new(parsed, resolve);
        let default = match &signing.default {
            Some(default) => maker.profile(default, None)?,
            None => Profile::standard(),
        };
        let mut profiles = BTreeMap::new();
        for (name, profile) in &signing.profiles {
            let profile = profile.as_ref().ok_or_else(|| invalid("can't parse nil profile"))?;
            profiles.insert(name.clone(), maker.profile(profile, Some(name))?);
        }
        let signing = Signing { default, profiles };
        Ok(Self { signing, remotes: parsed.remotes.clone(), warnings: maker.warnings })
    }

    /// The policy of a signer that was given none: the default profile alone.
    pub fn standard() -> Self {
        let signing = Signing { default: Profile::standard(), profiles: BTreeMap::new() };
        Self { signing, remotes: BTreeMap::new(), warnings: Vec::new() }
    }
}

impl Signing {
    /// The profile of that name; the default one for an empty name.
    ///
    /// # Errors
    /// 5400 for a name that is not there. CFSSL takes the default profile then; [`Signing::profile_or_default`] does.
    pub fn profile(&self, name: &str) -> Result<&Profile, CfsslError> {
        if name.is_empty() {
            return Ok(&self.default);
        }
        self.profiles.get(name).ok_or_else(|| CfsslError::new(ErrorKind::PolicyUnknownProfile))
    }

    /// The profile of that name, or the default one: CFSSL's way, for those who ask for it.
    pub fn profile_or_default(&self, name: &str) -> &Profile {
        self.profiles.get(name).unwrap_or(&self.default)
    }

    /// Every profile: the default one (with an empty name) and then the others by name.
    pub fn all(&self) -> impl Iterator<Item = (&str, &Profile)> {
        let named = self.profiles.iter().map(|(name, profile)| (name.as_str(), profile));
        std::iter::once(("", &self.default)).chain(named)
    }

    /// Which signers the profiles need.
    pub fn need(&self) -> SignerNeed {
        let remote = self.all().filter(|(_, profile)| profile.remote.is_some()).count();
        match remote {
            0 => SignerNeed::Local,
            all if all == self.profiles.len() + 1 => SignerNeed::Remote,
            _ => SignerNeed::Mixed,
        }
    }

    /// Send every profile to `addresses`, as `-remote` does. Keys for authentication stay as they are.
    pub fn override_remotes(&mut self, addresses: &str) {
        if addresses.is_empty() {
            return;
        }
        for profile in std::iter::once(&mut self.default).chain(self.profiles.values_mut()) {
            let auth = profile.remote.take().and_then(|remote| remote.auth);
            profile.remote = Some(RemoteSigner { addresses: addresses.to_owned(), auth });
        }
    }
}

/// Code 5200 with these words.
fn invalid(message: impl std::fmt::Display) -> CfsslError {
    CfsslError::wrap(ErrorKind::PolicyInvalid, message)
}

#[cfg(test)]
mod tests;
