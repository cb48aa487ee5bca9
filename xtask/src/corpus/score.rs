//! Scores by family and by feature.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::Result;
use serde::Serialize;

use super::case::{Judged, Verdict};
use crate::report;

/// How often right and wrong.
#[derive(Clone, Copy, Debug, Default, Serialize)]
struct Score {
    right: usize,
    wrong_accept: usize,
    wrong_reject: usize,
    unsupported: usize,
}

impl Score {
    fn add(&mut self, expected: Verdict, ours: Verdict) {
        match (expected, ours) {
            (_, Verdict::Unsupported) => self.unsupported += 1,
            (expected, ours) if expected == ours => self.right += 1,
            (_, Verdict::Valid) => self.wrong_accept += 1,
            (_, Verdict::Invalid) => self.wrong_reject += 1,
        }
    }

    fn cells(self) -> String {
        format!("{:>7} {:>7} {:>7} {:>6}", self.right, self.wrong_accept, self.wrong_reject, self.unsupported)
    }
}

/// Scores of gate and explainer.
#[derive(Clone, Copy, Debug, Default, Serialize)]
struct Pair {
    gate: Score,
    explainer: Score,
}

impl Pair {
    fn add(&mut self, judged: &Judged) {
        self.gate.add(judged.expected, judged.gate);
        self.explainer.add(judged.expected, judged.explainer);
    }
}

/// A case in which the gate or the explainer is not right.
#[derive(Clone, Debug)]
pub(crate) struct Deviation {
    pub(crate) id: String,
    pub(crate) expected: Verdict,
    pub(crate) ours: Verdict,
    pub(crate) summary: String,
}

/// Everything that a run counts.
#[derive(Default)]
pub(crate) struct Scores {
    families: BTreeMap<String, Pair>,
    features: BTreeMap<String, Pair>,
    all: Pair,
    ids: BTreeSet<String>,
    deviations: Vec<Deviation>,
    disagreements: Vec<String>,
    slowest: (f64, String),
    seconds: f64,
}

impl Scores {
    /// Count a case.
    pub(crate) fn add(&mut self, judged: &Judged) {
        self.families.entry(family(&judged.id)).or_default().add(judged);
        for feature in &judged.features {
            self.features.entry(feature.clone()).or_default().add(judged);
        }
        self.all.add(judged);
        self.ids.insert(judged.id.clone());
        if judged.gate != judged.explainer {
            self.disagreements.push(judged.id.clone());
        }
        if judged.gate != judged.expected {
            self.deviations.push(Deviation {
                id: judged.id.clone(),
                expected: judged.expected,
                ours: judged.gate,
                summary: judged.summary.clone(),
            });
        }
        self.seconds += judged.seconds;
        if judged.seconds > self.slowest.0 {
            self.slowest = (judged.seconds, judged.id.clone());
        }
    }

    /// How many cases.
    pub(crate) fn total(&self) -> usize {
        self.ids.len()
    }

    /// Whether the case was in the file.
    pub(crate) fn contains(&self, id: &str) -> bool {
        self.ids.contains(id)
    }

    /// Where the gate differs from the corpus.
    pub(crate) fn deviations(&self) -> &[Deviation] {
        &self.deviations
    }

    /// Where gate and explainer differ.
    pub(crate) fn disagreements(&self) -> &[String] {
        &self.disagreements
    }

    /// Seconds of the slowest case.
    pub(crate) fn slowest_seconds(&self) -> f64 {
        self.slowest.0
    }

    /// Tables for people.
    pub(crate) fn print(&self, file: &Path) {
        report::line(&format!("{}: {} cases", file.display(), self.total()));
        let columns = "  right w.accept w.reject unsup.";
        report::line(&format!("{:<34}gate {columns}   explainer {columns}", "family"));
        self.families.iter().for_each(|(name, pair)| print_row(name, *pair));
        print_row("all", self.all);
        if !self.features.is_empty() {
            report::line("feature");
            self.features.iter().for_each(|(name, pair)| print_row(name, *pair));
        }
        report::line(&format!("gate and explainer disagree on {} cases", self.disagreements.len()));
        report::line(&format!(
            "slowest case {:.3} s ({}), all {:.1} s",
            self.slowest.0, self.slowest.1, self.seconds
        ));
    }

    /// The same as JSON.
    pub(crate) fn to_json(&self, faults: &[String]) -> Result<String> {
        let deviations = self.deviations.iter().map(|deviation| {
            serde_json::json!({
                "id": deviation.id,
                "expected": deviation.expected.as_str(),
                "ours": deviation.ours.as_str(),
                "summary": deviation.summary,
            })
        });
        Ok(serde_json::to_string_pretty(&serde_json::json!({
            "cases": self.total(),
            "all": self.all,
            "families": self.families,
            "features": self.features,
            "disagreements": self.disagreements,
            "deviations": deviations.collect::<Vec<_>>(),
            "slowest": { "seconds": self.slowest.0, "id": self.slowest.1 },
            "faults": faults,
        }))?)
    }
}

fn print_row(name: &str, pair: Pair) {
    report::line(&format!("{name:<34}     {}             {}", pair.gate.cells(), pair.explainer.cells()));
}

/// The first word of an id; of `bettertls` the first two, since its suites are large and different.
fn family(id: &str) -> String {
    let mut words = id.split("::");
    match (words.next(), words.next()) {
        (Some("bettertls"), Some(suite)) => format!("bettertls::{suite}"),
        (Some(first), _) => first.to_owned(),
        (None, _) => id.to_owned(),
    }
}
