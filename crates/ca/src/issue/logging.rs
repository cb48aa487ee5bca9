//! Step 5a of the spine: from a signed pre-certificate to the signature of its certificate, RFC 6962 section 3.1.
//!
//! A pre-certificate counts like a certificate: whoever sees it may hold the authority to it. So whatever fails here closes the
//! intent as *possibly signed*, and its serial number can be revoked.

use hf_store::audit::Origin;
use hf_x509::certificate::Certificate;
use hf_x509::signature::Signature;

use crate::authority::Authority;
use crate::error::IssueError;
use crate::issuer::Signing;
use crate::prepared::{Logged, Precertificate, Prepared};
use crate::signer::Lane;
use crate::transparency::{LogClient, submit};

impl Authority {
    /// Refuse what logs must see when nothing here asks them, before anything is on record.
    pub(super) fn check_logs(&self, prepared: &Prepared) -> Result<(), IssueError> {
        if prepared.is_to_be_logged() { self.log_client(prepared.profile()).map(|_| ()) } else { Ok(()) }
    }

    fn log_client(&self, profile: &str) -> Result<&dyn LogClient, IssueError> {
        self.logs.as_deref().ok_or_else(|| IssueError::NoLogs { profile: profile.to_owned() })
    }

    /// Log the pre-certificate, put the certificate's bytes on record, and have them signed.
    pub(super) async fn log_and_sign(
        &self,
        prepared: Prepared,
        issuer: &Signing,
        signature: Signature,
        origin: &Origin,
    ) -> Result<(Prepared, Signature), IssueError> {
        let serial = prepared.serial().clone();
        let outcome = self.log(prepared, issuer, &signature, origin).await;
        let prepared = match outcome {
            Ok(prepared) => prepared,
            Err(error) => {
                self.close(issuer.name(), &serial, origin).await;
                return Err(error);
            }
        };
        // The first signature gave its place back. Overload now costs a serial number, and nothing else.
        let place = match self.signer.place_for(Lane::of(&origin.principal)) {
            Ok(place) => place,
            Err(overloaded) => {
                self.close(issuer.name(), &serial, origin).await;
                return Err(overloaded.into());
            }
        };
        let signature = self.sign(&prepared, issuer, place, origin).await?;
        Ok((prepared, signature))
    }

    /// What is to be signed next, on record.
    async fn log(
        &self,
        prepared: Prepared,
        issuer: &Signing,
        signature: &Signature,
        origin: &Origin,
    ) -> Result<Prepared, IssueError> {
        let (authority, serial) = (issuer.name(), prepared.serial().clone());
        let broken =
            |source| IssueError::Broken { authority: authority.to_owned(), serial: serial.clone(), source };
        let client = self.log_client(prepared.profile())?;
        let precertificate = prepared.announce(issuer, signature).map_err(broken)?;
        let chain = chain(&precertificate, issuer);
        let submitted = submit(client, precertificate.logs(), &chain, self.clock.as_ref()).await;
        let timestamps = submitted.map_err(|source| IssueError::Unlogged {
            authority: authority.to_owned(),
            serial: serial.clone(),
            source: Box::new(source),
        })?;
        let Logged { prepared, event } =
            precertificate.with_timestamps(issuer, timestamps).map_err(broken)?;
        let recorded = self.store.record(origin.event(event)).await;
        recorded.map_err(|source| IssueError::store("record the pre-certificate", source))?;
        Ok(prepared)
    }
}

/// The pre-certificate, then those above it: its issuer first, the root last as far as known.
fn chain(precertificate: &Precertificate, issuer: &Signing) -> Vec<Certificate> {
    std::iter::once(precertificate.signed()).chain(issuer.chain()).cloned().collect()
}
