//! The tree of authorities, roots at the left; beside them the certificates of external parties.

use super::canvas::{Area, Canvas, Style};
use super::palette::Palette;
use crate::declared::{Anchor, Authority, Topology};
use crate::draw::scope;

const GAP_X: i32 = 48;
const GAP_Y: i32 = 14;

struct Node<'a> {
    authority: &'a Authority,
    lines: Vec<String>,
    width: i32,
    level: usize,
}

impl Node<'_> {
    fn height(&self) -> i32 {
        34 + 15 * i32::try_from(self.lines.len()).unwrap_or(0)
    }
}

/// Draw from that corner on. Gives the first free line below.
pub(super) fn draw(topology: &Topology, palette: &Palette, canvas: &mut Canvas, left: i32, top: i32) -> i32 {
    let nodes: Vec<Node<'_>> =
        topology.authorities.iter().map(|authority| node(topology, authority)).collect();
    let columns = columns(&nodes, left);
    let mut tree = Tree { topology, palette, canvas, nodes: &nodes, columns: &columns, next_y: top };
    for root in topology.authorities.iter().filter(|authority| authority.is_root()) {
        let colour = palette.of(&Anchor::Authority(root.name.clone()));
        tree.draw(root, colour);
    }
    let y = tree.next_y;
    externals(topology, palette, canvas, left, y)
}

fn node<'a>(topology: &Topology, authority: &'a Authority) -> Node<'a> {
    let mut lines = vec![authority.subject.to_string()];
    let scope = scope(authority);
    lines.extend((!scope.is_empty()).then_some(scope));
    lines.extend(authority.offline.then(|| "key offline".to_owned()));
    let widest = lines.iter().map(|line| Style::Small.width(line)).max().unwrap_or(0);
    let width = widest.max(Style::Name.width(&authority.name)) + 36;
    Node { authority, lines, width, level: topology.chain(&authority.name).len().saturating_sub(1) }
}

/// Left edge of each level, and one more.
fn columns(nodes: &[Node<'_>], left: i32) -> Vec<i32> {
    let levels = nodes.iter().map(|node| node.level + 1).max().unwrap_or(0);
    let mut columns = vec![left];
    let mut x = left;
    for level in 0..levels {
        let width = nodes.iter().filter(|node| node.level == level).map(|node| node.width).max().unwrap_or(0);
        x += width + GAP_X;
        columns.push(x);
    }
    columns
}

struct Tree<'a, 'c> {
    topology: &'a Topology,
    palette: &'a Palette,
    canvas: &'c mut Canvas,
    nodes: &'a [Node<'a>],
    columns: &'a [i32],
    next_y: i32,
}

impl Tree<'_, '_> {
    /// Draw an authority and everything below it. Gives where its line from the left ends.
    fn draw(&mut self, authority: &Authority, colour: &str) -> Option<(i32, i32)> {
        let node = self.nodes.iter().find(|node| node.authority.name == authority.name)?;
        let x = self.columns.get(node.level).copied()?;
        let children: Vec<&Authority> = self.topology.children(&authority.name).collect();
        let start = self.next_y;
        let ends: Vec<(i32, i32)> =
            children.into_iter().filter_map(|child| self.draw(child, colour)).collect();
        let middle = match (ends.first(), ends.last()) {
            (Some(first), Some(last)) => i32::midpoint(first.1, last.1),
            _ => start + node.height() / 2,
        };
        let y = (middle - node.height() / 2).max(start);
        self.next_y = self.next_y.max(y + node.height() + GAP_Y);
        let middle = y + node.height() / 2;
        for end in ends {
            self.canvas.branch((x + node.width, middle), end, colour);
        }
        self.draw_node(node, x, y, colour);
        Some((x, middle))
    }

    fn draw_node(&mut self, node: &Node<'_>, x: i32, y: i32, colour: &str) {
        let area = Area { x, y, width: node.width, height: node.height() };
        if node.authority.is_root() {
            let own = self.palette.of(&Anchor::Authority(node.authority.name.clone()));
            self.canvas.filled(area, own, false);
        } else {
            self.canvas.card(area, colour, false);
        }
        self.canvas.text(x + 18, y + 21, Style::Name, &node.authority.name);
        let mut baseline = y + 38;
        for line in &node.lines {
            self.canvas.text(x + 18, baseline, Style::Small, line);
            baseline += 15;
        }
    }
}

/// The certificates of external parties, each in a box of its own.
fn externals(topology: &Topology, palette: &Palette, canvas: &mut Canvas, left: i32, top: i32) -> i32 {
    let mut y = top;
    for external in &topology.externals {
        let line = format!("certificate of {} (external)", external.name);
        let width = Style::Small.width(&line).max(Style::Name.width(&external.certificate)) + 36;
        let colour = palette.of(&Anchor::External(external.name.clone()));
        canvas.filled(Area { x: left, y, width, height: 49 }, colour, true);
        canvas.text(left + 18, y + 21, Style::Name, &external.certificate);
        canvas.text(left + 18, y + 38, Style::Small, &line);
        y += 49 + GAP_Y;
    }
    y
}
