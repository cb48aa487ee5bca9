//! `handfast plan`.

use hf_core::finding::Severity;
use hf_topology::draw;
use hf_topology::plan::{Machine, Plan};

use super::options::DomainOptions;
use crate::context::Context;
use crate::domain::Domain;
use crate::error::{CommandError, Exit};
use crate::output::{Table, Tone};
use crate::{foresee, observe};

/// Show what each machine must import, the counts beside self-signed certificates, and what `apply` would change.
///
/// Changes nothing.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    #[command(flatten)]
    domain: DomainOptions,
    /// For people, for scripts, or as a drawing
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t)]
    format: PlanFormat,
}

/// How the plan is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
enum PlanFormat {
    /// For people
    #[default]
    Text,
    /// For scripts
    Json,
    /// A drawing for browsers
    Svg,
    /// A drawing for Markdown
    Mermaid,
}

const EXAMPLES: &str = "\
Examples:
  handfast plan
  handfast plan -f examples/shop/handfast.toml
  handfast plan --format json | jq .planned
  handfast plan --format svg > topology.svg";

/// Read the file, look at what exists, print the difference.
pub(crate) fn run(args: &Args, context: &mut Context) -> Result<Exit, CommandError> {
    let domain = Domain::open(context, &args.domain)?;
    match args.format {
        PlanFormat::Svg => context.output.text(&draw::svg(&domain.topology))?,
        PlanFormat::Mermaid => context.output.text(&draw::mermaid(&domain.topology))?,
        PlanFormat::Json | PlanFormat::Text => return tell(args, context, &domain),
    }
    Ok(Exit::Done)
}

/// Refused when `apply` would refuse it.
fn tell(args: &Args, context: &Context, domain: &Domain) -> Result<Exit, CommandError> {
    let plan = foresee::plan(context, domain, &observe::everything(context, domain)?)?;
    match args.format {
        PlanFormat::Json => context.output.json(&plan)?,
        PlanFormat::Text | PlanFormat::Svg | PlanFormat::Mermaid => show(context, domain, &plan)?,
    }
    plan.findings.iter().for_each(|finding| context.output.finding(finding));
    let refused = plan.findings.iter().any(|finding| finding.severity == Severity::Error);
    if refused {
        context.output.message("`handfast apply` would refuse this: mend the errors first");
    }
    Ok(if refused { Exit::Refused } else { Exit::Done })
}

fn show(context: &Context, domain: &Domain, plan: &Plan) -> Result<(), CommandError> {
    let output = &context.output;
    let heading = |text: &str| output.paint().apply(Tone::Strong, text);
    output.text(&draw::text(&domain.topology))?;
    output.text(&format!("\n{}", heading("What each machine imports")))?;
    output.table(&imports(&plan.machines))?;
    output.text(&format!("\n{}", heading("How much that is")))?;
    let mut counts = Table::new(&["", "certificates", "imports"]);
    for (name, count) in [("self-signed certificates", plan.self_signed), ("this plan", plan.planned)] {
        counts.row([name.to_owned(), count.certificates.to_string(), count.imports.to_string()]);
    }
    output.table(&counts)?;
    output.text(&format!("\n{}", heading("What `handfast apply` would change")))?;
    if plan.changes.is_empty() {
        output.text("nothing: everything is as declared")?;
    }
    for step in &plan.changes {
        output.text(&format!("  {step}"))?;
    }
    Ok(())
}

/// One row for each import; the machine's name only in its first row.
fn imports(machines: &[Machine]) -> Table {
    let mut table = Table::new(&["machine", "certificate", "into"]);
    for machine in machines {
        if machine.imports.is_empty() {
            table.row([machine.instance.as_str(), "(nothing)", ""]);
        }
        for (index, import) in machine.imports.iter().enumerate() {
            let name = if index == 0 { machine.instance.as_str() } else { "" };
            table.row([name, import.certificate.as_str(), import.into.as_str()]);
        }
    }
    table
}
