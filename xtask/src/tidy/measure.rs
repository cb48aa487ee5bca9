//! Lengths of files and functions, from text that `cargo fmt` has laid out.

/// The longest file that needs no entry on the ratchet: lines that are neither blank nor comment, tests apart.
const FILE_LINES: usize = 400;
/// The longest function that needs none: all its lines. Twenty over the aim of 40, because a table or a `match` that
/// reads well may be longer.
const FUNCTION_LINES: usize = 60;

/// Something longer than the aim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Size {
    /// `file PATH` or `fn PATH NAME`.
    pub(super) what: String,
    pub(super) lines: usize,
}

/// The file itself and its functions, those of them that are too long.
pub(super) fn over_the_aim(path: &str, text: &str) -> Vec<Size> {
    if is_test_file(path) {
        return Vec::new();
    }
    let lines: Vec<&str> = text.lines().collect();
    let shipped = shipped_part(&lines);
    let mut sizes = Vec::new();
    let code = shipped.iter().filter(|line| is_code(line)).count();
    if code > FILE_LINES {
        sizes.push(Size { what: format!("file {path}"), lines: code });
    }
    for (name, length) in functions(shipped) {
        if length > FUNCTION_LINES {
            sizes.push(Size { what: format!("fn {path} {name}"), lines: length });
        }
    }
    sizes
}

fn is_test_file(path: &str) -> bool {
    path.starts_with("tests/")
        || path.contains("/tests/")
        || path.ends_with("/tests.rs")
        || path.ends_with("_tests.rs")
}

/// The lines before the test module, which comes last in a file.
fn shipped_part<'a, 'b>(lines: &'b [&'a str]) -> &'b [&'a str] {
    let start = lines.iter().position(|line| *line == "#[cfg(test)]").unwrap_or(lines.len());
    lines.get(..start).unwrap_or(lines)
}

fn is_code(line: &str) -> bool {
    let line = line.trim();
    !line.is_empty() && !line.starts_with("//")
}

/// Name and number of lines of each function with a body. A body ends at the first `}` indented as its `fn`.
fn functions<'a>(lines: &[&'a str]) -> Vec<(&'a str, usize)> {
    let mut found = Vec::new();
    for (index, line) in lines.iter().enumerate() {
        let Some(name) = function_name(line) else { continue };
        let indent = line.len() - line.trim_start().len();
        let closing = format!("{}}}", " ".repeat(indent));
        let rest = lines.get(index..).unwrap_or_default();
        if let Some(length) = rest.iter().position(|line| line.trim_end() == closing) {
            found.push((name, length + 1));
        }
    }
    found
}

/// The name when this line begins a function whose body is on the following lines.
fn function_name(line: &str) -> Option<&str> {
    let mut rest = line.trim_start();
    if rest.starts_with("//") || line.ends_with(';') || line.ends_with('}') {
        return None;
    }
    if let Some(after) = rest.strip_prefix("pub") {
        let after = after
            .strip_prefix('(')
            .map_or(Some(after), |inner| inner.split_once(')').map(|(_, after)| after))?;
        rest = after.strip_prefix(' ')?;
    }
    for word in ["const ", "async ", "unsafe "] {
        rest = rest.strip_prefix(word).unwrap_or(rest);
    }
    let rest = rest.strip_prefix("fn ")?;
    let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_')?;
    rest.get(..end)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn function(lines: usize) -> String {
        format!("pub(crate) fn long<T>(x: T) -> T {{\n{}    x\n}}\n", "    // step\n".repeat(lines - 3))
    }

    #[test]
    fn a_function_is_as_long_as_its_lines() {
        assert_eq!(over_the_aim("src/a.rs", &function(60)), []);
        let sizes = over_the_aim("src/a.rs", &function(61));
        assert_eq!(sizes, [Size { what: "fn src/a.rs long".into(), lines: 61 }]);
    }

    #[test]
    fn a_file_counts_code_only_and_its_tests_not_at_all() {
        let code = "const A: u8 = 1;\n".repeat(400);
        let text = format!("{code}// comment\n\n#[cfg(test)]\nmod tests {{\n{code}}}\n");
        assert_eq!(over_the_aim("src/a.rs", &text), []);
        let text = format!("const B: u8 = 1;\n{text}");
        assert_eq!(over_the_aim("src/a.rs", &text), [Size { what: "file src/a.rs".into(), lines: 401 }]);
        assert_eq!(over_the_aim("tests/src/a.rs", &text), []);
    }

    #[test]
    fn heads_of_functions_are_told_from_other_lines() {
        assert_eq!(function_name("    pub async fn go(&self) -> u8 {"), Some("go"));
        assert_eq!(function_name("const fn new("), Some("new"));
        assert_eq!(function_name("    fn declared(&self) -> u8;"), None);
        assert_eq!(function_name("    let f: fn (u8) = g;"), None);
        assert_eq!(function_name("/// fn in words"), None);
        assert_eq!(function_name("fn one_line() {}"), None);
    }
}
