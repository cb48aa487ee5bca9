//! The profiles that exist without being declared.

use std::collections::BTreeSet;

use hf_core::algorithm::KeyAlgorithm;
use hf_core::name::SanSet;
use hf_core::time::Lifetime;

use super::settings::{BeyondIssuer, LintLimit, ProfileKind, ProfileSettings, Purpose, SubjectRule};

/// Tolerates the clocks of machines whose time service has just started.
const BACKDATE: Lifetime = Lifetime::from_seconds(5 * 60);

impl ProfileSettings {
    /// Every default profile: `peer`, `server`, `client`, `intermediate`, `root`.
    pub fn defaults() -> [Self; 5] {
        [Self::peer(), Self::server(), Self::client(), Self::intermediate(), Self::root()]
    }

    /// A service that is server and client: what mutual TLS between services needs. Thirty days.
    pub fn peer() -> Self {
        Self {
            name: "peer".to_owned(),
            kind: ProfileKind::Leaf,
            key_algorithms: KeyAlgorithm::ALL.into_iter().collect(),
            default_lifetime: Lifetime::from_days(30),
            max_lifetime: Lifetime::from_days(398),
            backdate: BACKDATE,
            purposes: BTreeSet::from([Purpose::ServerAuth, Purpose::ClientAuth]),
            subject: SubjectRule::CommonName,
            wildcards: false,
            max_names: SanSet::MAX_NAMES,
            beyond_issuer: BeyondIssuer::Shorten,
            sha1_key_identifier: false,
            crl_url: None,
            crl_shard_url: None,
            ca_issuers_urls: Vec::new(),
            ocsp_url: None,
            ocsp_needs_key: false,
            key_usage: None,
            extended_key_usage: Vec::new(),
            certificate_policies: Vec::new(),
            ocsp_no_check: false,
            validity: None,
            name_regex: None,
            allowed_extensions: Vec::new(),
            copy_extensions: false,
            client_serial: false,
            lint_limit: LintLimit::Errors,
            lint_exempt: Vec::new(),
            transparency_logs: Vec::new(),
            transparency_keys: Vec::new(),
        }
    }

    /// A server only; the one leaf profile under which wildcards are granted.
    pub fn server() -> Self {
        Self {
            name: "server".to_owned(),
            purposes: BTreeSet::from([Purpose::ServerAuth]),
            wildcards: true,
            ..Self::peer()
        }
    }

    /// A client only.
    pub fn client() -> Self {
        Self { name: "client".to_owned(), purposes: BTreeSet::from([Purpose::ClientAuth]), ..Self::peer() }
    }

    /// An authority below another one. Five years.
    pub fn intermediate() -> Self {
        Self {
            name: "intermediate".to_owned(),
            kind: ProfileKind::Authority { max_path_length: None },
            default_lifetime: Lifetime::from_days(5 * 365),
            max_lifetime: Lifetime::from_days(10 * 365),
            purposes: BTreeSet::new(),
            subject: SubjectRule::Requested,
            ..Self::peer()
        }
    }

    /// A self-signed authority. Ten years.
    pub fn root() -> Self {
        Self {
            name: "root".to_owned(),
            default_lifetime: Lifetime::from_days(10 * 365),
            max_lifetime: Lifetime::from_days(30 * 365),
            ..Self::intermediate()
        }
    }
}
