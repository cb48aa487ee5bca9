//! Orders as they stand now, for the operator: in the state that whoever reads one now is told (RFC 8555 section 7.1.6).
//!
//! What is recorded of an order's state is what a finalize changes; the rest follows from the time and from the order's
//! authorizations and account. Nothing is written here, and the store alone is needed, so that it works from a command
//! beside a running server.

use std::collections::{BTreeMap, BTreeSet};

use hf_core::time::Timestamp;
use hf_proto::acme::authorization::Authorization;
use hf_proto::acme::order::Order;
use hf_proto::acme::problem::Problem;
use hf_proto::acme::status::OrderStatus;
use hf_store::list::Cursor;
use hf_store::record::{AcmeAccountStatus, AcmeOrderFilter, AcmeOrderRecord, AcmeOrderStatus};
use hf_store::{Store, StoreError};

use super::records::{read_authorization, read_order};

/// Orders, or authorizations, that are read at a time: as many as the store gives at once.
const AT_ONCE: usize = 1_000;

/// Which orders are asked for.
#[derive(Clone, Debug, Default)]
pub struct OrderQuery {
    /// Of this authority.
    pub authority: Option<String>,
    /// Of this account.
    pub account: Option<String>,
    /// In this state, as it is now.
    pub status: Option<OrderStatus>,
}

/// An order, and what has become of it.
#[derive(Clone, Debug)]
pub struct StandingOrder {
    /// As it is kept.
    pub record: AcmeOrderRecord,
    /// Where it stands now.
    pub status: OrderStatus,
    /// The profile that was chosen.
    pub profile: Option<String>,
    /// Why nothing will come of it, for an invalid one.
    pub error: Option<Problem>,
}

/// A page of orders.
#[derive(Clone, Debug, Default)]
pub struct StandingOrders {
    /// The orders, newest first.
    pub orders: Vec<StandingOrder>,
    /// Where the next page begins; absent when this was the last.
    pub next: Option<Cursor>,
}

/// A page of at most `limit` orders that match, as they stand at `now`.
///
/// # Errors
/// When the store fails.
pub async fn standing_orders(
    query: &OrderQuery,
    after: Option<Cursor>,
    limit: usize,
    now: Timestamp,
    store: &dyn Store,
) -> Result<StandingOrders, StoreError> {
    let mut found = StandingOrders { orders: Vec::new(), next: after };
    loop {
        let wanted = limit.saturating_sub(found.orders.len());
        let more = some_of(query, found.next, wanted, now, store).await?;
        found.orders.extend(more.orders);
        found.next = more.next;
        if found.next.is_none() || found.orders.len() >= limit {
            return Ok(found);
        }
    }
}

/// Those that match among the next of the store, at most so many.
async fn some_of(
    query: &OrderQuery,
    after: Option<Cursor>,
    wanted: usize,
    now: Timestamp,
    store: &dyn Store,
) -> Result<StandingOrders, StoreError> {
    let (recorded, decided) = recorded_as(query.status);
    let filter = AcmeOrderFilter {
        authority: query.authority.clone(),
        account: query.account.clone(),
        status: recorded,
        newest_first: true,
    };
    let mut size = if decided { wanted } else { AT_ONCE };
    loop {
        let page = store.orders(filter.clone(), after, size).await?;
        let read = page.items.len();
        let mut standing = stand(page.items, now, store).await?;
        let matches = |order: &StandingOrder| query.status.is_none_or(|wanted| order.status == wanted);
        let last =
            standing.iter().enumerate().filter(|(_, order)| matches(order)).nth(wanted.saturating_sub(1));
        let end = last.map_or(read, |(place, _)| place.saturating_add(1));
        if end < read {
            // The next page shall begin behind the last that is wanted, and the store says only where a page ends.
            size = end;
            continue;
        }
        standing.retain(matches);
        return Ok(StandingOrders { orders: standing, next: page.next });
    }
}

/// What is recorded of orders in this state, and whether that decides it.
fn recorded_as(status: Option<OrderStatus>) -> (Option<AcmeOrderStatus>, bool) {
    match status {
        None => (None, true),
        Some(OrderStatus::Pending | OrderStatus::Ready) => (Some(AcmeOrderStatus::Pending), false),
        Some(OrderStatus::Processing) => (Some(AcmeOrderStatus::Processing), true),
        Some(OrderStatus::Valid) => (Some(AcmeOrderStatus::Valid), true),
        // Some were recorded so, others lapsed without a word.
        Some(OrderStatus::Invalid) => (None, false),
    }
}

/// Where each of these stands.
async fn stand(
    records: Vec<AcmeOrderRecord>,
    now: Timestamp,
    store: &dyn Store,
) -> Result<Vec<StandingOrder>, StoreError> {
    let orders: Vec<_> = records.into_iter().map(|record| (read_order(&record).ok(), record)).collect();
    let open = |order: &&Order| order.recorded_status() == OrderStatus::Pending;
    let open: Vec<&Order> = orders.iter().filter_map(|(order, _)| order.as_ref()).filter(open).collect();
    let authorizations = authorizations_of(&open, store).await?;
    let closed = closed_accounts(&open, store).await?;
    let standing = orders.into_iter().map(|(order, record)| match order {
        Some(order) => standing(order, record, now, &authorizations, &closed),
        // Nobody is told anything of one that cannot be read: what is recorded is all there is.
        None => StandingOrder { status: status_of(record.status), record, profile: None, error: None },
    });
    Ok(standing.collect())
}

fn standing(
    order: Order,
    record: AcmeOrderRecord,
    now: Timestamp,
    authorizations: &BTreeMap<String, Authorization>,
    closed: &BTreeSet<String>,
) -> StandingOrder {
    let ids = order.terms.authorizations.iter();
    let its: Vec<_> = ids.filter_map(|id| authorizations.get(id.as_str()).cloned()).collect();
    let cancelled = closed.contains(order.terms.account.as_str()).then(|| order.cancel()).flatten();
    let order = cancelled.unwrap_or(order);
    StandingOrder {
        record,
        status: order.status_at(now, &its),
        error: order.error_at(now, &its),
        profile: order.terms.profile,
    }
}

/// The authorizations of these orders, as far as they are there and can be read.
async fn authorizations_of(
    orders: &[&Order],
    store: &dyn Store,
) -> Result<BTreeMap<String, Authorization>, StoreError> {
    let ids = orders.iter().flat_map(|order| &order.terms.authorizations);
    let ids: Vec<String> = ids.map(ToString::to_string).collect::<BTreeSet<_>>().into_iter().collect();
    let mut found = BTreeMap::new();
    for some in ids.chunks(AT_ONCE) {
        for record in store.authorizations(some).await? {
            if let Ok(authorization) = read_authorization(&record) {
                found.insert(record.id, authorization);
            }
        }
    }
    Ok(found)
}

/// Those accounts of these orders that may not ask for anything any more.
async fn closed_accounts(orders: &[&Order], store: &dyn Store) -> Result<BTreeSet<String>, StoreError> {
    let accounts: BTreeSet<String> = orders.iter().map(|order| order.terms.account.to_string()).collect();
    let mut closed = BTreeSet::new();
    for id in accounts {
        let found = store.account(&id).await?;
        if found.is_some_and(|account| account.status != AcmeAccountStatus::Valid) {
            closed.insert(id);
        }
    }
    Ok(closed)
}

fn status_of(recorded: AcmeOrderStatus) -> OrderStatus {
    match recorded {
        AcmeOrderStatus::Pending => OrderStatus::Pending,
        AcmeOrderStatus::Ready => OrderStatus::Ready,
        AcmeOrderStatus::Processing => OrderStatus::Processing,
        AcmeOrderStatus::Valid => OrderStatus::Valid,
        AcmeOrderStatus::Invalid => OrderStatus::Invalid,
    }
}
