//! Profiles.

use hf_core::time::Lifetime;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A kind of certificate that can be asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = Profile)]
pub struct ProfileView {
    /// Its name.
    pub name: String,
    /// Whether its certificates may sign certificates.
    pub authority: bool,
    /// Extended key usages, for example `serverAuth`.
    pub purposes: Vec<String>,
    /// Key algorithms that may be certified.
    pub key_algorithms: Vec<String>,
    /// The lifetime when a request names none.
    #[schema(value_type = String)]
    pub default_lifetime: Lifetime,
    /// The longest lifetime.
    #[schema(value_type = String)]
    pub max_lifetime: Lifetime,
    /// The most names in one certificate.
    pub max_names: usize,
    /// Whether `*.` names may be certified.
    pub wildcards: bool,
    /// SHA-256 of its settings, as recorded with each certificate.
    pub snapshot: String,
}

/// Every profile, in the order of their names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ProfileList {
    /// The profiles.
    pub profiles: Vec<ProfileView>,
}
