//! Holds `docs/guide/faults.md` to the tests that it names.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// The test of each row.
fn named(page: &str) -> Vec<String> {
    let rows = page.lines().filter(|line| line.starts_with("| ") && !line.starts_with("| What goes wrong"));
    rows.map(|row| {
        let cell = row.trim_end_matches('|').rsplit('|').next().unwrap().trim();
        let name = cell.strip_prefix('`').and_then(|cell| cell.strip_suffix('`'));
        name.unwrap_or_else(|| panic!("no test: {row}")).to_owned()
    })
    .collect()
}

/// The names of functions that an attribute makes tests.
fn tests_of(source: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut is_test = false;
    for line in source.lines().map(str::trim) {
        if line.starts_with("#[test]") || line.starts_with("#[tokio::test") {
            is_test = true;
        } else if let Some((_, rest)) = line.split_once("fn ") {
            let name: String = rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
            if std::mem::take(&mut is_test) {
                found.insert(name);
            }
        }
    }
    found
}

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let path = entry.path();
        if entry.file_type().unwrap().is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

#[test]
fn every_test_that_the_page_names_is_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let page = std::fs::read_to_string(root.join("docs/guide/faults.md")).unwrap();
    let mut files = Vec::new();
    sources(&root.join("crates"), &mut files);
    sources(&root.join("tests/e2e"), &mut files);
    let tests: BTreeSet<String> =
        files.iter().flat_map(|file| tests_of(&std::fs::read_to_string(file).unwrap())).collect();
    let named = named(&page);
    assert!(named.len() > 40, "rows are read: {}", named.len());
    let missing: Vec<&String> = named.iter().filter(|name| !tests.contains(*name)).collect();
    assert!(missing.is_empty(), "no such tests: {missing:?}");
}

#[test]
fn a_function_that_is_no_test_does_not_count() {
    let source =
        "#[test]\nfn one() {}\nfn two() {}\n    #[tokio::test(x)]\n    async fn three() {}\n// fn four()\n";
    assert_eq!(tests_of(source).into_iter().collect::<Vec<_>>(), ["one", "three"]);
    assert_eq!(named("| What goes wrong | x |\n|---|---|\n| a | b | `c` |\n"), ["c"]);
}
