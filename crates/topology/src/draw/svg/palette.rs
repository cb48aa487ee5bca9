//! A colour for each certificate that somebody imports.

use std::collections::BTreeMap;

use crate::declared::{Anchor, Topology};

/// Colours told apart also by people who see red and green alike, dark enough for a line on white.
const COLOURS: [&str; 8] =
    ["#0067a5", "#c2500a", "#00805e", "#9b3f7d", "#8a6d00", "#3f6fd1", "#6a4c93", "#4d5b63"];

/// What has no colour of its own.
pub(super) const NEUTRAL: &str = "#64748b";

/// Anchors by colour, in the order of the file; after eight the colours begin again.
pub(super) struct Palette {
    colours: BTreeMap<Anchor, &'static str>,
}

impl Palette {
    pub(super) fn new(topology: &Topology) -> Self {
        let roots = topology.authorities.iter().filter(|authority| authority.is_root());
        let roots = roots.map(|root| Anchor::Authority(root.name.clone()));
        let externals = topology.externals.iter().map(|external| Anchor::External(external.name.clone()));
        Self { colours: roots.chain(externals).zip(COLOURS.into_iter().cycle()).collect() }
    }

    pub(super) fn of(&self, anchor: &Anchor) -> &'static str {
        self.colours.get(anchor).copied().unwrap_or(NEUTRAL)
    }
}
