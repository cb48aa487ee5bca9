//! Challenges, RFC 8555 section 7.5.1: a client says that it is ready.

use hf_core::time::Lifetime;
use hf_proto::acme::authorization::{Authorization, Start};
use hf_proto::acme::id::Id;
use hf_proto::acme::problem::Problem;
use hf_store::record::{AcmeAuthorizationRecord, Swap};

use super::accounts::TRIES;
use super::error::{RegistrationError, failed};
use super::records::{authorization_record, read_authorization};
use super::{KnownAccount, Registration};

/// For how long whoever looks at a challenge has it alone: longer than it may wait for a place and a look may take.
pub(super) const LEASE: Lifetime = Lifetime::from_seconds(120);

impl Registration {
    /// The authorization of a challenge, if it has such a challenge.
    pub async fn challenge(
        &self,
        account: &KnownAccount,
        authorization: &Id,
        challenge: &Id,
    ) -> Result<Authorization, RegistrationError> {
        let found = self.authorization(account, authorization).await?;
        if found.challenge(challenge).is_none() {
            return Err(Problem::not_found().into());
        }
        Ok(found)
    }

    /// Have a challenge looked at. One that was started before, or is over, is not started again.
    ///
    /// The worker is given the authorization at once and with a lease, when it has a place; otherwise it finds it by
    /// itself.
    pub async fn start_challenge(
        &self,
        account: &KnownAccount,
        authorization: &Id,
        challenge: &Id,
    ) -> Result<Authorization, RegistrationError> {
        let thumbprint = account.account.key.thumbprint().to_string();
        let mut record = self.authorization_record(account, authorization).await?;
        for _ in 0..TRIES {
            let (now, found) = (self.now(), read_authorization(&record)?);
            let Start::Begun(begun) = found.start(challenge, &thumbprint, now)? else { return Ok(found) };
            // Whoever looks at another challenge of it now finds this one when it is done.
            let busy = record.lease_until.filter(|until| *until > now);
            let place = if busy.is_some() { None } else { self.handed.place() };
            let next = AcmeAuthorizationRecord {
                lease_until: busy.or(place.as_ref().map(|_| now.plus(LEASE))),
                ..authorization_record(&begun, &self.name, now, record.revision)?
            };
            let swapped = self.store().update_authorization(next.clone()).await;
            match swapped.map_err(failed("record that a challenge is ready"))? {
                Swap::Done { revision } => {
                    match place {
                        Some(place) => place.send(AcmeAuthorizationRecord { revision, ..next }),
                        None => self.handed.wake(),
                    }
                    return Ok(begun);
                }
                Swap::Stale(current) => record = *current,
            }
        }
        Err(RegistrationError::Contended { kind: "authorization", id: record.id })
    }
}
