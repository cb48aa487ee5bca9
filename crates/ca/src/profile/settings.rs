//! The settings of a profile as a user writes them.

use std::collections::BTreeSet;
use std::fmt;

use hf_core::algorithm::KeyAlgorithm;
use hf_core::time::{Lifetime, Validity};
use hf_x509::ext::KeyUsage;
use serde::{Deserialize, Serialize};

/// Everything that can be set about certificates of one kind.
#[expect(clippy::struct_excessive_bools, reason = "each is a setting of its own, as a user writes it")]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProfileSettings {
    /// Name of the profile: lower-case letters, digits, hyphens; or `cfssl/LABEL/NAME`, whose last two parts are free.
    pub name: String,
    /// Leaf or authority.
    pub kind: ProfileKind,
    /// Key algorithms that may be certified.
    pub key_algorithms: BTreeSet<KeyAlgorithm>,
    /// The lifetime when a request names none.
    pub default_lifetime: Lifetime,
    /// The longest lifetime a request may have.
    pub max_lifetime: Lifetime,
    /// How far before the moment of issuing validity begins.
    pub backdate: Lifetime,
    /// Extended key usages; empty: no such extension.
    pub purposes: BTreeSet<Purpose>,
    /// How the subject is made.
    pub subject: SubjectRule,
    /// Whether `*.` names may be certified.
    pub wildcards: bool,
    /// The most names in one certificate.
    pub max_names: usize,
    /// What to do when the certificate would outlive its issuer.
    pub beyond_issuer: BeyondIssuer,
    /// Whether the subject key identifier is the SHA-1 of the key, as OpenSSL and CFSSL have it: so an authority that they
    /// certified keeps its identifier when it is certified anew, and what it signed still leads to it.
    #[serde(default)]
    pub sha1_key_identifier: bool,
    /// CRL distribution point; `{authority}` stands for the issuer's name.
    pub crl_url: Option<String>,
    /// CRL distribution point of certificates that belong to a shard of the issuer's CRL; `{authority}` as above and
    /// `{shard}` for the number of the shard. Absent: all of them name `crl_url`.
    #[serde(default)]
    pub crl_shard_url: Option<String>,
    /// Where the issuer's certificate can be fetched, at most 8 places; `{authority}` as above.
    pub ca_issuers_urls: Vec<String>,
    /// Where the OCSP responder answers; `{authority}` as above.
    pub ocsp_url: Option<String>,
    /// Whether `ocsp_url` is left out of certificates of an issuer whose key is kept elsewhere: where the responder is this
    /// server, nobody could sign its answers.
    #[serde(default)]
    pub ocsp_needs_key: bool,
    /// Key usages, RFC 5280 section 4.2.1.3; absent: what fits the key. Those that a key cannot have (enciphering with an
    /// EC or Ed25519 key, `keyCertSign` of a leaf) are left out of the certificate all the same.
    #[serde(default)]
    pub key_usage: Option<Vec<KeyUsageName>>,
    /// Extended key usages beyond `purposes`, as dotted object identifiers, in the order of the certificate.
    #[serde(default)]
    pub extended_key_usage: Vec<String>,
    /// Certificate policies; empty: no such extension.
    #[serde(default)]
    pub certificate_policies: Vec<PolicyStatement>,
    /// Whether certificates state `id-pkix-ocsp-nocheck` (RFC 6960 section 4.2.2.2.1), for OCSP responders.
    #[serde(default)]
    pub ocsp_no_check: bool,
    /// First and last second of every certificate; absent: counted from the moment of issuing.
    #[serde(default)]
    pub validity: Option<Validity>,
    /// A regular expression, not anchored, that the common name and every DNS name, e-mail address and URI must match;
    /// IP addresses are not looked at. Absent: everything matches.
    #[serde(default)]
    pub name_regex: Option<String>,
    /// Extensions that a request may bring, as dotted object identifiers. Those that the authority writes itself cannot
    /// be listed.
    #[serde(default)]
    pub allowed_extensions: Vec<String>,
    /// Whether the extensions of the signing request are taken over, apart from those that the authority writes itself.
    #[serde(default)]
    pub copy_extensions: bool,
    /// Whether requests bring their serial numbers. They must then.
    #[serde(default)]
    pub client_serial: bool,
    /// From which severity on the finding of a lint means that nothing is signed.
    #[serde(default)]
    pub lint_limit: LintLimit,
    /// Lints, by code (`HF-LINT-SAN-CRITICAL`) or by the document that they come from (`RFC 5280`), whose warnings and
    /// notices stop nothing whatever `lint_limit` says.
    #[serde(default)]
    pub lint_exempt: Vec<String>,
    /// Logs of certificate transparency (RFC 6962) to which the pre-certificate of every certificate is submitted, at most
    /// 8, by their addresses: what stands before `/ct/v1/`. Empty: none.
    #[serde(default)]
    pub transparency_logs: Vec<String>,
    /// The public keys of these logs, `SubjectPublicKeyInfo` in DER as base64, as lists of logs have them. Where there are
    /// some, each timestamp must be signed with one of them; empty: signatures are not checked.
    #[serde(default)]
    pub transparency_keys: Vec<String>,
}

/// From which severity on the finding of a lint means that nothing is signed. Errors always do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LintLimit {
    /// From notices on: nothing at all may be found.
    Notices,
    /// From warnings on.
    Warnings,
    /// From errors on.
    #[default]
    Errors,
}

/// A key usage by its name, RFC 5280 section 4.2.1.3.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum KeyUsageName {
    /// `digitalSignature`.
    DigitalSignature,
    /// `nonRepudiation`, also called `contentCommitment`.
    ContentCommitment,
    /// `keyEncipherment`.
    KeyEncipherment,
    /// `dataEncipherment`.
    DataEncipherment,
    /// `keyAgreement`.
    KeyAgreement,
    /// `keyCertSign`.
    KeyCertSign,
    /// `cRLSign`.
    CrlSign,
    /// `encipherOnly`.
    EncipherOnly,
    /// `decipherOnly`.
    DecipherOnly,
}

impl KeyUsageName {
    /// The bit of the extension.
    pub fn bit(self) -> KeyUsage {
        match self {
            Self::DigitalSignature => KeyUsage::DIGITAL_SIGNATURE,
            Self::ContentCommitment => KeyUsage::NON_REPUDIATION,
            Self::KeyEncipherment => KeyUsage::KEY_ENCIPHERMENT,
            Self::DataEncipherment => KeyUsage::DATA_ENCIPHERMENT,
            Self::KeyAgreement => KeyUsage::KEY_AGREEMENT,
            Self::KeyCertSign => KeyUsage::KEY_CERT_SIGN,
            Self::CrlSign => KeyUsage::CRL_SIGN,
            Self::EncipherOnly => KeyUsage::ENCIPHER_ONLY,
            Self::DecipherOnly => KeyUsage::DECIPHER_ONLY,
        }
    }
}

/// A certificate policy with its qualifiers, RFC 5280 section 4.2.1.4.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PolicyStatement {
    /// `policyIdentifier`, dotted.
    pub id: String,
    /// Qualifiers, in the order of the certificate.
    #[serde(default)]
    pub qualifiers: Vec<Qualifier>,
}

/// A qualifier of a certificate policy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "type", content = "value")]
pub enum Qualifier {
    /// `id-qt-cps`: the URI of the practice statement.
    Cps(String),
    /// `id-qt-unotice`: a text for whoever relies on the certificate, at most 200 characters.
    UserNotice(String),
}

/// Whether certificates of the profile may sign certificates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "type")]
pub enum ProfileKind {
    /// No: `cA` is FALSE.
    Leaf,
    /// Yes: `cA` is TRUE.
    Authority {
        /// The largest `pathLenConstraint` that may be granted; `None` leaves the depth to the authorities above.
        max_path_length: Option<u8>,
    },
}

impl ProfileKind {
    /// Whether certificates of the profile may sign certificates.
    pub fn is_authority(self) -> bool {
        matches!(self, Self::Authority { .. })
    }
}

/// An extended key usage that a profile can state, RFC 5280 section 4.2.1.12.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Purpose {
    /// `id-kp-clientAuth`.
    ClientAuth,
    /// `id-kp-serverAuth`.
    ServerAuth,
}

impl fmt::Display for Purpose {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::ClientAuth => "clientAuth",
            Self::ServerAuth => "serverAuth",
        })
    }
}

/// How the subject of a certificate is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SubjectRule {
    /// One common name: the first DNS name, else the first other name; empty where none fits its 64 characters.
    CommonName,
    /// Empty; the names are in a critical subjectAltName.
    Empty,
    /// As in the request. For authorities only: leaves are known by their names.
    Requested,
    /// What the requester wants, attribute by attribute; what it leaves open is taken from the signing request.
    Wanted,
}

/// What to do when a certificate would outlive a certificate above it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BeyondIssuer {
    /// End it with the issuer, and say so.
    #[default]
    Shorten,
    /// Refuse the request.
    Refuse,
}
