//! The client's side of TLS that the data source of a certificate database asks for, out of the files that it names.

use std::error::Error;
use std::sync::Arc;

use hf_core::time::Clock;
use hf_identity::client::{ClientTls, ServerCheck};
use hf_identity::credential::Credential;
use hf_keys::private_key::PrivateKey;
use hf_proto::cfssl::data_source::{DatabaseTls, SslMode};
use hf_x509::certificate::Certificate;

use super::tls::system_roots;

/// Octets of a file at most, as for the files of other commands.
const MAX_FILE: u64 = 16 * 1024 * 1024;

/// What is checked of the server, and what is shown to it.
pub(super) fn client(
    wanted: &DatabaseTls,
    clock: &Arc<dyn Clock>,
) -> Result<ClientTls, Box<dyn Error + Send + Sync>> {
    let check = match wanted.mode {
        SslMode::Disable | SslMode::Prefer | SslMode::Require => ServerCheck::Nothing,
        SslMode::VerifyCa => ServerCheck::Chain(roots(wanted)?),
        SslMode::VerifyFull => ServerCheck::ChainAndName(roots(wanted)?),
    };
    let credential = match (&wanted.cert, &wanted.key) {
        (Some(cert), Some(key)) => Some(credential(cert, key)?),
        _ => None,
    };
    Ok(ClientTls::checking(check, credential.as_ref(), Arc::clone(clock))?)
}

/// Those of `sslrootcert`, else those of the system.
fn roots(wanted: &DatabaseTls) -> Result<Vec<Vec<u8>>, Box<dyn Error + Send + Sync>> {
    let octets = match &wanted.root_cert {
        Some(path) => read(path)?,
        None => system_roots().ok_or("this system has no list of roots: name one with `sslrootcert`")?,
    };
    chain(&octets)
}

fn credential(cert: &str, key: &str) -> Result<Credential, Box<dyn Error + Send + Sync>> {
    let key = PrivateKey::from_pem_or_der(&read(key)?, None).map_err(|error| format!("`{key}`: {error}"))?;
    Ok(Credential::new(chain(&read(cert)?)?, key.to_pkcs8_der())?)
}

fn chain(pem: &[u8]) -> Result<Vec<Vec<u8>>, Box<dyn Error + Send + Sync>> {
    let read = Certificate::many_from_pem(std::str::from_utf8(pem)?)?;
    Ok(read.iter().map(|certificate| certificate.der().to_vec()).collect())
}

fn read(path: &str) -> Result<Vec<u8>, Box<dyn Error + Send + Sync>> {
    use std::io::Read as _;
    let named = |error: std::io::Error| format!("cannot read `{path}`: {error}");
    let mut octets = Vec::new();
    let file = std::fs::File::open(path).map_err(named)?;
    file.take(MAX_FILE).read_to_end(&mut octets).map_err(named)?;
    Ok(octets)
}
