//! `handfast credential list`.

use hf_client::api::ApiClient;
use hf_core::time::Timestamp;
use hf_http::access::credential;
use hf_proto::api::credential::{CredentialList, CredentialView};

use crate::authority::open_store;
use crate::commands::options::{DomainOptions, FormatOptions};
use crate::context::Context;
use crate::domain::Domain;
use crate::error::{CommandError, Exit};
use crate::output::Table;
use crate::remote::RemoteOptions;

/// List the API keys, revoked and expired ones too
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    #[command(flatten)]
    domain: DomainOptions,
    #[command(flatten)]
    remote: RemoteOptions,
    #[command(flatten)]
    format: FormatOptions,
}

const EXAMPLES: &str = "\
Examples:
  handfast credential list
  handfast credential list --format json";

/// List them.
pub(crate) fn run(args: &Args, context: &Context) -> Result<Exit, CommandError> {
    let list = list(args, context)?;
    if args.format.is_json() {
        context.output.json(&list)?;
        return Ok(Exit::Done);
    }
    let mut table = Table::new(&["id", "name", "state", "rights", "limited to", "accepted until"]);
    for one in list.credentials {
        let rights: Vec<&str> = one.rights.iter().map(|right| right.as_str()).collect();
        table.row([
            one.id.clone(),
            one.name.clone(),
            state(&one, context.now()).to_owned(),
            rights.join(", "),
            limits(&one),
            one.expires.map_or_else(|| "it is revoked".to_owned(), |time| time.to_string()),
        ]);
    }
    context.output.table(&table)?;
    Ok(Exit::Done)
}

fn list(args: &Args, context: &Context) -> Result<CredentialList, CommandError> {
    if let Some(remote) = args.remote.open(&args.domain.passphrase, context)? {
        return remote.ask("nothing was listed", context, ApiClient::credentials);
    }
    let domain = Domain::open(context, &args.domain)?;
    let store = open_store(&domain)?;
    let records = context.block_on(store.credentials())?;
    Ok(CredentialList { credentials: records.iter().map(credential::view).collect() })
}

fn state(one: &CredentialView, now: Timestamp) -> &'static str {
    if one.revoked_at.is_some() {
        "revoked"
    } else if one.expires.is_some_and(|expires| expires < now) {
        "expired"
    } else {
        "in force"
    }
}

fn limits(one: &CredentialView) -> String {
    let lists = [("names", &one.names), ("profiles", &one.profiles), ("authorities", &one.authorities)];
    let mut parts: Vec<String> = lists
        .into_iter()
        .filter_map(|(what, list)| list.as_ref().map(|list| format!("{what} {}", list.join(" "))))
        .collect();
    parts.extend(one.max_lifetime.map(|lifetime| format!("lifetime {lifetime}")));
    if parts.is_empty() { "policy".to_owned() } else { parts.join("; ") }
}
