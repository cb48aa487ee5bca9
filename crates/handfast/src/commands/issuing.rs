//! Who issues for a command: the authority here, or a server elsewhere.

use hf_ca::request::{IssueRequest, IssuedCertificate};
use hf_core::name::SanSet;
use hf_core::time::Lifetime;
use hf_proto::api::issue::CertificateRequest;
use hf_x509::certificate::Certificate;
use hf_x509::csr::VerifiedCsr;

use super::options::DomainOptions;
use super::shared::chosen_authority;
use super::shared_key;
use crate::authority::{self, Opened};
use crate::context::Context;
use crate::domain::Domain;
use crate::error::CommandError;
use crate::remote::{self, Remote, RemoteOptions};

/// Who issues.
pub(crate) enum Issuing {
    /// The authority of the trust domain here.
    Here(Box<Opened>),
    /// A server.
    Elsewhere(Remote),
}

/// What is asked for.
pub(crate) struct Wish<'a> {
    /// The signing request.
    pub(crate) csr: VerifiedCsr,
    /// The names, instead of those in it.
    pub(crate) names: Option<SanSet>,
    /// The authority; needed where several issue.
    pub(crate) authority: Option<&'a str>,
    /// The profile.
    pub(crate) profile: &'a str,
    /// How long.
    pub(crate) lifetime: Option<Lifetime>,
}

impl Issuing {
    /// The server that was named, else the authority here.
    pub(crate) fn open(
        remote: &RemoteOptions,
        options: &DomainOptions,
        context: &Context,
    ) -> Result<Self, CommandError> {
        if let Some(remote) = remote.open(&options.passphrase, context)? {
            return Ok(Self::Elsewhere(remote));
        }
        let domain = Domain::open(context, options)?;
        let opened = authority::open(context, &domain, &options.passphrase)?;
        Ok(Self::Here(Box::new(opened)))
    }

    /// Have it issued.
    pub(crate) fn issue(&self, wish: Wish<'_>, context: &Context) -> Result<IssuedCertificate, CommandError> {
        match self {
            Self::Here(opened) => here(opened, wish, context),
            Self::Elsewhere(remote) => elsewhere(remote, &wish, context),
        }
    }

    /// Warn when others have the key of this certificate.
    pub(crate) fn report_shared_key(
        &self,
        certificate: &Certificate,
        context: &Context,
    ) -> Result<(), CommandError> {
        match self {
            Self::Here(opened) => shared_key::report(certificate, opened.authority.store(), context),
            Self::Elsewhere(remote) => {
                shared_key::report_elsewhere(certificate, remote, context);
                Ok(())
            }
        }
    }
}

fn here(opened: &Opened, wish: Wish<'_>, context: &Context) -> Result<IssuedCertificate, CommandError> {
    let request = IssueRequest {
        wanted_names: wish.names,
        wanted_lifetime: wish.lifetime,
        ..IssueRequest::new(
            opened.origin.principal.clone(),
            opened.origin.channel,
            chosen_authority(&opened.authority, wish.authority)?,
            wish.profile,
            wish.csr,
        )
    };
    Ok(context.block_on(opened.authority.issue(request))?)
}

fn elsewhere(remote: &Remote, wish: &Wish<'_>, context: &Context) -> Result<IssuedCertificate, CommandError> {
    let names = wish
        .names
        .as_ref()
        .map(|names| names.iter().map(|name| format!("{}:{name}", name.kind())).collect::<Vec<_>>());
    let request = CertificateRequest {
        csr: wish.csr.to_pem(),
        authority: wish.authority.map(str::to_owned),
        profile: Some(wish.profile.to_owned()),
        names,
        lifetime: wish.lifetime,
    };
    let once = remote::nonce()?;
    let answer =
        remote.ask("no certificate was issued", context, |client| client.issue(&request, Some(&once)))?;
    remote::issued(&answer, wish.csr.public_key())
}
