//! One diagnostic type for lints, refusals, plan checks and verification.

use std::fmt;

use serde::Serialize;

/// How much a finding matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth knowing; nothing is wrong.
    Notice,
    /// Works now, but somebody should look.
    Warning,
    /// Refused, or will not work.
    Error,
}

impl Severity {
    /// The word shown to people.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Notice => "notice",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// A stable, searchable code such as `HF-PATH-EXPIRED`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct FindingCode(&'static str);

impl FindingCode {
    /// A code. It begins with `HF-` and holds capitals, digits and hyphens.
    ///
    /// # Panics
    /// On any other text; codes are constants, so that is a failed build.
    #[expect(
        clippy::indexing_slicing,
        reason = "every index is below the length; slices have no const `get`"
    )]
    pub const fn new(code: &'static str) -> Self {
        let octets = code.as_bytes();
        assert!(
            octets.len() > 3 && octets[0] == b'H' && octets[1] == b'F' && octets[2] == b'-',
            "a finding code begins with HF-"
        );
        let mut index = 3;
        while index < octets.len() {
            assert!(
                octets[index].is_ascii_uppercase() || octets[index].is_ascii_digit() || octets[index] == b'-',
                "a finding code holds capitals, digits and hyphens"
            );
            index += 1;
        }
        Self(code)
    }

    /// The code as text.
    pub const fn as_str(self) -> &'static str {
        self.0
    }
}

impl fmt::Display for FindingCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

/// A named fact that supports a finding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Evidence {
    /// What the fact is, for example `expected`, `found`, `file`.
    pub label: &'static str,
    /// The fact itself, whole.
    pub value: String,
}

/// What was noticed, about what, on which grounds, and what to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Stable code.
    pub code: FindingCode,
    /// How much it matters.
    pub severity: Severity,
    /// What it is about: a certificate's subject, a file and line, an instance.
    pub about: String,
    /// One sentence, lower-case, no full stop.
    pub summary: String,
    /// Facts: what was expected, what was found, where.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<Evidence>,
    /// What to do: a command, or a file and a key.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub hints: Vec<String>,
    /// The clause that says so, for example `RFC 5280 section 4.2.1.9`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rfc: Option<&'static str>,
    /// Codes whose presence explains this one away.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub depends_on: Vec<FindingCode>,
}

impl Finding {
    /// An error: refused, or will not work.
    pub fn error(code: FindingCode, about: impl Into<String>, summary: impl Into<String>) -> Self {
        Self::new(code, Severity::Error, about, summary)
    }

    /// A warning: works now, but somebody should look.
    pub fn warning(code: FindingCode, about: impl Into<String>, summary: impl Into<String>) -> Self {
        Self::new(code, Severity::Warning, about, summary)
    }

    /// A notice: worth knowing.
    pub fn notice(code: FindingCode, about: impl Into<String>, summary: impl Into<String>) -> Self {
        Self::new(code, Severity::Notice, about, summary)
    }

    fn new(
        code: FindingCode,
        severity: Severity,
        about: impl Into<String>,
        summary: impl Into<String>,
    ) -> Self {
        Self {
            code,
            severity,
            about: about.into(),
            summary: summary.into(),
            evidence: Vec::new(),
            hints: Vec::new(),
            rfc: None,
            depends_on: Vec::new(),
        }
    }

    /// Add what was expected and what was found.
    #[must_use]
    pub fn expected_found(self, expected: impl Into<String>, found: impl Into<String>) -> Self {
        self.evidence("expected", expected).evidence("found", found)
    }

    /// Add a fact.
    #[must_use]
    pub fn evidence(mut self, label: &'static str, value: impl Into<String>) -> Self {
        self.evidence.push(Evidence { label, value: value.into() });
        self
    }

    /// Add something to do.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }

    /// Name the clause.
    #[must_use]
    pub fn rfc(mut self, clause: &'static str) -> Self {
        self.rfc = Some(clause);
        self
    }

    /// Name a code whose presence explains this finding away.
    #[must_use]
    pub fn depends_on(mut self, code: FindingCode) -> Self {
        self.depends_on.push(code);
        self
    }
}

/// Without the findings that another one present explains away.
pub fn without_consequences(findings: Vec<Finding>) -> Vec<Finding> {
    let present: Vec<FindingCode> = findings.iter().map(|finding| finding.code).collect();
    findings
        .into_iter()
        .filter(|finding| !finding.depends_on.iter().any(|cause| present.contains(cause)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const CAUSE: FindingCode = FindingCode::new("HF-TEST-CAUSE");
    const EFFECT: FindingCode = FindingCode::new("HF-TEST-EFFECT");

    #[test]
    fn consequences_hide_behind_their_cause() {
        let effect = || Finding::error(EFFECT, "x", "effect").depends_on(CAUSE);
        let cause = Finding::error(CAUSE, "x", "cause");
        assert_eq!(without_consequences(vec![effect(), cause.clone()]), vec![cause]);
        assert_eq!(without_consequences(vec![effect()]).len(), 1);
    }
}
