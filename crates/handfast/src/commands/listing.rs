//! Long lists, a page at a time: for people as a table, for scripts as JSON.

use hf_store::list::Cursor;
use serde::Serialize;

use super::options::FormatOptions;
use crate::context::Context;
use crate::error::{CommandError, Exit};
use crate::output::Table;

/// Which part of a list.
#[derive(clap::Args, Clone, Copy)]
pub(crate) struct PageOptions {
    /// At most so many, up to 1000
    #[arg(long, value_name = "NUMBER", default_value_t = 100, value_parser = clap::value_parser!(u16).range(1..=1000))]
    pub(crate) limit: u16,
    /// Begin where the page before ended
    #[arg(long, value_name = "PLACE")]
    pub(crate) after: Option<Cursor>,
}

/// A page of a list; as it is serialized, scripts read it.
pub(crate) trait Listing: Serialize {
    /// What people are told when it is empty.
    const NOTHING: &'static str;

    /// What people read.
    fn table(&self) -> Table;

    /// Where the next page begins.
    fn next(&self) -> Option<&str>;
}

/// Show a page.
pub(crate) fn tell<L: Listing>(
    page: &L,
    format: FormatOptions,
    context: &Context,
) -> Result<Exit, CommandError> {
    if format.is_json() {
        context.output.json(page)?;
        return Ok(Exit::Done);
    }
    let table = page.table();
    if table.is_empty() {
        context.output.message(L::NOTHING);
        return Ok(Exit::Done);
    }
    context.output.table(&table)?;
    if let Some(next) = page.next() {
        context.output.message(&format!("there are more: `--after {next}`"));
    }
    Ok(Exit::Done)
}
