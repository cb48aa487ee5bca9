//! `handfast acme eab create`: a key that binds one ACME account (RFC 8555 section 7.3.4).

use std::path::PathBuf;

use hf_ca::policy::NamePattern;
use hf_ca::registration::operator::{self, NewEabKey};
use hf_core::secret::Secret;
use hf_core::time::{Lifetime, Timestamp};
use hf_keys::file::{WriteOptions, write_atomic};
use hf_keys::random::SystemRandom;
use hf_store::record::EabKeyRecord;
use serde::Serialize;

use super::super::shared::{authority, origin, refusal};
use crate::authority::open_store;
use crate::commands::options::{DomainOptions, FormatOptions};
use crate::config::profiles::patterns;
use crate::context::Context;
use crate::domain::Domain;
use crate::error::{CommandError, Exit};

/// For how long a key waits for its account.
const VALID_FOR: Lifetime = Lifetime::from_days(7);

/// Make a key with which one ACME account can be registered
///
/// Give its two lines to the client: most call them key identifier (kid) and HMAC key. It is used up by the account.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// What you call it
    name: String,
    /// The authority, when several give certificates by ACME
    #[arg(long, value_name = "AUTHORITY")]
    authority: Option<String>,
    /// Limit the account to these names and those below them, as in `shop.internal`; may be repeated
    #[arg(long = "name", value_name = "NAME")]
    names: Vec<NamePattern>,
    /// Limit the account to these profiles; may be repeated
    #[arg(long = "profile", value_name = "PROFILE")]
    profiles: Vec<String>,
    /// Let the account have the names of `--name` without a proof: for hosts that the authority cannot reach
    #[arg(long, requires = "names")]
    trusted: bool,
    /// For how long an account can be registered with it, as in `24h`
    #[arg(long, value_name = "TIME", default_value_t = VALID_FOR)]
    valid_for: Lifetime,
    /// Write the key to this file (0600), which must not exist; without it, to standard output
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    #[command(flatten)]
    domain: DomainOptions,
    #[command(flatten)]
    format: FormatOptions,
}

const EXAMPLES: &str = "\
Examples:
  handfast acme eab create laptop --name laptop.shop.internal
  handfast acme eab create ci --profile short --valid-for 24h --out ci.eab
  handfast acme eab create mainframe --name mainframe.shop.internal --trusted --format json";

#[derive(Serialize)]
struct Answer<'a> {
    kid: &'a str,
    hmac_key: &'a str,
    name: &'a str,
    authority: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    names: Option<&'a [String]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    profiles: Option<&'a [String]>,
    trusted: bool,
    expires: Option<Timestamp>,
}

/// Make it.
pub(super) fn run(args: &Args, context: &Context) -> Result<Exit, CommandError> {
    if let Some(path) = args.out.as_ref().filter(|path| path.exists()) {
        return Err(CommandError::refused(format!("`{}` exists already", path.display()))
            .hint("name another file with `--out FILE`"));
    }
    let (record, secret) = create(args, context)?;
    let text = Secret::new(format!("kid {}\nhmac-key {}\n", record.id, secret.expose()));
    if let Some(path) = &args.out {
        write_atomic(path, text.expose().as_bytes(), &WriteOptions::SECRET)?;
    }
    if args.format.is_json() {
        context.output.json(&answer(&record, secret.expose()))?;
        return Ok(Exit::Done);
    }
    let made = if let Some(path) = &args.out {
        format!("written to `{}`", path.display())
    } else {
        context.output.text(text.expose().trim_end())?;
        "keep it: it cannot be shown again".to_owned()
    };
    context.output.message(&format!(
        "external account key {} (`{}`) of {}, {made}",
        record.id, record.name, record.authority
    ));
    Ok(Exit::Done)
}

fn create(args: &Args, context: &Context) -> Result<(EabKeyRecord, Secret<String>), CommandError> {
    let domain = Domain::open(context, &args.domain)?;
    let authority = authority(&domain, args.authority.as_ref())?;
    let offered = domain.topology.acme.iter().find(|acme| acme.authority == authority);
    let offered = offered.map(|acme| acme.profiles.as_slice()).unwrap_or_default();
    if let Some(unknown) = args.profiles.iter().find(|profile| !offered.contains(profile)) {
        return Err(CommandError::refused(format!("`{authority}` offers no profile `{unknown}` by ACME"))
            .hint(format!(
                "name one of {}, or add it to `[acme.{authority}] profiles`",
                offered.join(", ")
            )));
    }
    check_names(&args.names, &authority, &domain)?;
    let new = NewEabKey {
        name: args.name.clone(),
        authority,
        names: (!args.names.is_empty()).then(|| args.names.clone()),
        profiles: (!args.profiles.is_empty()).then(|| args.profiles.clone()),
        trusted: args.trusted,
        valid_for: args.valid_for,
    };
    let store = open_store(&domain)?;
    let origin = origin(context);
    let made = operator::create_eab(new, store.as_ref(), &SystemRandom, &origin);
    context.block_on(made).map_err(refusal("no key was made"))
}

/// That an account with the key could ever have some name under each of these. The server refuses every other one; whoever
/// carries the key away learns of it far from here.
fn check_names(names: &[NamePattern], authority: &str, domain: &Domain) -> Result<(), CommandError> {
    let Some(acme) = domain.topology.acme.iter().find(|acme| acme.authority == authority) else {
        return Ok(());
    };
    let given = patterns(authority, &acme.names)?;
    let (permitted, excluded) = match domain.topology.authority(authority) {
        Some(declared) => {
            (patterns(authority, &declared.permitted)?, patterns(authority, &declared.excluded)?)
        }
        None => (Vec::new(), Vec::new()),
    };
    let certified = |one: &NamePattern, other: &NamePattern| {
        let within = |allowed: &NamePattern| allowed.overlaps(one) && allowed.overlaps(other);
        permitted.is_empty() || permitted.iter().any(within)
    };
    let possible = |name: &&NamePattern| {
        let is_given = given.iter().any(|given| given.overlaps(name) && certified(given, name));
        is_given && !excluded.iter().any(|excluded| excluded.contains(name))
    };
    let Some(never) = names.iter().find(|name| !possible(name)) else { return Ok(()) };
    let listed: Vec<String> = given.iter().map(ToString::to_string).collect();
    let hint = if given.iter().any(|given| given.overlaps(never)) {
        format!("`permitted` and `excluded` of `[authority.{authority}]` say what it certifies")
    } else {
        format!("name some of {}, or add it to `names` of `[acme.{authority}]`", listed.join(", "))
    };
    Err(CommandError::refused(format!("`{authority}` gives no name under `{never}` by ACME")).hint(hint))
}

fn answer<'a>(record: &'a EabKeyRecord, secret: &'a str) -> Answer<'a> {
    Answer {
        kid: &record.id,
        hmac_key: secret,
        name: &record.name,
        authority: &record.authority,
        names: record.names.as_deref(),
        profiles: record.profiles.as_deref(),
        trusted: record.trusted,
        expires: record.expires,
    }
}
