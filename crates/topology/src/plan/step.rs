//! Steps of a plan, fully specified.

use std::fmt;

use hf_core::algorithm::KeyAlgorithm;
use hf_core::name::SanSet;
use hf_core::time::Lifetime;
use serde::{Deserialize, Serialize};

use super::reason::{FilesReason, IssueReason, ReissueReason};
use crate::declared::{Anchor, FileSettings, KeyStore, NameConstraint, Subject, Usage};

/// One thing to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "action", rename_all = "kebab-case")]
pub enum Step {
    /// Make a key and a certificate for an authority that has none.
    CreateAuthority(AuthoritySpec),
    /// Sign an authority's certificate again.
    RenewAuthority {
        /// What it must be.
        #[serde(flatten)]
        spec: AuthoritySpec,
        /// Whether it gets a new key; else it keeps the one it has.
        new_key: bool,
        /// Why, each once, in order.
        reasons: Vec<ReissueReason>,
    },
    /// Make a key and a certificate for an instance.
    IssueCertificate {
        /// What it must be.
        #[serde(flatten)]
        spec: CertificateSpec,
        /// Why, each once, in order.
        reasons: Vec<IssueReason>,
    },
    /// Write the directory of an instance, all files together.
    WriteFiles {
        /// What must be in it.
        #[serde(flatten)]
        spec: FilesSpec,
        /// Why, each once, in order.
        reasons: Vec<FilesReason>,
    },
}

/// An authority's certificate to be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuthoritySpec {
    /// Name in the file.
    pub authority: String,
    /// The authority that signs it; `null` for a root.
    pub parent: Option<String>,
    /// Subject.
    pub subject: Subject,
    /// Key algorithm.
    pub key: KeyAlgorithm,
    /// Lifetime.
    pub lifetime: Lifetime,
    /// Permitted subtrees.
    pub permitted: Vec<NameConstraint>,
    /// Excluded subtrees.
    pub excluded: Vec<NameConstraint>,
    /// Path length; `null` for no limit.
    pub path_length: Option<u8>,
    /// Whether the key is to be kept elsewhere.
    pub offline: bool,
    /// Where the key is, when not in the state directory; relative to the directory of `handfast.toml`.
    pub key_file: Option<String>,
}

/// An instance's certificate to be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CertificateSpec {
    /// Name of the instance.
    pub instance: String,
    /// Its service.
    pub service: String,
    /// The authority that signs it.
    pub authority: String,
    /// Name of the profile.
    pub profile: String,
    /// Subject alternative names.
    pub names: SanSet,
    /// Usages.
    pub usages: Vec<Usage>,
    /// Key algorithm.
    pub key: KeyAlgorithm,
    /// Lifetime; shorter when the issuer ends before.
    pub lifetime: Lifetime,
}

/// The directory of an instance to be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FilesSpec {
    /// Name of the instance.
    pub instance: String,
    /// Its service or external party.
    pub party: String,
    /// The authorities whose certificates follow the leaf, issuer first, without the root. Empty for an external party.
    pub chain: Vec<String>,
    /// What goes into the trust store.
    pub anchors: Vec<Anchor>,
    /// Names of all files that belong there (see [`crate::layout`]).
    pub files: Vec<String>,
    /// Forms to write, PEM included.
    pub keystore: Vec<KeyStore>,
    /// Owner, group and mode.
    pub settings: FileSettings,
    /// Whether it is an external party's: only trust anchors are written, to be handed over.
    pub external: bool,
}

impl fmt::Display for Step {
    /// One line for people.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::CreateAuthority(spec) => match &spec.parent {
                Some(parent) => write!(f, "create authority `{}` under `{parent}`", spec.authority),
                None => write!(f, "create root authority `{}`", spec.authority),
            },
            Self::RenewAuthority { spec, new_key, reasons } => {
                let key = if *new_key { "with a new key" } else { "with the same key" };
                write!(f, "renew authority `{}` {key}: {}", spec.authority, listed(reasons))
            }
            Self::IssueCertificate { spec, reasons } if reasons.contains(&IssueReason::New) => {
                write!(f, "issue a certificate for `{}` from `{}`", spec.instance, spec.authority)
            }
            Self::IssueCertificate { spec, reasons } => {
                write!(
                    f,
                    "renew the certificate of `{}` from `{}`: {}",
                    spec.instance,
                    spec.authority,
                    listed(reasons)
                )
            }
            Self::WriteFiles { spec, reasons } => {
                write!(f, "write `{}`: {}", crate::layout::path(&spec.instance, ""), listed(reasons))
            }
        }
    }
}

fn listed<T: ToString>(items: &[T]) -> String {
    items.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}
