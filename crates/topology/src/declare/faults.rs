//! The faults of a file, collected.

use hf_core::finding::{Finding, FindingCode};

use super::source::{Source, printable};
pub(super) use crate::codes::{
    FILE_LIMIT as LIMIT, FILE_MISSING_KEY as MISSING_KEY, FILE_SYNTAX as SYNTAX,
    FILE_UNKNOWN_KEY as UNKNOWN_KEY, FILE_UNKNOWN_NAME as UNKNOWN_NAME, FILE_VALUE as VALUE,
};
use crate::declared::Place;

/// The most faults that are reported of one file; who has more mends these first.
const MAX_FAULTS: usize = 100;

/// All faults of a file so far.
pub(super) struct Faults<'a> {
    source: Source<'a>,
    found: Vec<(usize, Finding)>,
}

/// One fault at an octet of the file.
pub(super) struct Fault {
    at: usize,
    finding: Finding,
}

impl Fault {
    /// `key` is the whole path, for example `service.a.calls`; may be empty.
    pub(super) fn new(code: FindingCode, at: usize, key: &str, summary: impl Into<String>) -> Self {
        let finding = Finding::error(code, String::new(), summary);
        let finding = if key.is_empty() { finding } else { finding.evidence("key", printable(key)) };
        Self { at, finding }
    }

    pub(super) fn expected_found(mut self, expected: impl Into<String>, found: impl AsRef<str>) -> Self {
        self.finding = self.finding.expected_found(expected, printable(found.as_ref()));
        self
    }

    pub(super) fn found(mut self, found: impl AsRef<str>) -> Self {
        self.finding = self.finding.evidence("found", printable(found.as_ref()));
        self
    }

    /// What to write.
    pub(super) fn write(mut self, hint: impl Into<String>) -> Self {
        self.finding = self.finding.hint(hint);
        self
    }
}

impl<'a> Faults<'a> {
    pub(super) fn new(source: Source<'a>) -> Self {
        Self { source, found: Vec::new() }
    }

    pub(super) fn place(&self, at: usize) -> Place {
        self.source.place(at)
    }

    /// The value as written in the file, cut.
    pub(super) fn excerpt(&self, span: std::ops::Range<usize>) -> String {
        self.source.excerpt(span)
    }

    pub(super) fn add(&mut self, fault: Fault) {
        if self.found.len() < MAX_FAULTS {
            let Fault { at, mut finding } = fault;
            finding.about = format!("{}:{}", self.source.file, self.source.place(at));
            self.found.push((at, finding));
        }
    }

    /// The same for what is known by line and column only.
    pub(super) fn add_at(&mut self, place: Place, fault: Fault) {
        self.add(Fault { at: self.source.offset(place), ..fault });
    }

    pub(super) fn add_syntax(&mut self, error: &toml::de::Error) {
        let span = error.span().unwrap_or(0..0);
        let summary = printable(error.message().lines().next().unwrap_or("not valid TOML"));
        let fault = Fault::new(SYNTAX, span.start, "", summary);
        let excerpt = self.excerpt(span);
        self.add(if excerpt.is_empty() { fault } else { fault.found(excerpt) });
    }

    /// In the order of the file.
    pub(super) fn into_findings(mut self) -> Vec<Finding> {
        self.found.sort_by_key(|(at, _)| *at);
        self.found.into_iter().map(|(_, finding)| finding).collect()
    }
}
