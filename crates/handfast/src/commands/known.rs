//! Names in filters: one that the trust domain does not have is a slip of the pen, and no empty list.
//!
//! What was taken out of the file stays on record, and is known as long as it does.

use std::collections::BTreeSet;

use hf_store::Store;
use hf_store::list::ListFilter;

use crate::config::profiles;
use crate::context::Context;
use crate::domain::Domain;
use crate::error::CommandError;

/// That the authority of a filter is in the file or on record.
pub(super) fn authority(
    named: Option<&str>,
    domain: &Domain,
    store: &dyn Store,
    context: &Context,
) -> Result<(), CommandError> {
    let Some(name) = named else { return Ok(()) };
    let declared = domain.topology.authorities.iter().map(|authority| authority.name.clone());
    let recorded = context.block_on(store.authorities())?.into_iter().map(|record| record.name);
    let known: BTreeSet<String> = declared.chain(recorded).collect();
    if known.contains(name) { Ok(()) } else { Err(unknown("authority", name, known)) }
}

/// That the profile of a filter is in the file, or that there is a certificate of it.
pub(super) fn profile(
    named: Option<&str>,
    domain: &Domain,
    store: &dyn Store,
    context: &Context,
) -> Result<(), CommandError> {
    let Some(name) = named else { return Ok(()) };
    let compiled = profiles::compile(&domain.topology)
        .map_err(|faults| CommandError::refused("the profiles cannot be used").findings(faults))?;
    let known: BTreeSet<String> = compiled.iter().map(|profile| profile.name().to_owned()).collect();
    if known.contains(name) || is_recorded(name, store, context)? {
        Ok(())
    } else {
        Err(unknown("profile", name, known))
    }
}

/// Whether a certificate of this profile is on record.
fn is_recorded(profile: &str, store: &dyn Store, context: &Context) -> Result<bool, CommandError> {
    let filter =
        ListFilter { profile: Some(profile.to_owned()), newest_first: true, ..ListFilter::default() };
    let mut after = None;
    loop {
        let page = context.block_on(store.list(filter.clone(), after, 1))?;
        if !page.items.is_empty() {
            return Ok(true);
        }
        after = page.next;
        if after.is_none() {
            return Ok(false);
        }
    }
}

/// There is none of this name; these there are.
pub(super) fn unknown(kind: &str, name: &str, known: impl IntoIterator<Item = String>) -> CommandError {
    let known: Vec<String> = known.into_iter().collect();
    if known.is_empty() {
        return CommandError::refused(format!("there is no {kind} `{name}`: there is none at all"));
    }
    CommandError::refused(format!("there is no {kind} `{name}`: expected one of {}", known.join(", ")))
}
