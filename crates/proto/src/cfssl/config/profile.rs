//! One profile, checked.

use regex::Regex;

use super::super::auth::AuthKey;
use super::super::code::CfsslError;
use super::super::duration::GoDuration;
use super::super::go_json::GoTime;
use super::super::{remotes, usage};
use super::file::{CaConstraint, CsrWhitelist};
use super::keys::auth_key;
use super::{KeyResolver, LintLevel, file, invalid, lint};

/// A profile, with names resolved and durations read.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Profile {
    /// The words of the file, also those that CFSSL does not know.
    pub usages: Vec<String>,
    /// `caIssuers` of the authority information access.
    pub issuer_urls: Vec<String>,
    /// `ocsp` of the authority information access; empty for none.
    pub ocsp_url: String,
    /// CRL distribution point; empty for none.
    pub crl_url: String,
    /// What the certificates may be as issuers.
    pub ca_constraint: CaConstraint,
    /// Whether to add `id-pkix-ocsp-nocheck`.
    pub ocsp_no_check: bool,
    /// Lifetime; zero for a remote profile that gives none.
    pub expiry: GoDuration,
    /// Lifetime as it is written, which `info` tells.
    pub expiry_text: String,
    /// How long before now validity begins; zero for the default of 5 minutes.
    pub backdate: GoDuration,
    /// Begin of the validity, whatever the clock says.
    pub not_before: GoTime,
    /// End of the validity, whatever the clock says.
    pub not_after: GoTime,
    /// Name of [`Self::auth`] in the file; empty without one.
    pub auth_key: String,
    /// The key that clients of this profile must hold.
    pub auth: Option<AuthKey>,
    /// Name of [`Self::previous_auth`] in the file; empty without one.
    pub previous_auth_key: String,
    /// A second key that is accepted, while the first is exchanged.
    pub previous_auth: Option<AuthKey>,
    /// Where requests go; `None` for a profile that is signed here.
    pub remote: Option<RemoteSigner>,
    /// Regular expression that common name, DNS names, e-mail addresses and URIs must match somewhere.
    pub name_whitelist: Option<String>,
    /// Whether extensions of the CSR are copied; never those that the authority sets itself.
    pub copy_extensions: bool,
    /// Object identifiers that a request's extensions may have.
    pub allowed_extensions: Vec<String>,
    /// Logs of certificate transparency.
    pub ct_log_servers: Vec<String>,
    /// Lint results above this stop an issuance; `None` leaves it to the authority.
    pub lint_error_level: Option<LintLevel>,
    /// Lints that are left out; ours begin with [`OUR_LINTS`].
    pub ignored_lints: Vec<String>,
    /// Sources whose lints are left out.
    pub ignored_lint_sources: Vec<String>,
    /// Certificate policies.
    pub policies: Vec<CertificatePolicy>,
    /// Which parts of a CSR are taken; `None` for all.
    pub csr_whitelist: Option<CsrWhitelist>,
    /// Whether requests carry the serial number.
    pub client_provides_serial_numbers: bool,
}

/// Where the requests of a profile go.
#[derive(Clone, Debug, PartialEq)]
pub struct RemoteSigner {
    /// Addresses with commas, [`remotes::parse_list`].
    pub addresses: String,
    /// The key to authenticate with; `None` asks `/sign`.
    pub auth: Option<AuthKey>,
}

/// A certificate policy, RFC 5280 section 4.2.1.4.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CertificatePolicy {
    /// Object identifier with dots.
    pub id: String,
    /// Its qualifiers.
    pub qualifiers: Vec<PolicyQualifier>,
}

/// A policy qualifier.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PolicyQualifier {
    /// `id-qt-cps`: where the practice statement is.
    PracticeStatement(String),
    /// `id-qt-unotice`: a text for people.
    UserNotice(String),
}

impl Profile {
    /// The default profile of a file that has none: one year, TLS server and client.
    pub fn standard() -> Self {
        let usages = ["signing", "key encipherment", "server auth", "client auth"];
        Self {
            usages: usages.map(str::to_owned).into(),
            expiry: GoDuration::ONE_YEAR,
            expiry_text: "8760h".into(),
            ..Self::default()
        }
    }

    /// The usages by what they mean.
    pub fn sorted_usages(&self) -> usage::Usages {
        usage::usages(self.usages.iter().map(String::as_str))
    }
}

/// How the codes of our own lints begin.
pub const OUR_LINTS: &str = "HF-LINT-";

/// Sources of lints that zlint has.
const LINT_SOURCES: [&str; 11] = [
    "RFC3279",
    "RFC5280",
    "RFC5480",
    "RFC5891",
    "RFC8813",
    "CABF_BR",
    "CABF_EV",
    "Mozilla",
    "Apple",
    "Community",
    "ETSI_ESI",
];

/// Longest regular expression; CFSSL has no limit, but a file with a longer one is no policy.
const MAX_EXPRESSION: usize = 64 * 1024;

/// Makes profiles of one file.
pub(super) struct Maker<'a> {
    file: &'a file::File,
    resolve: KeyResolver<'a>,
    pub(super) warnings: Vec<String>,
}

impl<'a> Maker<'a> {
    pub(super) fn new(file: &'a file::File, resolve: KeyResolver<'a>) -> Self {
        Self { file, resolve, warnings: Vec::new() }
    }

    /// `name` is `None` for the default profile.
    pub(super) fn profile(&mut self, raw: &file::Profile, name: Option<&str>) -> Result<Profile, CfsslError> {
        let called = name.map_or_else(
            || "default profile".to_owned(),
            |name| format!("profile `{}`", name.escape_debug()),
        );
        let remote = self.remote(raw)?;
        let local = remote.is_none();
        let profile = Profile {
            expiry: expiry(raw, local)?,
            backdate: if local { duration(&raw.backdate)? } else { GoDuration::default() },
            auth: self.key(&raw.auth_key, "auth_key")?,
            previous_auth: self.key(&raw.prev_auth_key, "prev_auth_key")?,
            remote,
            name_whitelist: expression(&raw.name_whitelist)?,
            lint_error_level: lint::level(raw.lint_error_level.as_ref())
                .map_err(|()| invalid("failed to unmarshal configuration: bad LintStatus JSON value"))?,
            policies: policies(raw)?,
            ..plain(raw)
        };
        allowed_extensions_are_identifiers(&profile)?;
        lint_sources_are_known(&profile)?;
        validity_is_in_order(&profile)?;
        usages_are_known(&profile, local && name.is_some())?;
        self.warn(&profile, raw, &called);
        Ok(profile)
    }

    fn remote(&self, raw: &file::Profile) -> Result<Option<RemoteSigner>, CfsslError> {
        let (name, key) = match (raw.remote.as_str(), raw.auth_remote.remote.as_str()) {
            ("", "") if raw.auth_remote.auth_key.is_empty() => return Ok(None),
            ("", "") => return Err(invalid("invalid configuration")),
            ("", remote) if raw.auth_remote.auth_key.is_empty() => {
                return Err(self.addresses(remote).err().unwrap_or_else(|| invalid("invalid configuration")));
            }
            ("", remote) => (remote, raw.auth_remote.auth_key.as_str()),
            (remote, "") => (remote, raw.auth_key.as_str()),
            _ => return Err(CfsslError::new(super::ErrorKind::PolicyInvalid)),
        };
        let addresses = self.addresses(name)?;
        Ok(Some(RemoteSigner { addresses, auth: self.key(key, "auth_remote's auth_key")? }))
    }

    fn addresses(&self, name: &str) -> Result<String, CfsslError> {
        let found = self.file.remotes.get(name).filter(|addresses| !addresses.is_empty());
        let addresses = found.ok_or_else(|| invalid("failed to find remote in remotes section"))?;
        remotes::parse_list(addresses).map_err(invalid)?;
        Ok(addresses.clone())
    }

    fn key(&self, name: &str, field: &str) -> Result<Option<AuthKey>, CfsslError> {
        if name.is_empty() {
            return Ok(None);
        }
        let Some(entry) = self.file.auth_keys.get(name) else {
            return Err(invalid(format_args!("failed to find {field} in auth_keys section")));
        };
        auth_key(entry, self.resolve).map(Some)
    }

    fn warn(&mut self, profile: &Profile, raw: &file::Profile, called: &str) {
        let mut warn = |text: String| self.warnings.push(text);
        for word in profile.sorted_usages().unknown {
            warn(format!("{called}: usage `{}` is not known and is passed over", word.escape_debug()));
        }
        for key in [&profile.auth, &profile.previous_auth].into_iter().flatten() {
            if key.is_short() {
                warn(format!("{called}: its auth key has fewer than 16 octets; take 16 random ones or more"));
            }
        }
        if profile.lint_error_level >= Some(LintLevel::Error) {
            warn(format!(
                "{called}: `lint_error_level` would let errors through; here an error always stops an issuance"
            ));
        }
        for name in profile.ignored_lints.iter().filter(|name| !name.starts_with(OUR_LINTS)) {
            warn(format!(
                "{called}: `ignored_lints` names `{}`, which is a lint of zlint; here others look, whose names begin with \
                 {OUR_LINTS}",
                name.escape_debug()
            ));
        }
        let responder = profile.sorted_usages().extended.contains(&usage::ExtKeyUsage::OcspSigning);
        if profile.ocsp_no_check && !responder && profile.remote.is_none() {
            warn(format!(
                "{called}: `ocsp_no_check` is for responders: what is asked for under it is refused until `usages` has \
                 `ocsp signing`, or `ocsp_no_check` goes"
            ));
        }
        if profile.remote.is_some() && has_local_settings(raw) {
            warn(format!(
                "{called} points to a remote signer, so these settings are not used: usages, issuer_urls, ocsp_url, crl_url, \
                 ca_constraint, expiry, backdate, not_before, not_after, name_whitelist, ct_log_servers"
            ));
        }
    }
}

/// The fields that mean what they say.
fn plain(raw: &file::Profile) -> Profile {
    Profile {
        usages: raw.usages.clone().unwrap_or_default(),
        issuer_urls: raw.issuer_urls.clone().unwrap_or_default(),
        ocsp_url: raw.ocsp_url.clone(),
        crl_url: raw.crl_url.clone(),
        ca_constraint: raw.ca_constraint,
        ocsp_no_check: raw.ocsp_no_check,
        expiry_text: raw.expiry.clone(),
        not_before: raw.not_before,
        not_after: raw.not_after,
        auth_key: raw.auth_key.clone(),
        previous_auth_key: raw.prev_auth_key.clone(),
        copy_extensions: raw.copy_extensions,
        allowed_extensions: raw.allowed_extensions.clone().unwrap_or_default(),
        ct_log_servers: raw.ct_log_servers.clone().unwrap_or_default(),
        ignored_lints: raw.ignored_lints.clone().unwrap_or_default(),
        ignored_lint_sources: raw.ignored_lint_sources.clone().unwrap_or_default(),
        csr_whitelist: raw.csr_whitelist,
        client_provides_serial_numbers: raw.client_provides_serial_numbers,
        ..Profile::default()
    }
}

/// A local profile must say how long its certificates live; a remote one may say anything.
fn expiry(raw: &file::Profile, local: bool) -> Result<GoDuration, CfsslError> {
    match (raw.expiry.as_str(), local) {
        (_, false) => Ok(GoDuration::default()),
        ("", true) => Err(invalid("empty expiry string")),
        (text, true) => match duration(text)? {
            zero_or_less if zero_or_less <= GoDuration::default() => Err(invalid("invalid configuration")),
            expiry => Ok(expiry),
        },
    }
}

/// Empty text is no time at all.
fn duration(text: &str) -> Result<GoDuration, CfsslError> {
    if text.is_empty() { Ok(GoDuration::default()) } else { text.parse().map_err(invalid) }
}

fn expression(text: &str) -> Result<Option<String>, CfsslError> {
    if text.is_empty() {
        return Ok(None);
    }
    if text.len() > MAX_EXPRESSION || Regex::new(text).is_err() {
        return Err(invalid("failed to compile name whitelist section"));
    }
    Ok(Some(text.to_owned()))
}

fn policies(raw: &file::Profile) -> Result<Vec<CertificatePolicy>, CfsslError> {
    let qualifier = |raw: &file::Qualifier| match raw.kind.as_str() {
        "id-qt-cps" => Ok(PolicyQualifier::PracticeStatement(raw.value.clone())),
        "id-qt-unotice" => Ok(PolicyQualifier::UserNotice(raw.value.clone())),
        _ => Err(invalid("invalid policy qualifier type")),
    };
    let policy = |raw: &file::Policy| {
        is_identifier(&raw.id)?;
        let qualifiers = raw.qualifiers.iter().map(qualifier).collect::<Result<_, _>>()?;
        Ok(CertificatePolicy { id: raw.id.clone(), qualifiers })
    };
    raw.policies.iter().flatten().map(policy).collect()
}

fn allowed_extensions_are_identifiers(profile: &Profile) -> Result<(), CfsslError> {
    profile.allowed_extensions.iter().try_for_each(|oid| is_identifier(oid))
}

fn is_identifier(oid: &str) -> Result<(), CfsslError> {
    let numbers = oid.split('.').filter(|arc| arc.parse::<u64>().is_ok()).count();
    if numbers >= 2 && numbers == oid.split('.').count() { Ok(()) } else { Err(invalid("Invalid OID")) }
}

fn lint_sources_are_known(profile: &Profile) -> Result<(), CfsslError> {
    match profile.ignored_lint_sources.iter().find(|source| !LINT_SOURCES.contains(&source.as_str())) {
        Some(source) => Err(invalid(format_args!(
            "failed to build excluded lint source list: unknown source \"{}\"",
            source.escape_debug()
        ))),
        None => Ok(()),
    }
}

fn validity_is_in_order(profile: &Profile) -> Result<(), CfsslError> {
    match (profile.not_before.given(), profile.not_after.given()) {
        (Some(begin), Some(end)) if end < begin => Err(invalid("not_after is before not_before")),
        _ => Ok(()),
    }
}

/// A named local profile needs at least one usage that is known.
fn usages_are_known(profile: &Profile, needed: bool) -> Result<(), CfsslError> {
    let found = profile.sorted_usages();
    if needed && found.key.is_empty() && found.extended.is_empty() {
        return Err(invalid("invalid configuration"));
    }
    Ok(())
}

fn has_local_settings(raw: &file::Profile) -> bool {
    let texts = [&raw.ocsp_url, &raw.expiry, &raw.backdate, &raw.name_whitelist];
    raw.usages.is_some()
        || raw.issuer_urls.is_some()
        || texts.iter().any(|text| !text.is_empty())
        || raw.ca_constraint.is_ca
        || raw.not_before.given().is_some()
        || raw.not_after.given().is_some()
        || raw.ct_log_servers.as_ref().is_some_and(|servers| !servers.is_empty())
}
