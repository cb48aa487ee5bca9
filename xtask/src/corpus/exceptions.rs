//! The exceptions file: where we differ from the corpus, and why.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result, bail};
use serde::Deserialize;

use super::score::Scores;

/// The file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    /// Deviations in every corpus file.
    #[serde(default)]
    exceptions: Vec<Line>,
    /// Deviations in cases that only the larger set holds. A smaller file does not make these lines stale.
    #[serde(default)]
    larger_set: Vec<Line>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    id: String,
    ours: String,
    reason: String,
}

/// Lines by id, each with whether the case must be in the file.
#[derive(Debug)]
pub(crate) struct Exceptions(BTreeMap<String, (Line, bool)>);

impl Exceptions {
    /// Reads the file; ids must be distinct and reasons not empty.
    pub(crate) fn read(file: &Path) -> Result<Self> {
        let text = fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
        Self::parse(&text).with_context(|| file.display().to_string())
    }

    fn parse(text: &str) -> Result<Self> {
        let document: Document = toml::from_str(text)?;
        let mut lines = BTreeMap::new();
        let all = document.exceptions.into_iter().map(|line| (line, true));
        for (line, must_be_there) in all.chain(document.larger_set.into_iter().map(|line| (line, false))) {
            if line.reason.trim().is_empty() {
                bail!("`{}` has no reason", line.id);
            }
            if !["valid", "invalid", "unsupported"].contains(&line.ours.as_str()) {
                bail!(
                    "`{}`: `ours` is `{}`: expected `valid`, `invalid` or `unsupported`",
                    line.id,
                    line.ours
                );
            }
            if let Some((twice, _)) = lines.insert(line.id.clone(), (line, must_be_there)) {
                bail!("`{}` stands there twice", twice.id);
            }
        }
        Ok(Self(lines))
    }

    /// What differs between the run and the file: deviations that are not listed, lines that do not hold.
    pub(crate) fn compare(&self, scores: &Scores) -> Vec<String> {
        let mut faults = Vec::new();
        for deviation in scores.deviations() {
            if self.0.get(&deviation.id).is_none_or(|(line, _)| line.ours != deviation.ours.as_str()) {
                faults.push(format!(
                    "not listed: {} is {}, but the corpus expects {}: {}",
                    deviation.id,
                    deviation.ours.as_str(),
                    deviation.expected.as_str(),
                    deviation.summary
                ));
            }
        }
        for (line, must_be_there) in self.0.values() {
            let known = scores.contains(&line.id);
            let holds = scores.deviations().iter().any(|deviation| deviation.id == line.id);
            if (known && !holds) || (!known && *must_be_there) {
                let why = if known { "we agree with the corpus now" } else { "the corpus has no such case" };
                faults.push(format!("stale: {}: {why}; take the line out", line.id));
            }
        }
        faults
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::corpus::case::{Judged, Verdict};

    fn scores(gate: Verdict) -> Scores {
        let mut scores = Scores::default();
        scores.add(&Judged {
            id: "a::b".to_owned(),
            features: Vec::new(),
            expected: Verdict::Invalid,
            gate,
            explainer: gate,
            summary: String::new(),
            seconds: 0.0,
        });
        scores
    }

    const LISTED: &str = r#"exceptions = [{ id = "a::b", ours = "valid", reason = "because" }]"#;

    #[test]
    fn a_listed_deviation_passes_and_others_fail() {
        assert!(Exceptions::parse(LISTED).unwrap().compare(&scores(Verdict::Valid)).is_empty());
        let faults = Exceptions::parse("").unwrap().compare(&scores(Verdict::Valid));
        assert!(faults.iter().any(|fault| fault.starts_with("not listed: a::b")));
        let faults = Exceptions::parse(LISTED).unwrap().compare(&scores(Verdict::Unsupported));
        assert!(faults.iter().any(|fault| fault.starts_with("not listed")));
    }

    #[test]
    fn a_stale_line_fails() {
        let faults = Exceptions::parse(LISTED).unwrap().compare(&scores(Verdict::Invalid));
        assert!(faults.iter().any(|fault| fault.starts_with("stale: a::b")));
        let absent = r#"exceptions = [{ id = "x", ours = "valid", reason = "because" }]"#;
        assert_eq!(Exceptions::parse(absent).unwrap().compare(&scores(Verdict::Invalid)).len(), 1);
        let larger = r#"larger_set = [{ id = "x", ours = "valid", reason = "because" }]"#;
        assert!(Exceptions::parse(larger).unwrap().compare(&scores(Verdict::Invalid)).is_empty());
    }

    #[test]
    fn lines_need_a_reason_and_stand_once() {
        assert!(Exceptions::parse(r#"exceptions = [{ id = "a", ours = "valid", reason = " " }]"#).is_err());
        assert!(Exceptions::parse(r#"exceptions = [{ id = "a", ours = "yes", reason = "x" }]"#).is_err());
        let line = r#"{ id = "a", ours = "valid", reason = "x" }"#;
        assert!(Exceptions::parse(&format!("exceptions = [{line}, {line}]")).is_err());
    }
}
