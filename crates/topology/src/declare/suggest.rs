//! "Did you mean": the nearest of the names that would have been right.

/// The nearest candidate, when it is near enough to be meant.
pub(super) fn nearest<'a>(found: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let found: Vec<char> = found.chars().take(MAX_LENGTH).collect();
    // A third of the letters may be wrong; of a short word, one.
    let allowed = (found.len() / 3).max(1);
    candidates
        .into_iter()
        .map(|candidate| (distance(&found, candidate), candidate))
        .filter(|(distance, candidate)| *distance <= allowed && *distance < candidate.chars().count())
        .min()
        .map(|(_, candidate)| candidate)
}

/// Insertions, removals, replacements and swaps of neighbours that turn one text into the other.
fn distance(found: &[char], candidate: &str) -> usize {
    let candidate: Vec<char> = candidate.chars().take(MAX_LENGTH).collect();
    let mut before_last: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=candidate.len()).collect();
    let at = |row: &[usize], column: usize| row.get(column).copied().unwrap_or(usize::MAX / 2);
    let mut previous: Option<char> = None;
    for (row, a) in found.iter().enumerate() {
        let mut current = vec![row + 1];
        for (column, b) in candidate.iter().enumerate() {
            let replace = at(&last, column) + usize::from(a != b);
            let mut best = replace.min(at(&last, column + 1) + 1).min(at(&current, column) + 1);
            let swapped = column > 0 && previous == Some(*b) && candidate.get(column - 1) == Some(a);
            if swapped {
                best = best.min(at(&before_last, column - 1) + 1);
            }
            current.push(best);
        }
        before_last = std::mem::replace(&mut last, current);
        previous = Some(*a);
    }
    last.last().copied().unwrap_or(0)
}

/// Names longer than this are compared by their beginning: the cost is the product of both lengths.
const MAX_LENGTH: usize = 64;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_of_the_pen_are_recognized() {
        let keys = ["instances", "peers", "calls", "keystore", "names"];
        assert_eq!(nearest("instnaces", keys), Some("instances"));
        assert_eq!(nearest("instance", keys), Some("instances"));
        assert_eq!(nearest("call", keys), Some("calls"));
        assert_eq!(nearest("key_store", keys), Some("keystore"));
        assert_eq!(nearest("a", ["b"]), None);
        assert_eq!(nearest("lifetime", keys), None);
    }
}
