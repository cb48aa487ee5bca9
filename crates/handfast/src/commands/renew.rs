//! `handfast renew`: the same identity again, with a new key.

use std::path::{Path, PathBuf};

use hf_ca::create::request_for;
use hf_ca::renew::{RenewRequest, RenewalProof};
use hf_ca::request::{IssuedCertificate, RequesterLimits};
use hf_core::algorithm::KeyAlgorithm;
use hf_core::secret::Secret;
use hf_core::time::Lifetime;
use hf_keys::file::{WriteOptions, write_atomic};
use hf_keys::private_key::PrivateKey;
use hf_keys::signing_key::SigningKey;
use hf_x509::certificate::Certificate;
use hf_x509::distinguished_name::DistinguishedName;

use super::issue::{CERTIFICATES, write_certificates};
use super::options::{DomainOptions, FormatOptions};
use super::shared::{recorded, room_for, tell_issued, write_public};
use super::shared_key;
use super::{renew_all, renew_remote, target};
use crate::apply::directory::CURRENT;
use crate::authority::{self, Opened};
use crate::context::Context;
use crate::domain::Domain;
use crate::error::{CommandError, Exit};
use crate::files;
use crate::remote::RemoteOptions;

/// Renew a certificate: the same names and profile, a new key
///
/// Policy is asked again. The old certificate stays valid until its end. Given a directory that `handfast issue` wrote,
/// key and certificates in it are replaced; given a request (`--csr`), the key stays where it is.
///
/// With `--all`, ACME clients are told when to renew by themselves (RFC 9773): certificates asked for until now, from now
/// until `--before`.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// A directory written by `handfast issue`, a certificate file, or a serial number
    #[arg(value_name = "DIR|CERT|SERIAL", required_unless_present = "all")]
    pub(super) target: Option<String>,
    #[command(flatten)]
    all: renew_all::Options,
    /// A signing request with the new key, made where the service runs
    #[arg(long, value_name = "FILE")]
    pub(super) csr: Option<PathBuf>,
    /// Allow the request to have the key of the old certificate
    #[arg(long, requires = "csr")]
    pub(super) keep_key: bool,
    /// How long it is valid, as in `30d`; without it as long as the profile says
    #[arg(long, value_name = "TIME")]
    pub(super) lifetime: Option<Lifetime>,
    /// Where certificate and chain are written, PEM; standard output without it (with `--csr`)
    #[arg(long, value_name = "FILE", requires = "csr")]
    out: Option<PathBuf>,
    #[command(flatten)]
    pub(super) domain: DomainOptions,
    #[command(flatten)]
    remote: RemoteOptions,
    #[command(flatten)]
    format: FormatOptions,
}

const EXAMPLES: &str = "\
Examples:
  handfast renew orders.shop.internal
  handfast renew orders.pem --csr new.csr --out orders.pem
  handfast renew 5a1b…c3 --csr same.csr --keep-key
  handfast renew orders.shop.internal --remote https://ca.shop.internal:8443
  handfast renew --all --issued-by services --before 2027-01-08";

impl Args {
    /// What shall be renewed, where it is not everything.
    pub(super) fn target(&self) -> &str {
        self.target.as_deref().unwrap_or_default()
    }
}

/// Renew it.
pub(crate) fn run(args: &Args, context: &Context) -> Result<Exit, CommandError> {
    args.all.check()?;
    if args.all.all {
        return renew_all::run(&args.all, args.format, &args.domain, context);
    }
    room_for(args.out.as_deref())?;
    if args.csr.is_none() {
        refuse_unwritable(Path::new(args.target()))?;
    }
    if let Some(remote) = args.remote.open(&args.domain.passphrase, context)? {
        return renew_remote::run(args, &remote, context);
    }
    let domain = Domain::open(context, &args.domain)?;
    let opened = authority::open(context, &domain, &args.domain.passphrase)?;
    match (&args.csr, Path::new(args.target())) {
        (Some(csr), _) => with_request(args, csr, &opened, context),
        (None, directory) if directory.is_dir() => in_directory(args, directory, &opened, context),
        (None, _) => Err(CommandError::refused(format!("`{}` is not a directory", args.target())).hint(
            "name a directory that `handfast issue` wrote, or a request with the new key: `--csr FILE`",
        )),
    }
}

/// What `apply` writes it renews itself, all files together. Any other directory must be one that can be written.
fn refuse_unwritable(directory: &Path) -> Result<(), CommandError> {
    if !directory.is_dir() {
        return Ok(());
    }
    let key = directory.join("key.pem");
    if std::fs::symlink_metadata(directory.join(CURRENT)).is_ok() {
        return Err(CommandError::refused(format!(
            "`{}` is written by `handfast apply`, which renews it in time: nothing was issued",
            directory.display()
        ))
        .hint(format!(
            "to have another key and certificate now, run `rm {}` and `handfast apply`",
            key.display()
        )));
    }
    let certificates = CERTIFICATES.map(|file| directory.join(file));
    room_for(certificates.iter().chain([&key]).map(PathBuf::as_path))
}

fn with_request(args: &Args, csr: &Path, opened: &Opened, context: &Context) -> Result<Exit, CommandError> {
    let old = target::find(args.target(), opened.authority.store(), context)?;
    let request = RenewRequest {
        principal: opened.origin.principal.clone(),
        channel: opened.origin.channel,
        authority: old.authority,
        serial: old.serial,
        csr: files::verified_request(csr)?,
        keep_key: args.keep_key,
        wanted_lifetime: args.lifetime,
        dedup_key: None,
        proof: RenewalProof::Right,
        limits: RequesterLimits::default(),
    };
    let issued = context.block_on(opened.authority.renew(request)).map_err(refusal)?;
    shared_key::report(&issued.certificate, opened.authority.store(), context)?;
    write_issued(args, &issued, context)
}

/// The certificate and its chain, to the file that was named or to standard output.
pub(super) fn write_issued(
    args: &Args,
    issued: &IssuedCertificate,
    context: &Context,
) -> Result<Exit, CommandError> {
    let between = issued.chain.iter().filter(|certificate| !certificate.is_self_issued());
    let pem: String = std::iter::once(&issued.certificate).chain(between).map(Certificate::to_pem).collect();
    let written = match &args.out {
        Some(path) => write_public(path, pem.as_bytes()),
        None if !args.format.is_json() => context.output.text(&pem),
        None => Ok(()),
    };
    recorded(issued, written)?;
    tell_issued(issued, args.out.as_deref(), args.format, context)
}

/// A new key of the same kind beside the certificates; each file is replaced whole, the key last but one so that a
/// reader that loads the pair in between finds a mismatch rather than a key without certificate.
fn in_directory(
    args: &Args,
    directory: &Path,
    opened: &Opened,
    context: &Context,
) -> Result<Exit, CommandError> {
    let certificate = directory.join("cert.pem");
    let old = target::find(&certificate.display().to_string(), opened.authority.store(), context)?;
    let algorithm = files::certificates(&certificate)?
        .first()
        .and_then(|certificate| certificate.public_key().key_algorithm())
        .unwrap_or(KeyAlgorithm::EcdsaP256);
    let key = PrivateKey::generate(algorithm)?;
    let request = RenewRequest {
        principal: opened.origin.principal.clone(),
        channel: opened.origin.channel,
        authority: old.authority,
        serial: old.serial,
        csr: request_for(&DistinguishedName::empty(), &old.names, &key)?,
        keep_key: false,
        wanted_lifetime: args.lifetime,
        dedup_key: None,
        proof: RenewalProof::Right,
        limits: RequesterLimits::default(),
    };
    let passphrase = passphrase(args, directory, context)?;
    let issued = context.block_on(opened.authority.renew(request)).map_err(refusal)?;
    replace(args, directory, (&key, passphrase.as_ref()), &issued, context)
}

/// The new key and its certificates in the place of the old ones.
pub(super) fn replace(
    args: &Args,
    directory: &Path,
    (key, passphrase): (&PrivateKey, Option<&Secret<String>>),
    issued: &IssuedCertificate,
    context: &Context,
) -> Result<Exit, CommandError> {
    debug_assert!(issued.certificate.public_key() == key.public_key());
    let pem = match passphrase {
        Some(passphrase) => key.to_encrypted_pem(passphrase)?,
        None => key.to_pem(),
    };
    let key = write_atomic(&directory.join("key.pem"), pem.expose().as_bytes(), &WriteOptions::SECRET);
    recorded(issued, key.map_err(CommandError::from).and_then(|()| write_certificates(directory, issued)))?;
    tell_issued(issued, Some(directory), args.format, context)
}

fn is_encrypted(key: &Path) -> bool {
    std::fs::read(key).is_ok_and(|octets| octets.starts_with(b"-----BEGIN ENCRYPTED PRIVATE KEY-----"))
}

/// For the new key when the old one is encrypted; asked for before anything is issued.
pub(super) fn passphrase(
    args: &Args,
    directory: &Path,
    context: &Context,
) -> Result<Option<Secret<String>>, CommandError> {
    if !is_encrypted(&directory.join("key.pem")) {
        return Ok(None);
    }
    crate::key_file::new_passphrase(&args.domain.passphrase, context).map(Some)
}

fn refusal(error: hf_ca::renew::RenewError) -> CommandError {
    use hf_ca::renew::RenewError;
    match error {
        RenewError::Issue(error) => error.into(),
        RenewError::Store(error) => error.into(),
        error @ (RenewError::SameKey
        | RenewError::OtherNames { .. }
        | RenewError::OtherSubject { .. }
        | RenewError::Unreadable(_)
        | RenewError::State { .. }
        | RenewError::Blocked { .. }
        | RenewError::ByAcme { .. }
        | RenewError::Unknown { .. }) => {
            let same_key = matches!(error, RenewError::SameKey);
            let refusal = CommandError::refused(error.to_string());
            if same_key {
                refusal.hint("make a new key with `handfast csr`, or say `--keep-key`")
            } else {
                refusal
            }
        }
    }
}
