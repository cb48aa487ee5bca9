//! Many questions, one JSON object a line; one answer a line, in the same order.
//!
//! A line that cannot be read is answered like any other: it never ends the run. What is read from a line is bounded
//! before it is kept.

mod line;

use std::io::{self, BufRead, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};

use hf_core::causes::with_causes;
use hf_core::time::Timestamp;
use serde::Serialize;

use crate::explain::{Explanation, explain};
use crate::gate;
use crate::{codes, request::VerifyRequest};

pub use line::{LineError, NameLine, PolicyLine, RequestLine};

/// The longest line that is read, in octets; the largest of the known corpora has fewer than 2,000,000.
pub const MAX_LINE: usize = 64 * 1024 * 1024;

/// The answer to one line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Answer {
    /// As in the question; empty when it could not be read.
    pub id: String,
    /// Whether the gate admits a path; `None` when something asked for is not supported.
    pub valid: Option<bool>,
    /// One sentence.
    pub reason: String,
    /// Codes of the explainer's findings, each once.
    pub findings: Vec<String>,
}

/// How many lines had which answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// Admitted.
    pub valid: u64,
    /// Refused, unreadable questions among them.
    pub invalid: u64,
    /// Not supported.
    pub unsupported: u64,
}

/// Answer every line of `input` until it ends. Lines of white space are skipped. `now` is the time of questions that name
/// none.
///
/// # Errors
/// When reading or writing fails; never because of what a line says.
pub fn run(input: &mut dyn BufRead, output: &mut dyn Write, now: Timestamp) -> io::Result<Totals> {
    let mut totals = Totals::default();
    while let Some(line) = read_line(input)? {
        let answer = match line {
            Line::Text(text) if text.iter().all(u8::is_ascii_whitespace) => continue,
            Line::Text(text) => answer_line(&text, now),
            Line::TooLong => unreadable(String::new(), &LineError::TooLong { max: MAX_LINE }),
        };
        match answer.valid {
            Some(true) => totals.valid += 1,
            Some(false) => totals.invalid += 1,
            None => totals.unsupported += 1,
        }
        serde_json::to_writer(&mut *output, &answer)?;
        output.write_all(b"\n")?;
        output.flush()?;
    }
    Ok(totals)
}

/// The answer to one line of JSON.
pub fn answer_line(line: &[u8], now: Timestamp) -> Answer {
    match serde_json::from_slice::<RequestLine>(line) {
        Ok(request) => answer(&request, now),
        Err(source) => unreadable(line::id_of(line), &LineError::Json { problem: source.to_string() }),
    }
}

/// The answer to one question.
pub fn answer(line: &RequestLine, now: Timestamp) -> Answer {
    match line.to_request(now) {
        // A fault of ours must cost one answer, not the run.
        Ok(request) => {
            catch_unwind(AssertUnwindSafe(|| judge(&line.id, &request))).unwrap_or_else(|_| Answer {
                id: line.id.clone(),
                valid: Some(false),
                reason: "the verifier failed on this question; please report it with the line".to_owned(),
                findings: vec![codes::REQUEST_UNREADABLE.to_string()],
            })
        }
        Err(error @ LineError::Unsupported { .. }) => Answer {
            id: line.id.clone(),
            valid: None,
            reason: error.to_string(),
            findings: vec![codes::REQUEST_UNSUPPORTED.to_string()],
        },
        Err(error) => unreadable(line.id.clone(), &error),
    }
}

/// The gate decides; the explainer gives the reasons. Should they ever disagree, the answer is no.
fn judge(id: &str, request: &VerifyRequest) -> Answer {
    let admitted = gate::accept(request);
    let Explanation { valid, summary, findings, .. } = explain(request);
    let mut codes: Vec<String> = Vec::new();
    for finding in &findings {
        if !codes.contains(&finding.code.to_string()) {
            codes.push(finding.code.to_string());
        }
    }
    let (valid, reason) = match (admitted, valid) {
        (_, None) => (None, summary),
        (Ok(_), Some(true)) | (Err(_), Some(false)) => (valid, summary),
        (Ok(_), Some(false)) => (Some(false), format!("gate and explainer disagree: {summary}")),
        (Err(rejected), Some(true)) => (Some(false), format!("gate and explainer disagree: {rejected}")),
    };
    Answer { id: id.to_owned(), valid, reason, findings: codes }
}

fn unreadable(id: String, error: &LineError) -> Answer {
    Answer { id, valid: Some(false), reason: with_causes(error), findings: vec![error.code().to_string()] }
}

enum Line {
    Text(Vec<u8>),
    TooLong,
}

/// The next line without its end; the rest of one that is too long is passed over.
fn read_line(input: &mut dyn BufRead) -> io::Result<Option<Line>> {
    let mut line = Vec::new();
    let mut too_long = false;
    loop {
        let available = input.fill_buf()?;
        if available.is_empty() {
            break;
        }
        let end = available.iter().position(|octet| *octet == b'\n');
        let part = available.get(..end.unwrap_or(available.len())).unwrap_or_default();
        too_long |= line.len() + part.len() > MAX_LINE;
        if !too_long {
            line.extend_from_slice(part);
        }
        let used = part.len() + usize::from(end.is_some());
        input.consume(used);
        if end.is_some() {
            return Ok(Some(if too_long { Line::TooLong } else { Line::Text(line) }));
        }
    }
    Ok(match (too_long, line.is_empty()) {
        (true, _) => Some(Line::TooLong),
        (false, true) => None,
        (false, false) => Some(Line::Text(line)),
    })
}
