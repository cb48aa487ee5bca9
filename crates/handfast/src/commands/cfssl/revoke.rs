//! `cfssl revoke`: mark a certificate as revoked in the certificate database.

use hf_proto::cfssl::revocation_reason;

use super::call::{Call, Failure};
use super::{GoCommand, flags};

pub(super) static COMMAND: GoCommand = GoCommand {
    name: "revoke",
    about: "mark a certificate as revoked in the certificate database",
    usage: "Usage of revoke:
        cfssl revoke -db-config db -serial number -aki identifier [-reason reason]

    The reason is a number or a name of RFC 5280, section 5.3.1.

Flags:",
    examples: "Examples:
  handfast cfssl revoke -db-config db.json -serial 1234 -aki 0a1b2c -reason keyCompromise",
    flags: &[&flags::DB_CONFIG, &flags::SERIAL, &flags::AKI, &flags::REASON],
    main: run,
};

fn run(call: &Call) -> Result<(), Failure> {
    call.no_words()?;
    let required = |what: &str| Failure::new(format!("{what} is required but not provided"));
    let serial = call.some(&flags::SERIAL).ok_or_else(|| required("serial number"))?;
    let aki = call.some(&flags::AKI).ok_or_else(|| required("authority key id"))?;
    let config = call.db_config()?;
    let reason = revocation_reason::parse(call.text(&flags::REASON))?;
    call.block_on(async { call.records(&config).await?.revoke(serial, aki, reason, call.now()).await })??;
    Ok(())
}
