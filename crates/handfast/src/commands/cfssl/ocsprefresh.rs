//! `cfssl ocsprefresh`: an OCSP response for every certificate in the database.

use super::call::{Call, Failure};
use super::{GoCommand, flags};

pub(super) static COMMAND: GoCommand = GoCommand {
    name: "ocsprefresh",
    about: "sign an OCSP response for every certificate in the database",
    usage: "Usage of ocsprefresh:
        cfssl ocsprefresh -db-config db -ca cert -responder cert -responder-key key [-interval 96h]

Flags:",
    examples: "Examples:
  handfast cfssl ocsprefresh -db-config db.json -ca ca.pem -responder ocsp.pem -responder-key ocsp-key.pem",
    flags: &[&flags::DB_CONFIG, &flags::CA, &flags::RESPONDER, &flags::RESPONDER_KEY, &flags::INTERVAL],
    main: run,
};

fn run(call: &Call) -> Result<(), Failure> {
    let config = call.db_config()?;
    let responder = call.responder()?;
    let refreshed = call.block_on(async {
        let records = call.records(&config).await?;
        records.refresh_ocsp(&responder, call.now()).await
    })??;
    let (signed, foreign) = (refreshed.signed, refreshed.foreign);
    call.log.info(&format!("{signed} responses signed, {foreign} certificates of other issuers passed over"));
    if refreshed.failed.is_empty() {
        return Ok(());
    }
    for failed in &refreshed.failed {
        call.log.error(failed);
    }
    Err(Failure::new(format!("{} certificates have no new response", refreshed.failed.len())))
}
