//! `handfast issue`: a key and a certificate in one step.

use std::path::PathBuf;

use hf_ca::create::request_for;
use hf_ca::request::IssuedCertificate;
use hf_core::algorithm::KeyAlgorithm;
use hf_core::name::{Identifier, SanSet};
use hf_core::time::Lifetime;
use hf_keys::private_key::PrivateKey;
use hf_x509::distinguished_name::DistinguishedName;

use super::issuing::{Issuing, Wish};
use super::options::{DomainOptions, FormatOptions};
use super::shared::{recorded, tell_issued, write_public};
use crate::context::Context;
use crate::error::{CommandError, Exit};
use crate::key_file;
use crate::remote::RemoteOptions;

/// Make a key and a certificate for one or more names
///
/// Writes key.pem (0600), cert.pem, fullchain.pem and roots.pem into a directory named after the first name. For
/// services of the topology use `handfast apply`; for keys that must not leave their machine, `handfast csr` there and
/// `handfast sign` here.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// DNS names, IP addresses, e-mail addresses, URIs
    #[arg(required = true, value_name = "NAME")]
    names: Vec<Identifier>,
    /// The authority that signs; needed when there are several that issue
    #[arg(long, value_name = "AUTHORITY")]
    authority: Option<String>,
    /// What it may be used for: `service` (server and client), `server`, `client`, or a profile of the file
    #[arg(long, value_name = "PROFILE", default_value = "service")]
    profile: String,
    /// How long it is valid, as in `30d`; without it as long as the profile says
    #[arg(long, value_name = "TIME")]
    lifetime: Option<Lifetime>,
    /// The algorithm of the key: `ecdsa-p256`, `ecdsa-p384`, `ecdsa-p521`, `ed25519`, `rsa-2048`, `rsa-3072`,
    /// `rsa-4096` or `rsa-8192`
    #[arg(long, value_name = "ALGORITHM", default_value_t)]
    key_algorithm: KeyAlgorithm,
    /// Encrypt the key with a passphrase
    #[arg(long)]
    encrypt: bool,
    /// The directory to write to; it must not hold a key yet
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    #[command(flatten)]
    domain: DomainOptions,
    #[command(flatten)]
    remote: RemoteOptions,
    #[command(flatten)]
    format: FormatOptions,
}

const EXAMPLES: &str = "\
Examples:
  handfast issue orders.shop.internal
  handfast issue db.shop.internal 10.0.0.7 --profile server --lifetime 90d --out db
  handfast issue batch@shop.internal --profile client --encrypt --passphrase-file secret
  handfast issue orders.shop.internal --remote https://ca.shop.internal:8443 --credential-file deploy.key";

/// Issue it.
pub(crate) fn run(args: &Args, context: &Context) -> Result<Exit, CommandError> {
    let names: SanSet = args.names.iter().cloned().collect();
    let directory = args.out.clone().unwrap_or_else(|| PathBuf::from(directory_name(args)));
    let key_path = directory.join("key.pem");
    if key_path.exists() {
        return Err(CommandError::refused(format!("`{}` exists already", key_path.display()))
            .hint("name another directory with `--out DIR`, or renew with `handfast renew`"));
    }
    let issuing = Issuing::open(&args.remote, &args.domain, context)?;
    let key = PrivateKey::generate(args.key_algorithm)?;
    let csr = request_for(&DistinguishedName::empty(), &names, &key)?;
    let wish = Wish {
        csr,
        names: Some(names),
        authority: args.authority.as_deref(),
        profile: &args.profile,
        lifetime: args.lifetime,
    };
    std::fs::create_dir_all(&directory).map_err(|error| CommandError::io("make", &directory, error))?;
    // The key is on stable storage before its certificate exists: a certificate without a key is of no use to anybody.
    key_file::write_new(&key_path, &key, args.encrypt, &args.domain.passphrase, context).inspect_err(
        |_| {
            let _ = std::fs::remove_dir(&directory);
        },
    )?;
    let issued = issuing.issue(wish, context).inspect_err(|_| {
        // Nothing half done: the key that got no certificate goes, and the directory if it was ours.
        let _ = std::fs::remove_file(&key_path);
        let _ = std::fs::remove_dir(&directory);
    })?;
    recorded(&issued, write_certificates(&directory, &issued))?;
    tell_issued(&issued, Some(&directory), args.format, context)
}

/// What is written beside the key: certificate, chain, roots.
pub(super) const CERTIFICATES: [&str; 3] = ["cert.pem", "fullchain.pem", "roots.pem"];

/// Certificate, chain and roots beside the key.
pub(super) fn write_certificates(
    directory: &std::path::Path,
    issued: &IssuedCertificate,
) -> Result<(), CommandError> {
    let own = issued.certificate.to_pem();
    let (roots, between): (Vec<_>, Vec<_>) =
        issued.chain.iter().partition(|certificate| certificate.is_self_issued());
    let full: String =
        std::iter::once(own.clone()).chain(between.iter().map(|certificate| certificate.to_pem())).collect();
    let roots: String = roots.iter().map(|root| root.to_pem()).collect();
    for (file, text) in CERTIFICATES.iter().zip([own, full, roots]) {
        write_public(&directory.join(file), text.as_bytes())?;
    }
    Ok(())
}

/// The first name with everything that a path or a shell could misread replaced.
fn directory_name(args: &Args) -> String {
    let first = args.names.first().map(ToString::to_string).unwrap_or_default();
    let plain: String = first
        .replace('*', "_wildcard")
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || "._-@".contains(c) { c } else { '_' })
        .collect();
    plain.trim_start_matches('.').to_owned()
}
