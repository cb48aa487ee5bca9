//! The request for a certificate: `signer.SignRequest`, the body of `/sign` and the inner body of `/authsign`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::code::CfsslError;
use super::csr_json::{Attribute, Name, subject};
use super::go_json::{BigInteger, GoTime, GoValue};
use super::host;

/// A request for a certificate. Written with the fields, and in the order, of the Go client.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct SignRequest {
    /// Names with commas between; wins over `hosts`. Only the server reads it, no Go client writes it.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub hostname: String,
    /// Names that replace all names of the CSR; `None` keeps those.
    pub hosts: Option<Vec<String>>,
    /// PEM of the CSR.
    pub certificate_request: String,
    /// Subject that overrides that of the CSR, attribute by attribute.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject: Option<Subject>,
    /// Name of the profile; empty for the default one.
    pub profile: String,
    /// CRL distribution point in place of the profile's.
    pub crl_override: String,
    /// Label of the signer; empty for the default one.
    pub label: String,
    /// Serial number, where the profile lets clients choose it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub serial: Option<BigInteger>,
    /// Extensions, where the profile allows their identifiers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub extensions: Option<Vec<Extension>>,
    /// Begin of the validity, as it is.
    #[serde(rename = "NotBefore")]
    pub not_before: GoTime,
    /// End of the validity, as it is.
    #[serde(rename = "NotAfter")]
    pub not_after: GoTime,
    /// Return a pre-certificate, RFC 6962 section 3.1.
    #[serde(rename = "ReturnPrecert")]
    pub return_precert: bool,
    /// Goes into the certificate database, unread.
    pub metadata: Option<BTreeMap<String, GoValue>>,
    /// Answer with a bundle too. Only the server reads it, no Go client writes it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub bundle: bool,
}

impl SignRequest {
    /// The names asked for: those of `hostname`, else `hosts`; `None` for those of the CSR.
    pub fn wanted_hosts(&self) -> Option<Vec<String>> {
        host::split_list(&self.hostname).or_else(|| self.hosts.clone())
    }
}

/// A subject that overrides that of a CSR.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Subject {
    /// Common name.
    #[serde(rename = "CN")]
    pub common_name: String,
    /// Further attributes; `E` and `OID` are not used here, as in CFSSL.
    pub names: Option<Vec<Name>>,
    /// The attribute serialNumber.
    #[serde(rename = "SerialNumber")]
    pub serial_number: String,
}

impl Subject {
    /// The attributes in the order of the wire: each entry is one RDN.
    ///
    /// # Errors
    /// Never for a subject, whose `OID` entries are left out; the type is that of CSR JSON.
    pub fn attributes(&self) -> Result<Vec<Attribute>, CfsslError> {
        let plain = |name: &Name| Name { oid: BTreeMap::new(), email: String::new(), ..name.clone() };
        let names: Vec<Name> = self.names.iter().flatten().map(plain).collect();
        subject(&self.common_name, &names, &self.serial_number)
    }
}

/// An extension that a request carries.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Extension {
    /// Object identifier with dots.
    pub id: String,
    /// Whether it is critical.
    pub critical: bool,
    /// DER of the value in hexadecimal digits.
    pub value: String,
}

impl Extension {
    /// DER of the value, if the text is hexadecimal digits.
    pub fn der(&self) -> Option<Vec<u8>> {
        super::auth::decode_hex(&self.value)
    }
}

#[cfg(test)]
mod tests {
    use super::super::go_json;
    use super::*;

    /// What cfssl 1.6.5 sends for `cfssl sign -remote` without anything.
    const PLAIN: &str = concat!(
        r#"{"hosts":null,"certificate_request":"x","profile":"","crl_override":"","label":"","#,
        r#""NotBefore":"0001-01-01T00:00:00Z","NotAfter":"0001-01-01T00:00:00Z","ReturnPrecert":false,"metadata":null}"#
    );

    #[test]
    fn a_request_is_written_as_the_go_client_does() {
        let request = SignRequest { certificate_request: "x".into(), ..SignRequest::default() };
        assert_eq!(go_json::to_string(&request), PLAIN);
        assert_eq!(go_json::from_str::<SignRequest>(PLAIN).unwrap(), request);
    }

    #[test]
    fn hostname_wins_over_hosts() {
        let read = |text: &str| go_json::from_str::<SignRequest>(text).unwrap().wanted_hosts();
        assert_eq!(read(r#"{"hosts":["a"],"hostname":"b,c"}"#), Some(vec!["b".into(), "c".into()]));
        assert_eq!(read(r#"{"hosts":["a"],"hostname":""}"#), Some(vec!["a".into()]));
        assert_eq!(read(r#"{"hosts":[]}"#), Some(Vec::new()));
        assert_eq!(read("{}"), None);
    }

    #[test]
    fn the_rare_fields_are_read() {
        let request: SignRequest = go_json::from_str(
            r#"{"serial":1461501637330902918203684832716283019655932542975,"extensions":[{"id":"1.2.3","value":"0500"}],
                "NotAfter":"2027-01-01T00:00:00Z","metadata":{"a":{"b":[1]}},"subject":{"cn":"x","names":[{"O":"o","OID":{"z":"y"}}]}}"#,
        )
        .unwrap();
        assert_eq!(request.serial.unwrap().to_unsigned(), vec![0xff; 20]);
        assert_eq!(request.extensions.unwrap()[0].der(), Some(vec![5, 0]));
        assert_eq!(request.not_after.given().unwrap().to_string(), "2027-01-01T00:00:00Z");
        assert_eq!(go_json::to_string(&request.metadata), r#"{"a":{"b":[1]}}"#);
        let oids: Vec<_> =
            request.subject.unwrap().attributes().unwrap().into_iter().map(|rdn| rdn.oid).collect();
        assert_eq!(oids, ["2.5.4.10", "2.5.4.3"]);
        assert!(go_json::from_str::<SignRequest>(r#"{"serial":"7"}"#).is_err());
    }
}
