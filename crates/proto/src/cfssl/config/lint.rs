//! How bad a lint's result may be.

use super::super::go_json::GoValue;

/// A result of a lint, mild to bad, as zlint orders them. Results above the level of a profile stop an issuance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LintLevel {
    /// Does not apply.
    NotApplicable,
    /// Not yet in force when the certificate was made.
    NotEffective,
    /// In order.
    Pass,
    /// Worth knowing.
    Info,
    /// Should be otherwise.
    Warn,
    /// Must be otherwise.
    Error,
    /// Breaks everything.
    Fatal,
}

/// Words and numbers, in the order of the numbers from 1. Number 0, `reserved`, turns lints off.
const WORDS: [(&str, LintLevel); 7] = [
    ("NA", LintLevel::NotApplicable),
    ("NE", LintLevel::NotEffective),
    ("pass", LintLevel::Pass),
    ("info", LintLevel::Info),
    ("warn", LintLevel::Warn),
    ("error", LintLevel::Error),
    ("fatal", LintLevel::Fatal),
];

/// The level that a profile sets: a word as in CFSSL, or its number as in CFSSL's documentation. `Err` for anything else.
pub(super) fn level(value: Option<&GoValue>) -> Result<Option<LintLevel>, ()> {
    let index = match value {
        None | Some(GoValue::Null) => 0,
        Some(GoValue::String(word)) if word == "reserved" || word.is_empty() => 0,
        Some(GoValue::String(word)) => WORDS.iter().position(|(known, _)| known == word).ok_or(())? + 1,
        Some(GoValue::Number(digits)) => digits.parse::<usize>().map_err(|_| ())?,
        Some(GoValue::Bool(_) | GoValue::Array(_) | GoValue::Object(_)) => return Err(()),
    };
    match index.checked_sub(1) {
        None => Ok(None),
        Some(index) => WORDS.get(index).map(|(_, level)| Some(*level)).ok_or(()),
    }
}
