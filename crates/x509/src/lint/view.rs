//! What the checks look at: a `TBSCertificate` or `TBSCertList` read once, every extension decoded once.

use hf_core::name::Identifier;
use hf_core::time::Timestamp;

use super::crl_entries::{self, EntryScan};
use crate::asn1::{DerError, DerProblem, Oid, Reader, Tag, tag};
use crate::crl::{TbsList, read_tbs_list};
use crate::distinguished_name::{Attribute, DistinguishedName};
use crate::ext::{
    AuthorityInfoAccess, AuthorityKeyIdentifier, BasicConstraints, CertificatePolicies,
    CrlDistributionPoints, CrlNumber, ExtendedKeyUsage, ExtensionValue, InhibitAnyPolicy,
    IssuingDistributionPoint, KeyIdentifier, KeyUsage, NameConstraints, PolicyConstraints, PolicyMappings,
    PrecertificatePoison, SignedCertificateTimestamps, SubjectAltName,
};
use crate::general_name::{GeneralName, IdentifierError};
use crate::public_key::PublicKey;
use crate::raw::{self, ExtensionSpan, RawExtension, TbsLayout};
use crate::signature::{self, SignatureAlgorithm};
use crate::{limits, oids};

/// One extension: absent, decoded, or present and unreadable.
#[derive(Debug)]
pub(super) struct Decoded<T> {
    critical: bool,
    value: Option<Result<T, DerError>>,
}

impl<T> Default for Decoded<T> {
    fn default() -> Self {
        Self { critical: false, value: None }
    }
}

impl<T> Decoded<T> {
    /// The value when it is there and readable.
    pub(super) fn value(&self) -> Option<&T> {
        self.value.as_ref().and_then(|value| value.as_ref().ok())
    }

    pub(super) fn is_present(&self) -> bool {
        self.value.is_some()
    }

    /// Present and critical.
    pub(super) fn is_critical(&self) -> bool {
        self.critical
    }

    /// Present and not critical.
    pub(super) fn is_lax(&self) -> bool {
        self.is_present() && !self.critical
    }

    fn fault(&self) -> Option<&DerError> {
        self.value.as_ref().and_then(|value| value.as_ref().err())
    }
}

/// Decode the first extension of this kind; whether it was the first. A second one is a fault of its own.
fn take<T>(
    place: &mut Decoded<T>,
    extension: &RawExtension<'_>,
    decode: fn(&[u8]) -> Result<T, DerError>,
) -> bool {
    let first = place.value.is_none();
    if first {
        *place = Decoded { critical: extension.critical(), value: Some(decode(extension.value())) };
    }
    first
}

/// A certificate to be signed.
pub(super) struct View<'a> {
    pub(super) der: &'a [u8],
    pub(super) layout: TbsLayout,
    pub(super) algorithm: Result<SignatureAlgorithm, Oid>,
    pub(super) issuer: DistinguishedName,
    pub(super) subject: DistinguishedName,
    pub(super) public_key: PublicKey,
    pub(super) extensions: Extensions,
    /// The subject's attributes, decoded.
    pub(super) subject_attributes: Vec<SubjectAttribute>,
    /// The alternative names as canonical ones, in the same order.
    pub(super) identifiers: Vec<Result<Identifier, IdentifierError>>,
}

/// One attribute of the subject.
pub(super) struct SubjectAttribute {
    pub(super) kind: Oid,
    pub(super) tag: Tag,
    pub(super) text: Result<String, DerError>,
}

/// Its extensions.
#[derive(Default)]
pub(super) struct Extensions {
    pub(super) authority_info_access: Decoded<AuthorityInfoAccess>,
    pub(super) authority_key_identifier: Decoded<AuthorityKeyIdentifier>,
    pub(super) basic_constraints: Decoded<BasicConstraints>,
    pub(super) certificate_policies: Decoded<CertificatePolicies>,
    pub(super) crl_distribution_points: Decoded<CrlDistributionPoints>,
    pub(super) extended_key_usage: Decoded<ExtendedKeyUsage>,
    pub(super) inhibit_any_policy: Decoded<InhibitAnyPolicy>,
    pub(super) key_usage: Decoded<KeyUsage>,
    pub(super) name_constraints: Decoded<NameConstraints>,
    pub(super) ocsp_no_check: Decoded<()>,
    pub(super) policy_constraints: Decoded<PolicyConstraints>,
    pub(super) policy_mappings: Decoded<PolicyMappings>,
    pub(super) precertificate_poison: Decoded<PrecertificatePoison>,
    pub(super) signed_certificate_timestamps: Decoded<SignedCertificateTimestamps>,
    pub(super) subject_alt_name: Decoded<SubjectAltName>,
    pub(super) subject_key_identifier: Decoded<KeyIdentifier>,
    /// The first that is none of these.
    pub(super) unknown: Option<Oid>,
    /// The first that is there again.
    pub(super) duplicate: Option<Oid>,
}

impl<'a> View<'a> {
    pub(super) fn of(der: &'a [u8]) -> Result<Self, DerError> {
        check_size(der, "tbsCertificate", limits::MAX_OBJECT)?;
        let mut reader = Reader::new(der);
        let layout = raw::read_tbs(&reader.expect(tag::SEQUENCE, "tbsCertificate")?)?;
        reader.finish("tbsCertificate")?;
        let algorithm = Reader::new(layout.algorithm.of(der)).any("tbsCertificate.signature")?;
        let mut extensions = Extensions::default();
        for span in &layout.extensions {
            extensions.take(&RawExtension::new(*span, der));
        }
        let subject = DistinguishedName::from_checked(layout.subject.of(der), "tbsCertificate.subject")?;
        let decode = |attribute: Attribute<'_>| SubjectAttribute {
            tag: attribute.value_tag(),
            text: attribute.text(),
            kind: attribute.kind,
        };
        let names = extensions.subject_alt_name.value().map(|names| names.0.as_slice()).unwrap_or_default();
        Ok(Self {
            der,
            algorithm: signature::read(&algorithm, "tbsCertificate.signature")?,
            issuer: DistinguishedName::from_checked(layout.issuer.of(der), "tbsCertificate.issuer")?,
            subject_attributes: subject.attributes().map(decode).collect(),
            identifiers: names.iter().map(GeneralName::to_identifier).collect(),
            subject,
            public_key: PublicKey::from_checked(layout.public_key.of(der))?,
            extensions,
            layout,
        })
    }

    /// Content octets of the serial number.
    pub(super) fn serial(&self) -> &[u8] {
        self.layout.serial.of(self.der)
    }

    pub(super) fn is_ca(&self) -> bool {
        self.extensions.basic_constraints.value().is_some_and(|constraints| constraints.ca)
    }

    pub(super) fn has_usage(&self, usage: KeyUsage) -> bool {
        self.extensions.key_usage.value().is_some_and(|found| found.contains(usage))
    }

    /// How people call the certificate: its subject, else its first name.
    pub(super) fn about(&self) -> String {
        if !self.subject.is_empty() {
            return self.subject.to_string();
        }
        let names = self.extensions.subject_alt_name.value();
        names
            .and_then(|names| names.0.first())
            .map_or_else(|| "the certificate".to_owned(), ToString::to_string)
    }
}

impl Extensions {
    fn take(&mut self, extension: &RawExtension<'_>) {
        // Those of RFC 5280 lie under `id-ce` (2.5.29) and differ in the last octet, which saves comparing with each.
        let first = match extension.oid_content() {
            [0x55, 0x1d, 14] => take(&mut self.subject_key_identifier, extension, KeyIdentifier::read),
            [0x55, 0x1d, 15] => take(&mut self.key_usage, extension, KeyUsage::read),
            [0x55, 0x1d, 17] => take(&mut self.subject_alt_name, extension, SubjectAltName::read),
            [0x55, 0x1d, 19] => take(&mut self.basic_constraints, extension, BasicConstraints::read),
            [0x55, 0x1d, 30] => take(&mut self.name_constraints, extension, NameConstraints::read),
            [0x55, 0x1d, 31] => {
                take(&mut self.crl_distribution_points, extension, CrlDistributionPoints::read)
            }
            [0x55, 0x1d, 32] => take(&mut self.certificate_policies, extension, CertificatePolicies::read),
            [0x55, 0x1d, 33] => take(&mut self.policy_mappings, extension, PolicyMappings::read),
            [0x55, 0x1d, 35] => {
                take(&mut self.authority_key_identifier, extension, AuthorityKeyIdentifier::read)
            }
            [0x55, 0x1d, 36] => take(&mut self.policy_constraints, extension, PolicyConstraints::read),
            [0x55, 0x1d, 37] => take(&mut self.extended_key_usage, extension, ExtendedKeyUsage::read),
            [0x55, 0x1d, 54] => take(&mut self.inhibit_any_policy, extension, InhibitAnyPolicy::read),
            _ if extension.is(&oids::AUTHORITY_INFO_ACCESS) => {
                take(&mut self.authority_info_access, extension, AuthorityInfoAccess::read)
            }
            _ if extension.is(&oids::OCSP_NO_CHECK) => take(&mut self.ocsp_no_check, extension, null),
            _ if extension.is(&oids::SIGNED_CERTIFICATE_TIMESTAMPS) => {
                take(&mut self.signed_certificate_timestamps, extension, SignedCertificateTimestamps::read)
            }
            _ if extension.is(&oids::PRECERTIFICATE_POISON) => {
                take(&mut self.precertificate_poison, extension, PrecertificatePoison::read)
            }
            _ => {
                let first = self.unknown.as_ref().is_none_or(|unknown| !extension.is(unknown));
                self.unknown.get_or_insert_with(|| extension.oid());
                first
            }
        };
        if !first {
            self.duplicate.get_or_insert_with(|| extension.oid());
        }
    }

    /// The first known extension that cannot be read, by its name in the RFC.
    pub(super) fn unreadable(&self) -> Option<(&'static str, &DerError)> {
        let named: [(&'static str, Option<&DerError>); 16] = [
            ("authorityInfoAccess", self.authority_info_access.fault()),
            ("authorityKeyIdentifier", self.authority_key_identifier.fault()),
            ("basicConstraints", self.basic_constraints.fault()),
            ("certificatePolicies", self.certificate_policies.fault()),
            ("cRLDistributionPoints", self.crl_distribution_points.fault()),
            ("extKeyUsage", self.extended_key_usage.fault()),
            ("inhibitAnyPolicy", self.inhibit_any_policy.fault()),
            ("keyUsage", self.key_usage.fault()),
            ("nameConstraints", self.name_constraints.fault()),
            ("id-pkix-ocsp-nocheck", self.ocsp_no_check.fault()),
            ("policyConstraints", self.policy_constraints.fault()),
            ("policyMappings", self.policy_mappings.fault()),
            ("precertificatePoison", self.precertificate_poison.fault()),
            ("signedCertificateTimestampList", self.signed_certificate_timestamps.fault()),
            ("subjectAltName", self.subject_alt_name.fault()),
            ("subjectKeyIdentifier", self.subject_key_identifier.fault()),
        ];
        named.into_iter().find_map(|(name, fault)| fault.map(|fault| (name, fault)))
    }
}

/// Every level of what a lint looks at is read strictly, so size is all that must be checked beforehand.
fn check_size(der: &[u8], field: &'static str, max: usize) -> Result<(), DerError> {
    if der.len() <= max {
        return Ok(());
    }
    Err(DerError::new(field, 0, DerProblem::TooLarge { octets: der.len(), max }))
}

/// The value of `id-pkix-ocsp-nocheck`, RFC 6960 section 4.2.2.2.1.
fn null(value: &[u8]) -> Result<(), DerError> {
    let mut reader = Reader::new(value);
    reader.expect(tag::NULL, "id-pkix-ocsp-nocheck")?;
    reader.finish("id-pkix-ocsp-nocheck")
}

/// A CRL to be signed.
pub(super) struct CrlView<'a> {
    pub(super) der: &'a [u8],
    pub(super) list: TbsList<'a>,
    pub(super) algorithm: Result<SignatureAlgorithm, Oid>,
    pub(super) issuer: DistinguishedName,
    pub(super) authority_key_identifier: Decoded<AuthorityKeyIdentifier>,
    pub(super) number: Decoded<CrlNumber>,
    pub(super) issuing_distribution_point: Decoded<IssuingDistributionPoint>,
    pub(super) delta: Decoded<CrlNumber>,
    /// The first extension that is none of these.
    pub(super) unknown: Option<Oid>,
    pub(super) scan: EntryScan,
}

impl<'a> CrlView<'a> {
    pub(super) fn of(der: &'a [u8]) -> Result<Self, DerError> {
        check_size(der, "tbsCertList", limits::MAX_CRL)?;
        let mut reader = Reader::new(der);
        let element = reader.expect(tag::SEQUENCE, "tbsCertList")?;
        reader.finish("tbsCertList")?;
        let list = read_tbs_list(&element)?;
        let mut view = Self {
            der,
            algorithm: signature::read(&list.algorithm, "tbsCertList.signature")?,
            issuer: DistinguishedName::from_checked(list.issuer.whole, "tbsCertList.issuer")?,
            authority_key_identifier: Decoded::default(),
            number: Decoded::default(),
            issuing_distribution_point: Decoded::default(),
            delta: Decoded::default(),
            unknown: None,
            scan: list
                .entries
                .map(|entries| crl_entries::scan(&entries, list.this_update))
                .unwrap_or_default(),
            list,
        };
        let spans: Vec<ExtensionSpan> = view.list.extensions.clone();
        for span in &spans {
            view.take(&RawExtension::new(*span, der));
        }
        Ok(view)
    }

    fn take(&mut self, extension: &RawExtension<'_>) {
        if extension.is(&oids::AUTHORITY_KEY_IDENTIFIER) {
            take(&mut self.authority_key_identifier, extension, AuthorityKeyIdentifier::read);
        } else if extension.is(&oids::CRL_NUMBER) {
            take(&mut self.number, extension, CrlNumber::read);
        } else if extension.is(&oids::ISSUING_DISTRIBUTION_POINT) {
            take(&mut self.issuing_distribution_point, extension, IssuingDistributionPoint::read);
        } else if extension.is(&oids::DELTA_CRL_INDICATOR) {
            take(&mut self.delta, extension, CrlNumber::read);
        } else if self.unknown.is_none() {
            self.unknown = Some(extension.oid());
        }
    }

    /// The first known extension that cannot be read, by its name in the RFC.
    pub(super) fn unreadable(&self) -> Option<(&'static str, &DerError)> {
        let named: [(&'static str, Option<&DerError>); 4] = [
            ("authorityKeyIdentifier", self.authority_key_identifier.fault()),
            ("cRLNumber", self.number.fault()),
            ("issuingDistributionPoint", self.issuing_distribution_point.fault()),
            ("deltaCRLIndicator", self.delta.fault()),
        ];
        named.into_iter().find_map(|(name, fault)| fault.map(|fault| (name, fault)))
    }

    pub(super) fn this_update(&self) -> Timestamp {
        self.list.this_update
    }

    pub(super) fn about(&self) -> String {
        format!("CRL of {}", self.issuer)
    }
}
