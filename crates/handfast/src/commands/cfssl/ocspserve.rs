//! `cfssl ocspserve`: answers OCSP requests out of responses that were signed before.

use std::sync::Arc;

use hf_cfssl::ocsp::FileSource;
use hf_http::cfssl::ocspserve::{Responses, Source, router};

use super::call::{Call, Failure};
use super::{GoCommand, flags, serving};

pub(super) static COMMAND: GoCommand = GoCommand {
    name: "ocspserve",
    about: "set up an HTTP server that answers OCSP requests",
    usage: "Usage of ocspserve:
        cfssl ocspserve [-address address] [-port port] [-path path] [-responses file] [-db-config config]

Flags:",
    examples: "Examples:
  handfast cfssl ocspserve -port 8889 -responses responses
  handfast cfssl ocspserve -port 8889 -db-config db.json -path /ocsp",
    flags: &[&flags::ADDRESS, &flags::PORT, &flags::PATH, &flags::RESPONSES, &flags::DB_CONFIG],
    main: run,
};

fn run(call: &Call) -> Result<(), Failure> {
    call.no_words()?;
    let socket = serving::bind(call.text(&flags::ADDRESS), call.given.number(&flags::PORT))?;
    serving::log(&call.log);
    call.block_on(async {
        let source = match (call.some(&flags::RESPONSES), call.some_db_config()?) {
            (Some(path), _) => Source::File(FileSource::read(&String::from_utf8_lossy(&call.read(path)?))?),
            (None, Some(config)) => Source::Records(call.records(&config).await?),
            (None, None) => {
                return Err(Failure::new(
                    "no response file or db-config provided, please set -responses or -db-config",
                ));
            }
        };
        let path = call.text(&flags::PATH).to_owned();
        let responses = Responses { source, path, clock: Arc::clone(&call.clock) };
        serving::run(&call.log, socket, None, router(Arc::new(responses)), Arc::new(hf_http::cfssl::envelope))
            .await
    })?
}
