//! The policy file as it stands, field by field. Nothing is judged here.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::super::go_json::{GoTime, GoValue};

/// The whole file.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct File {
    /// Profiles; must be there.
    pub signing: Option<Signing>,
    /// Read, and not used by CFSSL either.
    pub ocsp: Option<GoValue>,
    /// Auth keys by name.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub auth_keys: BTreeMap<String, AuthKey>,
    /// Lists of addresses by name.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub remotes: BTreeMap<String, String>,
}

/// The section `signing`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Signing {
    /// Profiles by name. `null` as a profile is an error, told where the file is checked.
    pub profiles: BTreeMap<String, Option<Profile>>,
    /// The profile for requests that name none.
    pub default: Option<Profile>,
}

/// An entry of `auth_keys`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct AuthKey {
    /// `standard`, or Handfast's `bound`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Hexadecimal digits, `env:NAME` or `file:PATH`.
    pub key: String,
}

/// Where a profile's requests go, authenticated.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct AuthRemote {
    /// Name in `remotes`.
    pub remote: String,
    /// Name in `auth_keys`.
    pub auth_key: String,
}

/// What the certificates of a profile may be as issuers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct CaConstraint {
    /// Whether they are issuers.
    pub is_ca: bool,
    /// Path length constraint; 0 means none, unless the next says so.
    pub max_path_len: i64,
    /// Whether a path length constraint of 0 is meant.
    pub max_path_len_zero: bool,
}

/// Which parts of a CSR are taken; without this, all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
#[expect(clippy::struct_excessive_bools, reason = "eight switches of the policy file")]
pub struct CsrWhitelist {
    /// The subject.
    pub subject: bool,
    /// The algorithm of the public key.
    pub public_key_algorithm: bool,
    /// The public key.
    pub public_key: bool,
    /// The algorithm of the signature.
    pub signature_algorithm: bool,
    /// DNS names.
    #[serde(rename = "DNSNames")]
    pub dns_names: bool,
    /// IP addresses.
    #[serde(rename = "IPAddresses")]
    pub ip_addresses: bool,
    /// E-mail addresses.
    pub email_addresses: bool,
    /// URIs.
    #[serde(rename = "URIs")]
    pub uris: bool,
}

/// A certificate policy, RFC 5280 section 4.2.1.4.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Policy {
    /// Object identifier with dots.
    #[serde(rename = "ID")]
    pub id: String,
    /// Qualifiers.
    #[serde(rename = "Qualifiers")]
    pub qualifiers: Vec<Qualifier>,
}

/// A policy qualifier.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Qualifier {
    /// `id-qt-cps` or `id-qt-unotice`.
    #[serde(rename = "Type")]
    pub kind: String,
    /// The address of the statement, or the text of the notice.
    #[serde(rename = "Value")]
    pub value: String,
}

/// A profile, in the order of CFSSL's declaration.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Profile {
    /// Words of [`super::super::usage`].
    pub usages: Option<Vec<String>>,
    /// `caIssuers` of the authority information access.
    pub issuer_urls: Option<Vec<String>>,
    /// `ocsp` of the authority information access.
    pub ocsp_url: String,
    /// CRL distribution point.
    pub crl_url: String,
    /// What the certificates may be as issuers.
    pub ca_constraint: CaConstraint,
    /// Whether to add `id-pkix-ocsp-nocheck`.
    pub ocsp_no_check: bool,
    /// Lifetime, [`super::super::duration::GoDuration`].
    pub expiry: String,
    /// How long before now validity begins.
    pub backdate: String,
    /// Name in `auth_keys`.
    pub auth_key: String,
    /// Whether extensions of the CSR are copied.
    pub copy_extensions: bool,
    /// Name in `auth_keys`, accepted too.
    pub prev_auth_key: String,
    /// Name in `remotes`.
    pub remote: String,
    /// Begin of the validity, whatever the clock says.
    pub not_before: GoTime,
    /// End of the validity, whatever the clock says.
    pub not_after: GoTime,
    /// Regular expression for names.
    pub name_whitelist: String,
    /// Where requests go, authenticated.
    pub auth_remote: AuthRemote,
    /// Logs of certificate transparency.
    pub ct_log_servers: Option<Vec<String>>,
    /// Object identifiers that a request's extensions may have.
    pub allowed_extensions: Option<Vec<String>>,
    /// Read, and not used by CFSSL either.
    pub cert_store: String,
    /// A word, or its number.
    pub lint_error_level: Option<GoValue>,
    /// Lints that are left out.
    pub ignored_lints: Option<Vec<String>>,
    /// Sources whose lints are left out.
    pub ignored_lint_sources: Option<Vec<String>>,
    /// Certificate policies.
    #[serde(rename = "Policies")]
    pub policies: Option<Vec<Policy>>,
    /// Which parts of a CSR are taken.
    #[serde(rename = "CSRWhitelist")]
    pub csr_whitelist: Option<CsrWhitelist>,
    /// Whether requests carry the serial number.
    #[serde(rename = "ClientProvidesSerialNumbers")]
    pub client_provides_serial_numbers: bool,
}
