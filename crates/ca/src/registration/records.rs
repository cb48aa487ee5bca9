//! Between the types of the protocol and the records of the store.

use hf_core::time::Timestamp;
use hf_proto::acme::account::Account;
use hf_proto::acme::authorization::Authorization;
use hf_proto::acme::order::Order;
use hf_proto::acme::status::{AccountStatus, AuthorizationStatus, OrderStatus};
use hf_store::record::{
    AcmeAccountRecord, AcmeAccountStatus, AcmeAuthorizationRecord, AcmeAuthorizationStatus, AcmeOrderRecord,
    AcmeOrderStatus,
};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::error::RegistrationError;

const ACCOUNT: &str = "account";
const ORDER: &str = "order";
const AUTHORIZATION: &str = "authorization";

/// An account as it is kept.
pub(super) fn account_record(
    account: &Account,
    authority: &str,
    eab: Option<String>,
    revision: u64,
) -> Result<AcmeAccountRecord, RegistrationError> {
    let id = account.id.to_string();
    Ok(AcmeAccountRecord {
        body: write(ACCOUNT, &id, account)?,
        id,
        authority: authority.to_owned(),
        thumbprint: account.key.thumbprint().0,
        status: match account.status() {
            AccountStatus::Valid => AcmeAccountStatus::Valid,
            AccountStatus::Deactivated => AcmeAccountStatus::Deactivated,
            AccountStatus::Revoked => AcmeAccountStatus::Revoked,
        },
        created_at: account.created_at,
        eab,
        revision,
    })
}

/// An account as its record has it: one that is closed by the record is closed, whatever its body says.
pub(super) fn read_account(record: &AcmeAccountRecord) -> Result<Account, RegistrationError> {
    let account: Account = read(ACCOUNT, &record.id, &record.body)?;
    let closed = match record.status {
        AcmeAccountStatus::Valid => None,
        AcmeAccountStatus::Deactivated => account.deactivate(),
        AcmeAccountStatus::Revoked => account.revoke(),
    };
    Ok(closed.unwrap_or(account))
}

/// An order as it is kept. `end` is the last second of its certificate, when it has one.
pub(super) fn order_record(
    order: &Order,
    authority: &str,
    now: Timestamp,
    end: Option<Timestamp>,
    revision: u64,
) -> Result<AcmeOrderRecord, RegistrationError> {
    let terms = &order.terms;
    let id = terms.id.to_string();
    Ok(AcmeOrderRecord {
        body: write(ORDER, &id, order)?,
        id,
        authority: authority.to_owned(),
        account: terms.account.to_string(),
        status: match order.recorded_status() {
            OrderStatus::Pending => AcmeOrderStatus::Pending,
            OrderStatus::Ready => AcmeOrderStatus::Ready,
            OrderStatus::Processing => AcmeOrderStatus::Processing,
            OrderStatus::Valid => AcmeOrderStatus::Valid,
            OrderStatus::Invalid => AcmeOrderStatus::Invalid,
        },
        created_at: terms.created_at,
        updated_at: now,
        expires: terms.expires,
        keep_until: end.map_or(terms.expires, |end| end.max(terms.expires)),
        names: terms.identifiers.iter().cloned().collect(),
        replaces: terms.replaces.as_ref().map(ToString::to_string),
        serial: order.serial().cloned(),
        revision,
    })
}

pub(super) fn read_order(record: &AcmeOrderRecord) -> Result<Order, RegistrationError> {
    read(ORDER, &record.id, &record.body)
}

/// An authorization as it is kept, with nobody at work on it.
pub(super) fn authorization_record(
    authorization: &Authorization,
    authority: &str,
    now: Timestamp,
    revision: u64,
) -> Result<AcmeAuthorizationRecord, RegistrationError> {
    let id = authorization.id.to_string();
    let status = authorization.status_at(now);
    Ok(AcmeAuthorizationRecord {
        body: write(AUTHORIZATION, &id, authorization)?,
        id,
        authority: authority.to_owned(),
        account: authorization.account.to_string(),
        identifier: authorization.identifier.clone(),
        wildcard: authorization.wildcard,
        status: match status {
            AuthorizationStatus::Pending => AcmeAuthorizationStatus::Pending,
            AuthorizationStatus::Valid => AcmeAuthorizationStatus::Valid,
            AuthorizationStatus::Invalid => AcmeAuthorizationStatus::Invalid,
            AuthorizationStatus::Deactivated => AcmeAuthorizationStatus::Deactivated,
            AuthorizationStatus::Expired => AcmeAuthorizationStatus::Expired,
            AuthorizationStatus::Revoked => AcmeAuthorizationStatus::Revoked,
        },
        expires: authorization.expires,
        due: authorization.due().filter(|_| status == AuthorizationStatus::Pending),
        lease_until: None,
        revision,
    })
}

pub(super) fn read_authorization(
    record: &AcmeAuthorizationRecord,
) -> Result<Authorization, RegistrationError> {
    read(AUTHORIZATION, &record.id, &record.body)
}

fn write(kind: &'static str, id: &str, value: &impl Serialize) -> Result<String, RegistrationError> {
    serde_json::to_string(value).map_err(|source| RegistrationError::Record {
        kind,
        id: id.to_owned(),
        source,
    })
}

fn read<T: DeserializeOwned>(kind: &'static str, id: &str, body: &str) -> Result<T, RegistrationError> {
    serde_json::from_str(body).map_err(|source| RegistrationError::Record { kind, id: id.to_owned(), source })
}
