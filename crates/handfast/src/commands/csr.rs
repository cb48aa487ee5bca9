//! `handfast csr`: make a key where the service runs, and ask with it for a certificate.

use std::path::{Path, PathBuf};

use hf_core::algorithm::KeyAlgorithm;
use hf_core::name::{Identifier, SanSet};
use hf_keys::file::{WriteOptions, write_atomic};
use hf_keys::private_key::PrivateKey;
use hf_keys::signing_key::SigningKey;
use hf_x509::csr::CsrTemplate;
use hf_x509::distinguished_name::DistinguishedName;
use hf_x509::pem::{self, Label};

use super::options::PassphraseOptions;
use crate::context::Context;
use crate::error::{CommandError, Exit};
use crate::key_file;

/// Make a signing request, and the key for it when there is none
///
/// The private key stays in its file and never travels; the request goes to an authority (`handfast sign`).
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// The names to ask for: DNS names, IP addresses, e-mail addresses, URIs
    #[arg(required = true, value_name = "NAME")]
    names: Vec<Identifier>,
    /// The private key; made when the file does not exist
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
    /// The algorithm of a key that is made: `ecdsa-p256` (without it), `ecdsa-p384`, `ecdsa-p521`, `ed25519`, `rsa-2048`,
    /// `rsa-3072`, `rsa-4096` or `rsa-8192`
    #[arg(long, value_name = "ALGORITHM")]
    key_algorithm: Option<KeyAlgorithm>,
    /// Encrypt a key that is made with a passphrase
    #[arg(long)]
    encrypt: bool,
    /// The subject to ask for, as in `CN=orders,O=Shop`; empty without it
    #[arg(long, value_name = "NAME")]
    subject: Option<DistinguishedName>,
    /// Where the request is written, PEM; standard output without it
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    #[command(flatten)]
    passphrase: PassphraseOptions,
}

const EXAMPLES: &str = "\
Examples:
  handfast csr orders.shop.internal --key orders.key --out orders.csr
  handfast csr 10.0.0.7 db.shop.internal --key db.key --key-algorithm rsa-3072 > db.csr
  handfast csr orders.shop.internal --key orders.key --encrypt --passphrase-file secret --out orders.csr";

/// Make the request.
pub(crate) fn run(args: &Args, context: &Context) -> Result<Exit, CommandError> {
    let key = if args.key.exists() { existing(args, context)? } else { made(args, context)? };
    let names: SanSet = args.names.iter().cloned().collect();
    let template =
        CsrTemplate { subject: args.subject.clone().unwrap_or_else(DistinguishedName::empty), names };
    let failed = || CommandError::fault("the request cannot be made");
    let to_be_signed = template
        .finalize(key.public_key(), key.signature_algorithm())
        .map_err(|error| failed().because(error))?;
    let signature = key.sign(&to_be_signed).map_err(|error| failed().because(error))?;
    let text = pem::encode(Label::Request, &to_be_signed.assemble(&signature));
    match &args.out {
        Some(path) => write_public(path, &text, context),
        None => context.output.text(&text).map(|()| Exit::Done),
    }
}

fn write_public(path: &Path, text: &str, context: &Context) -> Result<Exit, CommandError> {
    write_atomic(path, text.as_bytes(), &WriteOptions::PUBLIC).map_err(|error| {
        CommandError::refused(format!("cannot write `{}`", path.display())).because(error)
    })?;
    context.output.message(&format!("wrote the request to `{}`", path.display()));
    Ok(Exit::Done)
}

fn existing(args: &Args, context: &Context) -> Result<PrivateKey, CommandError> {
    if args.encrypt {
        return Err(CommandError::refused(format!(
            "`{}` exists already: `--encrypt` is for a key that is made",
            args.key.display()
        )));
    }
    let what = format!("of the key `{}`", args.key.display());
    let key = key_file::read(&args.key, &what, &args.passphrase, context)?;
    match (args.key_algorithm, key.public_key().key_algorithm()) {
        (Some(wanted), found) if found != Some(wanted) => Err(CommandError::refused(format!(
            "`{}` exists already and is no {wanted} key: `--key-algorithm` is for a key that is made",
            args.key.display()
        ))),
        _ => Ok(key),
    }
}

fn made(args: &Args, context: &Context) -> Result<PrivateKey, CommandError> {
    let algorithm = args.key_algorithm.unwrap_or_default();
    let key = PrivateKey::generate(algorithm)
        .map_err(|error| CommandError::fault("no key can be made").because(error))?;
    key_file::write_new(&args.key, &key, args.encrypt, &args.passphrase, context)?;
    context.output.message(&format!("made the key `{}` ({})", args.key.display(), algorithm));
    Ok(key)
}
