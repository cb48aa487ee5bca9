//! What the commands below `acme` share.

use hf_ca::registration::operator::OperatorError;
use hf_core::principal::Channel;
use hf_store::audit::Origin;

use crate::context::Context;
use crate::domain::Domain;
use crate::error::CommandError;
use crate::system;

/// Who acts, when, by which door.
pub(in crate::commands) fn origin(context: &Context) -> Origin {
    Origin { at: context.now(), principal: system::operator(), channel: Channel::CommandLine }
}

/// The authority that was named, else the one behind `/acme/directory`.
pub(super) fn authority(domain: &Domain, named: Option<&String>) -> Result<String, CommandError> {
    let declared = &domain.topology.acme;
    let found = match named {
        Some(name) => declared.iter().find(|acme| &acme.authority == name),
        None => declared.iter().find(|acme| acme.default),
    };
    if let Some(acme) = found {
        return Ok(acme.authority.clone());
    }
    let known: Vec<&str> = declared.iter().map(|acme| acme.authority.as_str()).collect();
    Err(match (named, known.as_slice()) {
        (_, []) => CommandError::refused("no authority gives certificates by ACME")
            .hint("add a section `[acme.AUTHORITY]` to the file"),
        (Some(name), known) => CommandError::refused(format!("`{name}` gives no certificates by ACME"))
            .hint(format!("name one of {}", known.join(", "))),
        (None, known) => CommandError::refused("several authorities give certificates by ACME")
            .hint(format!("name one with `--authority`: {}", known.join(", "))),
    })
}

/// In the words of the command line.
pub(in crate::commands) fn refusal(what: &'static str) -> impl Fn(OperatorError) -> CommandError {
    move |error| match error {
        OperatorError::Store(error) => error.into(),
        error @ (OperatorError::Random(_) | OperatorError::Busy | OperatorError::Record(_)) => {
            CommandError::fault(what).because(error)
        }
        error @ OperatorError::UnknownAccount { .. } => {
            CommandError::refused(error.to_string()).hint("`handfast acme account list` shows all")
        }
        error @ OperatorError::UnknownKey { .. } => {
            CommandError::refused(error.to_string()).hint("`handfast acme eab list` shows all")
        }
        error @ (OperatorError::Name | OperatorError::TrustWithoutNames | OperatorError::Past { .. }) => {
            CommandError::refused(what).because(error)
        }
    }
}
