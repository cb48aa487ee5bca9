//! The server: its parts put together, kept up to date, and ended in order.

mod acme_door;
mod cfssl_door;
mod fallen;
mod key_fetcher;
mod limits;
mod listen;
mod local;
mod mirror;
mod own_certificate;
mod publish;
mod reload;
mod responders;
mod retention;
mod running;
mod sockets;
mod systemd;
mod telemetry;

use std::sync::Arc;

use hf_core::principal::{Channel, Principal};
use hf_store::audit::Origin;

use crate::authority;
use crate::commands::options::DomainOptions;
use crate::context::Context;
use crate::domain::Domain;
use crate::error::{CommandError, Exit};
use crate::output::Paint;

use cfssl_door::CfsslDoor;
use running::Running;

/// Serve until a signal comes.
pub(crate) fn run(options: &DomainOptions, context: &Context) -> Result<Exit, CommandError> {
    let domain = Domain::open(context, options)?;
    // Before there are threads: what was handed over is taken out of the environment.
    let sockets = sockets::bind(&domain, &context.env)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| CommandError::fault("cannot start the runtime").because(error))?;
    let telemetry = {
        let _inside = runtime.enter();
        telemetry::start(&domain.topology.server, context.output.paint() != Paint::Plain)?
    };
    let cfssl = CfsslDoor::read(&domain)?;
    let further = cfssl.iter().flat_map(CfsslDoor::profiles).collect();
    let opened = authority::open_for_server(context, &domain, &options.passphrase, further)?;
    if opened.authority.issuers().all().is_empty() {
        return Err(CommandError::refused("there is no authority yet")
            .hint("run `handfast apply` to make the authorities"));
    }
    limits::raise_descriptors();
    let parts = running::Parts {
        domain,
        authority: Arc::new(opened.authority),
        clock: Arc::clone(&context.clock),
        sockets,
        cfssl,
        findings: opened.report.findings,
        traces: telemetry.trace_context(),
    };
    let ended = runtime.block_on(async {
        let running = Running::start(parts).await?;
        running.until_stopped().await
    });
    telemetry.end();
    ended.map(|()| Exit::Done)
}

/// When, and that it is the server itself, for audit events.
fn origin(clock: &dyn hf_core::time::Clock) -> Origin {
    Origin { at: clock.now(), principal: Principal::Server, channel: Channel::Server }
}
