//! When to renew, RFC 9773: as the validity says, sooner where the operator says so, at once when it or what is above it is
//! revoked.

use hf_core::name::Identifier;
use hf_core::time::Timestamp;
use hf_proto::acme::ari::{self, CertId, WindowOverride};
use hf_proto::acme::id::Id;
use hf_proto::acme::object::RenewalInfoObject;
use hf_proto::acme::problem::Problem;
use hf_proto::acme::replaces::{self, Predecessor};
use hf_store::record::{RenewalScope, RenewalWindowRecord, StoredCertificate};
use hf_x509::certificate::Certificate;

use super::error::{RegistrationError, failed};
use super::{KnownAccount, Registration};

/// What a client is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RenewalAdvice {
    /// When to renew.
    pub info: RenewalInfoObject,
    /// When to ask again, in seconds.
    pub retry_after: u64,
}

impl Registration {
    /// When to renew a certificate of this authority.
    pub async fn renewal_info(&self, id: &CertId) -> Result<RenewalAdvice, RegistrationError> {
        let stored = self.stored(id).await?.ok_or_else(Problem::not_found)?;
        let windows = self.store().renewal_windows(&self.name).await;
        let windows = windows.map_err(failed("read the times of renewal"))?;
        let meant: Vec<&RenewalWindowRecord> = windows.iter().filter(|one| concerns(one, &stored)).collect();
        let overrides: Vec<WindowOverride> =
            meant.iter().map(|one| WindowOverride { start: one.start, end: one.end }).collect();
        let revoked_at = stored.revocation.map(|revocation| revocation.at);
        let ended_at = revoked_at.or_else(|| self.branch_ended_at(&stored));
        let window = ari::suggested_window(stored.validity, ended_at, &overrides, self.now());
        let by_operator = meant.iter().find(|one| one.end == window.end);
        Ok(RenewalAdvice {
            info: RenewalInfoObject {
                suggested_window: window,
                explanation_url: by_operator.and_then(|one| one.explanation_url.clone()),
            },
            retry_after: ari::retry_after(stored.validity),
        })
    }

    /// Since when the certificate leads to no root any more though nobody revoked it: a certificate above it is revoked, or the
    /// authority got another key, with which everything below it is issued again and which alone signs its lists.
    fn branch_ended_at(&self, stored: &StoredCertificate) -> Option<Timestamp> {
        let issuer = self.authority.issuers().get(&self.name)?;
        let current = issuer.key_identifier()?;
        if key_identifier(stored).is_some_and(|signed_by| signed_by != current.as_bytes()) {
            return issuer.certificate().map(Certificate::not_before);
        }
        issuer.fall().map(|fall| fall.at)
    }

    /// The certificate with this identifier, if this authority issued it.
    async fn stored(&self, id: &CertId) -> Result<Option<StoredCertificate>, RegistrationError> {
        let found = self.store().find_by_serial(&self.name, id.serial()).await;
        let found = found.map_err(failed("find a certificate"))?;
        // The identifier of the issuer's key stands in the certificate: of another issuer with this number we know nothing.
        Ok(found.filter(|stored| key_identifier(stored).as_deref() == Some(id.authority_key_id())))
    }

    /// That an order may replace this certificate: the account ordered it, it has one of the names, and no other order that
    /// counts replaces it (RFC 9773 section 5).
    pub(super) async fn check_replaces(
        &self,
        account: &KnownAccount,
        id: &CertId,
        names: &[Identifier],
        now: Timestamp,
    ) -> Result<(), RegistrationError> {
        let Some(stored) = self.stored(id).await? else {
            return Ok(replaces::judge(id, None, &account.account.id, names)?);
        };
        let order = self.store().order_with_serial(&self.name, &stored.serial).await;
        let order = order.map_err(failed("find the order of a certificate"))?;
        let owner: Option<Id> = order.and_then(|order| order.account.parse().ok());
        let other = self.store().order_replacing(&self.name, &id.to_string(), now).await;
        let other = other.map_err(failed("find the order that replaces a certificate"))?;
        let replaced_by: Option<Id> = match other {
            Some(other) if !self.is_over(&other.id, now).await? => other.id.parse().ok(),
            Some(_) | None => None,
        };
        let known: Vec<Identifier> = stored.names.iter().cloned().collect();
        let predecessor =
            Predecessor { account: owner.as_ref(), names: &known, replaced_by: replaced_by.as_ref() };
        Ok(replaces::judge(id, Some(predecessor), &account.account.id, names)?)
    }
}

/// `keyIdentifier` of the authority key identifier extension.
fn key_identifier(stored: &StoredCertificate) -> Option<Vec<u8>> {
    let certificate = Certificate::from_der(stored.body.certificate()?).ok()?;
    let extension = certificate.authority_key_identifier().ok()??;
    Some(extension.key_identifier?.as_bytes().to_vec())
}

/// Whether a window is for this certificate.
fn concerns(window: &RenewalWindowRecord, stored: &StoredCertificate) -> bool {
    let meant = match &window.scope {
        RenewalScope::All => true,
        RenewalScope::Profile(profile) => *profile == stored.profile,
        RenewalScope::Certificate(serial) => *serial == stored.serial,
    };
    meant && stored.requested_at < window.issued_before
}
