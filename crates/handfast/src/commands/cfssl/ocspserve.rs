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
    let _written = serving::log(&call.log);
    call.block_on(async {
        let path = call.text(&flags::PATH).to_owned();
        let responses = Arc::new(Responses::new(source(call).await?, path, Arc::clone(&call.clock)));
        let served = serving::Served { socket, tls: None, router: router(Arc::clone(&responses)) };
        serving::run(&call.log, served, async || {
            responses.replace(source(call).await?);
            Ok(())
        })
        .await
    })?
}

async fn source(call: &Call) -> Result<Source, Failure> {
    match (call.some(&flags::RESPONSES), call.some_db_config()?) {
        (Some(path), _) => Ok(Source::File(FileSource::read(&String::from_utf8_lossy(&call.read(path)?))?)),
        (None, Some(config)) => Ok(Source::Records(call.records(&config).await?)),
        (None, None) => {
            Err(Failure::new("no response file or db-config provided, please set -responses or -db-config"))
        }
    }
}
