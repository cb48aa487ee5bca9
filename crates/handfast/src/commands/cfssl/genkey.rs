//! `cfssl genkey`: a key and a request, or with `-initca` a root.

use hf_cfssl::csr;

use super::call::{Call, Failure};
use super::gencert::new_root;
use super::print::Material;
use super::{GoCommand, flags};

pub(super) static COMMAND: GoCommand = GoCommand {
    name: "genkey",
    about: "make a private key and a signing request",
    usage: "Usage of genkey:
        cfssl genkey CSRJSON
        cfssl genkey -initca CSRJSON

Arguments:
        CSRJSON:    JSON file of the request, '-' for stdin

Flags:",
    examples: "Examples:
  handfast cfssl genkey csr.json | handfast cfssljson -bare server
  handfast cfssl genkey -initca ca-csr.json | handfast cfssljson -bare ca",
    flags: &[&flags::INITCA, &flags::CONFIG],
    main: run,
};

fn run(call: &Call) -> Result<(), Failure> {
    let request = call.request()?;
    if call.given.is_on(&flags::INITCA) {
        return new_root(call, &request);
    }
    if request.ca.is_some() {
        return Err(Failure::new("ca section only permitted in initca"));
    }
    let made = csr::generate(&request)?;
    Material { cert: None, csr: Some(made.csr.to_pem()), key: Some(made.key_pem()?) }.print(call)
}
