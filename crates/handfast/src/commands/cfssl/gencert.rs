//! `cfssl gencert`: a key and a certificate, a root, or the certificate of a root anew.

use hf_cfssl::{csr, initca};
use hf_proto::cfssl::csr_json::CertificateRequest;
use hf_proto::cfssl::host;
use hf_proto::cfssl::sign_request::SignRequest;

use super::call::{Call, Failure};
use super::print::Material;
use super::signer;
use super::{GoCommand, flags};

pub(super) static COMMAND: GoCommand = GoCommand {
    name: "gencert",
    about: "make a private key and a certificate",
    usage: "Usage of gencert:
    A key and a certificate, signed here or by a remote server:
        cfssl gencert -ca cert -ca-key key [-config config] [-profile profile] [-hostname names] CSRJSON
        cfssl gencert -remote server [-config config] [-profile profile] [-label label] [-hostname names] CSRJSON
        cfssl gencert -config config [-profile profile] [-hostname names] CSRJSON

    A new root, with a new key or with one that exists:
        cfssl gencert -initca CSRJSON
        cfssl gencert -initca -ca-key key CSRJSON

    The certificate of a root anew:
        cfssl gencert -renewca -ca cert -ca-key key

Arguments:
        CSRJSON:    JSON file of the request, '-' for stdin

Flags:",
    examples: "Examples:
  handfast cfssl gencert -initca ca-csr.json | handfast cfssljson -bare ca
  handfast cfssl gencert -ca ca.pem -ca-key ca-key.pem -config config.json -profile www csr.json
  handfast cfssl gencert -config client.json -profile database csr.json | handfast cfssljson -bare db",
    flags: &[
        &flags::INITCA,
        &flags::RENEWCA,
        &flags::REMOTE,
        &flags::CA,
        &flags::CA_KEY,
        &flags::CONFIG,
        &flags::CN,
        &flags::HOSTNAME,
        &flags::PROFILE,
        &flags::LABEL,
        &flags::CRL,
        &flags::DB_CONFIG,
        &flags::STATE,
        &flags::LENIENT,
    ],
    main: run,
};

/// What CFSSL says of a certificate without names, which no client believes.
const NO_HOSTS: &str = "This certificate lacks a \"hosts\" field. This makes it unsuitable for websites: clients match the \
name that they call with the names of the certificate, never with its common name.";

fn run(call: &Call) -> Result<(), Failure> {
    if call.given.is_on(&flags::RENEWCA) {
        return renew_root(call);
    }
    let mut request = call.request()?;
    if let Some(name) = call.some(&flags::CN) {
        name.clone_into(&mut request.common_name);
    }
    if call.given.is_on(&flags::INITCA) {
        return new_root(call, &request);
    }
    if request.ca.is_some() {
        return Err(Failure::new("ca section only permitted in initca"));
    }
    issue(call, request)
}

/// The certificate of a root anew, with the same key.
fn renew_root(call: &Call) -> Result<(), Failure> {
    let (old, key) = call.authority()?;
    let renewed = call.block_on(initca::renew(&call.machine(), &old, key))??;
    Material { cert: Some(renewed.to_pem()), ..Material::default() }.print(call)
}

/// A new root, with the key of `-ca-key` if there is one.
pub(super) fn new_root(call: &Call, request: &CertificateRequest) -> Result<(), Failure> {
    let machine = call.machine();
    let root = match call.some(&flags::CA_KEY) {
        Some(key) => {
            let key = call.authority_key(key)?;
            call.block_on(initca::create_with_key(&machine, request, key))??
        }
        None => call.block_on(initca::create(&machine, request))??,
    };
    let key = root.key.as_deref().map(hf_cfssl::keys::to_pem).transpose()?;
    Material { cert: Some(root.certificate.to_pem()), csr: Some(root.csr.to_pem()), key }.print(call)
}

/// A key, made here, and a certificate from the signer.
fn issue(call: &Call, mut request: CertificateRequest) -> Result<(), Failure> {
    let hosts = host::split_list(call.text(&flags::HOSTNAME));
    if hosts.is_some() {
        request.hosts.clone_from(&hosts);
    }
    let signer = signer::open(call)?;
    let made = csr::generate(&request)?;
    let wanted = SignRequest {
        hosts,
        certificate_request: made.csr.to_pem(),
        profile: call.text(&flags::PROFILE).to_owned(),
        label: call.text(&flags::LABEL).to_owned(),
        crl_override: call.text(&flags::CRL).to_owned(),
        ..SignRequest::default()
    };
    let csr = wanted.certificate_request.clone();
    let certificate = signer.sign(call, wanted)?;
    if request.hosts.as_deref().unwrap_or_default().is_empty() {
        call.log.warning(NO_HOSTS);
    }
    Material { cert: Some(certificate), csr: Some(csr), key: Some(made.key_pem()?) }.print(call)
}
