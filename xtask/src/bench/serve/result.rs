//! The figures, as a table and as JSON.

use std::fmt::Write as _;

use anyhow::Result;
use serde_json::{Value, json};

use super::super::issue::floor;
use super::load::Load;
use super::program::{Scheme, Which};

/// How many times as many certificates as stock cfssl are the aim.
const AIM: f64 = 3.0;

/// One server at full load.
pub(super) struct Row {
    pub(super) program: Which,
    pub(super) endpoint: &'static str,
    pub(super) scheme: Scheme,
    pub(super) load: Load,
}

/// Processor time for each certificate, in microseconds of all cores, and where it went.
struct Between {
    whole: f64,
    /// Verification and signature.
    floor: f64,
    /// What else the server does.
    server: f64,
    generator: f64,
    /// Waiting, the kernel's own threads and whoever else is on the machine.
    rest: f64,
}

impl Between {
    fn json(&self) -> Value {
        json!({
            "whole": rounded(self.whole, 10.0),
            "floor": rounded(self.floor, 10.0),
            "server_beyond_floor": rounded(self.server, 10.0),
            "generator": rounded(self.generator, 10.0),
            "idle_and_others": rounded(self.rest, 10.0),
        })
    }

    fn shown(&self) -> String {
        format!(
            "{:.0} µs = floor {:.0} + server {:.0} + generator {:.0} + idle and others {:.0}",
            self.whole, self.floor, self.server, self.generator, self.rest
        )
    }
}

/// Everything that was measured.
pub(super) struct Figures {
    pub(super) floor_per_s: f64,
    /// Processor time of one verification and one signature, in microseconds.
    pub(super) floor_us: f64,
    pub(super) rows: Vec<Row>,
    pub(super) stored: u64,
    pub(super) memory_mb: f64,
    /// `/v1` at half of its rate.
    pub(super) half: Load,
    /// The same beside idle connections.
    pub(super) idle: Load,
    /// The same beside slow bodies.
    pub(super) slow: Load,
}

impl Figures {
    /// What stands between a rate and the floor, in microseconds of all cores for each certificate.
    fn between(&self, load: &Load) -> Between {
        let whole = 1e6 * cores() / load.per_s;
        Between {
            whole,
            floor: self.floor_us,
            server: load.server_us - self.floor_us,
            generator: load.generator_us,
            rest: whole - load.server_us - load.generator_us,
        }
    }

    fn rate(&self, program: Which, endpoint: &str, scheme: Scheme) -> Option<f64> {
        let row = |row: &&Row| row.program == program && row.endpoint == endpoint && row.scheme == scheme;
        self.rows.iter().find(row).map(|row| row.load.per_s)
    }

    /// How many times as many certificates as stock cfssl, without its record or with it, over the same protocol.
    fn to(&self, stock: Which, endpoint: &str, scheme: Scheme) -> Option<f64> {
        Some(self.rate(Which::Handfast, endpoint, scheme)? / self.rate(stock, "authsign", scheme)?)
    }

    /// What the aim leaves the server beyond the floor, in microseconds for each certificate: a third of what cfssl
    /// takes of the machine, less the floor and what the generator takes.
    fn left_by_aim(&self, row: &Row) -> Option<f64> {
        let aim = AIM * self.rate(Which::Cfssl, "authsign", row.scheme)?;
        Some(1e6 * cores() / aim - self.floor_us - row.load.generator_us)
    }

    /// The least of all.
    fn worst_to(&self, stock: Which) -> Option<f64> {
        let doors = [("authsign", Scheme::Http), ("authsign", Scheme::Https), ("v1", Scheme::Https)];
        doors.into_iter().filter_map(|(endpoint, scheme)| self.to(stock, endpoint, scheme)).reduce(f64::min)
    }

    fn to_floor(&self) -> Option<f64> {
        let rates = self.rows.iter().filter(|row| row.program == Which::Handfast).map(|row| row.load.per_s);
        Some(rates.reduce(f64::min)? / self.floor_per_s)
    }

    pub(super) fn json(&self) -> Result<String> {
        let rows: Vec<Value> = self
            .rows
            .iter()
            .map(|row| {
                let ours = Some(row).filter(|row| row.program == Which::Handfast);
                let to = |stock| ours.and_then(|row| self.to(stock, row.endpoint, row.scheme));
                let left = ours.and_then(|row| self.left_by_aim(row));
                json!({
                    "program": row.program.as_str(),
                    "endpoint": row.endpoint,
                    "scheme": row.scheme.to_string(),
                    "load": load(&row.load),
                    "processor_us": self.between(&row.load).json(),
                    "ratio_to_cfssl": to(Which::Cfssl).map(|ratio| rounded(ratio, 1e3)),
                    "ratio_to_cfssl_recording": to(Which::CfsslRecording).map(|ratio| rounded(ratio, 1e3)),
                    "aim_leaves_server_us": left.map(|left| rounded(left, 10.0)),
                    "ratio_to_floor": rounded(row.load.per_s / self.floor_per_s, 1e3),
                })
            })
            .collect();
        let value = json!({
            "floor_per_s": rounded(self.floor_per_s, 1.0),
            "ratio_to_cfssl": self.worst_to(Which::Cfssl).map(|ratio| rounded(ratio, 1e3)),
            "ratio_to_cfssl_recording": self.worst_to(Which::CfsslRecording).map(|ratio| rounded(ratio, 1e3)),
            "ratio_to_floor": self.to_floor().map(|ratio| rounded(ratio, 1e3)),
            "memory_mb": rounded(self.memory_mb, 10.0),
            "stored": self.stored,
            "runs": rows,
            "half_load": load(&self.half),
            "half_load_idle_connections": load(&self.idle),
            "half_load_slow_bodies": load(&self.slow),
            "idle_p99_ratio": rounded(self.idle.p99_ms / self.half.p99_ms, 1e3),
            "slow_p99_ratio": rounded(self.slow.p99_ms / self.half.p99_ms, 1e3),
        });
        Ok(serde_json::to_string_pretty(&value)? + "\n")
    }

    pub(super) fn table(&self) -> String {
        let mut text = String::new();
        let mut line = |name: &str, found: &str, aim: &str| {
            // Writing to a `String` cannot fail.
            let _ = writeln!(text, "{name:<44} {found:>82}   {aim}");
        };
        line("floor: P-256 verify + sign, all cores", &format!("{:.0} /s", self.floor_per_s), "");
        for row in &self.rows {
            let to_floor = row.load.per_s / self.floor_per_s;
            let name = format!("/{} of {} over {}", row.endpoint, row.program.as_str(), row.scheme);
            let to = |stock| self.to(stock, row.endpoint, row.scheme);
            let ratios = to(Which::Cfssl).zip(to(Which::CfsslRecording));
            let (to_cfssl, aim, left) = match ratios.zip(self.left_by_aim(row)) {
                Some(((ratio, recording), left)) if row.program == Which::Handfast => (
                    format!("  {ratio:.1} x cfssl, {recording:.0} x recording"),
                    format!("≥ {AIM} x cfssl"),
                    format!("leaves the server {left:.0}"),
                ),
                _ => Default::default(),
            };
            line(&name, &format!("{}{to_cfssl}  {to_floor:.2} floor", shown(&row.load)), &aim);
            line("  of all cores, for each certificate", &self.between(&row.load).shown(), &left);
        }
        line("/v1 at half load", &shown(&self.half), "p99 < 50 ms");
        let times = |load: &Load| format!("{}  p99 x {:.2}", shown(load), load.p99_ms / self.half.p99_ms);
        line("/v1 at half load, 2,000 idle connections", &times(&self.idle), "p99 < x 2");
        line("/v1 at half load, 200 slow bodies", &times(&self.slow), "p99 < x 2");
        let name = format!("memory after {} certificates", self.stored);
        line(&name, &format!("{:.0} MB", self.memory_mb), "< 100 MB");
        text
    }
}

fn shown(load: &Load) -> String {
    format!("{:.0} /s  p50 {:.1} p99 {:.1} ms", load.per_s, load.p50_ms, load.p99_ms)
}

fn load(load: &Load) -> Value {
    json!({
        "per_s": rounded(load.per_s, 1.0),
        "p50_ms": rounded(load.p50_ms, 1e3),
        "p99_ms": rounded(load.p99_ms, 1e3),
        "refused": load.refused,
        "server_us": rounded(load.server_us, 10.0),
        "generator_us": rounded(load.generator_us, 10.0),
    })
}

fn cores() -> f64 {
    u32::try_from(floor::cores()).map_or(1.0, f64::from)
}

/// To so many parts of one.
fn rounded(value: f64, parts: f64) -> f64 {
    (value * parts).round() / parts
}
