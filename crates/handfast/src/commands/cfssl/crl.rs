//! `cfssl crl`: a CRL from the certificate database.

use super::call::{Call, Failure};
use super::{GoCommand, flags, print};

pub(super) static COMMAND: GoCommand = GoCommand {
    name: "crl",
    about: "sign a CRL of what the certificate database says is revoked",
    usage: "Usage of crl:
        cfssl crl -db-config db -ca cert -ca-key key [-expiry duration]

Flags:",
    examples: "Examples:
  handfast cfssl crl -db-config db.json -ca ca.pem -ca-key ca-key.pem | base64 -d > ca.crl",
    flags: &[&flags::DB_CONFIG, &flags::CA, &flags::CA_KEY, &flags::EXPIRY],
    main: run,
};

fn run(call: &Call) -> Result<(), Failure> {
    let (issuer, key) = call.authority()?;
    let config = call.db_config()?;
    let lifetime = call.given.duration(&flags::EXPIRY).to_lifetime();
    let lifetime = lifetime.ok_or_else(|| Failure::new("-expiry must be a time from now on"))?;
    let der = call.block_on(async {
        let records = call.records(&config).await?;
        records.crl(&issuer, &key, call.now(), lifetime).await
    })??;
    print::base64(call, &der)
}
