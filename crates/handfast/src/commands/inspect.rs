//! `handfast inspect`: show what a file, standard input or a server holds.

use std::io::{IsTerminal, Read};
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::options::{FormatOptions, PassphraseOptions};
use crate::context::Context;
use crate::error::{CommandError, Exit};
use crate::inspect::{CertificateView, Contents, InspectError, Item, read};
use crate::passphrase;
use crate::tls;

/// Show what a file, standard input or a server holds: certificates, requests, CRLs, keys, key stores
///
/// In words for a person who has never seen a certificate; everything with `--full`. PEM, DER, PKCS#7, PKCS#12 and JKS
/// are told apart by their content. Of a private key only its public half is shown.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// A file, `-` for standard input, or HOST:PORT of a TLS server
    #[arg(value_name = "FILE|-|HOST:PORT")]
    target: String,
    /// Show every field and extension
    #[arg(long)]
    full: bool,
    /// The name to ask the server for (SNI), when it differs from HOST
    #[arg(long, value_name = "NAME")]
    server_name: Option<String>,
    #[command(flatten)]
    passphrase: PassphraseOptions,
    #[command(flatten)]
    format: FormatOptions,
}

const EXAMPLES: &str = "\
Examples:
  handfast inspect trust/a1.shop.internal/cert.pem
  handfast inspect --full root.der
  handfast inspect localhost:8443
  HANDFAST_KEYSTORE_PASSWORD=changeit handfast inspect keystore.p12
  openssl req -new … | handfast inspect - --format json";

/// The longest input that is read, in bytes: as much as the largest CRL.
const MAX_INPUT: u64 = 256 * 1024 * 1024;

#[derive(Serialize)]
struct Answer<'a> {
    source: &'a str,
    format: String,
    items: Vec<Item>,
}

/// Show it.
pub(crate) fn run(args: &Args, context: &Context) -> Result<Exit, CommandError> {
    if let Some(port) = impossible_port(&args.target) {
        return Err(CommandError::refused(format!(
            "`{}` names port {port}: expected a number from 1 to 65535",
            args.target
        )));
    }
    let contents = match server(&args.target) {
        Some(address) => from_server(address, args, context)?,
        None if args.server_name.is_some() => {
            return Err(CommandError::refused(format!(
                "`{}` is no server: `--server-name` is for HOST:PORT",
                args.target
            )));
        }
        None => from_octets(&octets(&args.target)?, args, context)?,
    };
    let now = context.now();
    if args.format.is_json() {
        let answer =
            Answer { source: &args.target, format: contents.format.to_owned(), items: contents.items };
        context.output.json(&answer)?;
        return Ok(Exit::Done);
    }
    let paint = context.output.paint();
    let sheets: Vec<String> =
        contents.items.iter().map(|item| item.sheet(now, args.full).render(paint)).collect();
    context.output.text(&sheets.join("\n"))?;
    Ok(Exit::Done)
}

/// The digits behind the colon that are no port, unless a file of this name exists.
fn impossible_port(target: &str) -> Option<&str> {
    let (host, port) = target.rsplit_once(':')?;
    let digits = !host.is_empty() && !port.is_empty() && port.bytes().all(|digit| digit.is_ascii_digit());
    let possible = port.parse::<u16>().is_ok_and(|port| port != 0);
    (digits && !possible && !Path::new(target).exists()).then_some(port)
}

/// The target as `host:port`, unless a file of this name exists.
fn server(target: &str) -> Option<&str> {
    let (host, port) = target.rsplit_once(':')?;
    let is_address = !host.is_empty() && port.parse::<u16>().is_ok();
    (is_address && !Path::new(target).exists()).then_some(target)
}

fn octets(target: &str) -> Result<Vec<u8>, CommandError> {
    let mut octets = Vec::new();
    if target == "-" {
        let read = std::io::stdin().take(MAX_INPUT + 1).read_to_end(&mut octets);
        read.map_err(|error| CommandError::io("read", Path::new("standard input"), error))?;
    } else {
        let path = PathBuf::from(target);
        let file = std::fs::File::open(&path).map_err(|error| CommandError::io("read", &path, error))?;
        let read = file.take(MAX_INPUT + 1).read_to_end(&mut octets);
        read.map_err(|error| CommandError::io("read", &path, error))?;
    }
    if octets.len() as u64 > MAX_INPUT {
        return Err(CommandError::refused(format!("`{target}` is longer than {MAX_INPUT} bytes")));
    }
    Ok(octets)
}

/// Read the octets; ask for a password only when they need one.
fn from_octets(octets: &[u8], args: &Args, context: &Context) -> Result<Contents, CommandError> {
    let refuse = |error: InspectError| {
        let hint = error.hint();
        let refusal = CommandError::refused(format!("cannot show `{}`", args.target)).because(error);
        match hint {
            Some(hint) => refusal.hint(hint),
            None => refusal,
        }
    };
    let given = match &args.passphrase.passphrase_file {
        Some(path) => Some(passphrase::from_file(path, &context.output)?),
        None => None,
    };
    let known = given.as_ref().or(context.env.keystore_password.as_ref()).or(context.env.passphrase.as_ref());
    match read(octets, known) {
        Err(needed @ InspectError::PasswordNeeded { .. }) if known.is_none() => {
            if !std::io::stdin().is_terminal() {
                return Err(refuse(needed));
            }
            let asked = passphrase::prompt(&format!("of `{}`", args.target))?;
            read(octets, Some(&asked)).map_err(refuse)
        }
        result => result.map_err(refuse),
    }
}

fn from_server(address: &str, args: &Args, context: &Context) -> Result<Contents, CommandError> {
    let host = address.rsplit_once(':').map_or(address, |(host, _)| host);
    let host = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
    let name = args.server_name.as_deref().unwrap_or(host);
    let chain = tls::presented_chain(address, name).map_err(|error| {
        let what = format!("cannot see what `{address}` presents");
        let refusal =
            if error.is_silence() { CommandError::unavailable(what) } else { CommandError::refused(what) };
        refusal.because(error).hint("is the address right, and does TLS begin at once there?")
    })?;
    let certificates = chain
        .iter()
        .map(|der| hf_x509::certificate::Certificate::from_der(der))
        .collect::<Result<Vec<_>, _>>()
        .map_err(|error| {
            CommandError::refused(format!("`{address}` presents a certificate that cannot be read"))
                .because(error)
        })?;
    context
        .output
        .message(&format!("what {address} presents for the name `{name}`, nothing of it checked yet:"));
    let items = certificates
        .iter()
        .map(|certificate| Item::Certificate(Box::new(CertificateView::of(certificate))))
        .collect();
    Ok(Contents { format: "tls", items })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_and_files_are_told_apart() {
        assert_eq!(server("localhost:443"), Some("localhost:443"));
        assert_eq!(server("[::1]:8443"), Some("[::1]:8443"));
        assert_eq!(server("cert.pem"), None);
        assert_eq!(server("C:x"), None);
        assert_eq!(server("-"), None);
    }
}
