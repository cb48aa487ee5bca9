//! Words that documents do without: they praise instead of saying what is so.

use std::path::Path;

/// Each with what to do instead. Split, so that this file does not trip over itself.
const WORDS: &[(&str, &str)] = &[
    (concat!("blazing", "ly"), "give the figure"),
    (concat!("blazing ", "fast"), "give the figure"),
    (concat!("cutting", "-edge"), "name the standard"),
    (concat!("easy to ", "use"), "show the command"),
    (concat!("effort", "less"), "show the command"),
    (concat!("enterprise", "-grade"), "say what it withstands"),
    (concat!("lever", "age"), "write `use`"),
    (concat!("military", "-grade"), "name the algorithm"),
    (concat!("production", "-ready"), "say what was tested"),
    (concat!("seam", "less"), "say what the user need not do"),
    (concat!("state-of-the", "-art"), "name the standard"),
    (concat!("world", "-class"), "give the figure"),
];

/// Forbidden words in prose and in comments.
pub(super) fn faults(path: &str, text: &str) -> Vec<String> {
    let extension = Path::new(path).extension().and_then(|extension| extension.to_str());
    let is_comment = |line: &str| line.trim_start().starts_with("//");
    let is_prose = |line: &str| extension == Some("md") || (extension == Some("rs") && is_comment(line));
    let lines = text.lines().enumerate().filter(|(_, line)| is_prose(line));
    lines.flat_map(|(index, line)| faults_in_line(path, index + 1, line)).collect()
}

fn faults_in_line(path: &str, number: usize, line: &str) -> Vec<String> {
    let line = line.to_lowercase();
    let found = WORDS.iter().filter(|(word, _)| line.contains(word));
    found.map(|(word, instead)| format!("{path}:{number}: `{word}` says nothing; {instead}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn praise_is_found_in_prose_only() {
        let praise = format!("It is {}.\n", WORDS[0].0);
        assert_eq!(faults("README.md", &praise).len(), 1);
        assert_eq!(faults("src/a.rs", &format!("/// {praise}")).len(), 1);
        assert_eq!(faults("src/a.rs", &format!("let x = \"{}\";", WORDS[0].0)), Vec::<String>::new());
        assert_eq!(faults("README.md", "A certificate for each service.\n"), Vec::<String>::new());
    }
}
