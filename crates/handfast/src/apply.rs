//! Carrying out a plan: authorities, certificates, files. Nothing is chosen here.

pub(crate) mod authorities;
mod certificates;
pub(crate) mod content;
pub(crate) mod directory;
mod files;
pub(crate) mod key_stores;
pub(crate) mod owner;
mod room;

use std::collections::BTreeMap;

use hf_core::finding::{Finding, Severity};
use hf_core::time::Timestamp;
use hf_keys::private_key::PrivateKey;
use hf_topology::plan::{Plan, Step};
use hf_x509::certificate::Certificate;

use crate::authority::{self, Opened};
use crate::commands::options::PassphraseOptions;
use crate::context::Context;
use crate::domain::Domain;
use crate::error::CommandError;
use crate::{foresee, observe};

/// What was done.
pub(crate) struct Applied {
    /// The steps, in the order in which they were carried out.
    pub(crate) steps: Vec<Step>,
    /// What was noticed on the way.
    pub(crate) findings: Vec<Finding>,
    /// When the first certificate becomes due.
    pub(crate) next_due: Option<Timestamp>,
}

/// Look, plan, carry out. The store is open from here until this returns.
pub(crate) fn run(
    context: &Context,
    domain: &Domain,
    passphrase: &PassphraseOptions,
) -> Result<Applied, CommandError> {
    refuse_errors(&foresee::declaration(&domain.topology))?;
    if !domain.state().exists() {
        // Before there is a record: what is refused leaves nothing behind.
        refuse_errors(&foresee::plan(context, domain, &observe::everything(context, domain)?)?.findings)?;
    }
    let opened = authority::open_for_topology(context, domain, passphrase)?;
    let plan = plan(context, domain, &opened)?;
    refuse_errors(&plan.findings)?;
    room::check(domain, &plan)?;
    let mut executor =
        Executor { context, domain, opened: &opened, issued: BTreeMap::new(), lent: Vec::new() };
    let result = executor.carry_out(&plan);
    executor.forget_lent_keys()?;
    result?;
    let next_due =
        if plan.changes.is_empty() { plan.next_due } else { self::plan(context, domain, &opened)?.next_due };
    let mut findings = opened.report.findings;
    findings.extend(plan.findings);
    Ok(Applied { steps: plan.changes, findings, next_due })
}

fn plan(context: &Context, domain: &Domain, opened: &Opened) -> Result<Plan, CommandError> {
    let store = opened.authority.store().as_ref();
    foresee::plan(context, domain, &context.block_on(observe::with_store(domain, store))?)
}

/// A plan with errors among its findings cannot be carried out.
fn refuse_errors(findings: &[Finding]) -> Result<(), CommandError> {
    let errors: Vec<Finding> =
        findings.iter().filter(|finding| finding.severity == Severity::Error).cloned().collect();
    if errors.is_empty() {
        return Ok(());
    }
    Err(CommandError::refused("the plan cannot be carried out, nothing was changed").findings(errors))
}

/// What carrying out steps needs to remember.
pub(crate) struct Executor<'a> {
    context: &'a Context,
    domain: &'a Domain,
    opened: &'a Opened,
    /// Key and certificate of instances whose files are yet to be written.
    issued: BTreeMap<String, (PrivateKey, Certificate)>,
    /// Authorities whose keys were brought for this run.
    lent: Vec<String>,
}

impl Executor<'_> {
    /// All steps in their order. A step that fails ends it; what was done before stays, and the next run continues.
    fn carry_out(&mut self, plan: &Plan) -> Result<(), CommandError> {
        let progress = self.context.output.progress(plan.changes.len() as u64, "applying");
        for (done, step) in plan.changes.iter().enumerate() {
            self.step(step).map_err(|error| ended(error, step, plan.changes.iter().take(done)))?;
            progress.step();
        }
        Ok(())
    }

    fn step(&mut self, step: &Step) -> Result<(), CommandError> {
        match step {
            Step::CreateAuthority(spec) => self.create_authority(spec),
            Step::RenewAuthority { spec, new_key, .. } => self.renew_authority(spec, *new_key),
            Step::IssueCertificate { spec, .. } => self.issue_certificate(spec),
            Step::WriteFiles { spec, .. } => self.write_files(spec),
        }
    }
}

/// What failed, and what was done before: that stays, and the next run goes on from there.
fn ended<'a>(error: CommandError, step: &Step, done: impl Iterator<Item = &'a Step>) -> CommandError {
    let error = error.within(format!("cannot {step}"));
    let done: Vec<String> = done.map(|step| format!("  {step}")).collect();
    if done.is_empty() {
        return error.hint("nothing was changed before");
    }
    error.hint(format!(
        "run `handfast apply` again when it is mended: it goes on from here. Done before, and stays:\n{}",
        done.join("\n")
    ))
}

#[cfg(test)]
mod tests;
