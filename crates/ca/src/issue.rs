//! The spine: the one way to a certificate. Roots, intermediates and leaves all come through [`Authority::carry_out`].

mod logging;
mod open_intent;
mod steps;

use hf_store::audit::Origin;

use crate::authority::Authority;
use crate::error::IssueError;
use crate::issuer::Signing;
use crate::policy::Proposal;
use crate::prepared::Prepared;
use crate::request::{IssueRequest, IssuedCertificate};
use crate::signer::{Lane, Place};
use open_intent::OpenIntent;

impl Authority {
    /// Issue one certificate. When this returns `Ok`, the certificate is on stable storage.
    pub async fn issue(&self, request: IssueRequest) -> Result<IssuedCertificate, IssueError> {
        let now = self.signing_clock.now(self.clock.as_ref())?;
        let issuer = self.issuers.active_for(&request.authority, now)?;
        let proposal = self.propose(&request, &issuer, now)?;
        if let Some(finding) = self.beyond_its_task(&proposal) {
            return Err(self.refuse(&issuer, vec![finding], &request.origin(now)).await);
        }
        let outcome = self.carry_out(proposal, &issuer, request.dedup_key.clone(), request.origin(now)).await;
        self.record_health.note(&outcome);
        outcome
    }

    /// Nothing is signed that is not on record; nothing leaves that is not on record. The order of these steps is the
    /// whole point: nobody may change it.
    pub(crate) async fn carry_out(
        &self,
        proposal: Proposal,
        issuer: &Signing,
        dedup_key: Option<String>,
        origin: Origin,
    ) -> Result<IssuedCertificate, IssueError> {
        // 1  Policy over the final names, for this issuer: a grant, or every refusal as a finding.
        let grant = self.decide(proposal, issuer, &origin).await?;
        // 2  A place in the queue of the signer, and a serial number that was never used.
        let place = self.signer.place_for(Lane::of(&origin.principal))?;
        let serial = self.serial(&grant, &origin)?;
        let shard = self.next_shard(&grant, issuer, &origin).await?;
        // 3  The bytes to be signed, linted; from here on nothing can change them.
        let prepared = Prepared::in_shard(grant, issuer, serial, shard)?;
        self.check_logs(&prepared)?;
        // A caller that goes away in the middle leaves no intent open.
        let open = OpenIntent::new(self, issuer.name(), prepared.serial(), &origin);
        let outcome = self.record_and_sign(prepared, issuer, dedup_key, place, &origin).await;
        open.settled();
        outcome
    }

    async fn record_and_sign(
        &self,
        prepared: Prepared,
        issuer: &Signing,
        dedup_key: Option<String>,
        place: Place,
        origin: &Origin,
    ) -> Result<IssuedCertificate, IssueError> {
        // 4  Serial number and bytes on stable storage, before any key is asked.
        if let Some(existing) = self.begin(&prepared, issuer, dedup_key, origin).await? {
            return Ok(existing);
        }
        // 5  A signature of exactly these bytes.
        let signature = self.sign(&prepared, issuer, place, origin).await?;
        // 5a Where the profile names logs this was a pre-certificate. They see it; the certificate that it announces is made
        //    from the same permission, its bytes go on record, and it is signed.
        let (prepared, signature) = if prepared.is_to_be_logged() {
            Box::pin(self.log_and_sign(prepared, issuer, signature, origin)).await?
        } else {
            (prepared, signature)
        };
        // 6  What came back is what was linted; the permission is used up.
        let unrecorded = self.complete(prepared, issuer, &signature, origin).await?;
        // 7  The certificate on stable storage, before anybody sees it.
        self.finish(unrecorded, origin).await
    }
}
