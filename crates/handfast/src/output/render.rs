//! Errors and findings as text and as JSON.

use std::fmt::Write as _;

use hf_core::finding::Finding;
use serde::Serialize;

use super::{Paint, Tone, tone};
use crate::error::CommandError;

/// A finding: its code, what it is about, one sentence; below it the facts, the clause and what to do.
pub(super) fn finding(finding: &Finding, paint: Paint) -> String {
    let mut text = finding_facts(finding, paint);
    for hint in &finding.hints {
        let _ = write!(text, "\n  {} {}", paint.apply(Tone::Strong, "hint:"), visible(hint));
    }
    text
}

fn finding_facts(finding: &Finding, paint: Paint) -> String {
    let head = format!("{}[{}]:", finding.severity.as_str(), finding.code.as_str());
    let mut text = format!(
        "{} {}: {}",
        paint.apply(tone(finding.severity), &head),
        visible(&finding.about),
        visible(&finding.summary)
    );
    for fact in &finding.evidence {
        let _ = write!(text, "\n  {}: {}", fact.label, visible(&fact.value));
    }
    if let Some(clause) = finding.rfc {
        let _ = write!(text, "\n  {}", paint.apply(Tone::Faint, &format!("see {clause}")));
    }
    text
}

/// An error, its causes, what was found, and after an empty line how to mend it.
pub(super) fn error(error: &CommandError, paint: Paint) -> String {
    let mut text = format!("{} {}", paint.apply(Tone::Error, "error:"), visible(error.message()));
    for cause in error.causes() {
        let _ = write!(text, "\n  caused by: {}", visible(&cause));
    }
    for one in error.found() {
        let _ = write!(text, "\n{}", indent(&finding(one, paint)));
    }
    let hints = error.hints();
    if !hints.is_empty() {
        text.push('\n');
    }
    for hint in hints {
        let _ = write!(text, "\n{} {}", paint.apply(Tone::Strong, "hint:"), visible(hint));
    }
    text
}

/// Two spaces before every line.
fn indent(text: &str) -> String {
    text.lines().map(|line| format!("  {line}")).collect::<Vec<_>>().join("\n")
}

/// With control characters made visible: text from files and certificates must not steer the terminal.
pub(crate) fn visible(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        if character.is_control() && character != '\n' {
            safe.extend(character.escape_unicode());
        } else {
            safe.push(character);
        }
    }
    safe
}

#[derive(Serialize)]
struct ErrorJson<'a> {
    error: ErrorBody<'a>,
    exit: u8,
}

#[derive(Serialize)]
struct ErrorBody<'a> {
    message: &'a str,
    causes: Vec<String>,
    findings: &'a [Finding],
    hints: Vec<&'a str>,
}

/// A finding as one line of JSON.
pub(super) fn finding_json(finding: &Finding) -> String {
    #[derive(Serialize)]
    struct Line<'a> {
        finding: &'a Finding,
    }
    serde_json::to_string(&Line { finding }).unwrap_or_else(|_| String::from("{\"finding\":{}}"))
}

/// The same as one line of JSON.
pub(super) fn error_json(error: &CommandError) -> String {
    let body = ErrorJson {
        error: ErrorBody {
            message: error.message(),
            causes: error.causes(),
            findings: error.found(),
            hints: error.hints(),
        },
        exit: error.exit().code(),
    };
    serde_json::to_string(&body).unwrap_or_else(|_| String::from("{\"error\":{},\"exit\":2}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use hf_core::finding::FindingCode;

    const CODE: FindingCode = FindingCode::new("HF-TEST-ONE");

    fn sample() -> CommandError {
        let one = Finding::error(CODE, "handfast.toml:3", "unknown key `instnces`")
            .expected_found("instances", "instnces")
            .hint("write `instances`");
        CommandError::refused("the file is not a topology").findings(vec![one]).hint("see `handfast init`")
    }

    #[test]
    fn an_error_reads_from_what_to_why_to_how() {
        insta::assert_snapshot!(error(&sample(), Paint::Plain), @r"
        error: the file is not a topology
          error[HF-TEST-ONE]: handfast.toml:3: unknown key `instnces`
            expected: instances
            found: instnces
            hint: write `instances`

        hint: see `handfast init`
        ");
    }

    #[test]
    fn an_error_is_json_too() {
        let value: serde_json::Value = serde_json::from_str(&error_json(&sample())).unwrap();
        assert_eq!(value["exit"], 1);
        assert_eq!(value["error"]["findings"][0]["code"], "HF-TEST-ONE");
    }

    #[test]
    fn control_characters_do_not_reach_the_terminal() {
        assert_eq!(visible("a\u{1b}[2Jb\nc"), "a\\u{1b}[2Jb\nc");
    }
}
