//! `handfast apply`.

use hf_core::finding::Severity;
use serde::Serialize;

use super::options::{DomainOptions, FormatOptions};
use crate::apply::{self, Applied};
use crate::context::Context;
use crate::domain::Domain;
use crate::error::{CommandError, Exit};
use crate::output::Output;

/// Make it so: authorities, certificates, trust files. Safe to repeat; changes only what must change, renews what is due.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    #[command(flatten)]
    domain: DomainOptions,
    #[command(flatten)]
    format: FormatOptions,
}

const EXAMPLES: &str = "\
Examples:
  handfast apply
  handfast apply -f examples/shop/handfast.toml
  HANDFAST_PASSPHRASE=... handfast apply --format json";

#[derive(Serialize)]
struct Report<'a> {
    changes: &'a [hf_topology::plan::Step],
}

/// Plan, carry out, report.
pub(crate) fn run(args: &Args, context: &mut Context) -> Result<Exit, CommandError> {
    let domain = Domain::open(context, &args.domain)?;
    let done = apply::run(context, &domain, &args.domain.passphrase)?;
    if args.format.is_json() {
        context.output.json(&Report { changes: &done.steps })?;
    } else {
        report(&done, &context.output)?;
    }
    Ok(exit(&done))
}

/// Refused when something keeps authorities from doing their work.
pub(crate) fn exit(done: &Applied) -> Exit {
    let refused = done.findings.iter().any(|finding| finding.severity == Severity::Error);
    if refused { Exit::Refused } else { Exit::Done }
}

/// What was changed, one line a step. Also for `up`.
pub(crate) fn report(done: &Applied, output: &Output) -> Result<(), CommandError> {
    if done.steps.is_empty() {
        output.text("nothing to change: everything is as declared")?;
    }
    for step in &done.steps {
        output.text(&format!("done: {step}"))?;
    }
    done.findings.iter().for_each(|finding| output.finding(finding));
    Ok(())
}
