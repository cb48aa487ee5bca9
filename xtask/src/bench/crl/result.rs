//! The table and the JSON.

use anyhow::Result;
use serde_json::json;

use super::child::List;
use super::storm::Storm;

/// Everything that was measured.
pub(super) struct Figures {
    pub(super) entries: usize,
    pub(super) none: Storm,
    pub(super) many: Storm,
    pub(super) list: List,
}

impl Figures {
    fn p99_ratio(&self) -> f64 {
        self.many.acknowledged.p99 / self.none.acknowledged.p99
    }

    fn visible_ratio(&self) -> f64 {
        self.many.visible.p99 / self.none.visible.p99
    }

    pub(super) fn table(&self) -> String {
        let row = |name: String, storm: &Storm| {
            format!(
                "| {name} | {:.0} | {:.1} | {:.1} | {:.1} | {:.1} |",
                storm.rate,
                storm.acknowledged.p50,
                storm.acknowledged.p99,
                storm.visible.p50,
                storm.visible.p99
            )
        };
        [
            "| revoked before | revocations/s | acknowledged p50, ms | p99 | visible p50, ms | p99 |"
                .to_owned(),
            "|---|---|---|---|---|---|".to_owned(),
            row("0".to_owned(), &self.none),
            row(self.entries.to_string(), &self.many),
            format!("ratio | | | {:.2} | | {:.2}", self.p99_ratio(), self.visible_ratio()),
            format!(
                "the complete list of {} entries, {} octets: {:.2} s, {:.0} MB at most",
                self.list.entries, self.list.octets, self.list.seconds, self.list.peak_mb
            ),
        ]
        .join("\n")
    }

    pub(super) fn json(&self) -> Result<String> {
        let storm = |storm: &Storm| {
            json!({
                "revocations_per_s": storm.rate,
                "acknowledged_p50_ms": storm.acknowledged.p50,
                "acknowledged_p99_ms": storm.acknowledged.p99,
                "visible_p50_ms": storm.visible.p50,
                "visible_p99_ms": storm.visible.p99,
            })
        };
        Ok(serde_json::to_string_pretty(&json!({
            "entries": self.entries,
            "none_revoked": storm(&self.none),
            "many_revoked": storm(&self.many),
            "revoke_p99_ratio": self.p99_ratio(),
            "visible_p99_ratio": self.visible_ratio(),
            "crl_million_s": self.list.seconds,
            "crl_million_peak_mb": self.list.peak_mb,
            "crl_million_entries": self.list.entries,
            "crl_million_octets": self.list.octets,
        }))?)
    }
}
