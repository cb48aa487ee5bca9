//! Rules about one certificate, one file a subject.

mod algorithm;
mod authority;
mod encoding;
mod extensions;
mod key_identifiers;
mod names;
mod serial;
mod validity;

use super::CertificateRule;

/// Every row, in the order in which a reader of a report wants them.
pub(super) const ROWS: &[CertificateRule] = &[
    encoding::READABLE,
    extensions::UNKNOWN,
    extensions::CRITICALITY,
    validity::EXPIRED,
    validity::NOT_YET,
    authority::BASIC_CONSTRAINTS,
    authority::KEY_USAGE,
    names::EMPTY,
    names::SAN_CRITICAL,
    names::MALFORMED,
    names::CONSTRAINT_FORM,
    names::COMMON_NAME,
    key_identifiers::PRESENT,
    key_identifiers::CONSISTENT,
    serial::SERIAL,
    algorithm::SIGNATURE,
    algorithm::KEY,
];
