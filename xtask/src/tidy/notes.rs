//! Notes to oneself in code and documents: each needs the number of an issue, or nobody will find it again.

const TASK: &str = concat!("TO", "DO");

/// The words that begin such a note. Split, so that this file does not trip over itself.
const NOTES: &[&str] = &[TASK, concat!("FIX", "ME"), concat!("XX", "X:")];

/// Notes that name no issue.
pub(super) fn faults(path: &str, text: &str) -> Vec<String> {
    let lines =
        text.lines().enumerate().filter(|(_, line)| NOTES.iter().any(|note| is_ownerless(line, note)));
    lines
        .map(|(index, _)| format!("{path}:{}: a note without an issue; write `{TASK}(#NUMBER)`", index + 1))
        .collect()
}

fn is_ownerless(line: &str, note: &str) -> bool {
    line.match_indices(note).any(|(at, _)| {
        let before = line.get(..at).and_then(|text| text.chars().next_back());
        let after = line.get(at + note.len()..).unwrap_or_default();
        let is_word =
            before.is_none_or(|c| !c.is_alphanumeric()) && !after.starts_with(char::is_alphanumeric);
        let number = after.strip_prefix("(#").and_then(|rest| rest.split_once(')')).map(|(number, _)| number);
        is_word
            && !number.is_some_and(|digits| !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_needs_an_issue() {
        let note = NOTES[0];
        assert_eq!(faults("a.rs", &format!("fine\n// {note}: later\n")).len(), 1);
        assert_eq!(faults("a.rs", &format!("// {note}(#): later")).len(), 1);
        assert_eq!(faults("a.rs", &format!("// {note}(#12): later")), Vec::<String>::new());
        assert_eq!(faults("a.rs", &format!("let {note}S = mas{note};")), Vec::<String>::new());
    }
}
