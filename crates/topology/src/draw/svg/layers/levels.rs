//! Which layer each box stands in.

use std::collections::BTreeSet;

use super::Graph;

/// Links that close a circle, by index: without them the rest can be layered.
pub(super) fn backward_edges(graph: &Graph) -> BTreeSet<usize> {
    let mut outgoing: Vec<Vec<(usize, usize)>> = vec![Vec::new(); graph.nodes.len()];
    for (index, (from, to)) in graph.edges.iter().enumerate() {
        if let Some(edges) = outgoing.get_mut(*from) {
            edges.push((index, *to));
        }
    }
    let mut state = vec![Visit::New; graph.nodes.len()];
    let mut backward = BTreeSet::new();
    for start in 0..graph.nodes.len() {
        visit(start, &outgoing, &mut state, &mut backward);
    }
    backward
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Visit {
    New,
    Open,
    Done,
}

/// Depth first, with a stack of its own: the depth is the user's.
fn visit(
    start: usize,
    outgoing: &[Vec<(usize, usize)>],
    state: &mut [Visit],
    backward: &mut BTreeSet<usize>,
) {
    let mut stack = vec![(start, 0_usize)];
    if state.get(start) != Some(&Visit::New) {
        return;
    }
    while let Some((node, next)) = stack.pop() {
        set(state, node, Visit::Open);
        let Some((edge, to)) = outgoing.get(node).and_then(|edges| edges.get(next)).copied() else {
            set(state, node, Visit::Done);
            continue;
        };
        stack.push((node, next + 1));
        match state.get(to).copied() {
            Some(Visit::New) => stack.push((to, 0)),
            Some(Visit::Open) => {
                backward.insert(edge);
            }
            Some(Visit::Done) | None => {}
        }
    }
}

fn set(state: &mut [Visit], node: usize, visit: Visit) {
    if let Some(slot) = state.get_mut(node) {
        *slot = visit;
    }
}

/// The layer of each node: right of all that call it, and as near to those it calls as that allows.
pub(super) fn levels(count: usize, edges: &[(usize, usize)]) -> Vec<usize> {
    let mut levels = vec![0_usize; count];
    let level = |levels: &[usize], node: usize| levels.get(node).copied().unwrap_or(0);
    // Without circles, paths are shorter than the number of nodes.
    for _ in 0..count {
        let mut changed = false;
        for (from, to) in edges {
            let least = level(&levels, *from) + 1;
            if level(&levels, *to) < least
                && let Some(slot) = levels.get_mut(*to)
            {
                *slot = least;
                changed = true;
            }
        }
        if !changed {
            break;
        }
    }
    for node in (0..count).rev() {
        let called = edges.iter().any(|(_, to)| *to == node);
        let nearest = edges.iter().filter(|(from, _)| *from == node).map(|(_, to)| level(&levels, *to)).min();
        if let (false, Some(nearest), Some(slot)) = (called, nearest, levels.get_mut(node)) {
            *slot = nearest.saturating_sub(1);
        }
    }
    levels
}
