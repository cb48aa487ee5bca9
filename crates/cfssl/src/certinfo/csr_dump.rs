//! `certinfo -csr`: a signing request as Go's `x509.CertificateRequest` looks in JSON.

use hf_proto::cfssl::go_json::{BigInteger, GoBytes, GoValue, to_value};
use hf_x509::asn1::Oid;
use hf_x509::csr::VerifiedCsr;
use hf_x509::distinguished_name::DistinguishedName;
use hf_x509::general_name::GeneralName;
use hf_x509::oids;
use hf_x509::public_key::{KeyKind, PublicKey};
use hf_x509::signature::SignatureAlgorithm;

use super::texts;

/// The request, field by field in Go's order.
pub fn dump(csr: &VerifiedCsr) -> GoValue {
    let names = csr.general_names().unwrap_or_default();
    let of_kind = |pick: fn(&GeneralName) -> Option<String>| texts_or_null(names.iter().filter_map(pick));
    object([
        ("Raw", bytes(csr.der())),
        ("RawTBSCertificateRequest", bytes(csr.info_der())),
        ("RawSubjectPublicKeyInfo", bytes(csr.public_key().spki_der())),
        ("RawSubject", bytes(csr.subject().to_der())),
        ("Version", number(0)),
        ("Signature", bytes(csr.signature().as_bytes())),
        ("SignatureAlgorithm", number(signature_number(csr.signature_algorithm()))),
        ("PublicKeyAlgorithm", number(key_number(csr.public_key()))),
        ("PublicKey", key(csr.public_key())),
        ("Subject", subject(csr.subject())),
        ("Attributes", attributes(csr)),
        ("Extensions", extensions(csr)),
        ("ExtraExtensions", GoValue::Null),
        (
            "DNSNames",
            of_kind(|name| if let GeneralName::Dns(text) = name { Some(text.clone()) } else { None }),
        ),
        (
            "EmailAddresses",
            of_kind(|name| if let GeneralName::Email(text) = name { Some(text.clone()) } else { None }),
        ),
        ("IPAddresses", of_kind(|name| name.address().map(|address| address.to_string()))),
        ("URIs", uris(&names)),
    ])
}

/// The numbers of Go's `x509.SignatureAlgorithm`.
fn signature_number(algorithm: Option<SignatureAlgorithm>) -> u32 {
    match algorithm {
        Some(SignatureAlgorithm::RsaPkcs1Md5) => 2,
        Some(SignatureAlgorithm::RsaPkcs1Sha1) => 3,
        Some(SignatureAlgorithm::RsaPkcs1Sha256) => 4,
        Some(SignatureAlgorithm::RsaPkcs1Sha384) => 5,
        Some(SignatureAlgorithm::RsaPkcs1Sha512) => 6,
        Some(SignatureAlgorithm::EcdsaSha1) => 9,
        Some(SignatureAlgorithm::EcdsaSha256) => 10,
        Some(SignatureAlgorithm::EcdsaSha384) => 11,
        Some(SignatureAlgorithm::EcdsaSha512) => 12,
        Some(SignatureAlgorithm::RsaPssSha256) => 13,
        Some(SignatureAlgorithm::RsaPssSha384) => 14,
        Some(SignatureAlgorithm::RsaPssSha512) => 15,
        Some(SignatureAlgorithm::Ed25519) => 16,
        None => 0,
    }
}

/// The numbers of Go's `x509.PublicKeyAlgorithm`.
fn key_number(key: &PublicKey) -> u32 {
    match key.kind() {
        KeyKind::Rsa => 1,
        KeyKind::Ec(_) => 3,
        KeyKind::Ed25519 => 4,
        KeyKind::UnsupportedCurve { .. } | KeyKind::Unsupported { .. } | KeyKind::Malformed { .. } => 0,
    }
}

fn key(key: &PublicKey) -> GoValue {
    if let (Some(modulus), Some(exponent)) = (key.rsa_modulus(), key.rsa_exponent()) {
        return object([("N", integer(modulus)), ("E", integer(exponent))]);
    }
    if let Some((_, [4, both @ ..])) = key.ec_point() {
        let (x, y) = both.split_at(both.len() / 2);
        return object([("Curve", object([])), ("X", integer(x)), ("Y", integer(y))]);
    }
    bytes(key.key_octets())
}

/// Go's `pkix.Name`.
fn subject(name: &DistinguishedName) -> GoValue {
    let all = texts(name);
    let of = |kind: &Oid| {
        let kind = kind.to_string();
        all.iter()
            .filter(move |(found, _)| *found == kind)
            .map(|(_, value)| value.clone())
            .collect::<Vec<_>>()
    };
    let several = |kind: &Oid| texts_or_null(of(kind).into_iter());
    let last = |kind: &Oid| GoValue::String(of(kind).pop().unwrap_or_default());
    let names = name.attributes().filter_map(|one| {
        let value = GoValue::String(one.text().ok()?);
        Some(object([("Type", numbers(&one.kind)), ("Value", value)]))
    });
    object([
        ("Country", several(&oids::COUNTRY)),
        ("Organization", several(&oids::ORGANIZATION)),
        ("OrganizationalUnit", several(&oids::ORGANIZATIONAL_UNIT)),
        ("Locality", several(&oids::LOCALITY)),
        ("Province", several(&oids::STATE)),
        ("StreetAddress", several(&oids::STREET)),
        ("PostalCode", several(&oids::POSTAL_CODE)),
        ("SerialNumber", last(&oids::SERIAL_NUMBER)),
        ("CommonName", last(&oids::COMMON_NAME)),
        ("Names", array_or_null(names)),
        ("ExtraNames", GoValue::Null),
    ])
}

/// The attribute that asks for extensions, the only one that Go's old field shows.
fn attributes(csr: &VerifiedCsr) -> GoValue {
    let asked: Vec<GoValue> = csr
        .requested_extensions()
        .map(|one| object([("Type", numbers(&one.oid())), ("Value", bytes(one.value()))]))
        .collect();
    if asked.is_empty() {
        return GoValue::Array(Vec::new());
    }
    let value = GoValue::Array(vec![GoValue::Array(asked)]);
    GoValue::Array(vec![object([("Type", numbers(&oids::EXTENSION_REQUEST)), ("Value", value)])])
}

fn extensions(csr: &VerifiedCsr) -> GoValue {
    array_or_null(csr.requested_extensions().map(|one| {
        object([
            ("Id", numbers(&one.oid())),
            ("Critical", GoValue::Bool(one.critical())),
            ("Value", bytes(one.value())),
        ])
    }))
}

/// Go's `url.URL`, of which only what is set counts.
fn uris(names: &[GeneralName]) -> GoValue {
    array_or_null(names.iter().filter_map(|name| {
        let GeneralName::Uri(text) = name else { return None };
        let (scheme, rest) = text.split_once(':')?;
        let (host, path) = match rest.strip_prefix("//") {
            Some(after) => after.split_at(after.find('/').unwrap_or(after.len())),
            None => ("", ""),
        };
        let opaque = if rest.starts_with("//") { "" } else { rest };
        let text = |value: &str| GoValue::String(value.to_owned());
        Some(object([
            ("Scheme", text(scheme)),
            ("Opaque", text(opaque)),
            ("User", GoValue::Null),
            ("Host", text(host)),
            ("Path", text(path)),
            ("RawPath", text("")),
            ("ForceQuery", GoValue::Bool(false)),
            ("RawQuery", text("")),
            ("Fragment", text("")),
        ]))
    }))
}

fn object<const N: usize>(fields: [(&str, GoValue); N]) -> GoValue {
    GoValue::Object(fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
}

fn array_or_null(values: impl Iterator<Item = GoValue>) -> GoValue {
    let values: Vec<GoValue> = values.collect();
    if values.is_empty() { GoValue::Null } else { GoValue::Array(values) }
}

fn texts_or_null(texts: impl Iterator<Item = String>) -> GoValue {
    array_or_null(texts.map(GoValue::String))
}

fn bytes(octets: &[u8]) -> GoValue {
    to_value(&GoBytes(octets.to_vec()))
}

fn number(number: u32) -> GoValue {
    GoValue::Number(number.to_string())
}

fn integer(octets: &[u8]) -> GoValue {
    GoValue::Number(BigInteger::from_unsigned(octets).to_string())
}

fn numbers(oid: &Oid) -> GoValue {
    GoValue::Array(oid.to_string().split('.').map(|arc| GoValue::Number(arc.to_owned())).collect())
}
