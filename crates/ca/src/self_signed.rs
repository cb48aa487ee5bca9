//! Certificates of leaves that their own key signs: for tests and for services that trust one certificate and nothing
//! else. They go through the spine like all others.

use std::sync::Arc;

use hf_core::finding::{Finding, FindingCode};
use hf_keys::signing_key::SigningKey;

use crate::authority::Authority;
use crate::error::IssueError;
use crate::issuer::Signing;
use crate::request::{IssueRequest, IssuedCertificate};

const OTHER_KEY: FindingCode = FindingCode::new("HF-ISSUER-OTHER-KEY");

impl Authority {
    /// Let the key of the signing request sign the certificate itself. `request.authority` is the name under which it
    /// goes on record; no authority of that name is needed.
    ///
    /// # Errors
    /// A key that is not that of the request is refused before anything is on record.
    pub async fn issue_self_signed(
        &self,
        request: IssueRequest,
        key: Arc<dyn SigningKey>,
    ) -> Result<IssuedCertificate, IssueError> {
        let now = self.signing_clock.now(self.clock.as_ref())?;
        let name = request.authority.as_str();
        if key.public_key() != request.csr.public_key() {
            let finding =
                Finding::error(OTHER_KEY, name, "the private key does not belong to the signing request");
            return Err(IssueError::Refused { findings: vec![finding] });
        }
        let alone = |subject| Signing::of_new_root(name, subject, Arc::clone(&key), Vec::new());
        let proposal = self.propose(&request, &alone(request.csr.subject().clone()), now)?;
        let issuer = alone(proposal.subject.clone());
        self.carry_out(proposal, &issuer, request.dedup_key.clone(), request.origin(now)).await
    }
}
