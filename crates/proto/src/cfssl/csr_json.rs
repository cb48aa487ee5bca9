//! The request for a key and a certificate: CFSSL's CSR JSON, `csr.CertificateRequest`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::code::{CfsslError, ErrorKind};
use super::go_json::GoBytes;

/// A request for a key and a certificate.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct CertificateRequest {
    /// Common name of the subject.
    #[serde(rename = "CN")]
    pub common_name: String,
    /// Further attributes of the subject.
    pub names: Option<Vec<Name>>,
    /// Names of the certificate; [`super::host`] tells of which kind each is.
    pub hosts: Option<Vec<String>>,
    /// Which key to make; ECDSA with P-256 when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<KeyRequest>,
    /// What a new certificate authority wants to be; only for `-initca`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ca: Option<CaConfig>,
    /// The subject's attribute serialNumber (2.5.4.5), not the certificate's number.
    #[serde(rename = "serialnumber", skip_serializing_if = "String::is_empty")]
    pub serial_number: String,
    /// Ask for the extension `DelegationUsage` (1.3.6.1.4.1.44363.44).
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub delegation_enabled: bool,
    /// Extensions for the CSR, as they are.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub extensions: Option<Vec<RawExtension>>,
    /// CRL distribution point of a new root.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub crl_url: String,
}

/// Attributes of a subject. Several of these add values to each kind of attribute.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Name {
    /// Country.
    #[serde(rename = "C", skip_serializing_if = "String::is_empty")]
    pub country: String,
    /// State or province.
    #[serde(rename = "ST", skip_serializing_if = "String::is_empty")]
    pub province: String,
    /// Locality.
    #[serde(rename = "L", skip_serializing_if = "String::is_empty")]
    pub locality: String,
    /// Organization.
    #[serde(rename = "O", skip_serializing_if = "String::is_empty")]
    pub organization: String,
    /// Organizational unit.
    #[serde(rename = "OU", skip_serializing_if = "String::is_empty")]
    pub organizational_unit: String,
    /// E-mail address, 1.2.840.113549.1.9.1.
    #[serde(rename = "E", skip_serializing_if = "String::is_empty")]
    pub email: String,
    /// Read and not used, as in CFSSL: the subject's serial number is a field of the request.
    #[serde(rename = "SerialNumber", skip_serializing_if = "String::is_empty")]
    pub serial_number: String,
    /// Attributes of any kind: dotted object identifier → value.
    #[serde(rename = "OID", skip_serializing_if = "BTreeMap::is_empty")]
    pub oid: BTreeMap<String, String>,
}

impl Name {
    /// Whether none of C, ST, L, O and OU says anything.
    pub fn is_empty(&self) -> bool {
        [&self.country, &self.province, &self.locality, &self.organization, &self.organizational_unit]
            .iter()
            .all(|value| value.trim().is_empty())
    }
}

/// Which key to make.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct KeyRequest {
    /// `rsa`, `ecdsa` or `ed25519`.
    pub algo: String,
    /// Bits.
    pub size: i64,
}

/// A key that CFSSL makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum KeyKind {
    /// RSA with this many bits, 2048 to 8192.
    Rsa(u32),
    /// ECDSA with P-256.
    P256,
    /// ECDSA with P-384.
    P384,
    /// ECDSA with P-521.
    P521,
    /// Ed25519.
    Ed25519,
}

impl KeyRequest {
    /// The default, ECDSA with P-256.
    pub fn ecdsa_256() -> Self {
        Self { algo: "ecdsa".into(), size: 256 }
    }

    /// Which key is asked for.
    ///
    /// # Errors
    /// 2400 for sizes and algorithms that CFSSL does not make, in its words.
    pub fn kind(&self) -> Result<KeyKind, CfsslError> {
        let refuse = |why: &str| Err(CfsslError::wrap(ErrorKind::KeyGeneration, why));
        match (self.algo.as_str(), self.size) {
            ("rsa", ..2_048) => refuse("RSA key is too weak"),
            ("rsa", 8_193..) => refuse("RSA key size too large"),
            ("rsa", size) => Ok(KeyKind::Rsa(u32::try_from(size).unwrap_or(2_048))),
            ("ecdsa", 256) => Ok(KeyKind::P256),
            ("ecdsa", 384) => Ok(KeyKind::P384),
            ("ecdsa", 521) => Ok(KeyKind::P521),
            ("ecdsa", _) => refuse("invalid curve"),
            ("ed25519", _) => Ok(KeyKind::Ed25519),
            _ => refuse("invalid algorithm"),
        }
    }
}

/// What a new certificate authority wants to be.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct CaConfig {
    /// Path length constraint; 0 means none, unless `pathlenzero`.
    pub pathlen: i64,
    /// Whether a `pathlen` of 0 is meant.
    pub pathlenzero: bool,
    /// Lifetime, [`super::duration::GoDuration`]; 43800h when empty.
    pub expiry: String,
    /// How long before now the validity begins.
    pub backdate: String,
}

impl CaConfig {
    /// The path length constraint that is asked for, if any. `pathlen` wins over `pathlenzero`.
    pub fn path_length(&self) -> Option<u32> {
        match (self.pathlen, self.pathlenzero) {
            (0, false) => None,
            (length, _) => u32::try_from(length).ok(),
        }
    }
}

/// An extension as Go's `pkix.Extension` writes itself in JSON.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RawExtension {
    /// Numbers of the object identifier.
    #[serde(rename = "Id")]
    pub id: Vec<u64>,
    /// Whether it is critical.
    #[serde(rename = "Critical")]
    pub critical: bool,
    /// DER of the value.
    #[serde(rename = "Value")]
    pub value: GoBytes,
}

impl RawExtension {
    /// The object identifier with dots.
    pub fn oid(&self) -> String {
        self.id.iter().map(u64::to_string).collect::<Vec<_>>().join(".")
    }
}

/// One kind of attribute of a subject, which becomes one RDN with all its values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attribute {
    /// Object identifier with dots.
    pub oid: String,
    /// Its values, at least one.
    pub values: Vec<String>,
}

impl CertificateRequest {
    /// The key asked for, or the default.
    pub fn key_request(&self) -> KeyRequest {
        self.key.clone().unwrap_or_else(KeyRequest::ecdsa_256)
    }

    /// The subject in the order of the wire: each entry is one RDN.
    ///
    /// # Errors
    /// 9300 for a key of `OID` that is no object identifier.
    pub fn subject(&self) -> Result<Vec<Attribute>, CfsslError> {
        subject(&self.common_name, self.names.as_deref().unwrap_or_default(), &self.serial_number)
    }

    /// Whether a new authority can be made of it.
    ///
    /// # Errors
    /// 5300 without a common name when there is no name, or one that says nothing.
    pub fn check_authority_subject(&self) -> Result<(), CfsslError> {
        let names = self.names.as_deref().unwrap_or_default();
        if self.common_name.is_empty() && (names.is_empty() || names.iter().any(Name::is_empty)) {
            return Err(CfsslError::wrap(ErrorKind::PolicyInvalidRequest, "missing subject information"));
        }
        Ok(())
    }
}

const EMAIL: &str = "1.2.840.113549.1.9.1";

/// An object identifier, and the field of a name that it goes with.
type Place = (&'static str, fn(&Name) -> &str);

/// Attributes that Go's `pkix.Name` has a place for, in the order in which it puts them on the wire.
const PLACES: [Place; 9] = [
    ("2.5.4.6", |name| &name.country),
    ("2.5.4.8", |name| &name.province),
    ("2.5.4.7", |name| &name.locality),
    ("2.5.4.9", |_| ""),
    ("2.5.4.17", |_| ""),
    ("2.5.4.10", |name| &name.organization),
    ("2.5.4.11", |name| &name.organizational_unit),
    ("2.5.4.3", |_| ""),
    ("2.5.4.5", |_| ""),
];

/// Subject attributes in the order of the wire: first those of [`PLACES`], then the others as they come. What `OID` names
/// and a place exists for goes to that place; a common name or serial number given by `OID` replaces the other one.
pub(super) fn subject(
    common_name: &str,
    names: &[Name],
    serial_number: &str,
) -> Result<Vec<Attribute>, CfsslError> {
    let mut found = Vec::new();
    for (oid, field) in PLACES {
        let by_oid = names.iter().filter_map(|name| name.oid.get(oid)).map(String::as_str);
        let mut values: Vec<&str> =
            names.iter().map(field).chain(by_oid).filter(|value| !value.is_empty()).collect();
        let single = match oid {
            "2.5.4.3" => common_name,
            "2.5.4.5" => serial_number,
            _ => "",
        };
        if values.is_empty() && !single.is_empty() {
            values.push(single);
        }
        found.push((oid, values));
    }
    for name in names {
        for (oid, value) in &name.oid {
            check_oid(oid)?;
            if !PLACES.iter().any(|(place, _)| place == oid) && !value.is_empty() {
                found.push((oid, vec![value]));
            }
        }
        if !name.email.is_empty() {
            found.push((EMAIL, vec![&name.email]));
        }
    }
    let kept = found.into_iter().filter(|(_, values)| !values.is_empty());
    let owned = |values: Vec<&str>| values.into_iter().map(str::to_owned).collect();
    Ok(kept.map(|(oid, values)| Attribute { oid: oid.to_owned(), values: owned(values) }).collect())
}

fn check_oid(oid: &str) -> Result<(), CfsslError> {
    let arcs: Vec<Option<u64>> = oid.split('.').map(|arc| arc.parse().ok()).collect();
    if arcs.len() >= 2 && arcs.iter().all(Option::is_some) {
        return Ok(());
    }
    let part = oid.split('.').find(|arc| arc.parse::<u64>().is_err()).unwrap_or(oid);
    Err(CfsslError::wrap(ErrorKind::CsrBadRequest, format_args!("invalid OID part {}", part.escape_debug())))
}

#[cfg(test)]
mod tests;
