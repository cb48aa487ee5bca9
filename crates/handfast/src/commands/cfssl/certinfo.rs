//! `cfssl certinfo`: a certificate or a request in words.

use hf_cfssl::{certificates, certinfo, csr, presented};
use hf_proto::cfssl::code::{CfsslError, ErrorKind};
use hf_proto::cfssl::go_json;
use hf_x509::certificate::Certificate;

use super::call::{Call, Failure, text};
use super::{GoCommand, flags};

pub(super) static COMMAND: GoCommand = GoCommand {
    name: "certinfo",
    about: "show a certificate or a signing request in words",
    usage: "Usage of certinfo:
        cfssl certinfo -cert file
        cfssl certinfo -csr file
        cfssl certinfo -domain name
        cfssl certinfo -serial number -aki identifier -db-config db

    '-' reads stdin in place of a file

Flags:",
    examples: "Examples:
  handfast cfssl certinfo -cert server.pem
  handfast cfssl certinfo -domain example.org",
    flags: &[&flags::AKI, &flags::CERT, &flags::CSR, &flags::DB_CONFIG, &flags::DOMAIN, &flags::SERIAL],
    main: run,
};

fn run(call: &Call) -> Result<(), Failure> {
    if let (None, Some(path)) = (call.some(&flags::CERT), call.some(&flags::CSR)) {
        let request = csr::parse(&text(call.read(path)?)?)?;
        return show(call, &certinfo::csr(&request));
    }
    show(call, &certinfo::of(&certificate(call)?))
}

fn certificate(call: &Call) -> Result<Certificate, Failure> {
    if let Some(path) = call.some(&flags::CERT) {
        return Ok(certificates::one(&text(call.read(path)?)?)?);
    }
    if let Some(domain) = call.some(&flags::DOMAIN) {
        let chain = call.block_on(presented::of(domain, "", call.now()))??;
        let first = chain.into_iter().next();
        return first.ok_or_else(|| CfsslError::from(ErrorKind::CertificateRead).into());
    }
    let (Some(serial), Some(aki)) = (call.some(&flags::SERIAL), call.some(&flags::AKI)) else {
        return Err(Failure::new(
            "Must specify certinfo target through -cert, -csr, -domain or -serial + -aki",
        ));
    };
    let config = call.db_config()?;
    call.block_on(async { call.records(&config).await?.find(serial, aki).await })?.map_err(Failure::from)
}

fn show(call: &Call, value: &impl serde::Serialize) -> Result<(), Failure> {
    Ok(call.output.text(&go_json::to_pretty(value, "  "))?)
}
