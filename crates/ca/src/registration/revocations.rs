//! Revocation, RFC 8555 section 7.6: by the account that ordered, by one that has every name, by the certificate's key.

use std::collections::BTreeSet;

use hf_core::audit::AuditAction;
use hf_core::principal::{Channel, Principal};
use hf_core::time::Lifetime;
use hf_proto::acme::identifier::Target;
use hf_proto::acme::jwk::Jwk;
use hf_proto::acme::problem::Problem;
use hf_proto::acme::request::RevocationRequest;
use hf_proto::acme::revocation::{self, Revoker};
use hf_store::audit::{Origin, hex};
use hf_store::record::{RevokeOutcome, StoredCertificate};
use hf_x509::certificate::Certificate;
use hf_x509::digest::sha256;
use hf_x509::public_key::PublicKey;

use super::error::{RegistrationError, failed};
use super::{KnownAccount, Registration};
use crate::revoke::{RevokeError, RevokeRequest, RevokeTarget, Revoked};

/// The most other certificates with a compromised key that the log names, and the most names of each.
const MOST_TOLD: usize = 20;

/// Who asks for a revocation.
#[derive(Clone, Debug)]
pub enum RevokedBy {
    /// An account.
    Account(Box<KnownAccount>),
    /// Whoever holds this key.
    Key(Jwk),
}

impl Registration {
    /// Revoke a certificate of this authority.
    ///
    /// Whoever shows the key of a certificate has shown that it is not secret to its owner alone, or wants it blocked: it
    /// is blocked even when the revocation fails.
    pub async fn revoke(&self, by: RevokedBy, request: &RevocationRequest) -> Result<(), RegistrationError> {
        let der = request.der()?;
        let certificate = Certificate::from_der(&der)
            .map_err(|error| Problem::malformed(format!("the certificate cannot be read: {error}")))?;
        let stored = self.issued_here(&certificate).await?;
        let revoker = self.revoker(&by, &certificate, &stored).await?;
        let recorded = stored.revocation.map(|revocation| revocation.reason);
        let judged = revocation::judge(revoker, request.reason, recorded)?;
        let principal = self.revoking(&by, &stored);
        let outcome = self
            .authority
            .revoke(RevokeRequest {
                principal: principal.clone(),
                channel: Channel::Acme,
                target: RevokeTarget::Certificate(certificate.clone()),
                reason: judged.reason,
            })
            .await;
        if let RevokedBy::Key(key) = &by {
            // A point in another form is the same key, and stands on the list by another digest.
            let forms = BTreeSet::from([certificate.public_key().spki_sha256(), sha256(&key.to_spki())]);
            if outcome.is_err() || forms.len() > 1 {
                for form in forms {
                    self.block(form, principal.clone()).await?;
                }
            }
        }
        let done = outcome.map_err(refusal)?;
        match done.outcome {
            RevokeOutcome::Revoked | RevokeOutcome::ReasonRaised(_) => {
                tell_siblings(&done);
                Ok(())
            }
            RevokeOutcome::AlreadyRevoked(record) => Err(revocation::already_revoked(record.reason).into()),
        }
    }

    /// The record of exactly this certificate. One of another authority, or one that only has the number of ours, is not
    /// known here.
    async fn issued_here(&self, certificate: &Certificate) -> Result<StoredCertificate, RegistrationError> {
        let unknown = || Problem::malformed("the certificate is not one of this authority").status(404);
        let serial = certificate.serial().map_err(|_| unknown())?;
        let found = self.store().find_by_serial(&self.name, &serial).await;
        let found = found.map_err(failed("find a certificate"))?;
        let ours = |stored: &StoredCertificate| stored.body.certificate() == Some(certificate.der());
        found.filter(ours).ok_or_else(|| unknown().into())
    }

    async fn revoker(
        &self,
        by: &RevokedBy,
        certificate: &Certificate,
        stored: &StoredCertificate,
    ) -> Result<Revoker, RegistrationError> {
        let account = match by {
            RevokedBy::Account(account) => account,
            RevokedBy::Key(key) => {
                let shown = PublicKey::from_spki_der(&key.to_spki()).ok();
                if shown.is_some_and(|shown| shown.is_same_key(certificate.public_key())) {
                    return Ok(Revoker::CertificateKey);
                }
                let other = "the request is not signed by the key of the certificate";
                return Err(Problem::unauthorized(other).into());
            }
        };
        let order = self.store().order_with_serial(&self.name, &stored.serial).await;
        let order = order.map_err(failed("find the order of a certificate"))?;
        let ordered_it = order.is_some_and(|order| order.account == account.record.id);
        // Whoever found the key of an account may have ordered with it, so its owner must be able to end what it ordered, and
        // nobody is helped when a stranger cannot. What it has proven says nothing any more of the certificates of others.
        let authorized_for_all =
            !self.is_compromised(account).await? && self.holds_all(account, stored).await?;
        Ok(Revoker::Account { ordered_it, authorized_for_all })
    }

    /// Whether an account has a valid authorization for every name of a certificate, whenever it was proven.
    async fn holds_all(
        &self,
        account: &KnownAccount,
        stored: &StoredCertificate,
    ) -> Result<bool, RegistrationError> {
        let names: Vec<_> = stored.names.iter().cloned().collect();
        if names.is_empty() {
            return Ok(false);
        }
        let usable = self.usable(account, &names, Lifetime::MAX, self.now()).await?;
        Ok(names.iter().all(|name| usable.iter().any(|one| one.target() == Target::of(name))))
    }

    fn revoking(&self, by: &RevokedBy, stored: &StoredCertificate) -> Principal {
        match by {
            RevokedBy::Account(account) => self.principal(&account.account.id),
            RevokedBy::Key(_) => Principal::Certificate {
                authority: self.name.clone(),
                serial: stored.serial.clone(),
                name: stored.names.primary().map_or_else(|| stored.subject.clone(), ToString::to_string),
            },
        }
    }

    /// Block the key with this digest, whatever became of its certificate.
    async fn block(&self, spki_sha256: [u8; 32], principal: Principal) -> Result<(), RegistrationError> {
        let origin = Origin { at: self.now(), principal, channel: Channel::Acme };
        let event = origin.event(AuditAction::KeyBlocked { spki_sha256: hex(&spki_sha256) });
        self.store().block_key(spki_sha256, event).await.map_err(failed("block a key"))?;
        Ok(())
    }
}

/// ACME has no words for other certificates with a compromised key: the operator reads of them in the log.
fn tell_siblings(revoked: &Revoked) {
    for sibling in revoked.siblings.iter().take(MOST_TOLD) {
        tracing::warn!(
            authority = sibling.authority,
            serial = %sibling.serial,
            names = names_of(sibling),
            compromised = %revoked.record.serial,
            "a compromised key is in another valid certificate: revoke it"
        );
    }
    let more = revoked.siblings.len().saturating_sub(MOST_TOLD);
    if more > 0 {
        tracing::warn!(more, compromised = %revoked.record.serial, "more valid certificates have the compromised key");
    }
}

/// The first names of a certificate.
fn names_of(stored: &StoredCertificate) -> String {
    let names: Vec<String> = stored.names.iter().take(MOST_TOLD).map(ToString::to_string).collect();
    if names.is_empty() { stored.subject.clone() } else { names.join(", ") }
}

fn refusal(error: RevokeError) -> RegistrationError {
    match error {
        RevokeError::Store { step, source } => RegistrationError::Store { step, source },
        RevokeError::Unknown { .. } | RevokeError::OtherCertificate { .. } => {
            Problem::malformed("the certificate is not one of this authority").status(404).into()
        }
        RevokeError::Reason { .. } | RevokeError::Root { .. } => Problem::malformed(error.to_string()).into(),
    }
}
