//! `handfast renew --remote`: the holder of a certificate renews it at a server, by showing that it has the old key.

use std::path::Path;

use hf_ca::create::request_for;
use hf_ca::request::IssuedCertificate;
use hf_core::algorithm::KeyAlgorithm;
use hf_keys::private_key::PrivateKey;
use hf_proto::api::renew::RenewalRequest;
use hf_x509::certificate::Certificate;
use hf_x509::csr::VerifiedCsr;
use hf_x509::distinguished_name::DistinguishedName;

use super::renew::{Args, passphrase, replace, write_issued};
use super::shared_key;
use super::target;
use crate::context::Context;
use crate::error::{CommandError, Exit};
use crate::remote::{self, Remote, by_old_key};
use crate::{files, key_file};

/// Renew at the server.
pub(super) fn run(args: &Args, remote: &Remote, context: &Context) -> Result<Exit, CommandError> {
    match (&args.csr, Path::new(args.target())) {
        (Some(csr), _) => with_request(args, csr, remote, context),
        (None, directory) if directory.is_dir() => in_directory(args, directory, remote, context),
        (None, _) => Err(CommandError::refused(format!("`{}` is not a directory", args.target())).hint(
            "name a directory that `handfast issue` wrote, or a request with the new key: `--csr FILE`",
        )),
    }
}

/// With a request: the client certificate that is shown is renewed, else the one that is named, by right.
fn with_request(args: &Args, csr: &Path, remote: &Remote, context: &Context) -> Result<Exit, CommandError> {
    let csr = files::verified_request(csr)?;
    let mut request = request(args, &csr);
    if !remote.shows_certificate {
        let old = target::find_elsewhere(args.target(), remote, context)?;
        (request.authority, request.serial) = (Some(old.authority), Some(old.serial));
    }
    let issued = ask(remote, &request, &csr, context)?;
    shared_key::report_elsewhere(&issued.certificate, remote, context);
    write_issued(args, &issued, context)
}

/// A directory that `handfast issue` wrote: its key proves, and is replaced by a new one.
fn in_directory(
    args: &Args,
    directory: &Path,
    remote: &Remote,
    context: &Context,
) -> Result<Exit, CommandError> {
    let file = directory.join("cert.pem");
    let old = files::certificates(&file)?
        .into_iter()
        .next()
        .ok_or_else(|| CommandError::refused(format!("`{}` holds no certificate", file.display())))?;
    let old_key =
        key_file::read(&directory.join("key.pem"), "of the old key", &args.domain.passphrase, context)?;
    let names = old.san_set().unwrap_or_default();
    let key = PrivateKey::generate(old.public_key().key_algorithm().unwrap_or(KeyAlgorithm::EcdsaP256))?;
    let csr = request_for(&DistinguishedName::empty(), &names, &key)?;
    let request = by_old_key(request(args, &csr), &csr, &old, &old_key, context.now())?;
    let passphrase = passphrase(args, directory, context)?;
    let issued = ask(remote, &request, &csr, context)?;
    if !same_names(&issued, &old) {
        return Err(CommandError::fault("the server answers with a certificate for other names"));
    }
    replace(args, directory, (&key, passphrase.as_ref()), &issued, context)
}

fn request(args: &Args, csr: &VerifiedCsr) -> RenewalRequest {
    RenewalRequest {
        csr: csr.to_pem(),
        keep_key: args.keep_key,
        lifetime: args.lifetime,
        ..RenewalRequest::default()
    }
}

fn ask(
    remote: &Remote,
    request: &RenewalRequest,
    csr: &VerifiedCsr,
    context: &Context,
) -> Result<IssuedCertificate, CommandError> {
    let once = remote::nonce()?;
    let answer =
        remote.ask("no certificate was issued", context, |client| client.renew(request, Some(&once)))?;
    remote::issued(&answer, csr.public_key())
}

fn same_names(issued: &IssuedCertificate, old: &Certificate) -> bool {
    matches!((issued.certificate.san_set(), old.san_set()), (Ok(new), Ok(old)) if new == old)
}
