//! The certificate of tls-alpn-01, RFC 8737 section 3, and for IP addresses RFC 8738 section 6.

use std::net::IpAddr;

use hf_core::name::IpName;
use hf_x509::asn1::Oid;
use hf_x509::certificate::Certificate;
use hf_x509::general_name::GeneralName;

use crate::error::CertificateRefusal;
use crate::redirect::Subject;

/// Whether the certificate is self-signed for this name alone and carries this digest of the key authorization.
pub(crate) fn proves(der: &[u8], subject: &Subject, digest: &[u8; 32]) -> Result<(), CertificateRefusal> {
    let certificate =
        Certificate::from_der(der).map_err(|error| CertificateRefusal::Unreadable(Box::new(error)))?;
    if !certificate.is_self_signed() {
        return Err(CertificateRefusal::NotSelfSigned);
    }
    check_name(&certificate, subject)?;
    check_digest(&certificate, digest)
}

fn check_name(certificate: &Certificate, subject: &Subject) -> Result<(), CertificateRefusal> {
    let names = certificate.names().map_err(|error| CertificateRefusal::Unreadable(Box::new(error)))?;
    let [name] = names.as_slice() else { return Err(CertificateRefusal::Names { count: names.len() }) };
    let is_subject = match (name, subject) {
        (GeneralName::Dns(found), Subject::Dns(expected)) => found.eq_ignore_ascii_case(expected.as_str()),
        (GeneralName::Ip(found), Subject::Ip(expected)) => *found == IpName::from(*expected).octets(),
        _ => false,
    };
    if is_subject { Ok(()) } else { Err(CertificateRefusal::OtherName { kind: name.kind() }) }
}

fn check_digest(certificate: &Certificate, digest: &[u8; 32]) -> Result<(), CertificateRefusal> {
    let is = |oid: &Oid, text: &str| text.parse::<Oid>().is_ok_and(|expected| expected == *oid);
    let mut found = certificate.extensions().filter(|extension| is(&extension.oid(), ACME_IDENTIFIER));
    let Some(extension) = found.next() else {
        let legacy = certificate.extensions().any(|extension| is(&extension.oid(), LEGACY_ACME_IDENTIFIER));
        return Err(if legacy {
            CertificateRefusal::LegacyExtension
        } else {
            CertificateRefusal::NoExtension
        });
    };
    if found.next().is_some() {
        return Err(CertificateRefusal::TwoExtensions);
    }
    if !extension.critical() {
        return Err(CertificateRefusal::NotCritical);
    }
    // Authorization ::= OCTET STRING (SIZE (32)), in DER in one way only.
    let Some((header, found)) = extension.value().split_at_checked(2) else {
        return Err(CertificateRefusal::ExtensionForm);
    };
    if header != [0x04, 32] || found.len() != 32 {
        return Err(CertificateRefusal::ExtensionForm);
    }
    if found == digest { Ok(()) } else { Err(CertificateRefusal::Digest) }
}

/// What the client asks for in the SNI extension, which holds no addresses: for one its reverse name, RFC 8738 section 6.
pub(crate) fn server_name(subject: &Subject) -> String {
    match subject {
        Subject::Dns(name) => name.to_string(),
        Subject::Ip(IpAddr::V4(address)) => {
            let [a, b, c, d] = address.octets();
            format!("{d}.{c}.{b}.{a}.in-addr.arpa")
        }
        Subject::Ip(IpAddr::V6(address)) => {
            let nibbles = address.octets().into_iter().rev().flat_map(|octet| [octet & 0xf, octet >> 4]);
            let labels: Vec<String> = nibbles.map(|nibble| format!("{nibble:x}")).collect();
            format!("{}.ip6.arpa", labels.join("."))
        }
    }
}

/// `id-pe-acmeIdentifier`, RFC 8737 section 6.1.
const ACME_IDENTIFIER: &str = "1.3.6.1.5.5.7.1.31";

/// What drafts used, which a certificate of those days may still carry.
const LEGACY_ACME_IDENTIFIER: &str = "1.3.6.1.5.5.7.1.30.1";

#[cfg(test)]
pub(crate) mod tests {
    use hf_x509::digest::sha256;
    use rcgen::{CertificateParams, CustomExtension, KeyPair, SanType};

    use super::super::vectors::KEY_AUTHORIZATION;
    use super::*;

    /// A certificate for these names with these extensions: arcs, critical, value.
    pub(crate) fn certificate(
        names: &[SanType],
        extensions: &[(&[u64], bool, Vec<u8>)],
    ) -> (Vec<u8>, KeyPair) {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::default();
        params.subject_alt_names = names.to_vec();
        params.custom_extensions = extensions
            .iter()
            .map(|(arcs, critical, value)| {
                let mut extension = CustomExtension::from_oid_content(arcs, value.clone());
                extension.set_criticality(*critical);
                extension
            })
            .collect();
        (params.self_signed(&key).unwrap().der().to_vec(), key)
    }

    pub(crate) const ARCS: &[u64] = &[1, 3, 6, 1, 5, 5, 7, 1, 31];
    pub(crate) const LEGACY: &[u64] = &[1, 3, 6, 1, 5, 5, 7, 1, 30, 1];

    pub(crate) fn value(key_authorization: &str) -> Vec<u8> {
        [&[0x04, 32][..], &sha256(key_authorization.as_bytes())].concat()
    }

    pub(crate) fn dns(name: &str) -> SanType {
        SanType::DnsName(name.try_into().unwrap())
    }

    fn subject(text: &str) -> Subject {
        text.parse().map_or_else(|_| Subject::Dns(text.parse().unwrap()), Subject::Ip)
    }

    fn judge(
        names: &[SanType],
        extensions: &[(&[u64], bool, Vec<u8>)],
        for_whom: &str,
    ) -> Result<(), CertificateRefusal> {
        proves(&certificate(names, extensions).0, &subject(for_whom), &sha256(KEY_AUTHORIZATION.as_bytes()))
    }

    #[test]
    fn one_name_and_one_critical_digest_prove() {
        let good = [(ARCS, true, value(KEY_AUTHORIZATION))];
        assert!(judge(&[dns("a.example")], &good, "a.example").is_ok());
        assert!(judge(&[dns("A.Example")], &good, "a.example").is_ok());
        assert!(judge(&[SanType::IpAddress([10, 0, 0, 1].into())], &good, "10.0.0.1").is_ok());
        assert!(judge(&[SanType::IpAddress("fd12::1".parse().unwrap())], &good, "fd12::1").is_ok());
    }

    #[test]
    fn everything_else_is_refused() {
        let good = || (ARCS, true, value(KEY_AUTHORIZATION));
        let name = [dns("a.example")];
        let refused = |names: &[SanType], extensions: &[(&[u64], bool, Vec<u8>)], words: &str| {
            let error = judge(names, extensions, "a.example").unwrap_err().to_string();
            assert!(error.contains(words), "`{error}` does not say `{words}`");
        };
        refused(&[], &[good()], "0 names");
        refused(&[dns("a.example"), dns("b.example")], &[good()], "2 names");
        refused(&[dns("a.example"), SanType::IpAddress([10, 0, 0, 1].into())], &[good()], "2 names");
        refused(&[dns("b.example")], &[good()], "another name");
        refused(&[dns("*.example")], &[good()], "another name");
        refused(&[SanType::IpAddress([10, 0, 0, 1].into())], &[good()], "another name");
        refused(&name, &[], "no `acmeIdentifier`");
        refused(&name, &[(LEGACY, true, value(KEY_AUTHORIZATION))], "draft");
        refused(&name, &[(ARCS, false, value(KEY_AUTHORIZATION))], "critical");
        refused(&name, &[good(), good()], "twice");
        refused(&name, &[(ARCS, true, value("other"))], "another key authorization");
        refused(&name, &[(ARCS, true, sha256(KEY_AUTHORIZATION.as_bytes()).to_vec())], "32 octets");
        refused(&name, &[(ARCS, true, [value(KEY_AUTHORIZATION), vec![0]].concat())], "32 octets");
        refused(&name, &[(ARCS, true, Vec::new())], "32 octets");
    }

    #[test]
    fn what_another_key_signed_is_refused() {
        let issuer_key = KeyPair::generate().unwrap();
        let issuer = rcgen::Issuer::new(CertificateParams::default(), issuer_key);
        let mut params = CertificateParams::default();
        params.subject_alt_names = vec![dns("a.example")];
        let mut extension = CustomExtension::from_oid_content(ARCS, value(KEY_AUTHORIZATION));
        extension.set_criticality(true);
        params.custom_extensions = vec![extension];
        let der = params.signed_by(&KeyPair::generate().unwrap(), &issuer).unwrap().der().to_vec();
        let error = proves(&der, &subject("a.example"), &sha256(KEY_AUTHORIZATION.as_bytes())).unwrap_err();
        assert!(matches!(error, CertificateRefusal::NotSelfSigned), "{error}");
        let error = proves(b"no certificate", &subject("a.example"), &sha256(KEY_AUTHORIZATION.as_bytes()))
            .unwrap_err();
        assert!(matches!(error, CertificateRefusal::Unreadable(_)), "{error}");
    }

    #[test]
    fn addresses_are_asked_for_by_their_reverse_names() {
        assert_eq!(server_name(&subject("a.example")), "a.example");
        assert_eq!(server_name(&subject("192.0.2.1")), "1.2.0.192.in-addr.arpa");
        assert_eq!(
            server_name(&subject("2001:db8::1")),
            "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa"
        );
    }
}
