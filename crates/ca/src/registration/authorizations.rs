//! Authorizations, RFC 8555 sections 7.4.1 and 7.5.

use hf_core::name::Identifier;
use hf_core::time::Lifetime;
use hf_proto::acme::authorization::Authorization;
use hf_proto::acme::id::Id;
use hf_proto::acme::new_order::{self, OrderRules};
use hf_proto::acme::problem::{Problem, ProblemType};
use hf_proto::acme::request::NewAuthorizationRequest;
use hf_store::record::{AcmeAuthorizationRecord, Swap};

use super::accounts::TRIES;
use super::error::{RegistrationError, failed};
use super::records::{authorization_record, read_authorization};
use super::{KnownAccount, Registration};

/// A name alone has no profile and no lifetime: what those allow is judged when it is ordered.
const RULES: OrderRules = OrderRules {
    max_identifiers: 1,
    wildcards: true,
    addresses: true,
    lifetime: Lifetime::MAX,
    backdate: Lifetime::MAX,
};

impl Registration {
    /// An authorization ahead of an order.
    pub async fn new_authorization(
        &self,
        account: &KnownAccount,
        request: &NewAuthorizationRequest,
    ) -> Result<Authorization, RegistrationError> {
        let (now, setup) = (self.now(), self.setup());
        let settings = &setup.settings;
        self.check_own_key(account).await?;
        let allowance = self.allowance(account).await?;
        let target = new_order::judge_authorization(request, RULES)?;
        let names: Vec<Identifier> = vec![target.identifier.clone()];
        let refused = self.refused(&names, &allowance, settings);
        if !refused.is_empty() {
            return Err(new_order::rejected(&refused).into());
        }
        self.limits().check_failures(&account.record.id, [&target.identifier], now)?;
        self.limits().order(&account.record.id, now)?;
        let usable = self.usable(account, &names, settings.reuse, now).await?;
        if let Some(found) = usable.into_iter().find(|one| one.target() == target) {
            return Ok(found);
        }
        let (id, random) = (account.account.id.clone(), self.random.as_ref());
        let trusted = names.iter().all(|name| allowance.trusts(name, settings));
        let made = if trusted {
            Authorization::trusted(id, target, now, settings.authorization_lifetime, random)?
        } else {
            Authorization::generate(id, target, &settings.challenges, now, settings.order_lifetime, random)?
        };
        if made.challenges.is_empty() && !trusted {
            let why = "no challenge that is offered here can prove the name";
            return Err(Problem::new(ProblemType::RejectedIdentifier, why).into());
        }
        let record = authorization_record(&made, &self.name, now, 1)?;
        self.store().create_authorization(record).await.map_err(failed("record an authorization"))?;
        Ok(made)
    }

    /// An authorization of this account.
    pub async fn authorization(
        &self,
        account: &KnownAccount,
        id: &Id,
    ) -> Result<Authorization, RegistrationError> {
        read_authorization(&self.authorization_record(account, id).await?)
    }

    pub(super) async fn authorization_record(
        &self,
        account: &KnownAccount,
        id: &Id,
    ) -> Result<AcmeAuthorizationRecord, RegistrationError> {
        let found = self.store().authorization(id.as_str()).await.map_err(failed("read an authorization"))?;
        let owned = |record: &AcmeAuthorizationRecord| {
            record.authority == self.name && record.account == account.record.id
        };
        found.filter(owned).ok_or_else(|| Problem::not_found().into())
    }

    /// Its owner gives an authorization up. One that is over stays as it is.
    pub async fn deactivate_authorization(
        &self,
        account: &KnownAccount,
        id: &Id,
    ) -> Result<Authorization, RegistrationError> {
        let mut record = self.authorization_record(account, id).await?;
        for _ in 0..TRIES {
            let (now, authorization) = (self.now(), read_authorization(&record)?);
            let Some(given_up) = authorization.deactivate(now) else { return Ok(authorization) };
            let next = authorization_record(&given_up, &self.name, now, record.revision)?;
            let swapped = self.store().update_authorization(next).await;
            match swapped.map_err(failed("record a change of an authorization"))? {
                Swap::Done { .. } => return Ok(given_up),
                Swap::Stale(current) => record = *current,
            }
        }
        Err(RegistrationError::Contended { kind: "authorization", id: record.id })
    }
}
