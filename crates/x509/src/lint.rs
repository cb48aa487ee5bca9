//! Lints: rules of RFC 5280 and of Handfast, one row each, judged on the octets that would be signed.
//!
//! A row has a code, the clause it comes from, a severity and a check; every row has a good and a bad fixture in the
//! tests. An authority signs nothing on which a row of severity *error* has something to say.

mod authority;
mod crl;
mod crl_entries;
mod key;
mod names;
mod places;
mod structure;
mod subject;
mod transparency;
mod usage;
mod view;

use hf_core::finding::{Finding, FindingCode, Severity};
use hf_core::time::Timestamp;

use crate::asn1::DerError;
use crate::certificate::Certificate;
use crate::distinguished_name::DistinguishedName;
use crate::error::X509Error;
use crate::ext::{BasicConstraints, KeyIdentifier, KeyUsage, NameConstraints};
use crate::public_key::PublicKey;
use crate::tbs::TbsCertificate;

use view::{CrlView, View};

/// What the issuer's certificate says, read once for all that it issues.
#[derive(Clone, Debug)]
pub struct IssuerFacts {
    /// Its subject.
    pub subject: DistinguishedName,
    /// Its key.
    pub public_key: PublicKey,
    /// Its subject key identifier.
    pub key_identifier: Option<KeyIdentifier>,
    /// The last second of its validity.
    pub not_after: Timestamp,
    /// Its basic constraints.
    pub basic_constraints: Option<BasicConstraints>,
    /// Its key usage.
    pub key_usage: Option<KeyUsage>,
    /// Its name constraints.
    pub name_constraints: Option<NameConstraints>,
}

impl IssuerFacts {
    /// From the issuer's certificate. Fails when one of the extensions cannot be read.
    pub fn of(issuer: &Certificate) -> Result<Self, X509Error> {
        Ok(Self {
            subject: issuer.subject().clone(),
            public_key: issuer.public_key().clone(),
            key_identifier: issuer.subject_key_identifier()?,
            not_after: issuer.not_after(),
            basic_constraints: issuer.basic_constraints()?,
            key_usage: issuer.key_usage()?,
            name_constraints: issuer.name_constraints()?,
        })
    }

    /// Of a self-signed leaf that is still to be signed. Whoever trusts it does so by itself: it is the end of no path,
    /// so what RFC 5280 section 6.1.4 asks of issuers is not asked of it.
    pub fn of_self_signed_leaf(tbs: &TbsCertificate) -> Self {
        let authority = BasicConstraints { ca: true, path_length: None };
        Self { basic_constraints: Some(authority), key_usage: None, ..Self::of_self_signed(tbs) }
    }

    /// Of a self-signed certificate that is still to be signed: its own issuer.
    pub fn of_self_signed(tbs: &TbsCertificate) -> Self {
        Self {
            subject: tbs.subject.clone(),
            public_key: tbs.public_key.clone(),
            key_identifier: Some(tbs.public_key.key_identifier_by(tbs.extensions.subject_key_identifier)),
            not_after: tbs.validity.not_after(),
            basic_constraints: Some(tbs.extensions.basic_constraints),
            key_usage: Some(tbs.extensions.key_usage),
            // They hold for certificates below, not for the one that says so (RFC 5280 section 6.1.4).
            name_constraints: None,
        }
    }
}

/// What a lint needs to know beside the octets.
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    /// The issuer.
    pub issuer: &'a IssuerFacts,
    /// What the octets are to become.
    pub form: Form,
}

impl<'a> Context<'a> {
    /// For what is no pre-certificate.
    pub fn of(issuer: &'a IssuerFacts) -> Self {
        Self { issuer, form: Form::Certificate }
    }
}

/// What a `TBSCertificate` is to become.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// A certificate.
    Certificate,
    /// A pre-certificate, RFC 6962 section 3.1.
    Precertificate,
}

/// What a row is about, for lists of all rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rule {
    /// Stable code.
    pub code: FindingCode,
    /// The clause it comes from.
    pub clause: &'static str,
    /// How much it matters.
    pub severity: Severity,
}

/// A rule and its check.
struct Row<C> {
    rule: Rule,
    check: C,
}

type CertificateRow = Row<fn(&View<'_>, Context<'_>) -> Option<Fault>>;
type CrlRow = Row<fn(&CrlView<'_>, Context<'_>) -> Option<Fault>>;

/// What a check has to say.
struct Fault {
    summary: String,
    expected: String,
    found: String,
}

/// Short for the checks.
#[expect(clippy::unnecessary_wraps, reason = "it is what every check returns")]
fn fault(summary: impl Into<String>, expected: impl Into<String>, found: impl Into<String>) -> Option<Fault> {
    Some(Fault { summary: summary.into(), expected: expected.into(), found: found.into() })
}

/// One row of a table.
macro_rules! row {
    ($severity:ident, $code:literal, $clause:literal, $check:path) => {
        $crate::lint::Row {
            rule: $crate::lint::Rule {
                code: hf_core::finding::FindingCode::new($code),
                clause: $clause,
                severity: hf_core::finding::Severity::$severity,
            },
            check: $check,
        }
    };
}
use row;

/// The rows for certificates, a family after the other.
static CERTIFICATE_ROWS: [&[CertificateRow]; 8] = [
    structure::ROWS,
    names::ROWS,
    subject::ROWS,
    key::ROWS,
    usage::ROWS,
    authority::ROWS,
    places::ROWS,
    transparency::ROWS,
];

/// What is said about octets that are no `TBSCertificate` or `TBSCertList` at all; no row can look at them.
const UNREADABLE: Rule = Rule {
    code: FindingCode::new("HF-LINT-UNREADABLE"),
    clause: "RFC 5280 sections 4.1 and 5.1",
    severity: Severity::Error,
};

/// Every rule for certificates.
pub fn certificate_rules() -> impl Iterator<Item = Rule> {
    CERTIFICATE_ROWS.iter().flat_map(|rows| rows.iter()).map(|row| row.rule)
}

/// Every rule for CRLs.
pub fn crl_rules() -> impl Iterator<Item = Rule> {
    crl::ROWS.iter().map(|row| row.rule)
}

/// Judge the DER of a `TBSCertificate`. Nothing found means that every row is content.
pub fn certificate(tbs_der: &[u8], context: &Context<'_>) -> Vec<Finding> {
    let view = match View::of(tbs_der) {
        Ok(view) => view,
        Err(error) => return vec![unreadable(&error)],
    };
    let faults = CERTIFICATE_ROWS
        .iter()
        .flat_map(|rows| rows.iter())
        .filter_map(|row| (row.check)(&view, *context).map(|fault| (row.rule, fault)));
    faults.map(|(rule, fault)| finding(rule, view.about(), fault)).collect()
}

/// Judge the DER of a `TBSCertList`. Takes one pass over the entries.
pub fn crl(tbs_der: &[u8], context: &Context<'_>) -> Vec<Finding> {
    let view = match CrlView::of(tbs_der) {
        Ok(view) => view,
        Err(error) => return vec![unreadable(&error)],
    };
    let faults =
        crl::ROWS.iter().filter_map(|row| (row.check)(&view, *context).map(|fault| (row.rule, fault)));
    faults.map(|(rule, fault)| finding(rule, view.about(), fault)).collect()
}

fn unreadable(error: &DerError) -> Finding {
    let fault = Fault {
        summary: "the octets to be signed cannot be read back".to_owned(),
        expected: "strict DER".to_owned(),
        found: error.to_string(),
    };
    finding(UNREADABLE, "the octets to be signed".to_owned(), fault)
}

fn finding(rule: Rule, about: String, fault: Fault) -> Finding {
    let make = match rule.severity {
        Severity::Error => Finding::error,
        Severity::Warning => Finding::warning,
        Severity::Notice => Finding::notice,
    };
    make(rule.code, about, fault.summary).expected_found(fault.expected, fault.found).rfc(rule.clause)
}

#[cfg(test)]
mod tests;
