//! `cfssl bundle`: a certificate with the path to a root.

use std::path::Path;

use hf_cfssl::bundle::{Bundler, Issuers, Platform, read_metadata};
use hf_cfssl::{certificates, keys, presented};
use hf_core::secret::Secret;
use hf_keys::private_key::PrivateKey;
use hf_proto::cfssl::bundle::Flavor;
use hf_proto::cfssl::code::{CfsslError, ErrorKind};
use hf_proto::cfssl::go_json;
use hf_x509::certificate::Certificate;

use super::call::{Call, Failure, text};
use super::tls::system_roots;
use super::{GoCommand, flags};

pub(super) static COMMAND: GoCommand = GoCommand {
    name: "bundle",
    about: "make a bundle of a certificate and the path to a root",
    usage: "Usage of bundle:
        cfssl bundle -cert file [-key key] [-ca-bundle file] [-int-bundle file] [-int-dir dir] [-metadata file] \\
                     [-flavor optimal|ubiquitous|force] [-password password]
        cfssl bundle -domain name [-ip address] [-ca-bundle file] [-int-bundle file] [-int-dir dir] [-metadata file]

    '-' reads stdin in place of the file of -cert. Issuers that are missing are fetched from where certificates say.

Flags:",
    examples: "Examples:
  handfast cfssl bundle -cert server.pem -ca-bundle roots.pem -int-bundle intermediates.pem
  handfast cfssl bundle -domain example.org | handfast cfssljson -bare example",
    flags: &[
        &flags::CERT,
        &flags::KEY,
        &flags::CA_BUNDLE,
        &flags::INT_BUNDLE,
        &flags::FLAVOR,
        &flags::INT_DIR,
        &flags::METADATA,
        &flags::DOMAIN,
        &flags::IP,
        &flags::PASSWORD,
    ],
    main: run,
};

fn run(call: &Call) -> Result<(), Failure> {
    let name = call.text(&flags::FLAVOR);
    let flavor = Flavor::parse(name).ok_or_else(|| {
        Failure::new(format!("`{name}` is no flavor: expected `ubiquitous`, `optimal` or `force`"))
    })?;
    let bundler = if flavor == Flavor::Force { Bundler::default() } else { bundler(call)? };
    let (given, key) = given(call)?;
    let made = call.block_on(bundler.bundle(&given, key.as_ref(), flavor, call.now()))??;
    if let Some(directory) = call.some(&flags::INT_DIR) {
        for (name, certificate) in &made.fetched {
            keep(&Path::new(directory).join(name), certificate)?;
        }
    }
    Ok(call.output.bytes(go_json::to_string(&made.bundle).as_bytes())?)
}

/// What bundles are made of: the files that flags name, and the roots of the system where none are named.
pub(super) fn bundler(call: &Call) -> Result<Bundler, Failure> {
    let roots = match call.some(&flags::CA_BUNDLE) {
        Some(path) => certificates::pool(&text(call.read(path)?)?, ErrorKind::RootParse)?,
        None => match system_roots() {
            Some(octets) => certificates::pool(&text(octets)?, ErrorKind::RootParse)?,
            None => return Err(CfsslError::from(ErrorKind::RootRead).into()),
        },
    };
    let mut intermediates = match call.some(&flags::INT_BUNDLE) {
        Some(path) => certificates::pool(&text(call.read(path)?)?, ErrorKind::IntermediatesParse)?,
        None => Vec::new(),
    };
    if let Some(directory) = call.some(&flags::INT_DIR) {
        intermediates.extend(kept(Path::new(directory))?);
    }
    Ok(Bundler { roots, intermediates, platforms: platforms(call)?, issuers: Issuers::Fetched })
}

fn platforms(call: &Call) -> Result<Vec<Platform>, Failure> {
    let Some(path) = call.some(&flags::METADATA) else { return Ok(Vec::new()) };
    let beside = Path::new(path).parent().unwrap_or(Path::new(""));
    let keystore = |name: &str| {
        std::fs::read_to_string(beside.join(name))
            .map_err(|error| CfsslError::wrap(ErrorKind::RootRead, error))
    };
    Ok(read_metadata(&call.read(path)?, keystore)?)
}

/// The certificates to bundle, the leaf first, and its key if there is one.
fn given(call: &Call) -> Result<(Vec<Certificate>, Option<PrivateKey>), Failure> {
    if let Some(path) = call.some(&flags::CERT) {
        let password = Secret::new(call.text(&flags::PASSWORD).to_owned());
        let (certificates, stored) = certificates::any(&call.read(path)?, &password)?;
        let key = match call.some(&flags::KEY) {
            Some(path) => Some(keys::parse(Secret::new(call.read(path)?).expose(), None)?),
            None => stored,
        };
        return Ok((certificates, key));
    }
    let domain = call.some(&flags::DOMAIN);
    let domain = domain.ok_or_else(|| Failure::new("Must specify bundle target through -cert or -domain"))?;
    Ok((call.block_on(presented::of(domain, call.text(&flags::IP), call.now()))??, None))
}

/// Certificates that an earlier run fetched; files that are none are passed over.
fn kept(directory: &Path) -> Result<Vec<Certificate>, Failure> {
    let entries = match std::fs::read_dir(directory) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(CfsslError::wrap(ErrorKind::IntermediatesRead, error).into()),
    };
    let files = entries.flatten().filter_map(|entry| std::fs::read_to_string(entry.path()).ok());
    Ok(files.filter_map(|pem| Certificate::many_from_pem(&pem).ok()).flatten().collect())
}

fn keep(path: &Path, certificate: &Certificate) -> Result<(), Failure> {
    let written = path.parent().map_or(Ok(()), std::fs::create_dir_all);
    let written = written.and_then(|()| std::fs::write(path, certificate.to_pem()));
    written.map_err(|error| Failure::new(format!("cannot write `{}`: {error}", path.display())))
}
