//! One line: its fields, and how it becomes a request.

use hf_core::causes::with_causes;
use hf_core::finding::FindingCode;
use hf_core::time::Timestamp;
use hf_x509::asn1::Oid;
use hf_x509::certificate::Certificate;
use hf_x509::crl::CertificateList;
use hf_x509::error::X509Error;
use hf_x509::ext::KeyUsage;
use hf_x509::oids;
use serde::{Deserialize, Deserializer};

use crate::codes;
use crate::request::{PolicyRequest, Purpose, RequestedName, VerifyRequest};

/// The most certificates or lists in one field.
const MAX_OBJECTS: usize = 10_000;

/// The fields of a question.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct RequestLine {
    /// What the answer is to be called.
    #[serde(default, deserialize_with = "or_default")]
    pub id: String,
    /// The leaf in PEM.
    pub leaf: String,
    /// Intermediates in PEM, in any order.
    #[serde(default, deserialize_with = "or_default")]
    pub intermediates: Vec<String>,
    /// Trust anchors in PEM.
    #[serde(default, deserialize_with = "or_default")]
    pub trust_anchors: Vec<String>,
    /// Revocation lists in PEM.
    #[serde(default, deserialize_with = "or_default")]
    pub crls: Vec<String>,
    /// Whether revocation must be checked with these lists.
    #[serde(default, deserialize_with = "or_default")]
    pub crl_check: bool,
    /// RFC 3339; none for now.
    #[serde(default)]
    pub time: Option<String>,
    /// `server`, `client` or `any`; none for any.
    #[serde(default)]
    pub purpose: Option<String>,
    /// A name that the leaf must have.
    #[serde(default)]
    pub name: Option<NameLine>,
    /// Further names.
    #[serde(default, deserialize_with = "or_default")]
    pub names: Vec<NameLine>,
    /// The most intermediates.
    #[serde(default)]
    pub max_depth: Option<u32>,
    /// Key purposes that the leaf must have, by name or number.
    #[serde(default, deserialize_with = "or_default")]
    pub eku: Vec<String>,
    /// Key usages that the leaf must have, by name.
    #[serde(default, deserialize_with = "or_default")]
    pub key_usage: Vec<String>,
    /// Whether the leaf's key must be good for TLS, for the purpose.
    #[serde(default, deserialize_with = "or_default")]
    pub tls: bool,
    /// Policies.
    #[serde(default)]
    pub policies: Option<PolicyLine>,
}

/// A name with its kind.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct NameLine {
    /// `dns`, `ip` or `email`.
    pub kind: String,
    /// The name.
    pub value: String,
}

/// Inputs to policy processing.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct PolicyLine {
    /// Acceptable policies as numbers with dots.
    #[serde(default, deserialize_with = "or_default")]
    pub initial: Vec<String>,
    /// A policy must hold.
    #[serde(default, deserialize_with = "or_default")]
    pub require_explicit: bool,
    /// No mapping.
    #[serde(default, deserialize_with = "or_default")]
    pub inhibit_mapping: bool,
    /// `anyPolicy` counts for nothing.
    #[serde(default, deserialize_with = "or_default")]
    pub inhibit_any: bool,
}

/// `null` stands for a field that is not there.
fn or_default<'de, D: Deserializer<'de>, T: Default + Deserialize<'de>>(
    deserializer: D,
) -> Result<T, D::Error> {
    Option::<T>::deserialize(deserializer).map(Option::unwrap_or_default)
}

/// Why a line has no request.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LineError {
    /// Longer than [`super::MAX_LINE`].
    #[error("the line is longer than {max} octets")]
    TooLong {
        /// The longest allowed.
        max: usize,
    },
    /// No JSON object with these fields.
    #[error("the line is not the expected JSON object: {problem}")]
    Json {
        /// What the reader of JSON says.
        problem: String,
    },
    /// More objects than are read.
    #[error("`{field}` holds {found} objects: at most {MAX_OBJECTS} are read")]
    TooMany {
        /// The field.
        field: &'static str,
        /// How many there are.
        found: usize,
    },
    /// The leaf cannot be read.
    #[error("the leaf cannot be read")]
    Leaf(#[source] X509Error),
    /// A field has a value that cannot be read.
    #[error("`{field}` is `{found}`: expected {expected}")]
    Value {
        /// The field.
        field: &'static str,
        /// What was found, cut.
        found: String,
        /// What was expected.
        expected: String,
    },
    /// A feature that is not there.
    #[error("`{field}` asks for `{found}`, which is not supported")]
    Unsupported {
        /// The field.
        field: &'static str,
        /// What was asked for, cut.
        found: String,
    },
}

impl LineError {
    /// The finding code.
    pub fn code(&self) -> FindingCode {
        match self {
            Self::Leaf(_) => codes::CERT_ENCODING,
            Self::Unsupported { .. } => codes::REQUEST_UNSUPPORTED,
            Self::TooLong { .. } | Self::Json { .. } | Self::TooMany { .. } | Self::Value { .. } => {
                codes::REQUEST_UNREADABLE
            }
        }
    }
}

/// The id of a line that is JSON but not a request.
pub(super) fn id_of(line: &[u8]) -> String {
    #[derive(Deserialize)]
    struct Id {
        id: String,
    }
    serde_json::from_slice::<Id>(line).map(|found| found.id).unwrap_or_default()
}

impl RequestLine {
    /// The request. Intermediates, trust anchors and lists that cannot be read are left out: they can only be missed, and
    /// one bad file in a bundle must not spoil the others.
    pub fn to_request(&self, now: Timestamp) -> Result<VerifyRequest, LineError> {
        let leaf = Certificate::from_pem(&self.leaf).map_err(LineError::Leaf)?;
        let time = match &self.time {
            None => now,
            Some(text) => text.parse().map_err(|_| wrong("time", text, "RFC 3339"))?,
        };
        let purpose = match self.purpose.as_deref() {
            None => Purpose::Any,
            Some(word) => Purpose::from_word(word).ok_or_else(|| unsupported("purpose", word))?,
        };
        let mut unreadable = Vec::new();
        let mut certificates =
            |field, texts| readable(field, texts, Certificate::many_from_pem, &mut unreadable);
        let intermediates = certificates("intermediates", &self.intermediates)?;
        let trust_anchors = certificates("trust_anchors", &self.trust_anchors)?;
        Ok(VerifyRequest {
            leaf,
            intermediates,
            trust_anchors,
            crls: readable("crls", &self.crls, CertificateList::many_from_pem, &mut unreadable)?,
            crl_check: self.crl_check,
            time,
            purpose,
            names: self.name.iter().chain(&self.names).map(NameLine::read).collect::<Result<_, _>>()?,
            max_depth: self.max_depth,
            eku: self.eku.iter().map(|name| purpose_oid(name)).collect::<Result<_, _>>()?,
            key_usage: self.key_usages()?,
            tls: self.tls,
            policies: self.policies.as_ref().map(PolicyLine::read).transpose()?,
            unreadable,
        })
    }

    fn key_usages(&self) -> Result<KeyUsage, LineError> {
        self.key_usage.iter().try_fold(KeyUsage::NONE, |all, name| {
            KeyUsage::from_name(name).map(|usage| all | usage).ok_or_else(|| unsupported("key_usage", name))
        })
    }
}

/// Everything in a field that can be read; the rest is noted.
fn readable<T>(
    field: &'static str,
    texts: &[String],
    read: fn(&str) -> Result<Vec<T>, X509Error>,
    unreadable: &mut Vec<String>,
) -> Result<Vec<T>, LineError> {
    if texts.len() > MAX_OBJECTS {
        return Err(LineError::TooMany { field, found: texts.len() });
    }
    let mut all = Vec::new();
    for (index, text) in texts.iter().enumerate() {
        match read(text) {
            Ok(found) => all.extend(found),
            Err(error) => unreadable.push(format!("`{field}` number {}: {}", index + 1, with_causes(&error))),
        }
    }
    Ok(all)
}

impl NameLine {
    fn read(&self) -> Result<RequestedName, LineError> {
        let fault = |error: &dyn std::error::Error| wrong("name", &self.value, &error.to_string());
        match self.kind.as_str() {
            "dns" => match self.value.parse() {
                Ok(name) => Ok(RequestedName::Dns(name)),
                Err(error) => Err(fault(&error)),
            },
            "ip" => self.value.parse().map(RequestedName::Ip).map_err(|error| fault(&error)),
            "email" => self.value.parse().map(RequestedName::Email).map_err(|error| fault(&error)),
            other => Err(unsupported("name.kind", other)),
        }
    }
}

impl PolicyLine {
    fn read(&self) -> Result<PolicyRequest, LineError> {
        let oid =
            |text: &String| text.parse().map_err(|_| wrong("policies.initial", text, "numbers with dots"));
        Ok(PolicyRequest {
            initial: self.initial.iter().map(oid).collect::<Result<_, _>>()?,
            require_explicit: self.require_explicit,
            inhibit_mapping: self.inhibit_mapping,
            inhibit_any: self.inhibit_any,
        })
    }
}

/// A key purpose by its name in RFC 5280, with or without `id-kp-`, or by number.
fn purpose_oid(name: &str) -> Result<Oid, LineError> {
    const KNOWN: [Oid; 7] = [
        oids::ANY_EXTENDED_KEY_USAGE,
        oids::SERVER_AUTH,
        oids::CLIENT_AUTH,
        oids::CODE_SIGNING,
        oids::EMAIL_PROTECTION,
        oids::TIME_STAMPING,
        oids::OCSP_SIGNING,
    ];
    let bare = |oid: &Oid| oid.name().map(|name| name.strip_prefix("id-kp-").unwrap_or(name));
    let wanted = name.strip_prefix("id-kp-").unwrap_or(name);
    let known =
        KNOWN.into_iter().find(|oid| bare(oid).is_some_and(|known| known.eq_ignore_ascii_case(wanted)));
    known.or_else(|| name.parse().ok()).ok_or_else(|| unsupported("eku", name))
}

fn wrong(field: &'static str, found: &str, expected: &str) -> LineError {
    LineError::Value { field, found: cut(found), expected: expected.to_owned() }
}

fn unsupported(field: &'static str, found: &str) -> LineError {
    LineError::Unsupported { field, found: cut(found) }
}

fn cut(text: &str) -> String {
    text.chars().take(80).flat_map(char::escape_debug).collect()
}
