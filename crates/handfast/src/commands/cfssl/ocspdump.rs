//! `cfssl ocspdump`: the OCSP responses of the database, as `ocspserve` reads them.

use super::call::{Call, Failure};
use super::{GoCommand, flags};

pub(super) static COMMAND: GoCommand = GoCommand {
    name: "ocspdump",
    about: "print the OCSP responses of the certificate database, one a line",
    usage: "Usage of ocspdump:
        cfssl ocspdump -db-config db

Flags:",
    examples: "Examples:
  handfast cfssl ocspdump -db-config db.json > responses",
    flags: &[&flags::DB_CONFIG],
    main: run,
};

fn run(call: &Call) -> Result<(), Failure> {
    let config = call.db_config()?;
    let text = call.block_on(async { call.records(&config).await?.dump_ocsp(call.now()).await })??;
    Ok(call.output.text(&text)?)
}
