//! `handfast cfssl import`: take over what CFSSL had.

use std::path::{Path, PathBuf};

use hf_cfssl::import::{certificates, multiroot, policy, request};
use hf_proto::cfssl::csr_json::KeyKind;
use hf_proto::cfssl::data_source::DatabaseTls;
use hf_proto::cfssl::db_config::DbConfig;
use serde_json::{Value, json};

use super::config::resolve_key;
use super::database_tls;
use crate::authority::{self, Opened};
use crate::commands::options::{DomainOptions, FormatOptions};
use crate::context::Context;
use crate::domain::Domain;
use crate::error::{CommandError, Exit};
use crate::files;

/// The longest file that is read, in bytes: a policy of thousands of profiles is shorter.
const MAX_FILE: usize = 4 * 1024 * 1024;

/// Take over what CFSSL had: signers, the certificates of its database with their revocations; look through its files
///
/// Nothing is issued, and nothing is revoked that was not. Importing again changes nothing, and takes in what was added
/// meanwhile.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// The signers in a file of `multirootca`: each becomes an authority, called as its label
    #[arg(long, value_name = "FILE")]
    signers: Option<PathBuf>,
    /// The certificates in the database that this file of `-db-config` names: those of our authorities come on record
    #[arg(long, value_name = "FILE")]
    db_config: Option<PathBuf>,
    /// Say what the profiles of a policy file become; may be repeated
    #[arg(long, value_name = "FILE")]
    policy: Vec<PathBuf>,
    /// Say what a request file asks for; may be repeated
    #[arg(long, value_name = "FILE")]
    request: Vec<PathBuf>,
    #[command(flatten)]
    domain: DomainOptions,
    #[command(flatten)]
    format: FormatOptions,
}

const EXAMPLES: &str = "\
Examples:
  handfast cfssl import --signers roots.ini
  handfast cfssl import --db-config db.json
  handfast cfssl import --policy config.json --request csr.json";

/// What one part came to: lines for people, the same for scripts.
struct Told {
    lines: Vec<String>,
    value: Value,
}

/// Import in the order in which one needs the other: signers, then their certificates.
pub(crate) fn run(args: &Args, context: &Context) -> Result<Exit, CommandError> {
    if args.signers.is_none() && args.db_config.is_none() && args.policy.is_empty() && args.request.is_empty()
    {
        return Err(CommandError::refused("there is nothing to import")
            .hint("name files with `--signers`, `--db-config`, `--policy` or `--request`"));
    }
    let mut answer = serde_json::Map::new();
    let mut lines = Vec::new();
    let mut tell = |name: &str, told: Told| {
        lines.extend(told.lines);
        answer.insert(name.to_owned(), told.value);
    };
    if args.signers.is_some() || args.db_config.is_some() {
        let domain = Domain::open(context, &args.domain)?;
        let opened = authority::open(context, &domain, &args.domain.passphrase)?;
        if let Some(path) = &args.signers {
            tell("signers", signers(path, &opened, context)?);
        }
        if let Some(path) = &args.db_config {
            tell("certificates", database(path, &opened, context)?);
        }
    }
    if !args.policy.is_empty() {
        tell("policies", each(&args.policy, policy_file)?);
    }
    if !args.request.is_empty() {
        tell("requests", each(&args.request, request_file)?);
    }
    if args.format.is_json() {
        context.output.json(&answer)?;
    } else {
        context.output.text(&lines.join("\n"))?;
    }
    Ok(Exit::Done)
}

fn signers(path: &Path, opened: &Opened, context: &Context) -> Result<Told, CommandError> {
    let failed = |error: multiroot::MultirootImportError| {
        CommandError::refused(format!("cannot take over the signers of `{}`", path.display())).because(error)
    };
    let files = |file: &str| {
        read(Path::new(file))
            .map_err(|_| format!("`{file}` cannot be read, or is longer than {MAX_FILE} bytes"))
    };
    let ready = multiroot::read(&read(path)?, &files, &resolve_key).map_err(failed)?;
    let taken =
        context.block_on(multiroot::take(ready, &opened.authority, &opened.origin)).map_err(failed)?;
    let mut told = Told { lines: Vec::new(), value: json!([]) };
    let mut values = Vec::new();
    for one in &taken {
        let state = if one.is_new { "is now authority" } else { "was authority already:" };
        told.lines.push(format!("signer `{}` {state} `{}`", one.label, one.authority));
        told.lines.extend(one.policy.warnings.iter().map(|warning| format!("  note: {warning}")));
        if !one.nets.is_empty() {
            told.lines.push(format!("  only for clients in {}", one.nets.join(", ")));
        }
        values.push(json!({
            "label": one.label, "authority": one.authority, "new": one.is_new, "nets": one.nets,
            "db_config": one.db_config, "profiles": profiles(&one.policy), "warnings": one.policy.warnings,
        }));
    }
    told.value = values.into();
    Ok(told)
}

fn database(path: &Path, opened: &Opened, context: &Context) -> Result<Told, CommandError> {
    let failed = |error: Box<dyn std::error::Error + Send + Sync>| {
        CommandError::refused(format!("cannot take over the database of `{}`", path.display())).because(error)
    };
    let config = DbConfig::read(&read(path)?).map_err(|error| failed(error.into()))?;
    let report = context.block_on(async {
        let tls = |wanted: &DatabaseTls| database_tls::client(wanted, &context.clock);
        let database = hf_cfssl::database::open(&config, &tls).await;
        let database = database.map_err(|error| failed(error.into()))?;
        certificates::import(&database, &opened.authority, &opened.origin)
            .await
            .map_err(|error| failed(error.into()))
    })?;
    let mut lines = vec![format!(
        "{} rows: {} certificates are new on record, {} are revoked now, {} were on record, {} were left out",
        report.rows, report.added, report.revoked, report.present, report.left
    )];
    let reasons: Vec<Value> = report
        .reasons
        .iter()
        .map(|left| json!({"serial": left.serial, "why": left.why.to_string()}))
        .collect();
    lines.extend(report.reasons.iter().map(|left| format!("  left out {}: {}", left.serial, left.why)));
    let value = json!({
        "rows": report.rows, "added": report.added, "revoked": report.revoked, "present": report.present,
        "left": report.left, "reasons": reasons,
    });
    Ok(Told { lines, value })
}

/// The same for each of several files.
fn each(paths: &[PathBuf], look: fn(&Path) -> Result<Told, CommandError>) -> Result<Told, CommandError> {
    let (mut lines, mut values) = (Vec::new(), Vec::new());
    for path in paths {
        let told = look(path)?;
        lines.push(format!("{}:", path.display()));
        lines.extend(told.lines.into_iter().map(|line| format!("  {line}")));
        values.push(json!({"file": path.display().to_string(), "holds": told.value}));
    }
    Ok(Told { lines, value: values.into() })
}

fn policy_file(path: &Path) -> Result<Told, CommandError> {
    let summary = policy::check(&read(path)?, "", &resolve_key).map_err(|error| {
        CommandError::refused(format!("cannot use the policy of `{}`", path.display())).because(error.message)
    })?;
    let mut lines: Vec<String> = summary.profiles.iter().map(profile_line).collect();
    lines.extend(summary.warnings.iter().map(|warning| format!("note: {warning}")));
    Ok(Told { lines, value: json!({"profiles": profiles(&summary), "warnings": summary.warnings}) })
}

fn profile_line(profile: &policy::ProfileSummary) -> String {
    let name = if profile.name.is_empty() { "default" } else { &profile.name };
    let place = match (&profile.remote, &profile.becomes) {
        (Some(remote), _) => format!("signed by {remote}"),
        (None, Some(becomes)) => format!("becomes `{becomes}`"),
        (None, None) => String::from("signs nothing"),
    };
    let token = if profile.needs_key { "with a token" } else { "without a token" };
    format!("profile `{name}` {place}: {} for {}, {token}", profile.usages.join(", "), profile.expiry)
}

fn profiles(summary: &policy::Summary) -> Vec<Value> {
    let value = |profile: &policy::ProfileSummary| {
        json!({
            "name": profile.name, "becomes": profile.becomes, "remote": profile.remote, "usages": profile.usages,
            "expiry": profile.expiry, "authority": profile.is_authority, "token": profile.needs_key,
        })
    };
    summary.profiles.iter().map(value).collect()
}

fn request_file(path: &Path) -> Result<Told, CommandError> {
    let summary = request::check(&read(path)?).map_err(|error| {
        CommandError::refused(format!("cannot use the request of `{}`", path.display()))
            .because(error.message)
    })?;
    let names: Vec<String> = summary.names.iter().map(ToString::to_string).collect();
    let key = key_word(summary.key);
    let mut lines = vec![request_line(&summary, &names, &key)];
    lines.extend(
        summary.refused.iter().map(|name| format!("note: `{name}` is no name that can be certified")),
    );
    let value = json!({
        "common_name": summary.common_name, "names": names, "refused": summary.refused, "key": key,
        "authority": summary.is_authority, "expiry": summary.expiry,
    });
    Ok(Told { lines, value })
}

/// What a request asks for, in one sentence.
fn request_line(summary: &request::Summary, names: &[String], key: &str) -> String {
    let kind = if summary.is_authority { "an authority" } else { "a certificate" };
    let subject = match summary.common_name.as_str() {
        "" => String::from("without a common name"),
        name => format!("`{name}`"),
    };
    let names = if names.is_empty() { String::new() } else { format!("for {} ", names.join(", ")) };
    format!("{kind} {subject} {names}with a key of {key}")
}

fn key_word(kind: KeyKind) -> String {
    match kind {
        KeyKind::Rsa(bits) => format!("RSA {bits}"),
        KeyKind::P256 => String::from("ECDSA P-256"),
        KeyKind::P384 => String::from("ECDSA P-384"),
        KeyKind::P521 => String::from("ECDSA P-521"),
        KeyKind::Ed25519 => String::from("Ed25519"),
    }
}

fn read(path: &Path) -> Result<Vec<u8>, CommandError> {
    files::octets(path, MAX_FILE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_told_in_a_sentence_whatever_it_leaves_out() {
        let line = |json: &str| {
            let summary = request::check(json.as_bytes()).unwrap();
            let names: Vec<String> = summary.names.iter().map(ToString::to_string).collect();
            request_line(&summary, &names, "ECDSA P-256")
        };
        assert_eq!(
            line(r#"{"CN":"a","hosts":["a.internal","10.0.0.1"]}"#),
            "a certificate `a` for a.internal, 10.0.0.1 with a key of ECDSA P-256"
        );
        assert_eq!(line(r#"{"CN":"Root","ca":{}}"#), "an authority `Root` with a key of ECDSA P-256");
        assert_eq!(line("{}"), "a certificate without a common name with a key of ECDSA P-256");
    }
}
