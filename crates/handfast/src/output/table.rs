//! Tables for people: columns with two spaces between them, no lines, readable without colour.

use comfy_table::presets::NOTHING;
use comfy_table::{ContentArrangement, Table as Grid};

use super::{Paint, Tone};

/// A table under construction.
pub(crate) struct Table {
    header: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl Table {
    /// With these column headings.
    pub(crate) fn new(header: &[&str]) -> Self {
        Self { header: header.iter().map(|text| (*text).to_owned()).collect(), rows: Vec::new() }
    }

    /// Add a row.
    pub(crate) fn row(&mut self, cells: impl IntoIterator<Item = impl Into<String>>) {
        self.rows.push(cells.into_iter().map(Into::into).collect());
    }

    /// Whether it has no rows.
    pub(crate) fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// As text.
    pub(crate) fn render(&self, paint: Paint) -> String {
        let mut grid = Grid::new();
        grid.load_style(NOTHING).set_content_arrangement(ContentArrangement::Disabled);
        grid.set_header(self.header.clone());
        grid.add_rows(self.rows.clone());
        for column in grid.column_iter_mut() {
            column.set_padding((0, 2));
        }
        let mut lines = Vec::new();
        for (index, line) in grid.lines().enumerate() {
            let line = line.trim_end();
            lines.push(if index == 0 { paint.apply(Tone::Strong, line) } else { line.to_owned() });
        }
        lines.join("\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_line_up() {
        let mut table = Table::new(&["NAME", "STATE"]);
        table.row(["a.shop.internal", "good"]);
        table.row(["b", "revoked"]);
        assert_eq!(
            table.render(Paint::Plain),
            "NAME             STATE\na.shop.internal  good\nb                revoked"
        );
    }
}
