//! The rules that a path must obey, as rows: code, clause, check. Gate and explainer run the same rows.
//!
//! Rows about one certificate see it alone, in its place on the path. Rows about the path see all of it. Signatures are
//! not here: they are what makes a path a path (`search`, and rustls-webpki in the gate).

mod certificate;
mod path;

use hf_core::finding::{Finding, FindingCode};
use hf_core::time::Timestamp;

use crate::budget::Budget;
use crate::facts::Facts;
use crate::request::VerifyRequest;

/// The place of a certificate on a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// The certificate that is asked about.
    Leaf,
    /// Between leaf and trust anchor.
    Intermediate,
    /// The trust anchor itself.
    Anchor,
}

impl Place {
    /// The word for people.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Leaf => "leaf",
            Self::Intermediate => "intermediate",
            Self::Anchor => "trust anchor",
        }
    }
}

/// One certificate in its place.
#[derive(Clone, Copy)]
pub(crate) struct Link<'a> {
    pub(crate) facts: &'a Facts,
    pub(crate) place: Place,
    pub(crate) time: Timestamp,
}

impl Link<'_> {
    /// What a finding is about, for example ``leaf `CN=a` ``.
    pub(crate) fn about(&self) -> String {
        format!("{} {}", self.place.as_str(), self.facts.label())
    }

    /// Whether the certificate issued others on this path.
    pub(crate) fn issues(&self) -> bool {
        self.place != Place::Leaf
    }
}

/// A whole path: leaf first, trust anchor last.
pub(crate) struct Path<'a> {
    pub(crate) links: Vec<Link<'a>>,
    pub(crate) request: &'a VerifyRequest,
}

impl<'a> Path<'a> {
    /// From certificates, leaf first.
    pub(crate) fn new(chain: &[&'a Facts], request: &'a VerifyRequest) -> Self {
        let last = chain.len().saturating_sub(1);
        let place = |index| match index {
            0 => Place::Leaf,
            index if index == last => Place::Anchor,
            _ => Place::Intermediate,
        };
        let links = chain.iter().enumerate();
        let links =
            links.map(|(index, facts)| Link { facts, place: place(index), time: request.time }).collect();
        Self { links, request }
    }

    /// The links between leaf and trust anchor, the leaf's issuer first.
    pub(crate) fn intermediates(&self) -> impl DoubleEndedIterator<Item = &Link<'a>> {
        self.links.iter().filter(|link| link.place == Place::Intermediate)
    }
}

/// What a check found wrong; the row adds code and clause.
#[derive(Clone, Debug)]
pub(crate) struct Fault {
    about: Option<String>,
    code: Option<FindingCode>,
    rfc: Option<&'static str>,
    summary: String,
    expected: String,
    found: String,
    hints: Vec<String>,
}

impl Fault {
    /// With a sentence, lower-case, without full stop.
    pub(crate) fn new(
        summary: impl Into<String>,
        expected: impl Into<String>,
        found: impl Into<String>,
    ) -> Self {
        Self {
            about: None,
            code: None,
            rfc: None,
            summary: summary.into(),
            expected: expected.into(),
            found: found.into(),
            hints: Vec::new(),
        }
    }

    /// About another thing than the row's certificate.
    pub(crate) fn about(mut self, about: impl Into<String>) -> Self {
        self.about = Some(about.into());
        self
    }

    /// With another code than the row's.
    pub(crate) fn code(mut self, code: FindingCode) -> Self {
        self.code = Some(code);
        self
    }

    /// With another clause than the row's.
    pub(crate) fn rfc(mut self, rfc: &'static str) -> Self {
        self.rfc = Some(rfc);
        self
    }

    /// With something to do.
    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }

    fn into_finding(self, code: FindingCode, rfc: &'static str, about: String) -> Finding {
        let finding = Finding::error(self.code.unwrap_or(code), self.about.unwrap_or(about), self.summary)
            .expected_found(self.expected, self.found)
            .rfc(self.rfc.unwrap_or(rfc));
        self.hints.into_iter().fold(finding, Finding::hint)
    }
}

/// A rule about one certificate.
pub(crate) struct CertificateRule {
    pub(crate) code: FindingCode,
    pub(crate) rfc: &'static str,
    pub(crate) check: fn(&Link<'_>) -> Option<Fault>,
}

/// A rule about the whole path.
pub(crate) struct PathRule {
    pub(crate) code: FindingCode,
    pub(crate) rfc: &'static str,
    pub(crate) check: fn(&Path<'_>, &mut Budget) -> Vec<Fault>,
}

/// What is wrong with one certificate in its place.
pub(crate) fn certificate_findings(link: &Link<'_>) -> Vec<Finding> {
    let faults = certificate::ROWS.iter().filter_map(|row| (row.check)(link).map(|fault| (row, fault)));
    faults.map(|(row, fault)| fault.into_finding(row.code, row.rfc, link.about())).collect()
}

/// Whether nothing is wrong with one certificate in its place.
pub(crate) fn certificate_passes(link: &Link<'_>) -> bool {
    certificate::ROWS.iter().all(|row| (row.check)(link).is_none())
}

/// What is wrong with a path, its certificates apart.
pub(crate) fn path_findings(path: &Path<'_>, budget: &mut Budget) -> Vec<Finding> {
    let mut findings = Vec::new();
    for row in path::ROWS {
        let about = path.links.first().map(Link::about).unwrap_or_default();
        let faults = (row.check)(path, budget).into_iter();
        findings.extend(faults.map(|fault| fault.into_finding(row.code, row.rfc, about.clone())));
    }
    findings
}

/// Whether nothing is wrong with a path, its certificates apart; stops at the first fault.
pub(crate) fn path_passes(path: &Path<'_>, budget: &mut Budget) -> bool {
    path::ROWS.iter().all(|row| (row.check)(path, budget).is_empty())
}
