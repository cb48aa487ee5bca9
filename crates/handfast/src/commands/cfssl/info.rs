//! `cfssl info`: what a signer says of itself.

use hf_proto::cfssl::go_json;
use hf_proto::cfssl::info::InfoRequest;

use super::call::{Call, Failure};
use super::signer;
use super::{GoCommand, flags};

pub(super) static COMMAND: GoCommand = GoCommand {
    name: "info",
    about: "show the certificate and the profile of a signer",
    usage: "Usage of info:
        cfssl info -remote server [-label label] [-profile profile]
        cfssl info -config config [-label label] [-profile profile]

Flags:",
    examples: "Examples:
  handfast cfssl info -remote ca.shop.internal:8888
  handfast cfssl info -config client.json -profile database",
    flags: &[
        &flags::REMOTE,
        &flags::LABEL,
        &flags::PROFILE,
        &flags::CONFIG,
        &flags::TLS_REMOTE_CA,
        &flags::MUTUAL_TLS_CLIENT_CERT,
        &flags::MUTUAL_TLS_CLIENT_KEY,
    ],
    main: run,
};

fn run(call: &Call) -> Result<(), Failure> {
    call.no_words()?;
    if call.some(&flags::REMOTE).is_none() && call.config.is_none() {
        return Err(Failure::new(
            "Either -remote or -config must be given. Refer to cfssl info -h for usage.",
        ));
    }
    let request = InfoRequest {
        label: call.text(&flags::LABEL).to_owned(),
        profile: call.text(&flags::PROFILE).to_owned(),
    };
    let answer = signer::open(call)?.info(call, request)?;
    Ok(call.output.bytes(go_json::to_string(&answer).as_bytes())?)
}
