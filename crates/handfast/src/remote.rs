//! The same commands against a server elsewhere: `--remote URL`.

mod convert;
mod refusal;
mod renewal;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use hf_client::api::{Address, ApiClient, ApiError};
use hf_core::secret::Secret;
use hf_identity::client::ClientTls;
use hf_identity::credential::Credential;
use hf_x509::certificate::Certificate;

use crate::commands::options::PassphraseOptions;
use crate::context::Context;
use crate::error::CommandError;
use crate::{files, key_file, passphrase};

pub(crate) use convert::{authority_record, crl, finding, issued};
pub(crate) use refusal::refusal;
pub(crate) use renewal::{by_old_key, nonce};

/// Which server, and what to show it.
#[derive(clap::Args, Clone)]
pub(crate) struct RemoteOptions {
    /// Ask this server instead of the trust domain here: `https://HOST:PORT`, or `unix:PATH`
    #[arg(long, value_name = "URL", conflicts_with = "file")]
    pub(crate) remote: Option<Address>,
    /// Show the server the API key or token on the first line of this file (else `HANDFAST_CREDENTIAL`)
    #[arg(long, value_name = "FILE", requires = "remote")]
    credential_file: Option<PathBuf>,
    /// Trust the server only under these roots, PEM; without it those of the system
    #[arg(long, value_name = "FILE", requires = "remote")]
    roots: Option<PathBuf>,
    /// Show the server this certificate, PEM
    #[arg(long, value_name = "FILE", requires_all = ["remote", "client_key"])]
    client_cert: Option<PathBuf>,
    /// The private key of that certificate
    #[arg(long, value_name = "FILE", requires = "client_cert")]
    client_key: Option<PathBuf>,
}

/// A server that answers commands.
pub(crate) struct Remote {
    client: ApiClient,
    /// Whether a client certificate is shown.
    pub(crate) shows_certificate: bool,
}

impl RemoteOptions {
    /// The server that was named, if one was.
    pub(crate) fn open(
        &self,
        passphrase: &PassphraseOptions,
        context: &Context,
    ) -> Result<Option<Remote>, CommandError> {
        let Some(address) = &self.remote else { return Ok(None) };
        let tls = match address {
            Address::Https { .. } => Some(Arc::new(self.tls(passphrase, context)?)),
            Address::Http { .. } | Address::Unix { .. } => None,
        };
        let client = ApiClient::new(address.clone(), tls, self.credential(context)?)
            .map_err(|error| refusal("the server cannot be asked", error))?;
        Ok(Some(Remote { client, shows_certificate: self.client_cert.is_some() }))
    }

    fn credential(&self, context: &Context) -> Result<Option<Secret<String>>, CommandError> {
        if let Some(file) = &self.credential_file {
            return passphrase::from_file(file, &context.output).map(Some);
        }
        // A client certificate that was named is meant; the environment speaks where nothing else does.
        let from_environment = context.env.credential.as_ref().filter(|_| self.client_cert.is_none());
        Ok(from_environment.map(|found| Secret::new(found.expose().clone())))
    }

    fn tls(&self, passphrase: &PassphraseOptions, context: &Context) -> Result<ClientTls, CommandError> {
        let roots = match &self.roots {
            Some(file) => der(&files::certificates(file)?),
            None => system_roots()?,
        };
        let shown = match (&self.client_cert, &self.client_key) {
            (Some(certificate), Some(key)) => {
                let key = key_file::read(key, "of the client key", passphrase, context)?;
                let chain = der(&files::certificates(certificate)?);
                Some(Credential::new(chain, key.to_pkcs8_der()).map_err(no_tls)?)
            }
            _ => None,
        };
        ClientTls::new(&roots, shown.as_ref(), &[], Arc::clone(&context.clock)).map_err(no_tls)
    }
}

impl Remote {
    /// Ask, and wait for the answer; `what` was not done when it is a refusal.
    pub(crate) fn ask<'c, T, F>(
        &'c self,
        what: &str,
        context: &Context,
        question: impl FnOnce(&'c ApiClient) -> F,
    ) -> Result<T, CommandError>
    where
        F: Future<Output = Result<T, ApiError>> + 'c,
    {
        self.try_ask(context, question).map_err(|error| refusal(what, error))
    }

    /// Ask, and wait for the answer.
    pub(crate) fn try_ask<'c, T, F>(
        &'c self,
        context: &Context,
        question: impl FnOnce(&'c ApiClient) -> F,
    ) -> Result<T, ApiError>
    where
        F: Future<Output = Result<T, ApiError>> + 'c,
    {
        context.block_on(question(&self.client))
    }
}

fn no_tls(error: impl std::error::Error + Send + Sync + 'static) -> CommandError {
    CommandError::refused("no TLS connection can be made with these files").because(error)
}

fn der(certificates: &[Certificate]) -> Vec<Vec<u8>> {
    certificates.iter().map(|certificate| certificate.der().to_vec()).collect()
}

/// The roots that the system trusts, where distributions keep them.
pub(crate) fn system_roots() -> Result<Vec<Vec<u8>>, CommandError> {
    const BUNDLES: [&str; 4] = [
        "/etc/ssl/certs/ca-certificates.crt",
        "/etc/pki/tls/certs/ca-bundle.crt",
        "/etc/ssl/ca-bundle.pem",
        "/etc/ssl/cert.pem",
    ];
    let found = BUNDLES.iter().map(Path::new).find(|path| path.is_file()).ok_or_else(|| {
        CommandError::refused("this system has no list of trusted roots")
            .hint("name the roots of the server with `--roots FILE`")
    })?;
    Ok(der(&files::certificates(found)?))
}

/// The authority that issues at the server, when there is exactly one.
pub(crate) fn only_authority(remote: &Remote, context: &Context) -> Result<String, CommandError> {
    let all = remote.ask("the authority is not known", context, ApiClient::authorities)?.authorities;
    let is_parent = |name: &str| all.iter().any(|other| other.parent.as_deref() == Some(name));
    let mut issuing = all.iter().filter(|one| one.state == "active" && !is_parent(&one.name));
    match (issuing.next(), issuing.next()) {
        (Some(one), None) => Ok(one.name.clone()),
        _ => Err(CommandError::refused("no authority or several issue at the server")
            .hint("name the authority; `handfast ca list --remote URL` shows all")),
    }
}
