//! `cfssl gencsr`: a request for a key that exists.

use hf_cfssl::{certificates, csr, keys};
use hf_core::secret::Secret;
use hf_proto::cfssl::csr_json::CertificateRequest;
use hf_proto::cfssl::host;

use super::call::{Call, Failure, text};
use super::print::Material;
use super::{GoCommand, flags};

pub(super) static COMMAND: GoCommand = GoCommand {
    name: "gencsr",
    about: "make a signing request for a private key that exists",
    usage: "Usage of gencsr:
        cfssl gencsr -key key [-hostname names] CSRJSON
        cfssl gencsr -key key [-hostname names] -cert cert

Arguments:
        CSRJSON:    JSON file of the request, '-' for stdin

Flags:",
    examples: "Examples:
  handfast cfssl gencsr -key server-key.pem csr.json | handfast cfssljson -bare server
  handfast cfssl gencsr -key server-key.pem -cert server.pem",
    flags: &[&flags::KEY, &flags::CERT, &flags::HOSTNAME],
    main: run,
};

fn run(call: &Call) -> Result<(), Failure> {
    let path = call.some(&flags::KEY).ok_or_else(|| {
        Failure::new("private key file is required through '-key', please check with usage")
    })?;
    let pem = Secret::new(call.read_prefixed(path)?);
    let key = keys::parse(pem.expose(), None)?;
    let hosts = host::split_list(call.text(&flags::HOSTNAME));
    let csr = if let Some(cert) = call.some(&flags::CERT) {
        if !call.given.words.is_empty() {
            return Err(Failure::new("no argument is accepted with '-cert', please check with usage"));
        }
        let certificate = certificates::one(&text(call.read_prefixed(cert)?)?)?;
        csr::from_certificate(&certificate, hosts.as_deref(), &key)?
    } else {
        let request = call.request()?;
        let hosts = hosts.or_else(|| request.hosts.clone());
        csr::with_key(&CertificateRequest { hosts, ..request }, &key)?
    };
    // The key as it was given, in the form that it had.
    let given = Secret::new(String::from_utf8_lossy(pem.expose()).into_owned());
    Material { cert: None, csr: Some(csr.to_pem()), key: Some(given) }.print(call)
}
