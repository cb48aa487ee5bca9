//! `handfast up`.

use std::time::Duration;

use hf_core::time::Timestamp;

use super::options::DomainOptions;
use crate::apply;
use crate::context::Context;
use crate::domain::Domain;
use crate::error::{CommandError, Exit};
use crate::prove::{self, Reach};
use crate::signals::{Signals, Wake};

/// Apply, check, report; then stay, renew in time and check again until stopped.
///
/// The store is open only while something is done, so other commands work in between. SIGHUP starts a turn at once,
/// SIGINT and SIGTERM end the command after the turn that is under way.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    #[command(flatten)]
    domain: DomainOptions,
    /// End after the first report
    #[arg(long)]
    once: bool,
    /// Also connect to the addresses in the file
    #[arg(long)]
    live: bool,
}

const EXAMPLES: &str = "\
Examples:
  handfast up --once
  handfast up -f examples/shop/handfast.toml
  handfast up --live";

/// At least this often everything is looked at again, because files may have been changed meanwhile.
const LONGEST_PAUSE: Duration = Duration::from_mins(15);

/// After a turn that failed, the next one comes after this time.
const PAUSE_AFTER_FAILURE: Duration = Duration::from_mins(1);

/// A certificate with a very short lifetime must not make this command spin.
const SHORTEST_PAUSE: Duration = Duration::from_secs(1);

/// One turn, or turns until a signal comes.
pub(crate) fn run(args: &Args, context: &mut Context) -> Result<Exit, CommandError> {
    let signals = if args.once { None } else { Some(Signals::listen()?) };
    let (mut exit, mut due) = turn(args, context)?;
    let Some(signals) = signals else { return Ok(exit) };
    loop {
        let pause = pause(due, context.now());
        context.output.message(&format!("next look in {}", words(pause)));
        if signals.wait(pause) == Wake::Stop {
            context.output.message("stopped");
            return Ok(exit);
        }
        match turn(args, context) {
            Ok((turned, next)) => (exit, due) = (turned, next),
            Err(error) => {
                context.output.error(&error);
                exit = error.exit();
                due = Some(context.now().plus(seconds(PAUSE_AFTER_FAILURE)));
            }
        }
    }
}

/// Apply, check, report. Returns how it went and when something becomes due.
fn turn(args: &Args, context: &mut Context) -> Result<(Exit, Option<Timestamp>), CommandError> {
    let domain = Domain::open(context, &args.domain)?;
    let done = apply::run(context, &domain, &args.domain.passphrase)?;
    super::apply::report(&done, &context.output)?;
    let reach = if args.live { Reach::Live } else { Reach::Memory };
    let proof = prove::domain(context, &domain, reach)?;
    super::check::summary(&proof, &context.output)?;
    proof.findings.iter().for_each(|finding| context.output.finding(finding));
    let exit = if proof.is_good() { super::apply::exit(&done) } else { Exit::Refused };
    Ok((exit, done.next_due))
}

/// How long to wait until `due`.
fn pause(due: Option<Timestamp>, now: Timestamp) -> Duration {
    let wait = due
        .map_or(LONGEST_PAUSE, |due| Duration::from_secs(u64::try_from(due.seconds_since(now)).unwrap_or(0)));
    wait.clamp(SHORTEST_PAUSE, LONGEST_PAUSE)
}

fn seconds(duration: Duration) -> hf_core::time::Lifetime {
    hf_core::time::Lifetime::from_seconds(i64::try_from(duration.as_secs()).unwrap_or(i64::MAX))
}

/// For people, for example `15m`.
fn words(pause: Duration) -> String {
    seconds(pause).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pause_ends_when_something_is_due() {
        let now: Timestamp = "2027-01-01T00:00:00Z".parse().unwrap();
        let at = |seconds| Some(Timestamp::from_unix_seconds(now.unix_seconds() + seconds));
        assert_eq!(pause(at(30), now), Duration::from_secs(30));
        assert_eq!(pause(at(-5), now), SHORTEST_PAUSE);
        assert_eq!(pause(at(1_000_000), now), LONGEST_PAUSE);
        assert_eq!(pause(None, now), LONGEST_PAUSE);
        assert_eq!(words(LONGEST_PAUSE), "15m");
    }
}
