//! Cases of the corpus: read one after the other, judged by gate and explainer.

use std::fs::File;
use std::io::{BufRead as _, BufReader, Read};
use std::path::Path;

use anyhow::{Context as _, Result};
use hf_core::time::Timestamp;
use hf_verify::batch::{LineError, RequestLine};
use hf_verify::{explain, gate};
use serde::Deserialize;

use crate::report;

/// One case.
#[derive(Deserialize)]
pub(crate) struct Case {
    pub(crate) request: RequestLine,
    pub(crate) expected: Verdict,
    #[serde(default)]
    pub(crate) features: Vec<String>,
}

/// What the corpus expects, and what we say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Verdict {
    Valid,
    Invalid,
    Unsupported,
}

impl Verdict {
    fn of(valid: Option<bool>) -> Self {
        match valid {
            Some(true) => Self::Valid,
            Some(false) => Self::Invalid,
            None => Self::Unsupported,
        }
    }

    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Valid => "valid",
            Self::Invalid => "invalid",
            Self::Unsupported => "unsupported",
        }
    }
}

/// A case with both answers.
pub(crate) struct Judged {
    pub(crate) id: String,
    pub(crate) features: Vec<String>,
    pub(crate) expected: Verdict,
    pub(crate) gate: Verdict,
    pub(crate) explainer: Verdict,
    pub(crate) summary: String,
    /// Seconds of the slower of the two.
    pub(crate) seconds: f64,
}

/// Calls `take` for every case of the file.
pub(crate) fn each(file: &Path, mut take: impl FnMut(Case) -> Result<()>) -> Result<()> {
    let opened = File::open(file).with_context(|| format!("cannot open {}", file.display()))?;
    let gzipped = file.extension().is_some_and(|extension| extension == "gz");
    let reader: Box<dyn Read> =
        if gzipped { Box::new(flate2::read::MultiGzDecoder::new(opened)) } else { Box::new(opened) };
    for (number, line) in BufReader::new(reader).lines().enumerate() {
        let place = || format!("{} line {}", file.display(), number + 1);
        let line = line.with_context(place)?;
        if !line.trim().is_empty() {
            take(serde_json::from_str(&line).with_context(place)?)?;
        }
    }
    Ok(())
}

/// Asks gate and explainer.
pub(crate) fn judge(case: &Case, now: Timestamp) -> Judged {
    let id = case.request.id.clone();
    let features = case.features.clone();
    let expected = case.expected;
    let request = match case.request.to_request(now) {
        Ok(request) => request,
        Err(error) => {
            let is_unsupported = matches!(error, LineError::Unsupported { .. });
            let verdict = if is_unsupported { Verdict::Unsupported } else { Verdict::Invalid };
            let summary = error.to_string();
            return Judged {
                id,
                features,
                expected,
                gate: verdict,
                explainer: verdict,
                summary,
                seconds: 0.0,
            };
        }
    };
    let (admitted, gate_time) = report::timed(|| gate::accept(&request).is_ok());
    let (explanation, explain_time) = report::timed(|| explain::explain(&request));
    Judged {
        id,
        features,
        expected,
        gate: Verdict::of(Some(admitted)),
        explainer: Verdict::of(explanation.valid),
        summary: format!("{} [{}]", explanation.summary, explanation.codes().join(", ")),
        seconds: gate_time.max(explain_time).as_secs_f64(),
    }
}
