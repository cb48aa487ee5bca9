//! A policy file looked through before it is used: what each profile gives, to whom, and what of it CFSSL would have
//! passed over in silence.

use hf_proto::cfssl::code::CfsslError;
use hf_proto::cfssl::config::{Config, KeyResolver, Profile};

use crate::policy::{Kept, Policy, Unknown};

/// What a policy file holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    /// Its profiles; the one without a name first.
    pub profiles: Vec<ProfileSummary>,
    /// What its owner should know, a sentence each.
    pub warnings: Vec<String>,
}

/// One profile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProfileSummary {
    /// Its name; empty for the default one.
    pub name: String,
    /// Name of the profile of the authority that it becomes; `None` for one that is signed elsewhere.
    pub becomes: Option<String>,
    /// The server that signs; `None` for one that is signed here.
    pub remote: Option<String>,
    /// Usages as they are written.
    pub usages: Vec<String>,
    /// Lifetime as it is written.
    pub expiry: String,
    /// Whether its certificates are those of authorities.
    pub is_authority: bool,
    /// Whether requests must carry a token.
    pub needs_key: bool,
}

/// Read a policy file and compile its profiles for the signer with this label.
///
/// # Errors
/// Code 5200 with what is wrong, as when a server is started with it.
pub fn check(octets: &[u8], label: &str, resolve: KeyResolver<'_>) -> Result<Summary, CfsslError> {
    let config = Config::read(octets, resolve)?;
    let mut warnings = config.warnings.clone();
    let policy = Policy::compile(config, label)?;
    let mut profiles = Vec::new();
    for (name, written) in policy.config().signing.all() {
        let summary = summary(&policy, name, written);
        let which =
            if name.is_empty() { "the default profile".to_owned() } else { format!("profile `{name}`") };
        if summary.remote.is_none() && !written.ct_log_servers.is_empty() {
            let logs = written.ct_log_servers.join(" ");
            warnings.push(format!(
                "{which} submits every certificate to {logs} before it is issued; the signatures of these logs are not \
                 checked, because a policy names no keys of theirs"
            ));
        }
        if summary.remote.is_none() && !summary.needs_key {
            warnings.push(format!(
                "{which} names no `auth_key`: a server signs with it only where signing without a token is switched on"
            ));
        }
        profiles.push(summary);
    }
    Ok(Summary { profiles, warnings })
}

fn summary(policy: &Policy, name: &str, written: &Profile) -> ProfileSummary {
    let kept = policy.find(name, Unknown::Refused).ok();
    ProfileSummary {
        name: name.to_owned(),
        becomes: kept.map(|kept| kept.profile_name().to_owned()),
        remote: written.remote.as_ref().map(|remote| remote.addresses.clone()),
        usages: written.usages.clone(),
        expiry: written.expiry_text.clone(),
        is_authority: kept.is_some_and(Kept::is_authority),
        needs_key: written.auth.is_some(),
    }
}
