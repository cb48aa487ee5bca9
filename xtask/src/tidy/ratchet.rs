//! The list of sizes that are over the aim today, and may only shrink.

use anyhow::{Context as _, Result, bail};

use super::measure::Size;

/// Reads the list: a size a line, `LINES WHAT`; `#` begins a comment.
pub(super) fn parse(text: &str) -> Result<Vec<Size>> {
    let lines =
        text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty() && !line.starts_with('#'));
    lines.map(|(index, line)| parse_line(line).with_context(|| format!("line {}", index + 1))).collect()
}

fn parse_line(line: &str) -> Result<Size> {
    let Some((lines, what)) = line.split_once(' ') else { bail!("expected `LINES WHAT`, found `{line}`") };
    let lines = lines.parse().with_context(|| format!("expected a number of lines, found `{lines}`"))?;
    Ok(Size { what: what.to_owned(), lines })
}

/// Sizes that are not on the list or longer than there, and entries that are too high or stale.
pub(super) fn faults(allowed: &[Size], found: &[Size]) -> Vec<String> {
    let mut faults = Vec::new();
    for size in found {
        match allowed.iter().find(|entry| entry.what == size.what) {
            None => {
                faults.push(format!("{}: {} lines; split it (STYLE.md has the aims)", size.what, size.lines));
            }
            Some(entry) if size.lines > entry.lines => {
                faults.push(format!(
                    "{}: {} lines, was {}; it may only shrink",
                    size.what, size.lines, entry.lines
                ));
            }
            Some(entry) if size.lines < entry.lines => faults.push(format!(
                "{}: {} lines, the ratchet says {}; run `cargo xtask tidy --shrink`",
                size.what, size.lines, entry.lines
            )),
            Some(_) => {}
        }
    }
    for entry in allowed {
        if !found.iter().any(|size| size.what == entry.what) {
            faults.push(format!(
                "{}: on the ratchet, but short enough now; run `cargo xtask tidy --shrink`",
                entry.what
            ));
        }
    }
    faults
}

/// The list with every entry lowered to what was found, and without those that are short enough. Adds nothing.
pub(super) fn shrunk(text: &str, allowed: &[Size], found: &[Size]) -> String {
    let comments = text.lines().filter(|line| line.starts_with('#')).map(str::to_owned);
    let entries = allowed.iter().filter_map(|entry| {
        let size = found.iter().find(|size| size.what == entry.what)?;
        Some(format!("{} {}", size.lines.min(entry.lines), entry.what))
    });
    comments.chain(entries).map(|line| line + "\n").collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sizes(list: &[(&str, usize)]) -> Vec<Size> {
        list.iter().map(|(what, lines)| Size { what: (*what).into(), lines: *lines }).collect()
    }

    #[test]
    fn only_an_exact_list_passes() {
        let allowed = parse("# why\n70 fn a.rs go\n").unwrap();
        assert_eq!(faults(&allowed, &sizes(&[("fn a.rs go", 70)])), Vec::<String>::new());
        assert!(faults(&allowed, &sizes(&[("fn a.rs go", 71)]))[0].contains("may only shrink"));
        assert!(faults(&allowed, &sizes(&[("fn a.rs go", 69)]))[0].contains("--shrink"));
        assert!(faults(&allowed, &[])[0].contains("short enough now"));
        assert!(faults(&[], &sizes(&[("file a.rs", 500)]))[0].contains("split it"));
    }

    #[test]
    fn shrinking_lowers_and_removes_but_never_adds() {
        let text = "# why\n70 fn a.rs go\n500 file b.rs\n80 fn c.rs run\n";
        let found = sizes(&[("fn a.rs go", 65), ("file b.rs", 600), ("fn new.rs big", 99)]);
        assert_eq!(shrunk(text, &parse(text).unwrap(), &found), "# why\n65 fn a.rs go\n500 file b.rs\n");
    }

    #[test]
    fn a_line_that_is_no_entry_is_refused_with_its_number() {
        let error = format!("{:#}", parse("# why\nmany fn a.rs go\n").unwrap_err());
        assert!(error.contains("line 2") && error.contains("`many`"), "{error}");
    }
}
