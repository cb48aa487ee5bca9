//! Extensions, RFC 5280 sections 4.2 and 5.2: one file each, reading and writing side by side.

mod authority_info_access;
mod authority_key_identifier;
mod basic_constraints;
mod certificate_policies;
mod crl_distribution_points;
mod crl_number;
mod extended_key_usage;
mod issuing_distribution_point;
mod key_usage;
mod name_constraints;
mod policy_constraints;
mod policy_mappings;
mod precertificate_poison;
mod signed_certificate_timestamps;
mod subject_alt_name;
mod subject_key_identifier;

pub use authority_info_access::{AccessDescription, AuthorityInfoAccess};
pub use authority_key_identifier::AuthorityKeyIdentifier;
pub use basic_constraints::BasicConstraints;
pub use certificate_policies::{CertificatePolicies, PolicyInformation, PolicyQualifier};
pub use crl_distribution_points::{CrlDistributionPoints, DistributionPoint, DistributionPointName};
pub use crl_number::CrlNumber;
pub use extended_key_usage::ExtendedKeyUsage;
pub use issuing_distribution_point::IssuingDistributionPoint;
pub use key_usage::KeyUsage;
pub use name_constraints::{ConstraintRefusal, NameConstraints};
pub use policy_constraints::{InhibitAnyPolicy, PolicyConstraints};
pub use policy_mappings::PolicyMappings;
pub use precertificate_poison::PrecertificatePoison;
pub use signed_certificate_timestamps::{ListedTimestamp, SignedCertificateTimestamps};
pub use subject_alt_name::SubjectAltName;
pub(crate) use subject_alt_name::write_set as write_san_set;
pub use subject_key_identifier::KeyIdentifier;

use crate::asn1::{DerError, Oid, Writer, tag};
use crate::limits;

/// A value that stands in an extension.
pub(crate) trait ExtensionValue: Sized {
    /// Which extension it is.
    const OID: Oid;

    /// Read the value, which passed the pre-check.
    fn read(value: &[u8]) -> Result<Self, DerError>;

    /// Write the value.
    fn write(&self, writer: &mut Writer);

    /// Check the limits, then read.
    fn decode(value: &[u8]) -> Result<Self, DerError> {
        limits::check(value, "extnValue", limits::MAX_OBJECT)?;
        Self::read(value)
    }
}

/// Write one `Extension`.
pub(crate) fn write_extension<E: ExtensionValue>(writer: &mut Writer, critical: bool, value: &E) {
    write_raw_extension(writer, &E::OID, critical, |writer| value.write(writer));
}

/// Write one `Extension` whose value `inside` writes.
pub(crate) fn write_raw_extension(
    writer: &mut Writer,
    oid: &Oid,
    critical: bool,
    inside: impl FnOnce(&mut Writer),
) {
    writer.sequence(|extension| {
        extension.oid(oid);
        if critical {
            extension.boolean(true);
        }
        extension.nested(tag::OCTET_STRING, inside);
    });
}

#[cfg(test)]
mod tests;
