//! Subjects and hosts of CFSSL's messages as names.

use hf_core::name::{Identifier, SanSet};
use hf_proto::cfssl::code::{CfsslError, ErrorKind};
use hf_proto::cfssl::csr_json::Attribute;
use hf_proto::cfssl::host::{Host, classify};
use hf_x509::distinguished_name::{DistinguishedName, DistinguishedNameBuilder};

use crate::failure;

/// The subject: each attribute with its values.
pub(crate) fn subject(attributes: &[Attribute]) -> Result<DistinguishedName, CfsslError> {
    let mut builder = DistinguishedNameBuilder::new();
    for attribute in attributes {
        let oid = attribute.oid.parse().map_err(|_| {
            failure::saying(ErrorKind::CsrBadRequest, format!("`{}` is no OID", attribute.oid))
        })?;
        for value in &attribute.values {
            builder.add(&oid, value).map_err(|problem| {
                let text = format!("the attribute {oid} of the subject: {problem}");
                failure::saying(ErrorKind::CsrBadRequest, text)
            })?;
        }
    }
    Ok(builder.build())
}

/// The names that host strings stand for, each once. Empty strings stand for nothing.
pub(crate) fn hosts<'a>(hosts: impl IntoIterator<Item = &'a str>) -> Result<SanSet, CfsslError> {
    hosts.into_iter().filter(|host| !host.is_empty()).map(name).collect()
}

fn name(host: &str) -> Result<Identifier, CfsslError> {
    let parsed = match classify(host) {
        Host::Ip(address) => Ok(Identifier::Ip(address.into())),
        Host::Email(address) => address.parse().map(Identifier::Email),
        Host::Uri(uri) => Identifier::from_uri(&uri),
        Host::Dns(name) => name.parse().map(Identifier::Dns),
    };
    parsed.map_err(|error| failure::because(ErrorKind::CsrBadRequest, &error))
}
