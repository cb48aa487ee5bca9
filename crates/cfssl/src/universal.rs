//! The signer of a client: here, at a remote, or the one for some profiles and the other for the rest.

use std::collections::BTreeMap;
use std::sync::Arc;

use hf_client::cfssl::CfsslClient;
use hf_proto::cfssl::code::{CfsslError, ErrorKind};
use hf_proto::cfssl::config::{Profile, RemoteSigner};
use hf_proto::cfssl::info::{InfoRequest, InfoResponse};
use hf_proto::cfssl::sign_request::SignRequest;

use crate::policy::Policy;
use crate::signer::{Asker, LocalSigner, Signed};
use crate::{certificates, csr};

/// Makes a client for a list of addresses; it knows whom to trust behind `https://`.
pub type Connect<'a> = &'a dyn Fn(&str) -> Result<CfsslClient, CfsslError>;

/// Signs wherever the profile says. A profile with `remote` and `auth_key`, the form of Cloudflare's article on CFSSL,
/// asks the remote with that key, as one with `auth_remote` does.
pub struct UniversalSigner {
    policy: Arc<Policy>,
    local: Option<LocalSigner>,
    remotes: BTreeMap<String, CfsslClient>,
}

impl UniversalSigner {
    /// A signer for the profiles of `policy`; `local` for those that sign here.
    ///
    /// # Errors
    /// What `connect` says of addresses.
    pub fn new(
        policy: Arc<Policy>,
        local: Option<LocalSigner>,
        connect: Connect<'_>,
    ) -> Result<Self, CfsslError> {
        let mut remotes = BTreeMap::new();
        for remote in policy.config().signing.all().filter_map(|(_, profile)| profile.remote.as_ref()) {
            if !remotes.contains_key(&remote.addresses) {
                remotes.insert(remote.addresses.clone(), connect(&remote.addresses)?);
            }
        }
        Ok(Self { policy, local, remotes })
    }

    /// The signer for what is signed here.
    pub fn here(&self) -> Option<&LocalSigner> {
        self.local.as_ref()
    }

    /// Sign. A remote's certificate must be for the key of the request.
    ///
    /// # Errors
    /// As [`LocalSigner::sign`], and what remotes say: 7400, 7500.
    pub async fn sign(&self, request: &SignRequest, asker: &Asker) -> Result<Signed, CfsslError> {
        let Some(remote) = self.remote(&request.profile)? else {
            return self.local()?.sign(request, asker).await;
        };
        let client = self.client(remote)?;
        let result = match &remote.auth {
            Some(key) => client.auth_sign(request, key).await,
            None => client.sign(request).await,
        };
        let certificate = certificates::one(&result?.certificate)?;
        if certificate.public_key() != csr::parse(&request.certificate_request)?.public_key() {
            return Err(ErrorKind::KeyMismatch.into());
        }
        Ok(Signed::elsewhere(certificate))
    }

    /// What the signer of a profile tells about itself.
    ///
    /// # Errors
    /// As [`LocalSigner::info`], and what remotes say.
    pub async fn info(&self, request: &InfoRequest) -> Result<InfoResponse, CfsslError> {
        match self.remote(&request.profile)? {
            Some(remote) => self.client(remote)?.info(request).await,
            None => self.local()?.info(request),
        }
    }

    /// Where a profile's requests go. A name that is not in the policy goes to the remote of the default profile, which
    /// may know it.
    fn remote(&self, name: &str) -> Result<Option<&RemoteSigner>, CfsslError> {
        let signing = &self.policy.config().signing;
        let profile: &Profile = match signing.profile(name) {
            Ok(profile) => profile,
            Err(_) if signing.default.remote.is_some() => &signing.default,
            Err(error) => return Err(error),
        };
        Ok(profile.remote.as_ref())
    }

    fn client(&self, remote: &RemoteSigner) -> Result<&CfsslClient, CfsslError> {
        self.remotes.get(&remote.addresses).ok_or_else(|| ErrorKind::ClientHttp.into())
    }

    fn local(&self) -> Result<&LocalSigner, CfsslError> {
        self.local.as_ref().ok_or_else(|| ErrorKind::KeyUnavailable.into())
    }
}
