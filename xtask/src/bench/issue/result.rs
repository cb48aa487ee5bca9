//! The figures, as a table with what stands between each and its floor, and as JSON.

use std::fmt::Write as _;

use anyhow::Result;
use serde_json::{Map, Value, json};

use super::child::Fresh;
use super::floor;

/// Processor time per certificate and per floor, in microseconds.
pub(super) struct Processor {
    pub(super) certificate_us: f64,
    pub(super) floor_us: f64,
    /// How long each stage takes in the middle, in microseconds.
    pub(super) stages: Vec<(&'static str, f64)>,
}

impl Processor {
    fn ratio(&self) -> f64 {
        self.certificate_us / self.floor_us
    }
}

/// One row: so many requests in flight.
pub(super) struct Flight {
    pub(super) per_s: f64,
    pub(super) floor_per_s: f64,
    pub(super) p50_ms: f64,
    pub(super) p99_ms: f64,
    /// Processor time of the whole process per certificate, in microseconds.
    pub(super) processor_us: f64,
}

impl Flight {
    /// The rate as a part of the floor beside it.
    pub(super) fn ratio(&self) -> f64 {
        self.per_s / self.floor_per_s
    }
}

/// Everything that was measured.
pub(super) struct Figures {
    pub(super) processor: Processor,
    pub(super) flights: Vec<(usize, Flight)>,
    pub(super) stored: usize,
    pub(super) stored_ratio: f64,
    pub(super) start: Fresh,
    pub(super) crl: Fresh,
}

impl Figures {
    /// The floor of the run: the middle of those beside the figures.
    fn floor_per_s(&self) -> f64 {
        let sum: f64 = self.flights.iter().map(|(_, flight)| flight.floor_per_s).sum();
        let count = u32::try_from(self.flights.len()).unwrap_or(1).max(1);
        sum / f64::from(count)
    }

    pub(super) fn json(&self) -> Result<String> {
        let mut in_flight = Map::new();
        for (count, flight) in &self.flights {
            let row = json!({
                "per_s": rounded(flight.per_s, 1.0),
                "ratio": rounded(flight.ratio(), 1e3),
                "p50_ms": rounded(flight.p50_ms, 1e3),
                "p99_ms": rounded(flight.p99_ms, 1e3),
            });
            in_flight.insert(count.to_string(), row);
        }
        let value = json!({
            "floor_per_s": rounded(self.floor_per_s(), 1.0),
            "in_flight": Value::Object(in_flight),
            "cpu_ratio": rounded(self.processor.ratio(), 1e3),
            "stored": self.stored,
            "stored_million_ratio": rounded(self.stored_ratio, 1e3),
            "start_million_ms": rounded(self.start.seconds * 1e3, 10.0),
            "start_million_mb": rounded(self.start.now_mb, 10.0),
            "crl_million_s": rounded(self.crl.seconds, 1e3),
            "crl_million_mb": rounded(self.crl.peak_mb, 10.0),
        });
        Ok(serde_json::to_string_pretty(&value)? + "\n")
    }

    pub(super) fn table(&self) -> String {
        let mut text = String::new();
        let mut row = |name: &str, found: String, aim: &str| {
            // Writing to a `String` cannot fail.
            let _ = writeln!(text, "{name:<44} {found:>30}   {aim}");
        };
        row("floor: P-256 verify + sign, all cores", format!("{:.0} /s", self.floor_per_s()), "");
        for (count, flight) in &self.flights {
            let found = format!(
                "{:.0} /s  {:.2}  p50 {:.1} p99 {:.1} ms",
                flight.per_s,
                flight.ratio(),
                flight.p50_ms,
                flight.p99_ms
            );
            let aim = if *count == super::WIDEST { "ratio ≥ 0.40" } else { "" };
            row(&format!("CSR to durable certificate, {count} in flight"), found, aim);
        }
        row(
            "processor time, CSR to certificate, to floor",
            format!("{:.3}", self.processor.ratio()),
            "≤ 1.10",
        );
        let stored = self.stored;
        row(&format!("rate with {stored} stored, to empty"), format!("{:.2}", self.stored_ratio), "≥ 0.90");
        let start = format!("{:.0} ms  {:.0} MB", self.start.seconds * 1e3, self.start.now_mb);
        row(&format!("start with {stored} stored"), start, "< 200 ms, < 60 MB");
        let crl = format!("{:.2} s  {:.0} MB", self.crl.seconds, self.crl.peak_mb);
        row(&format!("CRL of {} entries", self.crl.entries), crl, "< 0.40 s, < 120 MB");
        text + "\n" + &self.gaps()
    }

    /// What stands between each figure and its floor.
    fn gaps(&self) -> String {
        let Processor { certificate_us, floor_us, stages } = &self.processor;
        let cores = u32::try_from(floor::cores()).unwrap_or(1);
        let mut text = format!(
            "What stands between\n\
             * processor time: {floor_us:.1} µs are the two operations on the key; {:.1} µs are all else.\n",
            certificate_us - floor_us
        );
        for (name, micros) in stages {
            let _ = writeln!(text, "    {name:<36} {micros:>6.1} µs");
        }
        for (count, flight) in &self.flights {
            let each_us = 1e6 / flight.per_s;
            let floor_each_us = 1e6 / flight.floor_per_s;
            let busy = flight.processor_us / (each_us * f64::from(cores)) * 100.0;
            let beyond = flight.processor_us - certificate_us;
            let _ = writeln!(
                text,
                "* {count} in flight: {each_us:.0} µs a certificate against {floor_each_us:.0} µs; {:.0} µs of processor time \
                 each ({beyond:.0} µs beyond\n  the above: two records, two audit rows, their indexes, handing over between threads), \
                 processors {busy:.0} % busy;\n  the rest is waiting for the disk.",
                flight.processor_us
            );
        }
        let _ = writeln!(
            text,
            "* start: opening the database and its journal, one test signature per authority; nothing per certificate;\n  \
             {:.2} s of processor time.\n\
             * CRL: reading the entries in pages, encoding, linting, hashing once, and writing the list durably; {:.2} s of\n  \
             processor time, the rest is waiting for the disk.",
            self.start.processor_s, self.crl.processor_s
        );
        text
    }
}

/// To so many parts of one.
fn rounded(value: f64, parts: f64) -> f64 {
    (value * parts).round() / parts
}
