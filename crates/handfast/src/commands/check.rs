//! `handfast check`.

use hf_core::finding::Finding;
use hf_topology::expect::Expectation;
use hf_topology::report::{CheckReport, Detail, Method, Outcome};

use super::options::{DomainOptions, FormatOptions};
use crate::context::Context;
use crate::domain::Domain;
use crate::error::{CommandError, Exit};
use crate::output::{Output, Table, Tone};
use crate::prove::{self, Proof, Reach};

/// Prove links and refusals with the files as written.
///
/// Both sides of every declared link shake hands in memory, TLS 1.3 with certificates on both sides, and every link that the
/// trust model forbids is tried and must be refused. Nothing is changed.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    #[command(flatten)]
    domain: DomainOptions,
    /// Also connect to the addresses in the file: links must work, refusals must happen
    #[arg(long)]
    live: bool,
    #[command(flatten)]
    format: FormatOptions,
}

const EXAMPLES: &str = "\
Examples:
  handfast check
  handfast check --live
  handfast check --format json | jq .refusals

Exit code 1 when a link does not work, a refusal did not happen, or the files are not in order.";

/// Prove everything, print the report.
pub(crate) fn run(args: &Args, context: &mut Context) -> Result<Exit, CommandError> {
    let domain = Domain::open(context, &args.domain)?;
    let reach = if args.live { Reach::Live } else { Reach::Memory };
    let proof = prove::domain(context, &domain, reach)?;
    if args.format.is_json() {
        context.output.json(&Told { report: &proof.report, findings: &proof.findings })?;
    } else {
        details(&proof.report, &context.output)?;
        summary(&proof, &context.output)?;
    }
    proof.findings.iter().for_each(|finding| context.output.finding(finding));
    Ok(if proof.is_good() { Exit::Done } else { Exit::Refused })
}

/// The report with what was noticed about the files, as JSON.
#[derive(serde::Serialize)]
struct Told<'a> {
    #[serde(flatten)]
    report: &'a CheckReport,
    findings: &'a [Finding],
}

/// One row for each pair that was tried.
fn details(report: &CheckReport, output: &Output) -> Result<(), CommandError> {
    let mut table = Table::new(&["client", "server", "declared", "outcome", "proven by"]);
    for detail in report.details.iter().filter(|detail| detail.outcome != Outcome::NotSeparated) {
        table.row([
            detail.client.as_str(),
            &detail.server,
            declared(detail),
            outcome(detail.outcome),
            method(detail.method),
        ]);
    }
    output.table(&table)
}

fn declared(detail: &Detail) -> &'static str {
    match detail.expected {
        Expectation::Link => "link",
        Expectation::Refusal { .. } => "refusal",
        Expectation::NotSeparated => "nothing",
    }
}

fn outcome(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Proven => "proven",
        Outcome::Failed => "FAILED",
        Outcome::Refused => "refused",
        Outcome::Leaked => "LEAKED",
        Outcome::NotSeparated => "not separated",
    }
}

fn method(method: Method) -> &'static str {
    match method {
        Method::Handshake => "handshake",
        Method::PathValidation => "path validation",
        Method::Live => "connection",
        Method::Declaration => "declaration",
    }
}

/// The counts, and why the pairs that are not as they should be are not. Also for `up`.
pub(crate) fn summary(proof: &Proof, output: &Output) -> Result<(), CommandError> {
    let CheckReport { links, refusals, details } = &proof.report;
    let paint = output.paint();
    let mark =
        |good: bool| if good { paint.apply(Tone::Good, "ok") } else { paint.apply(Tone::Error, "NOT OK") };
    output.text(&format!(
        "\nlinks:    {} declared, {} proven, {} failed: {}\nrefusals: {} expected, {} refused, {} leaked: {}",
        links.declared,
        links.proven,
        links.failed,
        mark(links.failed == 0),
        refusals.expected,
        refusals.refused,
        refusals.leaked,
        mark(refusals.leaked == 0),
    ))?;
    let unseparated = details.iter().filter(|detail| detail.outcome == Outcome::NotSeparated).count();
    if unseparated > 0 {
        let pairs = if unseparated == 1 { "pair has" } else { "pairs have" };
        output.text(&format!(
            "{unseparated} {pairs} no declared link, and the trust model does not separate them (see `--format json`)"
        ))?;
    }
    for detail in details.iter().filter(|detail| matches!(detail.outcome, Outcome::Failed | Outcome::Leaked))
    {
        detail.findings.iter().for_each(|finding| output.finding(finding));
    }
    Ok(())
}
