//! `handfast credential create`: an API key.

use std::path::PathBuf;

use hf_core::principal::Channel;
use hf_core::right::Right;
use hf_core::time::Lifetime;
use hf_http::access::credential::{self, CredentialError, Known};
use hf_keys::file::{WriteOptions, write_atomic};
use hf_keys::random::SystemRandom;
use hf_proto::api::credential::{CredentialRequest, NewCredential};
use hf_store::audit::Origin;

use crate::authority::open_store;
use crate::commands::options::{DomainOptions, FormatOptions};
use crate::config::profiles;
use crate::context::Context;
use crate::domain::Domain;
use crate::error::{CommandError, Exit};
use crate::remote::RemoteOptions;
use crate::system;

/// Make an API key for the server; it is shown once
///
/// What is not limited by an option is limited by policy alone. Only a hash of the key is kept.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// What you call it
    name: String,
    /// What it may do: issue, renew, revoke, read, audit, administer; may be repeated
    #[arg(long = "right", value_name = "RIGHT", required = true)]
    rights: Vec<Right>,
    /// Limit it to these names and those below them, as in `shop.internal`; may be repeated
    #[arg(long = "name", value_name = "NAME")]
    names: Vec<String>,
    /// Limit it to these profiles; may be repeated
    #[arg(long = "profile", value_name = "PROFILE")]
    profiles: Vec<String>,
    /// Limit it to these authorities; may be repeated
    #[arg(long = "authority", value_name = "AUTHORITY")]
    authorities: Vec<String>,
    /// The longest lifetime of what it has issued, as in `30d`
    #[arg(long, value_name = "TIME")]
    max_lifetime: Option<Lifetime>,
    /// For how long the key is accepted, as in `90d`; without it until it is revoked
    #[arg(long, value_name = "TIME")]
    valid_for: Option<Lifetime>,
    /// Write the key to this file (0600), which must not exist; without it, to standard output
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    #[command(flatten)]
    domain: DomainOptions,
    #[command(flatten)]
    remote: RemoteOptions,
    #[command(flatten)]
    format: FormatOptions,
}

const EXAMPLES: &str = "\
Examples:
  handfast credential create deploy --right issue --name shop.internal --valid-for 90d
  handfast credential create monitor --right read --right audit --out monitor.key
  handfast credential create ci --right issue --profile server --max-lifetime 7d --format json";

/// Make it.
pub(crate) fn run(args: &Args, context: &Context) -> Result<Exit, CommandError> {
    if let Some(path) = args.out.as_ref().filter(|path| path.exists()) {
        return Err(CommandError::refused(format!("`{}` exists already", path.display()))
            .hint("name another file with `--out FILE`"));
    }
    let made = create(args, context)?;
    if let Some(path) = &args.out {
        write_atomic(path, format!("{}\n", made.key).as_bytes(), &WriteOptions::SECRET)?;
    }
    if args.format.is_json() {
        context.output.json(&made)?;
        return Ok(Exit::Done);
    }
    let made_at = if let Some(path) = &args.out {
        format!("written to `{}`", path.display())
    } else {
        context.output.text(&made.key)?;
        "keep it: it cannot be shown again".to_owned()
    };
    context
        .output
        .message(&format!("API key {} (`{}`), {made_at}", made.credential.id, made.credential.name));
    Ok(Exit::Done)
}

fn create(args: &Args, context: &Context) -> Result<NewCredential, CommandError> {
    let request = request(args);
    if let Some(remote) = args.remote.open(&args.domain.passphrase, context)? {
        return remote.ask("no key was made", context, |client| client.create_credential(&request));
    }
    let domain = Domain::open(context, &args.domain)?;
    let store = open_store(&domain)?;
    let authorities = context.block_on(store.authorities())?;
    let compiled = profiles::compile(&domain.topology)
        .map_err(|faults| CommandError::refused("the profiles cannot be used").findings(faults))?;
    let known = Known {
        authorities: authorities.into_iter().map(|record| record.name).collect(),
        profiles: compiled.iter().map(|profile| profile.name().to_owned()).collect(),
    };
    let origin = Origin { at: context.now(), principal: system::operator(), channel: Channel::CommandLine };
    let made = credential::create(&request, &known, store.as_ref(), &SystemRandom, &origin);
    let (key, record) = context.block_on(made).map_err(refusal)?;
    Ok(NewCredential { credential: credential::view(&record), key: key.expose().to_owned() })
}

fn request(args: &Args) -> CredentialRequest {
    let list = |list: &Vec<String>| (!list.is_empty()).then(|| list.clone());
    CredentialRequest {
        name: args.name.clone(),
        rights: args.rights.clone(),
        names: list(&args.names),
        profiles: list(&args.profiles),
        authorities: list(&args.authorities),
        max_lifetime: args.max_lifetime,
        valid_for: args.valid_for,
    }
}

fn refusal(error: CredentialError) -> CommandError {
    match error {
        CredentialError::Store(error) => error.into(),
        error @ CredentialError::Random(_) => CommandError::fault("no key was made").because(error),
        error @ (CredentialError::Name
        | CredentialError::NoRights
        | CredentialError::TooMany
        | CredentialError::Pattern { .. }
        | CredentialError::Unknown { .. }) => CommandError::refused("no key was made").because(error),
    }
}
