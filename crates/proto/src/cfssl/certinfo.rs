//! What `certinfo` tells of a certificate.

use serde::{Deserialize, Serialize};

use super::go_json::GoTime;

/// A certificate in words.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct CertInfo {
    /// Subject.
    pub subject: NameInfo,
    /// Issuer.
    pub issuer: NameInfo,
    /// Serial number, decimal.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub serial_number: String,
    /// DNS names, then IP addresses; e-mail addresses and URIs are left out, as in CFSSL.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub sans: Vec<String>,
    /// Begin of the validity.
    pub not_before: GoTime,
    /// End of the validity.
    pub not_after: GoTime,
    /// Algorithm of the signature, for example `ECDSAWithSHA256`.
    pub sigalg: String,
    /// Key identifier of the issuer, [`key_id`].
    pub authority_key_id: String,
    /// Key identifier of the subject, [`key_id`].
    pub subject_key_id: String,
    /// PEM.
    pub pem: String,
}

/// A name in words; values of one kind joined by commas.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct NameInfo {
    /// Common name.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub common_name: String,
    /// The attribute serialNumber.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub serial_number: String,
    /// Country.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub country: String,
    /// Organization.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub organization: String,
    /// Organizational unit.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub organizational_unit: String,
    /// Locality.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub locality: String,
    /// State or province.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub province: String,
    /// Street.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub street_address: String,
    /// Postal code.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub postal_code: String,
    /// All values in their order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub names: Vec<String>,
}

impl NameInfo {
    /// Sort attributes (dotted object identifier, value), in their order, into words. The last common name and the last
    /// serial number count.
    pub fn from_attributes<'a>(attributes: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let mut found = Self::default();
        for (oid, value) in attributes {
            found.names.push(value.to_owned());
            let slot = match oid {
                "2.5.4.3" => {
                    value.clone_into(&mut found.common_name);
                    continue;
                }
                "2.5.4.5" => {
                    value.clone_into(&mut found.serial_number);
                    continue;
                }
                "2.5.4.6" => &mut found.country,
                "2.5.4.7" => &mut found.locality,
                "2.5.4.8" => &mut found.province,
                "2.5.4.9" => &mut found.street_address,
                "2.5.4.10" => &mut found.organization,
                "2.5.4.11" => &mut found.organizational_unit,
                "2.5.4.17" => &mut found.postal_code,
                _ => continue,
            };
            if !slot.is_empty() {
                slot.push(',');
            }
            slot.push_str(value);
        }
        found
    }
}

/// A key identifier: upper-case hexadecimal, colons between octets.
pub fn key_id(octets: &[u8]) -> String {
    octets.iter().map(|octet| format!("{octet:02X}")).collect::<Vec<_>>().join(":")
}

#[cfg(test)]
mod tests {
    use super::super::go_json;
    use super::*;

    #[test]
    fn values_of_one_kind_are_joined() {
        let name = NameInfo::from_attributes([
            ("2.5.4.6", "US"),
            ("2.5.4.11", "a"),
            ("2.5.4.11", "b"),
            ("2.5.4.3", "x"),
            ("1.2.3", "y"),
        ]);
        assert_eq!(
            go_json::to_string(&name),
            r#"{"common_name":"x","country":"US","organizational_unit":"a,b","names":["US","a","b","x","y"]}"#
        );
        assert_eq!(key_id(&[0, 0xab]), "00:AB");
    }
}
