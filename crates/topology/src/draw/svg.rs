//! A self-contained SVG picture: no script, no font, nothing fetched.
//!
//! Above, the tree of authorities from left to right; below, the services in the order in which they call each other. Each
//! certificate that somebody imports has a colour, and a chip of that colour stands in the box of everybody who imports it.

mod authorities;
mod canvas;
mod layers;
mod palette;
mod services;

use canvas::{Canvas, Style};
use palette::Palette;

use super::model;
use crate::declared::Topology;
use crate::inventory::Inventory;
use crate::plan::plan;

/// Space around the picture and between its parts, in pixels.
const MARGIN: i32 = 32;

/// The topology as an SVG document.
pub fn svg(topology: &Topology) -> String {
    let palette = Palette::new(topology);
    let mut canvas = Canvas::new();
    let mut y = title(topology, &mut canvas);
    y = section(&mut canvas, y, "Authorities");
    y = authorities::draw(topology, &palette, &mut canvas, MARGIN, y) + MARGIN;
    y = section(&mut canvas, y, "Services");
    y = services::draw(topology, &palette, &mut canvas, MARGIN, y) + MARGIN;
    legend(&mut canvas, y);
    canvas.finish(&format!("Trust domain {}", topology.trust.domain), MARGIN)
}

/// Domain, model and counts. Gives the first free line below.
fn title(topology: &Topology, canvas: &mut Canvas) -> i32 {
    // Counts do not depend on the time.
    let plan = plan(topology, &Inventory::default(), hf_core::time::Timestamp::MIN);
    canvas.text(MARGIN, MARGIN + 20, Style::Title, topology.trust.domain.as_str());
    let counts = format!(
        "{} · {} to import, {} (self-signed: {} and {})",
        model(topology),
        counted(plan.planned.certificates, "certificate"),
        counted(plan.planned.imports, "import"),
        plan.self_signed.certificates,
        plan.self_signed.imports,
    );
    canvas.text(MARGIN, MARGIN + 44, Style::Subtitle, &counts);
    MARGIN + 76
}

fn counted(count: usize, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
}

fn section(canvas: &mut Canvas, y: i32, name: &str) -> i32 {
    canvas.text(MARGIN, y, Style::Section, name);
    y + 16
}

fn legend(canvas: &mut Canvas, y: i32) {
    canvas.arrow(MARGIN, y, MARGIN + 40);
    canvas.text(MARGIN + 50, y + 4, Style::Small, "opens connections, mutual TLS");
    canvas.peers(MARGIN + 262, y - 13, y + 13);
    canvas.text(MARGIN + 274, y + 4, Style::Small, "instances talk to each other");
    canvas.chip(MARGIN + 470, y - 10, 62, "name", palette::NEUTRAL);
    canvas.text(MARGIN + 542, y + 4, Style::Small, "certificate in the trust store");
}
