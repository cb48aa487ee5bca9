//! Carrying out a plan: authorities, certificates, files. Nothing is chosen here.

mod authorities;
mod certificates;
pub(crate) mod content;
pub(crate) mod directory;
mod files;
pub(crate) mod key_stores;
pub(crate) mod owner;

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
use crate::observe;

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
    let opened = authority::open_for_topology(context, domain, passphrase)?;
    let plan = plan(context, domain, &opened)?;
    refuse_errors(&plan)?;
    refuse_unknown_owners(&plan)?;
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
    let inventory = context.block_on(observe::with_store(domain, store))?;
    Ok(hf_topology::plan::plan(&domain.topology, &inventory, context.now()))
}

/// A plan with errors among its findings cannot be carried out.
fn refuse_errors(plan: &Plan) -> Result<(), CommandError> {
    let errors: Vec<Finding> =
        plan.findings.iter().filter(|finding| finding.severity == Severity::Error).cloned().collect();
    if errors.is_empty() {
        return Ok(());
    }
    Err(CommandError::refused("the plan cannot be carried out, nothing was changed").findings(errors))
}

/// Files that cannot be given to their owner are noticed before anything is issued.
fn refuse_unknown_owners(plan: &Plan) -> Result<(), CommandError> {
    for step in &plan.changes {
        if let Step::WriteFiles { spec, .. } = step {
            owner::Owner::named(spec.settings.owner.as_deref(), spec.settings.group.as_deref())?;
        }
    }
    Ok(())
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
        for step in &plan.changes {
            self.step(step)?;
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

#[cfg(test)]
mod tests;
