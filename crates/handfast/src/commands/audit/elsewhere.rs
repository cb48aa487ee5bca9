//! The audit log of a server, page by page.

use hf_proto::api::audit::{AuditEntry, AuditQuery};
use hf_store::audit::{AuditRow, ChainHead, ChainReport, ChainVerifier};

use crate::context::Context;
use crate::error::CommandError;
use crate::remote::Remote;

/// Rows that are asked for at a time.
const PAGE: u16 = 1000;

/// Look at every row; the head as it was before the first.
pub(super) fn rows(
    remote: &Remote,
    context: &Context,
    mut look: impl FnMut(&AuditRow) -> Result<(), CommandError>,
) -> Result<ChainHead, CommandError> {
    let mut query = AuditQuery { after: None, limit: Some(PAGE) };
    let mut first_head = None;
    loop {
        let page = remote.ask("the record was not read", context, |client| client.audit(&query))?;
        let head = page.head.parse::<ChainHead>().map_err(|error| strange().because(error))?;
        let head = *first_head.get_or_insert(head);
        for entry in &page.rows {
            look(&row(entry)?)?;
        }
        match page.next {
            // A server that answers in a circle is not followed.
            Some(next) if query.after.is_none_or(|after| next > after) => query.after = Some(next),
            Some(_) => return Err(strange()),
            None => return Ok(head),
        }
    }
}

/// Verify the chain here, row by row, as it comes.
pub(super) fn verify(
    remote: &Remote,
    checkpoint: Option<ChainHead>,
    context: &Context,
) -> Result<ChainReport, CommandError> {
    let query = AuditQuery { after: None, limit: Some(1) };
    let page = remote.ask("the record was not read", context, |client| client.audit(&query))?;
    let head = page.head.parse::<ChainHead>().map_err(|error| strange().because(error))?;
    let mut verifier = ChainVerifier::new(head, checkpoint);
    rows(remote, context, |row| {
        if row.sequence <= head.count {
            verifier.push(row);
        }
        Ok(())
    })?;
    Ok(verifier.finish())
}

fn row(entry: &AuditEntry) -> Result<AuditRow, CommandError> {
    Ok(AuditRow {
        sequence: entry.sequence,
        previous: hash(&entry.previous)?,
        event: entry.event.clone(),
        hash: hash(&entry.hash)?,
    })
}

/// A hash in hexadecimal: read as the one of a checkpoint is.
fn hash(text: &str) -> Result<[u8; 32], CommandError> {
    let head: ChainHead = format!("0:{text}").parse().map_err(|error| strange().because(error))?;
    Ok(head.hash)
}

fn strange() -> CommandError {
    CommandError::fault("the server answers with what is no part of a record")
}
