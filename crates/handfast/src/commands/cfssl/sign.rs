//! `cfssl sign`: a certificate for a request that somebody brings.

use hf_proto::cfssl::host;
use hf_proto::cfssl::sign_request::{SignRequest, Subject};

use super::call::{Call, Failure, text, too_few};
use super::print::Material;
use super::signer;
use super::{GoCommand, flags};

pub(super) static COMMAND: GoCommand = GoCommand {
    name: "sign",
    about: "sign a certificate for a signing request",
    usage: "Usage of sign:
        cfssl sign -ca cert -ca-key key [-config config] [-profile profile] [-hostname names] [-db-config db] CSR [SUBJECT]
        cfssl sign -remote server [-config config] [-profile profile] [-label label] [-hostname names] CSR [SUBJECT]

Arguments:
        CSR:        PEM file of the request, '-' for stdin; `-csr` names it as well
        SUBJECT:    JSON file of the subject, in place of the request's

Flags:",
    examples: "Examples:
  handfast cfssl sign -ca ca.pem -ca-key ca-key.pem -config config.json -profile www server.csr
  handfast cfssl sign -config client.json -profile database db.csr | handfast cfssljson -bare db",
    flags: &[
        &flags::HOSTNAME,
        &flags::CSR,
        &flags::CA,
        &flags::CA_KEY,
        &flags::CONFIG,
        &flags::PROFILE,
        &flags::LABEL,
        &flags::REMOTE,
        &flags::MUTUAL_TLS_CLIENT_CERT,
        &flags::MUTUAL_TLS_CLIENT_KEY,
        &flags::TLS_REMOTE_CA,
        &flags::DB_CONFIG,
        &flags::STATE,
        &flags::LENIENT,
    ],
    main: run,
};

fn run(call: &Call) -> Result<(), Failure> {
    let (file, rest) = match (call.some(&flags::CSR), call.given.words.as_slice()) {
        (Some(file), rest) => (file, rest),
        (None, [file, rest @ ..]) => (file.as_str(), rest),
        (None, []) => return Err(too_few()),
    };
    let subject: Option<Subject> = match rest {
        [] => None,
        [file] => Some(call.json_file(file)?),
        _ => return Err(Failure::new("too many arguments are provided, please check with usage")),
    };
    let csr = text(call.read(file)?)?;
    let wanted = SignRequest {
        hosts: host::split_list(call.text(&flags::HOSTNAME)),
        certificate_request: csr.clone(),
        subject,
        profile: call.text(&flags::PROFILE).to_owned(),
        label: call.text(&flags::LABEL).to_owned(),
        ..SignRequest::default()
    };
    let certificate = signer::open(call)?.sign(call, wanted)?;
    Material { cert: Some(certificate), csr: Some(csr), key: None }.print(call)
}
