//! A layered drawing of a directed graph (Sugiyama's method): who calls stands left of who is called. Links over several
//! layers pass between the boxes of those in between.

mod levels;

use std::collections::BTreeMap;

use levels::{backward_edges, levels};

/// Size of a box in pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Size {
    pub(super) width: i32,
    pub(super) height: i32,
}

/// Boxes and links between them, by index.
pub(super) struct Graph {
    pub(super) nodes: Vec<Size>,
    pub(super) edges: Vec<(usize, usize)>,
}

/// Where everything goes.
pub(super) struct Placed {
    /// Upper left corner of each box.
    pub(super) nodes: Vec<(i32, i32)>,
    /// Points of each link from client to server: leaving a box or a passage, entering the next, and so on.
    pub(super) edges: Vec<Vec<(i32, i32)>>,
    /// Height of the whole.
    pub(super) height: i32,
}

const GAP_X: i32 = 96;
const GAP_Y: i32 = 26;
/// Height of the passage of a link through a layer.
const PASSAGE: i32 = 10;
/// Sweeps that sort and align the layers; the drawing settles long before.
const SWEEPS: usize = 12;
/// Passages beyond which links go straight: a picture with more cannot be read anyway.
const MAX_PASSAGES: usize = 5_000;

/// Place everything.
pub(super) fn place(graph: &Graph) -> Placed {
    let mut layout = Layout::new(graph);
    layout.sort();
    layout.stack();
    layout.align();
    layout.finish(graph)
}

/// One box, or the passage of a link.
struct Item {
    size: Size,
    layer: usize,
    y: i32,
    before: Vec<usize>,
    after: Vec<usize>,
}

struct Layout {
    items: Vec<Item>,
    /// Items of each layer from top to bottom.
    layers: Vec<Vec<usize>>,
    /// Items along each link, from left to right, and whether the link goes the other way.
    routes: Vec<(Vec<usize>, bool)>,
}

impl Layout {
    fn new(graph: &Graph) -> Self {
        let backward = backward_edges(graph);
        let forward: Vec<(usize, usize)> = graph
            .edges
            .iter()
            .enumerate()
            .map(|(index, (from, to))| if backward.contains(&index) { (*to, *from) } else { (*from, *to) })
            .collect();
        let levels = levels(graph.nodes.len(), &forward);
        let item = |size: &Size, layer: &usize| Item {
            size: *size,
            layer: *layer,
            y: 0,
            before: Vec::new(),
            after: Vec::new(),
        };
        let items: Vec<Item> =
            graph.nodes.iter().zip(&levels).map(|(size, layer)| item(size, layer)).collect();
        let mut layout = Self { items, layers: Vec::new(), routes: Vec::new() };
        let span = |(from, to): &(usize, usize)| {
            let level = |node: usize| levels.get(node).copied().unwrap_or(0);
            (level(*from) + 1, level(*to))
        };
        let passages: usize = forward.iter().map(|edge| span(edge).1.saturating_sub(span(edge).0)).sum();
        for (index, edge) in forward.iter().enumerate() {
            let (first, last) = if passages > MAX_PASSAGES { (0, 0) } else { span(edge) };
            let route = layout.route(*edge, first..last);
            layout.routes.push((route, backward.contains(&index)));
        }
        let count = layout.items.iter().map(|item| item.layer + 1).max().unwrap_or(0);
        layout.layers = vec![Vec::new(); count];
        for (index, item) in layout.items.iter().enumerate() {
            if let Some(layer) = layout.layers.get_mut(item.layer) {
                layer.push(index);
            }
        }
        layout
    }

    /// Make the passages of a link and join everything along it.
    fn route(&mut self, (from, to): (usize, usize), between: std::ops::Range<usize>) -> Vec<usize> {
        let mut route = vec![from];
        for layer in between {
            let size = Size { width: 0, height: PASSAGE };
            self.items.push(Item { size, layer, y: 0, before: Vec::new(), after: Vec::new() });
            route.push(self.items.len() - 1);
        }
        route.push(to);
        for (left, right) in route.iter().zip(route.iter().skip(1)) {
            if let Some(item) = self.items.get_mut(*left) {
                item.after.push(*right);
            }
            if let Some(item) = self.items.get_mut(*right) {
                item.before.push(*left);
            }
        }
        route
    }

    /// Put each item near those it is joined to in the layer before, then in the layer after, and so on.
    fn sort(&mut self) {
        for sweep in 0..SWEEPS {
            let mut ranks = vec![0_i64; self.items.len()];
            for layer in &self.layers {
                set_ranks(&mut ranks, layer);
            }
            let count = self.layers.len();
            for step in 0..count {
                let number = if sweep % 2 == 0 { step } else { count - 1 - step };
                let Some(layer) = self.layers.get_mut(number) else { continue };
                let items = &self.items;
                layer.sort_by_key(|index| {
                    let neighbours =
                        items.get(*index).map(|item| if sweep % 2 == 0 { &item.before } else { &item.after });
                    mean(neighbours.into_iter().flatten().filter_map(|other| ranks.get(*other).copied()))
                        .unwrap_or_else(|| ranks.get(*index).copied().unwrap_or(0))
                });
                set_ranks(&mut ranks, layer);
            }
        }
    }

    /// Put the items of each layer below each other, all layers centred.
    fn stack(&mut self) {
        for layer in &self.layers {
            let heights =
                layer.iter().filter_map(|index| self.items.get(*index)).map(|item| item.size.height + GAP_Y);
            let mut y = -heights.sum::<i32>() / 2;
            for index in layer {
                if let Some(item) = self.items.get_mut(*index) {
                    item.y = y;
                    y += item.size.height + GAP_Y;
                }
            }
        }
    }

    /// Move items towards the middle of those they are joined to, without changing their order.
    fn align(&mut self) {
        for sweep in 0..SWEEPS {
            let layers = self.layers.clone();
            let ordered: Vec<&Vec<usize>> =
                if sweep % 2 == 0 { layers.iter().collect() } else { layers.iter().rev().collect() };
            for layer in ordered {
                self.align_layer(layer);
            }
        }
        let top = self.items.iter().map(|item| item.y).min().unwrap_or(0);
        for item in &mut self.items {
            item.y -= top;
        }
    }

    fn align_layer(&mut self, layer: &[usize]) {
        let wanted: Vec<i64> = layer.iter().map(|index| self.wanted(*index)).collect();
        let mut moved = Vec::new();
        let mut free = i64::MIN;
        for (index, wanted) in layer.iter().zip(&wanted) {
            let y = (*wanted).max(free);
            free = y + i64::from(self.height(*index) + GAP_Y);
            moved.push(y);
        }
        // Pushing is only downwards; the mean of what was wanted and what came out stays.
        let drift = mean(moved.iter().zip(&wanted).map(|(y, wanted)| y - wanted)).unwrap_or(0);
        for (index, y) in layer.iter().zip(moved) {
            if let Some(item) = self.items.get_mut(*index) {
                item.y = i32::try_from(y - drift).unwrap_or(0);
            }
        }
    }

    /// Upper edge at which the middle of an item is the mean of the middles of those it is joined to.
    fn wanted(&self, index: usize) -> i64 {
        let Some(item) = self.items.get(index) else { return 0 };
        let middles = item.before.iter().chain(&item.after).filter_map(|other| {
            let other = self.items.get(*other)?;
            Some(i64::from(other.y) + i64::from(other.size.height) / 2)
        });
        mean(middles).map_or(i64::from(item.y), |middle| middle - i64::from(item.size.height) / 2)
    }

    fn height(&self, index: usize) -> i32 {
        self.items.get(index).map_or(0, |item| item.size.height)
    }

    fn finish(self, graph: &Graph) -> Placed {
        let mut columns = Vec::new();
        let mut x = 0;
        for layer in &self.layers {
            let items = layer.iter().filter_map(|index| self.items.get(*index));
            let width = items.map(|item| item.size.width).max().unwrap_or(0);
            columns.push((x, width));
            x += width + GAP_X;
        }
        let corner = |item: &Item| {
            let (left, width) = columns.get(item.layer).copied().unwrap_or((0, 0));
            let inset = if item.size.width == 0 { 0 } else { (width - item.size.width) / 2 };
            (left + inset, item.y)
        };
        let ports = self.ports();
        let routes = self.routes.iter().zip(ports);
        let edges = routes.map(|(route, ports)| self.points(route, ports, &columns)).collect();
        let nodes = self.items.iter().take(graph.nodes.len()).map(corner).collect();
        let height = self.items.iter().map(|item| item.y + item.size.height).max().unwrap_or(0);
        Placed { nodes, edges, height }
    }

    /// The points of a link that leaves and arrives at these heights.
    fn points(
        &self,
        (route, backward): &(Vec<usize>, bool),
        (from, to): (i32, i32),
        columns: &[(i32, i32)],
    ) -> Vec<(i32, i32)> {
        let mut points = Vec::new();
        for (step, index) in route.iter().enumerate() {
            let Some(item) = self.items.get(*index) else { continue };
            let (left, width) = columns.get(item.layer).copied().unwrap_or((0, 0));
            let inset = (width - item.size.width) / 2;
            if item.size.width == 0 {
                let y = item.y + item.size.height / 2;
                points.extend([(left, y), (left + width, y)]);
            } else if step == 0 {
                points.push((left + width - inset, from));
            } else {
                points.push((left + inset, to));
            }
        }
        if *backward {
            points.reverse();
        }
        points
    }

    /// Height at which each link leaves its first box and meets its last: links of a side are spread over it in the order
    /// of where they go or come from.
    fn ports(&self) -> Vec<(i32, i32)> {
        let mut sides: BTreeMap<(usize, bool), Vec<(i32, usize)>> = BTreeMap::new();
        for (number, (route, _)) in self.routes.iter().enumerate() {
            if let ([first, second, ..], [.., before, last]) = (route.as_slice(), route.as_slice()) {
                sides.entry((*first, true)).or_default().push((self.middle(*second), number));
                sides.entry((*last, false)).or_default().push((self.middle(*before), number));
            }
        }
        let mut ports = vec![(0, 0); self.routes.len()];
        for ((index, leaving), mut links) in sides {
            links.sort_unstable();
            let (y, height) = self.items.get(index).map_or((0, 0), |item| (item.y, item.size.height));
            let slots = i64::try_from(links.len()).unwrap_or(i64::MAX - 1) + 1;
            for (slot, (_, number)) in (1_i64..).zip(links) {
                let at = y + i32::try_from(i64::from(height) * slot / slots).unwrap_or(0);
                match ports.get_mut(number) {
                    Some((from, _)) if leaving => *from = at,
                    Some((_, to)) => *to = at,
                    None => {}
                }
            }
        }
        ports
    }

    fn middle(&self, index: usize) -> i32 {
        self.items.get(index).map_or(0, |item| item.y + item.size.height / 2)
    }
}

fn set_ranks(ranks: &mut [i64], layer: &[usize]) {
    for (position, index) in layer.iter().enumerate() {
        if let Some(rank) = ranks.get_mut(*index) {
            // Scaled, so that means of neighbours differ.
            *rank = i64::try_from(position).unwrap_or(i64::MAX / 4_096).saturating_mul(1_024);
        }
    }
}

fn mean(values: impl Iterator<Item = i64>) -> Option<i64> {
    let (sum, count) = values.fold((0_i64, 0_i64), |(sum, count), value| (sum + value, count + 1));
    (count > 0).then(|| sum / count)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn graph(nodes: usize, edges: &[(usize, usize)]) -> Graph {
        Graph { nodes: vec![Size { width: 100, height: 50 }; nodes], edges: edges.to_vec() }
    }

    /// Boxes overlap no box.
    fn assert_apart(placed: &Placed) {
        for (index, a) in placed.nodes.iter().enumerate() {
            for b in placed.nodes.iter().skip(index + 1) {
                assert!((a.0 - b.0).abs() >= 100 || (a.1 - b.1).abs() >= 50, "{:?}", placed.nodes);
            }
        }
    }

    #[test]
    fn callers_stand_left_of_the_called() {
        let placed = place(&graph(4, &[(0, 1), (0, 2), (1, 3), (2, 3), (0, 3)]));
        assert_apart(&placed);
        let x = |node: usize| placed.nodes[node].0;
        assert!(x(0) < x(1) && x(1) == x(2) && x(2) < x(3));
        assert_eq!(placed.edges[4].len(), 4);
    }

    #[test]
    fn circles_are_drawn() {
        let placed = place(&graph(3, &[(0, 1), (1, 2), (2, 0), (1, 0)]));
        assert_apart(&placed);
        assert_eq!(placed.edges.len(), 4);
        // The link back begins at the right.
        assert!(placed.edges[2][0].0 > placed.edges[2].last().unwrap().0);
    }

    #[test]
    fn nothing_is_drawn_as_nothing() {
        let placed = place(&graph(0, &[]));
        assert!(placed.nodes.is_empty() && placed.height == 0);
    }
}
