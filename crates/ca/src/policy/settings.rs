//! What a trust domain may set about policy.

use serde::{Deserialize, Serialize};

use super::NamePattern;

/// Settings that hold for every authority of a trust domain, by whichever door a request comes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct PolicySettings {
    /// Names that are never certified, for no profile. The default holds what no host can be reached by.
    pub denied: Vec<NamePattern>,
    /// Whether IP addresses of the public internet may be certified without being named in an authority's permitted
    /// names. Off by default: a test certificate for somebody else's resolver is how trusted authorities got into the
    /// news.
    pub public_addresses: bool,
    /// Whether DNS names outside the top-level domains that are reserved for private use may be certified without
    /// being named in an authority's permitted names. On by default: many teams use a public domain of their own.
    pub public_names: bool,
}

impl Default for PolicySettings {
    fn default() -> Self {
        Self {
            denied: [
                "onion",
                "arpa",
                "invalid",
                "0.0.0.0/8",
                "224.0.0.0/4",
                "240.0.0.0/4",
                "::/128",
                "ff00::/8",
            ]
            .into_iter()
            .filter_map(|text| text.parse().ok())
            .collect(),
            public_addresses: false,
            public_names: true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_deny_list_is_read_whole() {
        assert_eq!(PolicySettings::default().denied.len(), 8);
    }
}
