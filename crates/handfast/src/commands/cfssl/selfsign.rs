//! `cfssl selfsign`: a key with a certificate that it signs itself.

use hf_cfssl::{keys, selfsign};
use hf_proto::cfssl::csr_json::CertificateRequest;

use super::call::{Call, Failure, too_few};
use super::print::Material;
use super::{GoCommand, flags};

pub(super) static COMMAND: GoCommand = GoCommand {
    name: "selfsign",
    about: "make a private key and a certificate that it signs itself, for tests",
    usage: "Usage of selfsign:
        cfssl selfsign HOSTNAME CSRJSON
        cfssl selfsign -hostname names CSRJSON

    Nobody can tell such a certificate from one that somebody else made up: use it for tests only.

Arguments:
        HOSTNAME:    read and not used, as in CFSSL: the names are those of the request
        CSRJSON:     JSON file of the request, '-' for stdin

Flags:",
    examples: "Examples:
  handfast cfssl selfsign localhost csr.json | handfast cfssljson -bare test",
    flags: &[&flags::CONFIG, &flags::PROFILE, &flags::HOSTNAME],
    main: run,
};

const WARNING: &str = "*** WARNING ***

A self-signed certificate proves nothing to those who do not hold it already.
Use it for tests, never in production.

*** WARNING ***
";

fn run(call: &Call) -> Result<(), Failure> {
    let named = call.some(&flags::HOSTNAME).is_some() || call.given.is_on(&flags::INITCA);
    let file = match (named, call.given.words.as_slice()) {
        (true, [file]) | (false, [_, file]) => file,
        (true, []) | (false, [] | [_]) => return Err(too_few()),
        _ => return Err(Failure::new("too many arguments are provided, please check with usage")),
    };
    let request: CertificateRequest = call.json_file(file)?;
    let config = call.config.clone().unwrap_or_else(selfsign::policy);
    let name = call.text(&flags::PROFILE);
    // A name that is not there stands for the default profile here, as in CFSSL.
    let profile = if config.signing.profiles.contains_key(name) { name } else { "" }.to_owned();
    let made = call.block_on(selfsign::create(&call.machine(), &request, config, &profile))??;
    call.output.message(WARNING);
    let key = Some(keys::to_pem(&made.key)?);
    Material { cert: Some(made.certificate.to_pem()), csr: Some(made.csr.to_pem()), key }.print(call)
}
