//! Services and external parties as boxes, links between them.

use super::canvas::{Area, CHIP_HEIGHT, Canvas, Style, chip_width};
use super::layers::{Graph, Size, place};
use super::palette::Palette;
use crate::declared::{Party, Topology};
use crate::draw::{anchor_label, first_instances};

/// Chips of one box in a row take at most this many pixels.
const CHIP_ROW: i32 = 260;

struct Card<'a> {
    party: Party<'a>,
    note: String,
    instances: Vec<String>,
    /// Text, colour and place of each chip, relative to the first.
    chips: Vec<(String, &'static str, i32, i32)>,
    size: Size,
}

/// Draw from that corner on. Gives the first free line below.
pub(super) fn draw(topology: &Topology, palette: &Palette, canvas: &mut Canvas, left: i32, top: i32) -> i32 {
    let cards: Vec<Card<'_>> = topology.parties().map(|party| card(topology, palette, party)).collect();
    let names: Vec<&str> = cards.iter().map(|card| card.party.name()).collect();
    let index = |name: &str| names.iter().position(|other| *other == name);
    let edges = cards.iter().enumerate().flat_map(|(from, card)| {
        card.party.calls().iter().filter_map(move |callee| Some((from, index(callee)?)))
    });
    let graph = Graph { nodes: cards.iter().map(|card| card.size).collect(), edges: edges.collect() };
    let placed = place(&graph);
    for points in &placed.edges {
        let moved: Vec<(i32, i32)> = points.iter().map(|(x, y)| (x + left, y + top)).collect();
        canvas.link(&moved);
    }
    for (card, (x, y)) in cards.iter().zip(&placed.nodes) {
        draw_card(topology, palette, canvas, card, (x + left, y + top));
    }
    top + placed.height
}

fn card<'a>(topology: &Topology, palette: &Palette, party: Party<'a>) -> Card<'a> {
    let note = match party {
        Party::Service(service) => format!("signed by {}", service.authority),
        Party::External(_) => "external".to_owned(),
    };
    let (shown, more) = first_instances(party.instances());
    let mut instances: Vec<String> = shown.iter().map(|instance| instance.name.clone()).collect();
    instances.extend((more > 0).then(|| format!("and {more} more")));
    let mut chips = Vec::new();
    let (mut x, mut y) = (0, 0);
    for anchor in topology.anchors_held_by(party) {
        let label = anchor_label(topology, &anchor);
        let width = chip_width(&label);
        if x > 0 && x + width > CHIP_ROW {
            (x, y) = (0, y + CHIP_HEIGHT + 6);
        }
        chips.push((label, palette.of(&anchor), x, y));
        x += width + 6;
    }
    let chips_width = chips.iter().map(|(label, _, x, _)| x + chip_width(label)).max().unwrap_or(0) + IMPORTS;
    let header = Style::Name.width(party.name()) + 14 + Style::Small.width(&note);
    let rows = instances.iter().map(|name| Style::Mono.width(name)).max().unwrap_or(0) + 20;
    let width = header.max(rows).max(chips_width) + 36;
    let height = 36 + 19 * i32::try_from(instances.len()).unwrap_or(0) + 12 + y + CHIP_HEIGHT + 10;
    Card { party, note, instances, chips, size: Size { width, height } }
}

/// Room for the word before the chips.
const IMPORTS: i32 = 54;

fn draw_card(topology: &Topology, palette: &Palette, canvas: &mut Canvas, card: &Card<'_>, at: (i32, i32)) {
    let (x, y) = at;
    let Size { width, height } = card.size;
    let colour = palette.of(&topology.anchor_of(card.party));
    canvas.card(Area { x, y, width, height }, colour, card.party.is_external());
    let left = x + 20;
    canvas.text(left, y + 23, Style::Name, card.party.name());
    canvas.note(x + width - 14, y + 23, &card.note);
    let mut baseline = y + 46;
    for instance in &card.instances {
        canvas.text(left, baseline, Style::Mono, instance);
        baseline += 19;
    }
    if card.party.peers() && card.instances.len() > 1 {
        canvas.peers(x + width - 18, y + 38, baseline - 15);
    }
    let top = baseline - 4;
    canvas.text(left, top + 14, Style::Small, "imports");
    if card.chips.is_empty() {
        canvas.text(left + IMPORTS, top + 14, Style::Small, "nothing");
    }
    for (label, colour, dx, dy) in &card.chips {
        canvas.chip(left + IMPORTS + dx, top + dy, chip_width(label), label, colour);
    }
}
