//! A heading and labelled lines: the form in which one item is shown to a person.

use crate::output::{Paint, Tone};

/// What is shown of one item.
#[derive(Debug, Default)]
pub(crate) struct Sheet {
    heading: String,
    lines: Vec<(String, Vec<String>)>,
    notes: Vec<String>,
}

/// The width of the column of labels.
const LABEL_WIDTH: usize = 15;

impl Sheet {
    /// With a heading and nothing under it.
    pub(crate) fn new(heading: impl Into<String>) -> Self {
        Self { heading: heading.into(), ..Self::default() }
    }

    /// Add a line.
    pub(crate) fn line(&mut self, label: &str, value: impl Into<String>) {
        self.lines.push((label.to_owned(), vec![value.into()]));
    }

    /// Add one label with several values under one another; nothing when there is none.
    pub(crate) fn list(&mut self, label: &str, values: impl IntoIterator<Item = String>) {
        let values: Vec<String> = values.into_iter().collect();
        if !values.is_empty() {
            self.lines.push((label.to_owned(), values));
        }
    }

    /// Add something that the person should look at.
    pub(crate) fn note(&mut self, text: impl Into<String>) {
        self.notes.push(text.into());
    }

    /// As text. Control characters that came from outside are escaped, so that they cannot move the cursor.
    pub(crate) fn render(&self, paint: Paint) -> String {
        let mut lines = vec![paint.apply(Tone::Strong, &visible(&self.heading))];
        for (label, values) in &self.lines {
            for (index, value) in values.iter().enumerate() {
                let label = if index == 0 { visible(label) } else { String::new() };
                let label = paint.apply(Tone::Faint, &format!("{label:<LABEL_WIDTH$}"));
                lines.push(format!("  {label} {}", visible(value)));
            }
        }
        for note in &self.notes {
            lines.push(format!("  {} {}", paint.apply(Tone::Warning, "note:"), visible(note)));
        }
        lines.join("\n") + "\n"
    }
}

fn visible(text: &str) -> String {
    text.chars()
        .flat_map(|c| if c.is_control() { c.escape_unicode().collect::<Vec<_>>() } else { vec![c] })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_aligned_and_harmless() {
        let mut sheet = Sheet::new("Certificate");
        sheet.list("names", ["a\u{1b}[2J".to_owned(), "b".to_owned()]);
        sheet.note("look");
        let text = sheet.render(Paint::Plain);
        assert_eq!(text, "Certificate\n  names           a\\u{1b}[2J\n                  b\n  note: look\n");
    }
}
