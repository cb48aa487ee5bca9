//! A table of the file, read key by key. Keys that nobody asked for are unknown.

use std::fmt::Display;
use std::ops::Range;
use std::str::FromStr;

use hf_core::name::DnsName;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::faults::{Fault, Faults, LIMIT, MISSING_KEY, UNKNOWN_KEY, VALUE};
use super::limits::{MAX_LIST, MAX_TEXT};
use super::suggest::nearest;

/// One table with its path, for example `service.a`.
pub(super) struct Section<'t, 'i> {
    pub(super) path: String,
    /// Where its header is.
    pub(super) at: usize,
    table: &'t DeTable<'i>,
    known: Vec<&'static str>,
}

/// A text value and where it is.
#[derive(Clone)]
pub(super) struct Text<'t> {
    pub(super) value: &'t str,
    pub(super) span: Range<usize>,
}

/// A section with a name of the user's choice, for example `[service.a]`.
pub(super) struct NamedSection<'t, 'i> {
    pub(super) name: String,
    pub(super) section: Section<'t, 'i>,
}

impl<'t, 'i> Section<'t, 'i> {
    pub(super) fn new(path: String, at: usize, table: &'t DeTable<'i>) -> Self {
        Self { path, at, table, known: Vec::new() }
    }

    /// Path of a key of this section.
    pub(super) fn key(&self, key: &str) -> String {
        if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) }
    }

    /// The section's header as written, for messages.
    fn header(&self) -> String {
        if self.path.is_empty() { "the file".to_owned() } else { format!("`[{}]`", self.path) }
    }

    pub(super) fn get(&mut self, key: &'static str) -> Option<&'t Spanned<DeValue<'i>>> {
        self.known.push(key);
        self.table.get(key)
    }

    /// A text of 1 to [`MAX_TEXT`] characters without control characters.
    pub(super) fn text(&mut self, key: &'static str, faults: &mut Faults<'_>) -> Option<Text<'t>> {
        let value = self.get(key)?;
        text(value, &self.key(key), faults)
    }

    /// A text that must be there.
    pub(super) fn required_text(
        &mut self,
        key: &'static str,
        example: &str,
        faults: &mut Faults<'_>,
    ) -> Option<Text<'t>> {
        if self.get(key).is_none() {
            self.missing(key, example, faults);
        }
        self.text(key, faults)
    }

    /// Report that a key is missing.
    pub(super) fn missing(&self, key: &str, example: &str, faults: &mut Faults<'_>) {
        faults.add(
            Fault::new(MISSING_KEY, self.at, &self.key(key), format!("{} lacks `{key}`", self.header()))
                .write(format!("write `{key} = {example}`")),
        );
    }

    /// A text in the form of a type.
    pub(super) fn parsed<T>(&mut self, key: &'static str, faults: &mut Faults<'_>) -> Option<T>
    where
        T: FromStr<Err: Display>,
    {
        let text = self.text(key, faults)?;
        parsed(&text, &self.key(key), faults)
    }

    pub(super) fn boolean(&mut self, key: &'static str, faults: &mut Faults<'_>) -> Option<bool> {
        let value = self.get(key)?;
        if let Some(boolean) = value.get_ref().as_bool() {
            return Some(boolean);
        }
        wrong_type(value, &self.key(key), "`true` or `false`", faults);
        None
    }

    /// A whole number from 0 to `max`.
    pub(super) fn number(&mut self, key: &'static str, max: u16, faults: &mut Faults<'_>) -> Option<u16> {
        let value = self.get(key)?;
        let number = value.get_ref().as_integer().and_then(|integer| {
            u16::from_str_radix(integer.as_str(), integer.radix()).ok().filter(|number| *number <= max)
        });
        if number.is_none() {
            wrong_type(value, &self.key(key), &format!("a whole number from 0 to {max}"), faults);
        }
        number
    }

    /// A whole number from 1 to a billion.
    pub(super) fn count(&mut self, key: &'static str, faults: &mut Faults<'_>) -> Option<u32> {
        const MAX: u32 = 1_000_000_000;
        let value = self.get(key)?;
        let number = value.get_ref().as_integer().and_then(|integer| {
            u32::from_str_radix(integer.as_str(), integer.radix())
                .ok()
                .filter(|number| (1..=MAX).contains(number))
        });
        if number.is_none() {
            wrong_type(value, &self.key(key), &format!("a whole number from 1 to {MAX}"), faults);
        }
        number
    }

    /// A list of texts; empty when the key is absent.
    pub(super) fn texts(&mut self, key: &'static str, faults: &mut Faults<'_>) -> Vec<Text<'t>> {
        let path = self.key(key);
        self.list(key, faults).iter().filter_map(|value| text(value, &path, faults)).collect()
    }

    /// A list of anything; empty when the key is absent.
    pub(super) fn list(&mut self, key: &'static str, faults: &mut Faults<'_>) -> &'t [Spanned<DeValue<'i>>] {
        let Some(value) = self.get(key) else { return &[] };
        let Some(array) = value.get_ref().as_array() else {
            let as_list = format!("[{}]", faults.excerpt(value.span()));
            let expected = "a list".to_owned();
            faults.add(
                Fault::new(VALUE, value.span().start, &self.key(key), format!("`{key}` is not a list"))
                    .expected_found(expected, faults.excerpt(value.span()))
                    .write(format!("write `{key} = {as_list}`")),
            );
            return &[];
        };
        if array.len() > MAX_LIST {
            faults.add(
                Fault::new(
                    LIMIT,
                    value.span().start,
                    &self.key(key),
                    format!("`{key}` has too many entries"),
                )
                .expected_found(format!("at most {MAX_LIST}"), array.len().to_string()),
            );
        }
        array.get(..array.len().min(MAX_LIST)).unwrap_or_default()
    }

    /// The table of that key, for example `[trust]`.
    pub(super) fn table(&mut self, key: &'static str, faults: &mut Faults<'_>) -> Option<Section<'t, 'i>> {
        let path = self.key(key);
        let value = self.get(key)?;
        let Some(table) = value.get_ref().as_table() else {
            wrong_type(value, &path, &format!("a section `[{path}]`"), faults);
            return None;
        };
        let at = self.table.get_key_value(key).map_or(0, |(key, _)| key.span().start);
        Some(Section::new(path, at, table))
    }

    /// Every entry of a table whose keys the user chooses, each with where it is and its list.
    pub(super) fn lists(&self, faults: &mut Faults<'_>) -> Vec<(&'t str, usize, &'t [Spanned<DeValue<'i>>])> {
        let mut entries = Vec::new();
        for (key, value) in self.table {
            let Some(array) = value.get_ref().as_array() else {
                let found = faults.excerpt(value.span());
                let summary = format!("`{}` has no list", super::source::printable(key.get_ref()));
                faults.add(
                    Fault::new(VALUE, value.span().start, &self.path, summary)
                        .expected_found("a list", &found)
                        .write(format!("write `[{found}]`")),
                );
                continue;
            };
            if array.len() > MAX_LIST || entries.len() == MAX_LIST {
                faults.add(
                    Fault::new(LIMIT, key.span().start, &self.path, "there are too many entries")
                        .expected_found(format!("at most {MAX_LIST}"), array.len().to_string()),
                );
                break;
            }
            let key_text: &'t str = key.get_ref();
            entries.push((key_text, key.span().start, &array[..]));
        }
        entries
    }

    /// The sections `[key.NAME]`, in the order of the file.
    pub(super) fn named_sections(
        &mut self,
        key: &'static str,
        max: usize,
        faults: &mut Faults<'_>,
    ) -> Vec<NamedSection<'t, 'i>> {
        let Some(parent) = self.table(key, faults) else { return Vec::new() };
        let mut sections = Vec::new();
        for (name, value) in parent.table {
            let path = format!("{}.{}", parent.path, name.get_ref());
            let at = name.span().start;
            let Some(table) = value.get_ref().as_table() else {
                wrong_type(value, &path, &format!("a section `[{}.NAME]`", parent.path), faults);
                continue;
            };
            if check_name(name.get_ref(), at, &path, faults) {
                let section = Section::new(path, at, table);
                sections.push(NamedSection { name: name.get_ref().to_string(), section });
            }
        }
        sections.sort_by_key(|section| section.section.at);
        if sections.len() > max {
            faults.add(
                Fault::new(
                    LIMIT,
                    parent.at,
                    &parent.path,
                    format!("there are too many sections `[{}.NAME]`", parent.path),
                )
                .expected_found(format!("at most {max}"), sections.len().to_string()),
            );
            sections.truncate(max);
        }
        sections
    }

    /// Report every key that nobody asked for.
    pub(super) fn finish(self, faults: &mut Faults<'_>) {
        let keys = self.table.keys().filter(|key| !self.known.iter().any(|known| known == key.get_ref()));
        for key in keys {
            let name = key.get_ref();
            let summary = format!("`{}` is not a key of {}", super::source::printable(name), self.header());
            let fault = Fault::new(UNKNOWN_KEY, key.span().start, &self.key(name), summary);
            let hint = match nearest(name, self.known.iter().copied()) {
                Some(meant) => format!("write `{meant}`"),
                None => format!("remove it; the keys are {}", listed(&self.known)),
            };
            faults.add(fault.write(hint));
        }
    }
}

/// In back-ticks, each once, with commas.
pub(crate) fn listed<T: Display>(items: &[T]) -> String {
    let mut shown: Vec<String> = Vec::new();
    for item in items.iter().map(|item| format!("`{item}`")) {
        if !shown.contains(&item) {
            shown.push(item);
        }
    }
    shown.join(", ")
}

/// A value as text.
pub(super) fn text<'t>(
    value: &'t Spanned<DeValue<'_>>,
    key: &str,
    faults: &mut Faults<'_>,
) -> Option<Text<'t>> {
    let span = value.span();
    let Some(text) = value.get_ref().as_str() else {
        wrong_type(value, key, "a text in quotes", faults);
        return None;
    };
    let problem = if text.is_empty() {
        Some("is empty")
    } else if text.chars().any(char::is_control) {
        Some("holds a control character")
    } else if text.chars().nth(MAX_TEXT).is_some() {
        Some("is longer than 1024 characters")
    } else {
        None
    };
    if let Some(problem) = problem {
        faults.add(
            Fault::new(VALUE, span.start, key, format!("the value {problem}"))
                .expected_found(format!("1 to {MAX_TEXT} printable characters"), faults.excerpt(span)),
        );
        return None;
    }
    Some(Text { value: text, span })
}

/// A text in the form of a type; the type's own error says what was expected.
pub(super) fn parsed<T>(text: &Text<'_>, key: &str, faults: &mut Faults<'_>) -> Option<T>
where
    T: FromStr<Err: Display>,
{
    match text.value.parse() {
        Ok(value) => Some(value),
        Err(error) => {
            let fault = Fault::new(VALUE, text.span.start, key, error.to_string()).found(text.value);
            let meant = meant::<T>(text.value);
            faults.add(match meant {
                Some(meant) => fault.write(format!("write `\"{meant}\"`")),
                None => fault,
            });
            None
        }
    }
}

/// What was meant, when a small change makes the text one of the type: letters in lower case, no wildcard, a unit after a
/// number, a hyphen in a word, no empty label.
fn meant<T: FromStr>(text: &str) -> Option<String> {
    let small = text.to_ascii_lowercase();
    let candidates = [
        small.trim().to_owned(),
        small.trim_start_matches("*.").trim_matches('.').to_owned(),
        small.replace("..", "."),
        format!("{small}d"),
        small.replace(['_', ' '], "-"),
        small.replacen("p-", "p", 1).replace("ec-", "ecdsa-"),
        format!("ecdsa-{}", small.replacen("p-", "p", 1)),
        // A name with letters beyond ASCII, where only its A-labels are one.
        text.parse::<DnsName>().map(|name| name.to_string()).unwrap_or_default(),
    ];
    candidates.into_iter().find(|candidate| candidate.parse::<T>().is_ok())
}

/// Report a value of the wrong type.
pub(super) fn wrong_type(value: &Spanned<DeValue<'_>>, key: &str, expected: &str, faults: &mut Faults<'_>) {
    let found = faults.excerpt(value.span());
    let last = key.rsplit('.').next().unwrap_or(key);
    let mut fault = Fault::new(VALUE, value.span().start, key, format!("`{last}` is not {expected}"))
        .expected_found(expected, &found);
    if expected.contains("in quotes") && !found.contains('"') {
        fault = fault.write(format!("write `\"{found}\"`"));
    }
    faults.add(fault);
}

/// Section names become names of files and of columns: letters, digits, `-`, `_` and `.`, at most 64.
fn check_name(name: &str, at: usize, key: &str, faults: &mut Faults<'_>) -> bool {
    let legal = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    let good =
        name.len() <= 64 && name.starts_with(|c: char| c.is_ascii_alphanumeric()) && name.chars().all(legal);
    if !good {
        faults.add(
            Fault::new(VALUE, at, key, "the name of the section cannot be used").expected_found(
                "at most 64 letters, digits, `-`, `_` and `.`, a letter or digit first",
                name,
            ),
        );
    }
    good
}
