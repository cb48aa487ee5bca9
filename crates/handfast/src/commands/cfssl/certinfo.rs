//! `cfssl certinfo`: a certificate or a request in words.

use hf_cfssl::{certificates, certinfo, csr};
use hf_proto::cfssl::code::{CfsslError, ErrorKind};
use hf_proto::cfssl::go_json;
use hf_x509::certificate::Certificate;

use super::call::{Call, Failure, text};
use super::{GoCommand, flags};
use crate::tls;

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
        return presented(domain);
    }
    let (Some(serial), Some(aki)) = (call.some(&flags::SERIAL), call.some(&flags::AKI)) else {
        return Err(Failure::new(
            "Must specify certinfo target through -cert, -csr, -domain or -serial + -aki",
        ));
    };
    let config = call.db_config()?;
    call.block_on(async { call.records(&config).await?.find(serial, aki).await })?.map_err(Failure::from)
}

/// The certificate that a server presents first; nothing of it is believed.
fn presented(domain: &str) -> Result<Certificate, Failure> {
    let (name, address) = match domain.rsplit_once(':') {
        Some((name, _)) => (name, domain.to_owned()),
        None => (domain, format!("{domain}:443")),
    };
    let failed = |error: &dyn std::error::Error| CfsslError::wrap(ErrorKind::CertificateUnknown, error);
    let chain = tls::presented_chain(&address, name).map_err(|error| failed(&error))?;
    let first = chain.first().ok_or(ErrorKind::CertificateRead).map_err(CfsslError::from)?;
    Ok(Certificate::from_der(first).map_err(|error| failed(&error))?)
}

fn show(call: &Call, value: &impl serde::Serialize) -> Result<(), Failure> {
    Ok(call.output.text(&go_json::to_pretty(value, "  "))?)
}
