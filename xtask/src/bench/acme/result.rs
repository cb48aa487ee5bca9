//! The figures, as a table and as JSON.

use std::fmt::Write as _;
use std::time::Duration;

use anyhow::Result;
use serde_json::{Value, json};

use super::load::{Load, Names};
use super::stored::Stored;
use crate::bench::issue::floor::{Pair, cores};
use crate::bench::stopwatch::Stopwatch;

/// Signed requests of an order whose name is proved: order, authorization, challenge, authorization, finalize,
/// certificate. Without a challenge two of them fall away.
const REQUESTS: [(Names, u32); 2] = [(Names::New, 6), (Names::Proved, 4)];

/// What P-256 operations cost.
#[derive(Clone, Copy, Debug)]
pub(super) struct Floor {
    verify_s: f64,
    sign_s: f64,
}

impl Floor {
    /// Measure for so long, with all cores at work, as they are under load.
    pub(super) fn measure(time: Duration) -> Result<Self> {
        let half = time / 2;
        Ok(Self { verify_s: cost(half, Pair::verify)?, sign_s: cost(half, Pair::sign)? })
    }

    /// Orders per second of all cores, when nothing was done but to verify the requests of an order and its signing
    /// request, and to sign its certificate.
    fn per_second(self, names: Names) -> f64 {
        let requests = REQUESTS.iter().find(|(kind, _)| *kind == names).map_or(0, |(_, requests)| *requests);
        let order = f64::from(requests + 1) * self.verify_s + self.sign_s;
        f64::from(u32::try_from(cores()).unwrap_or(1)) / order
    }
}

/// Seconds of one operation on one core.
fn cost(time: Duration, operation: impl Fn(&Pair) -> Result<()> + Sync) -> Result<f64> {
    let counts = std::thread::scope(|scope| -> Result<Vec<u32>> {
        let work = || -> Result<u32> {
            let (pair, watch, mut count) = (Pair::new()?, Stopwatch::start(), 0);
            while watch.elapsed() < time {
                operation(&pair)?;
                count += 1;
            }
            Ok(count)
        };
        let workers: Vec<_> = (0..cores()).map(|_| scope.spawn(work)).collect();
        workers
            .into_iter()
            .map(|worker| worker.join().unwrap_or_else(|_| anyhow::bail!("a thread of the floor fell")))
            .collect()
    })?;
    let all: u32 = counts.iter().sum();
    let cores = f64::from(u32::try_from(cores())?);
    Ok(time.as_secs_f64() * cores / f64::from(all.max(1)))
}

/// How many times as many orders as Pebble are the aim.
const AIM: f64 = 3.0;

/// Our server.
pub(super) const HANDFAST: &str = "handfast";

/// The server that it is compared with.
pub(super) const PEBBLE: &str = "pebble";

/// One server with one kind of names.
pub(super) struct Row {
    pub(super) program: &'static str,
    pub(super) names: Names,
    /// How many order at once.
    pub(super) accounts: usize,
    pub(super) load: Load,
}

/// Everything that was measured.
pub(super) struct Figures {
    pub(super) floor: Floor,
    pub(super) rows: Vec<Row>,
    pub(super) stored: Stored,
}

impl Figures {
    fn pebble(&self, names: Names) -> Option<&Row> {
        self.rows.iter().find(|row| row.program == PEBBLE && row.names == names)
    }

    /// Whether it is ours with as many accounts as Pebble was measured with.
    fn beside_pebble(&self, row: &Row) -> bool {
        row.program == HANDFAST
            && self.pebble(row.names).is_some_and(|pebble| pebble.accounts == row.accounts)
    }

    /// How many times as many orders as Pebble, with as many accounts.
    fn to_pebble(&self, names: Names) -> Option<f64> {
        let ours = self.rows.iter().find(|row| row.names == names && self.beside_pebble(row))?;
        Some(ours.load.per_s / self.pebble(names)?.load.per_s)
    }

    /// How many times as many orders as Pebble with the most accounts that it stands.
    fn to_best_pebble(&self, row: &Row) -> Option<f64> {
        let pebble = self.pebble(row.names).filter(|_| row.program == HANDFAST)?;
        Some(row.load.per_s / pebble.load.per_s)
    }

    /// What the aim leaves our server beyond the floor, in microseconds for each order: a third of what Pebble takes of
    /// the machine, less the floor and what the generator takes.
    fn left_by_aim(&self, row: &Row) -> Option<f64> {
        let pebble = self.pebble(row.names).filter(|_| row.program == HANDFAST)?;
        let microseconds = 1e6 * f64::from(u32::try_from(cores()).unwrap_or(1));
        let floor = microseconds / self.floor.per_second(row.names);
        Some(microseconds / (AIM * pebble.load.per_s) - floor - row.load.generator_us)
    }

    /// Ours with the most accounts.
    fn ours(&self, names: Names) -> Option<&Row> {
        let ours = self.rows.iter().filter(|row| row.program == HANDFAST && row.names == names);
        ours.max_by_key(|row| row.accounts)
    }

    fn to_floor(&self, row: &Row) -> f64 {
        row.load.per_s / self.floor.per_second(row.names)
    }

    /// Where the processor time of an order goes, in microseconds of all cores.
    fn between(&self, row: &Row) -> String {
        let cores = f64::from(u32::try_from(cores()).unwrap_or(1));
        let Load { per_s, server_us, generator_us, .. } = row.load;
        let (whole, floor) = (1e6 * cores / per_s, 1e6 * cores / self.floor.per_second(row.names));
        format!(
            "{whole:.0} µs = floor {floor:.0} + server {:.0} + generator {generator_us:.0} + idle and others {:.0}",
            server_us - floor,
            whole - server_us - generator_us
        )
    }

    pub(super) fn json(&self) -> Result<String> {
        let rows: Vec<Value> = self
            .rows
            .iter()
            .map(|row| {
                json!({
                    "program": row.program,
                    "names": row.names.to_string(),
                    "accounts": row.accounts,
                    "orders_per_s": rounded(row.load.per_s, 10.0),
                    "p50_ms": rounded(row.load.p50_ms, 1e3),
                    "p99_ms": rounded(row.load.p99_ms, 1e3),
                    "finalize_p50_ms": rounded(row.load.finalize_p50_ms, 1e3),
                    "finalize_p99_ms": rounded(row.load.finalize_p99_ms, 1e3),
                    "refused": row.load.refused,
                    "server_us": rounded(row.load.server_us, 1.0),
                    "generator_us": rounded(row.load.generator_us, 1.0),
                    "aim_leaves_server_us": self.left_by_aim(row).map(|left| rounded(left, 1.0)),
                    "floor_per_s": rounded(self.floor.per_second(row.names), 1.0),
                    "ratio_to_floor": rounded(self.to_floor(row), 1e3),
                })
            })
            .collect();
        let ours = |names| self.ours(names).map(|row| rounded(self.to_floor(row), 1e3));
        let to_pebble = |names| self.to_pebble(names).map(|ratio| rounded(ratio, 1e3));
        let best = |names| {
            let ratio = self.ours(names).and_then(|row| self.to_best_pebble(row));
            ratio.map(|ratio| rounded(ratio, 1e3))
        };
        let value = json!({
            "ratio_to_pebble": to_pebble(Names::New),
            "ratio_to_pebble_proved": to_pebble(Names::Proved),
            "best_ratio_to_pebble": best(Names::New),
            "best_ratio_to_pebble_proved": best(Names::Proved),
            "ratio_to_floor": ours(Names::New),
            "ratio_to_floor_proved": ours(Names::Proved),
            "verify_us": rounded(self.floor.verify_s * 1e6, 10.0),
            "sign_us": rounded(self.floor.sign_s * 1e6, 10.0),
            "stored": self.stored.count,
            "store_empty_orders_per_s": rounded(self.stored.empty_per_s, 1.0),
            "store_full_orders_per_s": rounded(self.stored.full_per_s, 1.0),
            "store_ratio": rounded(self.stored.ratio(), 1e3),
            "runs": rows,
        });
        Ok(serde_json::to_string_pretty(&value)? + "\n")
    }

    pub(super) fn table(&self) -> String {
        let mut text = String::new();
        let mut line = |name: &str, found: &str, aim: &str| {
            // Writing to a `String` cannot fail.
            let _ = writeln!(text, "{name:<58} {found:<66} {aim}");
        };
        for names in [Names::New, Names::Proved] {
            let floor = format!("{:.0} /s", self.floor.per_second(names));
            line(&format!("floor of {names}: P-256, all cores"), &floor, "");
            for row in self.rows.iter().filter(|row| row.names == names) {
                let Load { per_s, p50_ms, p99_ms, finalize_p99_ms, .. } = row.load;
                let found = format!(
                    "{per_s:.0} /s  p50 {p50_ms:.1} p99 {p99_ms:.1} ms  finalize p99 {finalize_p99_ms:.1} ms  {:.2} floor",
                    self.to_floor(row)
                );
                let aim = match self.to_best_pebble(row) {
                    Some(ratio) if self.beside_pebble(row) => format!("{ratio:.1} x pebble, aim {AIM}"),
                    Some(ratio) => format!("{ratio:.1} x pebble, which stands fewer accounts"),
                    None => String::new(),
                };
                line(&format!("{}: {names}, {} accounts", row.program, row.accounts), &found, &aim);
                let left = self.left_by_aim(row).map(|left| format!("the aim leaves the server {left:.0}"));
                line("  of all cores, for each order", &self.between(row), &left.unwrap_or_default());
            }
        }
        let Stored { count, empty_per_s, full_per_s } = self.stored;
        let found = format!("{empty_per_s:.0} /s, with {count} stored {full_per_s:.0} /s");
        line("store alone: whole orders", &found, &format!("x {:.2} the time, aim 1", self.stored.ratio()));
        text
    }
}

/// To so many parts of one.
fn rounded(value: f64, parts: f64) -> f64 {
    (value * parts).round() / parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_floor_counts_what_an_order_needs() {
        let floor = Floor { verify_s: 2.0, sign_s: 1.0 };
        let cores = f64::from(u32::try_from(cores()).unwrap());
        assert!((floor.per_second(Names::New) - cores / 15.0).abs() < 1e-9);
        assert!((floor.per_second(Names::Proved) - cores / 11.0).abs() < 1e-9);
    }
}
