//! Orders, RFC 8555 section 7.4.

use hf_core::name::Identifier;
use hf_core::time::{Lifetime, Timestamp};
use hf_proto::acme::authorization::Authorization;
use hf_proto::acme::challenge::Challenge;
use hf_proto::acme::id::Id;
use hf_proto::acme::identifier::Target;
use hf_proto::acme::new_order::{self, OrderRules, RequestedOrder};
use hf_proto::acme::order::{Order, OrderTerms};
use hf_proto::acme::problem::Problem;
use hf_proto::acme::replaces::already_replaced;
use hf_proto::acme::request::NewOrderRequest;
use hf_store::list::Cursor;
use hf_store::record::{
    AcmeAuthorizationRecord, AcmeOrderFilter, AcmeOrderRecord, AcmeOrderStatus, OrderCreation, Swap,
};

use super::allowed::Allowance;
use super::error::{RegistrationError, failed};
use super::finalize::out_of_service;
use super::observer::OrderOutcome;
use super::records::{authorization_record, order_record, read_authorization, read_order};
use super::{KnownAccount, Registration, RegistrationSettings, Setup};
use crate::profile::Profile;

/// A proof that is used again must count for so much longer: whoever orders needs time to finalize.
const USABLE_FOR: Lifetime = Lifetime::from_seconds(600);

/// An order with its authorizations.
#[derive(Clone, Debug)]
pub struct PlacedOrder {
    /// The order.
    pub order: Order,
    /// Its authorizations, as far as they are still there.
    pub authorizations: Vec<Authorization>,
    pub(super) revision: u64,
}

/// A page of the orders of an account.
#[derive(Clone, Debug)]
pub struct OrderPage {
    /// Their identifiers.
    pub orders: Vec<Id>,
    /// Where the next page begins.
    pub next: Option<Cursor>,
}

/// What the authorizations of an order are made of.
struct Gathered {
    /// One for each name.
    all: Vec<Authorization>,
    /// Those of them that are new.
    new: Vec<AcmeAuthorizationRecord>,
}

impl Registration {
    /// Place an order.
    pub async fn new_order(
        &self,
        account: &KnownAccount,
        request: &NewOrderRequest,
    ) -> Result<PlacedOrder, RegistrationError> {
        let (now, setup) = (self.now(), self.setup());
        let settings = &setup.settings;
        // Nobody proves names for a certificate that cannot be signed.
        self.authority.issuers().active_for(&self.name, now).map_err(|error| out_of_service(&error))?;
        self.check_own_key(account).await?;
        let allowance = self.allowance(account).await?;
        let profile = allowance.profile(request.profile.as_deref(), settings)?;
        let leaf = self.leaf_profile(&profile)?;
        let requested = new_order::judge(request, rules(settings, &leaf, now), now)?;
        let refused = self.refused(&requested.identifiers, &allowance, settings);
        if !refused.is_empty() {
            return Err(new_order::rejected(&refused).into());
        }
        // A renewal is not held up by how often the account orders; whoever fails again and again is.
        let bare = bare(&requested.identifiers);
        self.limits().check_failures(&account.record.id, &bare, now)?;
        match &requested.replaces {
            Some(replaced) => {
                self.check_replaces(account, replaced, &requested.identifiers, now).await?;
                self.limits().renewal(replaced, now)?;
            }
            None => self.count_order(account, &requested.identifiers, now).await?,
        }
        let gathered = self.gather(account, &requested, &allowance, &setup, now).await?;
        let placed = self.place(account, requested, profile, gathered, settings, now).await?;
        self.observer.order(&self.name, OrderOutcome::Placed);
        Ok(placed)
    }

    /// Record an order. When another one replaces the same certificate and is over without a word on record, that is
    /// recorded first.
    async fn place(
        &self,
        account: &KnownAccount,
        requested: RequestedOrder,
        profile: String,
        gathered: Gathered,
        settings: &RegistrationSettings,
        now: Timestamp,
    ) -> Result<PlacedOrder, RegistrationError> {
        // An order is invalid as soon as one of its authorizations is over.
        let ends = gathered.all.iter().map(|one| one.expires);
        let expires = ends.fold(now.plus(settings.order_lifetime), Timestamp::min);
        let order = Order::new(OrderTerms {
            id: Id::generate_at(now, self.random.as_ref())?,
            account: account.account.id.clone(),
            authorizations: gathered.all.iter().map(|one| one.id.clone()).collect(),
            identifiers: requested.identifiers,
            profile: Some(profile),
            not_before: requested.not_before,
            not_after: requested.not_after,
            replaces: requested.replaces,
            created_at: now,
            expires,
        });
        let record = order_record(&order, &self.name, now, None, 1)?;
        let made = |order| PlacedOrder { order, authorizations: gathered.all.clone(), revision: 1 };
        let first = self.store().create_order(record.clone(), gathered.new.clone()).await;
        let OrderCreation::Replaced { by } = first.map_err(failed("record an order"))? else {
            return Ok(made(order));
        };
        if self.is_over(&by, now).await? {
            let second = self.store().create_order(record, gathered.new.clone()).await;
            if second.map_err(failed("record an order"))? == OrderCreation::Created {
                return Ok(made(order));
            }
        }
        let replaced = order.terms.replaces.as_ref();
        Err(replaced.map_or_else(Problem::internal, already_replaced).into())
    }

    /// Whether an order that is in the way is over; from now on that is on record.
    pub(super) async fn is_over(&self, id: &str, now: Timestamp) -> Result<bool, RegistrationError> {
        let found = self.store().order(id).await.map_err(failed("read an order"))?;
        let Some(record) = found else { return Ok(true) };
        let order = read_order(&record)?;
        let authorizations = self.authorizations_of(&order).await?;
        let holder = self.known_account(&order.terms.account).await;
        let over = match holder {
            Ok(_) => order.lapsed_at(now, &authorizations),
            Err(RegistrationError::Problem(_)) => order.cancel(),
            Err(error) => return Err(error),
        };
        let Some(over) = over else { return Ok(false) };
        let swapped = self.swap_order(&over, now, None, record.revision).await?;
        Ok(matches!(swapped, Swap::Done { .. }))
    }

    /// For each name an authorization: one that counts already, one that needs no proof, or a new one.
    async fn gather(
        &self,
        account: &KnownAccount,
        requested: &RequestedOrder,
        allowance: &Allowance,
        setup: &Setup,
        now: Timestamp,
    ) -> Result<Gathered, RegistrationError> {
        let settings = &setup.settings;
        let usable = self.usable(account, &requested.identifiers, settings.reuse, now).await?;
        let until = now.plus(USABLE_FOR.min(settings.order_lifetime));
        let mut gathered = Gathered { all: Vec::new(), new: Vec::new() };
        let mut unprovable = Vec::new();
        let pairs = new_order::reuse(&requested.identifiers, &usable, until, now);
        for (name, (target, found)) in requested.identifiers.iter().zip(pairs) {
            if let Some(found) = found {
                gathered.all.push(found.clone());
                continue;
            }
            let account = account.account.id.clone();
            let random = self.random.as_ref();
            let made = if allowance.trusts(name, settings) {
                Authorization::trusted(account, target, now, settings.authorization_lifetime, random)?
            } else {
                let lifetime = settings.order_lifetime;
                Authorization::generate(account, target, &settings.challenges, now, lifetime, random)?
            };
            if made.challenges.is_empty() && !allowance.trusts(name, settings) {
                unprovable.push((name.clone(), "no challenge that is offered here can prove it".to_owned()));
            }
            gathered.new.push(authorization_record(&made, &self.name, now, 1)?);
            gathered.all.push(made);
        }
        if unprovable.is_empty() { Ok(gathered) } else { Err(new_order::rejected(&unprovable).into()) }
    }

    /// Authorizations of the account for these names whose proof is not too old to be used again.
    pub(super) async fn usable(
        &self,
        account: &KnownAccount,
        names: &[Identifier],
        reuse: Lifetime,
        now: Timestamp,
    ) -> Result<Vec<Authorization>, RegistrationError> {
        let found = self.store().usable_authorizations(&account.record.id, &bare(names), now).await;
        let records = found.map_err(failed("find authorizations"))?;
        let mut usable = Vec::new();
        for record in &records {
            let authorization = read_authorization(record)?;
            let proven = authorization.challenges.iter().find_map(Challenge::validated);
            // What was trusted without a proof is judged anew each time.
            if proven.is_some_and(|proven| proven.plus(reuse) >= now) {
                usable.push(authorization);
            }
        }
        Ok(usable)
    }

    /// An order of this account.
    pub async fn order(&self, account: &KnownAccount, id: &Id) -> Result<PlacedOrder, RegistrationError> {
        let record = self.order_record(account, id).await?;
        self.placed(&record).await
    }

    /// The record of an order of this account.
    pub(super) async fn order_record(
        &self,
        account: &KnownAccount,
        id: &Id,
    ) -> Result<AcmeOrderRecord, RegistrationError> {
        let found = self.store().order(id.as_str()).await.map_err(failed("read an order"))?;
        let owned =
            |record: &AcmeOrderRecord| record.authority == self.name && record.account == account.record.id;
        Ok(found.filter(owned).ok_or_else(Problem::not_found)?)
    }

    pub(super) async fn placed(&self, record: &AcmeOrderRecord) -> Result<PlacedOrder, RegistrationError> {
        let order = read_order(record)?;
        let authorizations = self.authorizations_of(&order).await?;
        Ok(PlacedOrder { order, authorizations, revision: record.revision })
    }

    async fn authorizations_of(&self, order: &Order) -> Result<Vec<Authorization>, RegistrationError> {
        let ids: Vec<String> = order.terms.authorizations.iter().map(ToString::to_string).collect();
        let found = self.store().authorizations(&ids).await.map_err(failed("read authorizations"))?;
        found.iter().map(read_authorization).collect()
    }

    /// The orders of an account, oldest first, without those of which nothing will come.
    pub async fn orders(
        &self,
        account: &KnownAccount,
        after: Option<Cursor>,
        limit: usize,
    ) -> Result<OrderPage, RegistrationError> {
        let now = self.now();
        let filter = AcmeOrderFilter {
            authority: Some(self.name.clone()),
            account: Some(account.record.id.clone()),
            ..AcmeOrderFilter::default()
        };
        let page = self.store().orders(filter, after, limit).await.map_err(failed("list orders"))?;
        let alive = |record: &&AcmeOrderRecord| match record.status {
            AcmeOrderStatus::Invalid => false,
            AcmeOrderStatus::Pending | AcmeOrderStatus::Ready => record.expires >= now,
            AcmeOrderStatus::Processing | AcmeOrderStatus::Valid => true,
        };
        let orders = page.items.iter().filter(alive).filter_map(|record| record.id.parse().ok()).collect();
        Ok(OrderPage { orders, next: page.next })
    }

    /// Write an order where nobody else has written meanwhile.
    pub(super) async fn swap_order(
        &self,
        order: &Order,
        now: Timestamp,
        end: Option<Timestamp>,
        revision: u64,
    ) -> Result<Swap<AcmeOrderRecord>, RegistrationError> {
        let record = order_record(order, &self.name, now, end, revision)?;
        self.store().update_order(record).await.map_err(failed("record a change of an order"))
    }
}

/// The names without `*.`.
pub(super) fn bare(names: &[Identifier]) -> Vec<Identifier> {
    names.iter().map(|name| Target::of(name).identifier).collect()
}

/// What an order may ask for, under a profile.
fn rules(settings: &RegistrationSettings, profile: &Profile, now: Timestamp) -> OrderRules {
    OrderRules {
        max_identifiers: settings.limits.identifiers.min(profile.max_names()),
        wildcards: profile.allows_wildcards(),
        addresses: true,
        lifetime: profile.validity(now, None).lifetime(),
        backdate: profile.backdate(),
    }
}
