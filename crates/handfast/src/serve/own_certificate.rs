//! The certificate of the server itself: kept between starts, renewed in time, with a new key each time.

use std::path::{Path, PathBuf};

use hf_ca::authority::Authority;
use hf_ca::create::{CreateError, request_for};
use hf_ca::error::IssueError;
use hf_ca::request::{IssueRequest, IssuedCertificate};
use hf_core::name::{Identifier, SanSet};
use hf_core::principal::{Channel, Principal};
use hf_core::secret::Secret;
use hf_core::time::Timestamp;
use hf_identity::credential::Credential;
use hf_identity::rotation;
use hf_keys::file::{WriteOptions, read_secret, write_atomic};
use hf_keys::private_key::PrivateKey;
use hf_x509::certificate::Certificate;
use hf_x509::distinguished_name::DistinguishedName;

use crate::domain::Domain;
use crate::error::CommandError;

/// Key and chain in one file inside the state directory, so that they are replaced together.
const FILE: &str = "server.pem";

/// Octets of the file at most: a key and a deep chain.
const MAX_FILE: u64 = 256 * 1024;

/// The profile of the certificate.
const PROFILE: &str = "server";

/// Names of the machine for itself.
const LOCAL: [&str; 3] = ["localhost", "127.0.0.1", "::1"];

/// What the certificate is to be.
pub(super) struct Wish {
    file: PathBuf,
    authority: String,
    names: SanSet,
    domain: String,
}

impl Wish {
    /// What the file says.
    pub(super) fn of(domain: &Domain) -> Self {
        let server = &domain.topology.server;
        Self {
            file: domain.state().join(FILE),
            authority: server.authority.clone(),
            names: server.names.clone(),
            domain: domain.topology.trust.domain.to_string(),
        }
    }

    /// The names to ask for, the most wanted first: authorities that may certify names of the domain only do not certify
    /// those of the machine.
    fn candidates(&self) -> Vec<SanSet> {
        let local = LOCAL.iter().filter_map(|name| name.parse::<Identifier>().ok());
        let mut candidates = vec![self.names.iter().cloned().chain(local).collect()];
        if !self.names.is_empty() {
            candidates.push(self.names.clone());
        } else if let Ok(name) = format!("ca.{}", self.domain).parse::<Identifier>() {
            candidates.push(std::iter::once(name).collect());
        }
        candidates
    }

    /// The one on disk while it serves, else a new one. The answer says whether it is new.
    pub(super) async fn credential(
        &self,
        authority: &Authority,
        now: Timestamp,
    ) -> Result<(Credential, bool), CommandError> {
        match self.kept(authority, now) {
            Some(kept) => Ok((kept, false)),
            None => Ok((self.issue(authority).await?, true)),
        }
    }

    /// The one on disk, if it can be read, is not due for renewal, is of the declared authority as it is now, and has the
    /// declared names.
    fn kept(&self, authority: &Authority, now: Timestamp) -> Option<Credential> {
        let octets = read_secret(&self.file, MAX_FILE).ok()?;
        let text = std::str::from_utf8(octets.expose()).ok()?;
        let key = PrivateKey::from_pem(text.as_bytes(), None).ok()?;
        let chain = Certificate::many_from_pem(text).ok()?;
        let leaf = chain.first()?;
        let issuer = authority.issuers().get(&self.authority)?;
        leaf.verify_signed_by(issuer.certificate()?.public_key()).ok()?;
        let names = leaf.san_set().ok()?;
        if !self.candidates().contains(&names) || rotation::is_due(leaf.validity().ok()?, now) {
            return None;
        }
        credential(&chain, &key).ok()
    }

    /// A new key, a new certificate, both on disk before they are used.
    async fn issue(&self, authority: &Authority) -> Result<Credential, CommandError> {
        let mut refused = None;
        for names in self.candidates() {
            let key = PrivateKey::generate(hf_core::algorithm::KeyAlgorithm::default())?;
            match self.ask(authority, &names, &key).await {
                Ok(issued) => {
                    let chain = sent(&issued);
                    write(&self.file, &chain, &key)?;
                    return credential(&chain, &key).map_err(|error| {
                        CommandError::fault("the server cannot use its own certificate").because(error)
                    });
                }
                Err(Unissued::Refused(error @ IssueError::Refused { .. })) => {
                    refused.get_or_insert(error);
                }
                Err(Unissued::Refused(error)) => return Err(self.failed(error)),
                Err(Unissued::Request(error)) => return Err(error.into()),
            }
        }
        Err(refused.map_or_else(|| CommandError::fault("the server has no name"), |error| self.failed(error)))
    }

    async fn ask(
        &self,
        authority: &Authority,
        names: &SanSet,
        key: &PrivateKey,
    ) -> Result<IssuedCertificate, Unissued> {
        let csr = request_for(&DistinguishedName::empty(), names, key)?;
        let request = IssueRequest {
            wanted_names: Some(names.clone()),
            ..IssueRequest::new(Principal::Server, Channel::Server, &self.authority, PROFILE, csr)
        };
        Ok(authority.issue(request).await?)
    }

    fn failed(&self, error: IssueError) -> CommandError {
        CommandError::refused(format!("`{}` issues no certificate for the server itself", self.authority))
            .findings(error.findings().to_vec())
            .because(error)
            .hint("name what it may certify in `names`, or another authority in `authority`, of `[server]`")
    }
}

/// Why there is no certificate.
#[derive(Debug, thiserror::Error)]
enum Unissued {
    #[error("the authority does not issue it")]
    Refused(#[from] IssueError),
    #[error("the request cannot be made")]
    Request(#[from] CreateError),
}

/// The roots above the authorities, DER: whom clients of the trust domain may belong to.
pub(super) fn roots(authority: &Authority) -> Vec<Vec<u8>> {
    let mut roots: Vec<Vec<u8>> = Vec::new();
    for issuer in authority.issuers().all() {
        let top = issuer.chain().last().filter(|top| top.is_self_issued());
        if let Some(top) = top
            && !roots.iter().any(|known| known == top.der())
        {
            roots.push(top.der().to_vec());
        }
    }
    roots
}

/// Leaf and intermediates; peers have the root.
fn sent(issued: &IssuedCertificate) -> Vec<Certificate> {
    let between = issued.chain.iter().filter(|certificate| !certificate.is_self_issued());
    std::iter::once(&issued.certificate).chain(between).cloned().collect()
}

fn credential(chain: &[Certificate], key: &PrivateKey) -> Result<Credential, hf_identity::error::TlsError> {
    let chain = chain.iter().map(|certificate| certificate.der().to_vec()).collect();
    Credential::new(chain, key.to_pkcs8_der())
}

fn write(path: &Path, chain: &[Certificate], key: &PrivateKey) -> Result<(), CommandError> {
    let certificates: String = chain.iter().map(Certificate::to_pem).collect();
    let text = Secret::new(format!("{}{certificates}", key.to_pem().expose()));
    Ok(write_atomic(path, text.expose().as_bytes(), &WriteOptions::SECRET)?)
}
