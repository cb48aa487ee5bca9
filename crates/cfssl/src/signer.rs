//! The local signer: CFSSL's requests for certificates, carried out by an authority.
//!
//! What CFSSL decides from the policy file becomes a profile of the authority ([`crate::policy`]), so that its rules see
//! the certificate as it will be; the parts that only CFSSL knows (which fields of a request count) are applied here.

mod record;
mod wanted;

use std::sync::Arc;

use hf_ca::authority::Authority;
use hf_ca::policy::AuthorityWish;
use hf_ca::request::{IssueRequest, RequesterLimits};
use hf_core::finding::Finding;
use hf_core::principal::{Channel, Principal};
use hf_proto::cfssl::code::{CfsslError, ErrorKind};
use hf_proto::cfssl::info::{InfoRequest, InfoResponse};
use hf_proto::cfssl::sign_request::SignRequest;
use hf_x509::certificate::Certificate;

pub use record::number;

use crate::policy::{Kept, Policy, Unknown};
use crate::records::Records;
use crate::{csr, failure};

/// Who asks, by which door, and what that limits.
#[derive(Clone, Debug)]
pub struct Asker {
    /// Who asks.
    pub principal: Principal,
    /// By which door.
    pub channel: Channel,
    /// What the credential limits the certificate to.
    pub limits: RequesterLimits,
}

impl Asker {
    /// A command on this machine; limited by the profile alone.
    pub fn operator(principal: Principal) -> Self {
        Self { principal, channel: Channel::CommandLine, limits: RequesterLimits::default() }
    }
}

/// A certificate that was issued and is on record.
#[derive(Clone, Debug)]
pub struct Signed {
    /// The certificate.
    pub certificate: Certificate,
    /// Those above it: its issuer first, the root last as far as known.
    pub chain: Vec<Certificate>,
    /// What the requester should know, though it was granted.
    pub notices: Vec<Finding>,
}

impl Signed {
    /// What a remote server signed.
    pub(crate) fn elsewhere(certificate: Certificate) -> Self {
        Self { certificate, chain: Vec::new(), notices: Vec::new() }
    }

    /// What the policy changed of what was asked for, in sentences.
    pub fn remarks(&self) -> impl Iterator<Item = String> {
        let of_policy = |finding: &&Finding| finding.code.as_str().starts_with("HF-POLICY-");
        self.notices.iter().filter(of_policy).map(failure::sentence)
    }
}

/// Signs with an authority under the profiles of a policy file.
#[derive(Clone)]
pub struct LocalSigner {
    authority: Arc<Authority>,
    issuer: String,
    policy: Arc<Policy>,
    unknown: Unknown,
    records: Option<Arc<Records>>,
}

impl LocalSigner {
    /// A signer with the authority called `issuer`, whose profiles must hold those of `policy`
    /// ([`Policy::profiles`]). Unknown profiles are refused.
    pub fn new(authority: Arc<Authority>, issuer: impl Into<String>, policy: Arc<Policy>) -> Self {
        Self { authority, issuer: issuer.into(), policy, unknown: Unknown::Refused, records: None }
    }

    /// What happens with names of profiles that do not exist.
    #[must_use]
    pub fn with_unknown(self, unknown: Unknown) -> Self {
        Self { unknown, ..self }
    }

    /// Write a row into CFSSL's certificate database for each certificate, before anybody sees it.
    #[must_use]
    pub fn with_records(self, records: Arc<Records>) -> Self {
        Self { records: Some(records), ..self }
    }

    /// The policy.
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// The authority that signs.
    pub fn authority(&self) -> &Arc<Authority> {
        &self.authority
    }

    /// Its name.
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// The certificate that it signs with, when it has one.
    pub fn certificate(&self) -> Option<Certificate> {
        self.authority.issuers().get(&self.issuer).and_then(|issuer| issuer.certificate().cloned())
    }

    /// Sign. When this returns `Ok`, the certificate is on record, in the certificate database too if there is one.
    ///
    /// # Errors
    /// 5400 for an unknown profile, 9002 to 9300 for a bad request, 5300, 5500, 1300 and 1400 for what the profile
    /// refuses, 2500 when the authority cannot sign, 10100 when a log of certificate transparency gives no timestamp, 11000
    /// and 11100 when the record fails.
    pub async fn sign(&self, request: &SignRequest, asker: &Asker) -> Result<Signed, CfsslError> {
        let profile = self.policy.find(&request.profile, self.unknown)?;
        let wanted = self.issue_request(request, profile, asker)?;
        let issued = self.authority.issue(wanted).await.map_err(|error| failure::issue(&error))?;
        if let Some(records) = &self.records {
            let (metadata, now) = (request.metadata.as_ref(), self.authority.now());
            records.insert(&issued.certificate, &request.label, metadata, now).await?;
        }
        Ok(Signed { certificate: issued.certificate, chain: issued.chain, notices: issued.notices })
    }

    /// The certificate of the issuer, and what the profile says.
    ///
    /// # Errors
    /// 5400 for an unknown profile, 2500 when there is no certificate yet.
    pub fn info(&self, request: &InfoRequest) -> Result<InfoResponse, CfsslError> {
        let profile = self.policy.find(&request.profile, self.unknown)?;
        let certificate = self.certificate().ok_or(ErrorKind::KeyUnavailable)?;
        Ok(InfoResponse {
            certificate: certificate.to_pem().trim_end().to_owned(),
            usages: profile.written().usages.clone(),
            expiry: profile.written().expiry_text.clone(),
        })
    }

    fn issue_request(
        &self,
        request: &SignRequest,
        profile: &Kept,
        asker: &Asker,
    ) -> Result<IssueRequest, CfsslError> {
        wanted::check_unsupported(request, profile)?;
        let csr = csr::parse(&request.certificate_request)?;
        let now = self.authority.now();
        Ok(IssueRequest {
            wanted_names: Some(wanted::names(request, &csr, profile)?),
            wanted_subject: wanted::subject(request)?,
            wanted_validity: wanted::validity(request, profile, now)?,
            wanted_serial: wanted::serial(request, profile)?,
            wanted_extensions: wanted::extensions(request)?,
            precertificate: request.return_precert,
            limits: asker.limits.clone(),
            authority_wish: profile
                .is_authority()
                .then(|| AuthorityWish { path_length: profile.path_length(), ..AuthorityWish::default() }),
            ..IssueRequest::new(
                asker.principal.clone(),
                asker.channel,
                self.issuer.clone(),
                profile.profile_name(),
                csr,
            )
        })
    }
}
