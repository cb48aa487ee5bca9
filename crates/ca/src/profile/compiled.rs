//! What a profile holds as text, read once so that no request pays for it.

use hf_core::finding::{Finding, FindingCode};
use hf_x509::asn1::Oid;
use hf_x509::ext::{CertificatePolicies, KeyUsage, PolicyInformation, PolicyQualifier};
use hf_x509::oids;
use regex::{Regex, RegexBuilder};

use super::logs::TransparencyLogs;
use super::settings::{PolicyStatement, ProfileSettings, Purpose, Qualifier};

const OID: FindingCode = FindingCode::new("HF-PROFILE-OID");
const POLICIES: FindingCode = FindingCode::new("HF-PROFILE-POLICIES");
const REGEX: FindingCode = FindingCode::new("HF-PROFILE-NAME-REGEX");
const MANAGED: FindingCode = FindingCode::new("HF-PROFILE-MANAGED-EXTENSION");

/// The most octets of memory that a compiled expression may take.
const REGEX_SIZE: usize = 1 << 20;

/// The longest explicit text of a user notice, RFC 5280 section 4.2.1.4.
const LONGEST_NOTICE: usize = 200;

/// Extensions that the authority writes itself, or that say what only it may say: no request brings them.
pub(crate) const MANAGED_EXTENSIONS: [Oid; 18] = [
    oids::AUTHORITY_INFO_ACCESS,
    oids::AUTHORITY_KEY_IDENTIFIER,
    oids::BASIC_CONSTRAINTS,
    oids::CERTIFICATE_POLICIES,
    oids::CRL_DISTRIBUTION_POINTS,
    oids::EXTENDED_KEY_USAGE,
    oids::FRESHEST_CRL,
    oids::INHIBIT_ANY_POLICY,
    oids::ISSUER_ALT_NAME,
    oids::KEY_USAGE,
    oids::NAME_CONSTRAINTS,
    oids::OCSP_NO_CHECK,
    oids::POLICY_CONSTRAINTS,
    oids::POLICY_MAPPINGS,
    oids::PRECERTIFICATE_POISON,
    oids::SIGNED_CERTIFICATE_TIMESTAMPS,
    oids::SUBJECT_ALT_NAME,
    oids::SUBJECT_KEY_IDENTIFIER,
];

/// The texts of a profile, read.
#[derive(Clone, Debug)]
pub(super) struct Compiled {
    /// Explicit key usages, not yet held against a key.
    pub(super) key_usage: Option<KeyUsage>,
    /// Every extended key usage, in the order of the certificate.
    pub(super) extended_key_usage: Vec<Oid>,
    /// The certificate policies.
    pub(super) policies: Option<CertificatePolicies>,
    /// What names must match.
    pub(super) name_regex: Option<Regex>,
    /// What requests may bring.
    pub(super) allowed_extensions: Vec<Oid>,
    /// Where pre-certificates are submitted.
    pub(super) transparency: TransparencyLogs,
}

impl Compiled {
    /// Read every text; what cannot be read is added to the faults.
    pub(super) fn read(settings: &ProfileSettings, faults: &mut Vec<Finding>) -> Self {
        let about = format!("profile `{}`", settings.name);
        let usages = settings.key_usage.as_ref();
        Self {
            key_usage: usages.map(|names| names.iter().fold(KeyUsage::NONE, |all, name| all | name.bit())),
            extended_key_usage: extended_key_usage(settings, &about, faults),
            policies: policies(&settings.certificate_policies, &about, faults),
            name_regex: name_regex(settings.name_regex.as_deref(), &about, faults),
            allowed_extensions: allowed_extensions(&settings.allowed_extensions, &about, faults),
            transparency: TransparencyLogs::read(settings, &about, faults),
        }
    }
}

impl Purpose {
    /// The object identifier.
    pub(crate) fn oid(self) -> Oid {
        match self {
            Self::ClientAuth => oids::CLIENT_AUTH,
            Self::ServerAuth => oids::SERVER_AUTH,
        }
    }
}

fn oid(key: &str, text: &str, about: &str, faults: &mut Vec<Finding>) -> Option<Oid> {
    let read = text.parse().ok();
    if read.is_none() {
        faults.push(
            Finding::error(OID, about, format!("`{key}` holds what is no object identifier"))
                .expected_found("numbers with dots, for example `1.3.6.1.5.5.7.3.1`", text),
        );
    }
    read
}

/// Server before client, as most certificates have them; then the others as listed, each once.
fn extended_key_usage(settings: &ProfileSettings, about: &str, faults: &mut Vec<Finding>) -> Vec<Oid> {
    let mut all: Vec<Oid> = settings.purposes.iter().rev().map(|purpose| purpose.oid()).collect();
    for text in &settings.extended_key_usage {
        if let Some(oid) = oid("extended_key_usage", text, about, faults)
            && !all.contains(&oid)
        {
            all.push(oid);
        }
    }
    all
}

fn policies(
    statements: &[PolicyStatement],
    about: &str,
    faults: &mut Vec<Finding>,
) -> Option<CertificatePolicies> {
    let mut policies: Vec<PolicyInformation> = Vec::with_capacity(statements.len());
    for statement in statements {
        let Some(policy) = oid("certificate_policies", &statement.id, about, faults) else { continue };
        if policies.iter().any(|known| known.policy == policy) {
            faults.push(
                Finding::error(POLICIES, about, "a certificate policy is listed twice")
                    .expected_found("each policy once", policy.to_string()),
            );
            continue;
        }
        let qualifiers =
            statement.qualifiers.iter().filter_map(|one| qualifier(one, about, faults)).collect();
        policies.push(PolicyInformation { policy, qualifiers });
    }
    (!policies.is_empty()).then_some(CertificatePolicies(policies))
}

fn qualifier(qualifier: &Qualifier, about: &str, faults: &mut Vec<Finding>) -> Option<PolicyQualifier> {
    match qualifier {
        Qualifier::Cps(uri) => {
            let usable = !uri.is_empty() && uri.bytes().all(|octet| octet.is_ascii_graphic());
            if !usable {
                faults.push(
                    Finding::error(POLICIES, about, "the URI of a practice statement is not usable")
                        .expected_found("a URI in ASCII without spaces", uri)
                        .rfc("RFC 5280 section 4.2.1.4"),
                );
            }
            usable.then(|| PolicyQualifier::PracticeStatement(uri.clone()))
        }
        Qualifier::UserNotice(text) => {
            let length = text.chars().count();
            let usable = (1..=LONGEST_NOTICE).contains(&length) && !text.chars().any(char::is_control);
            if !usable {
                faults.push(
                    Finding::error(POLICIES, about, "the text of a user notice is not usable")
                        .expected_found(
                            format!("1 to {LONGEST_NOTICE} characters, none of them a control character"),
                            format!("{length} characters"),
                        )
                        .rfc("RFC 5280 section 4.2.1.4"),
                );
            }
            usable.then(|| PolicyQualifier::user_notice(text))
        }
    }
}

/// Expressions run in time linear to the text, and take no more memory than this allows.
fn name_regex(text: Option<&str>, about: &str, faults: &mut Vec<Finding>) -> Option<Regex> {
    match RegexBuilder::new(text?).size_limit(REGEX_SIZE).build() {
        Ok(regex) => Some(regex),
        Err(error) => {
            let found = error.to_string();
            faults.push(
                Finding::error(REGEX, about, "`name_regex` is no regular expression that can be used")
                    .expected_found("an expression such as `^[a-z]+\\.shop\\.internal$`", found),
            );
            None
        }
    }
}

fn allowed_extensions(texts: &[String], about: &str, faults: &mut Vec<Finding>) -> Vec<Oid> {
    let mut allowed = Vec::with_capacity(texts.len());
    for text in texts {
        let Some(oid) = oid("allowed_extensions", text, about, faults) else { continue };
        if MANAGED_EXTENSIONS.contains(&oid) {
            faults.push(
                Finding::error(
                    MANAGED,
                    about,
                    "an extension that the authority writes itself cannot be allowed",
                )
                .expected_found("an extension of your own", oid.name().unwrap_or(text)),
            );
            continue;
        }
        allowed.push(oid);
    }
    allowed
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(settings: &ProfileSettings) -> (Compiled, Vec<&'static str>) {
        let mut faults = Vec::new();
        let compiled = Compiled::read(settings, &mut faults);
        (compiled, faults.iter().map(|fault| fault.code.as_str()).collect())
    }

    #[test]
    fn good_texts_are_read() {
        let (compiled, faults) = read(&ProfileSettings {
            extended_key_usage: vec!["1.3.6.1.5.5.7.3.3".into(), "1.3.6.1.5.5.7.3.1".into()],
            certificate_policies: vec![PolicyStatement {
                id: "1.2.3.4".into(),
                qualifiers: vec![
                    Qualifier::Cps("http://shop.internal/cps".into()),
                    Qualifier::UserNotice("für alle".into()),
                ],
            }],
            name_regex: Some(r"\.shop\.internal$".into()),
            allowed_extensions: vec!["1.2.3".into()],
            ..ProfileSettings::peer()
        });
        assert_eq!(faults, Vec::<&str>::new());
        assert_eq!(compiled.extended_key_usage, [oids::SERVER_AUTH, oids::CLIENT_AUTH, oids::CODE_SIGNING]);
        assert_eq!(compiled.policies.unwrap().0[0].qualifiers.len(), 2);
        assert!(compiled.name_regex.unwrap().is_match("a.shop.internal"));
        assert_eq!(compiled.allowed_extensions, ["1.2.3".parse().unwrap()]);
    }

    #[test]
    fn each_bad_text_is_a_fault() {
        let peer = ProfileSettings::peer;
        let policy = |id: &str, qualifiers| PolicyStatement { id: id.into(), qualifiers };
        let cases = [
            (ProfileSettings { extended_key_usage: vec!["serverAuth".into()], ..peer() }, "HF-PROFILE-OID"),
            (ProfileSettings { allowed_extensions: vec!["1".into()], ..peer() }, "HF-PROFILE-OID"),
            (ProfileSettings { certificate_policies: vec![policy("x", vec![])], ..peer() }, "HF-PROFILE-OID"),
            (
                ProfileSettings {
                    certificate_policies: vec![policy("1.2.3", vec![]), policy("1.2.3", vec![])],
                    ..peer()
                },
                "HF-PROFILE-POLICIES",
            ),
            (
                ProfileSettings {
                    certificate_policies: vec![policy("1.2.3", vec![Qualifier::Cps("a b".into())])],
                    ..peer()
                },
                "HF-PROFILE-POLICIES",
            ),
            (
                ProfileSettings {
                    certificate_policies: vec![policy("1.2.3", vec![Qualifier::UserNotice("x".repeat(201))])],
                    ..peer()
                },
                "HF-PROFILE-POLICIES",
            ),
            (ProfileSettings { name_regex: Some("(".into()), ..peer() }, "HF-PROFILE-NAME-REGEX"),
            (
                ProfileSettings { name_regex: Some("(a{1000}){1000}".into()), ..peer() },
                "HF-PROFILE-NAME-REGEX",
            ),
            (
                ProfileSettings { allowed_extensions: vec!["2.5.29.17".into()], ..peer() },
                "HF-PROFILE-MANAGED-EXTENSION",
            ),
        ];
        for (settings, code) in cases {
            assert_eq!(read(&settings).1, [code]);
        }
    }
}
