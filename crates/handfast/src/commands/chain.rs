//! `handfast chain`: put a chain in order, say what is missing or out of place, write the right file.

use std::path::PathBuf;

use hf_core::finding::{Finding, Severity};
use hf_verify::chain::{self, Arranged};
use serde::Serialize;

use super::options::FormatOptions;
use crate::context::Context;
use crate::error::{CommandError, Exit};
use crate::files;

/// Put a chain in order, complete it, and say what is wrong with it
///
/// A server sends its certificate first, then each issuer, without the root. Exit 0: the files are right, or were put
/// right with `--fix`; 1: they are not.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// Files with the chain as it is, and with certificates that may complete it
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Certificates that are trusted
    #[arg(long, value_name = "FILE")]
    roots: Vec<PathBuf>,
    /// Write the chain in order: to `--out`, else to standard output
    #[arg(long)]
    fix: bool,
    /// Where `--fix` writes
    #[arg(long, value_name = "FILE", requires = "fix")]
    out: Option<PathBuf>,
    #[command(flatten)]
    format: FormatOptions,
}

const EXAMPLES: &str = "\
Examples:
  handfast chain fullchain.pem --roots root.pem
  handfast chain shuffled.pem intermediate.pem --roots root.pem --fix --out fullchain.pem";

#[derive(Serialize)]
struct Answer<'a> {
    complete: bool,
    chain: Vec<String>,
    findings: &'a [Finding],
}

/// Look at the chain.
pub(crate) fn run(args: &Args, context: &Context) -> Result<Exit, CommandError> {
    let presented = files::all_certificates(&args.files)?;
    let roots = files::all_certificates(&args.roots)?;
    let arranged = chain::arrange(&presented, &roots);
    let right = arranged.findings.iter().all(|finding| finding.severity == Severity::Notice);
    if args.format.is_json() {
        let chain = arranged.chain.iter().map(|certificate| certificate.subject().to_string()).collect();
        context.output.json(&Answer { complete: arranged.complete, chain, findings: &arranged.findings })?;
    } else {
        tell(args, &arranged, right, context)?;
    }
    if args.fix {
        return fix(args, &arranged, context);
    }
    Ok(if right && arranged.complete { Exit::Done } else { Exit::Refused })
}

fn tell(args: &Args, arranged: &Arranged, right: bool, context: &Context) -> Result<(), CommandError> {
    arranged.findings.iter().for_each(|finding| context.output.finding(finding));
    if args.fix {
        return Ok(());
    }
    let head = match (right, arranged.complete) {
        (true, true) => "in order and complete",
        (_, true) => "can be put in order with `--fix`",
        (_, false) => "incomplete",
    };
    let mut lines = vec![head.to_owned()];
    lines.extend(
        arranged
            .chain
            .iter()
            .enumerate()
            .map(|(index, certificate)| format!("  {index}  {}", certificate.subject())),
    );
    context.output.text(&lines.join("\n"))
}

/// Write the chain when it is complete; nothing otherwise.
fn fix(args: &Args, arranged: &Arranged, context: &Context) -> Result<Exit, CommandError> {
    if !arranged.complete {
        return Err(CommandError::refused(
            "the chain cannot be completed from these files, nothing was written",
        )
        .hint("add the missing certificate to the command; the finding above names it"));
    }
    let pem = arranged.to_pem();
    match &args.out {
        Some(path) => {
            let options = hf_keys::file::WriteOptions::PUBLIC;
            hf_keys::file::write_atomic(path, pem.as_bytes(), &options).map_err(|error| {
                CommandError::refused(format!("cannot write `{}`", path.display())).because(error)
            })?;
            context.output.message(&format!(
                "wrote {} certificates to `{}`, leaf first",
                arranged.chain.len(),
                path.display()
            ));
        }
        None => context.output.text(&pem)?,
    }
    Ok(Exit::Done)
}
