//! ACME records for tests.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hf_core::audit::{AuditAction, AuditEvent};
use hf_core::name::{DnsName, Identifier};
use hf_core::time::Timestamp;

use super::{AUTHORITY, event, intent, time};
use crate::audit::hex;
use crate::record::{
    AccountCreation, AcmeAccountRecord, AcmeAccountStatus, AcmeAuthorizationRecord, AcmeAuthorizationStatus,
    AcmeOrderRecord, AcmeOrderStatus, EabKeyRecord, EabSecret, RenewalScope, RenewalWindowRecord,
};
use crate::{Store, StoreError};

/// An identifier like those that are made, in the order of `number`: the time, then what would be random.
fn id(kind: u8, number: u64) -> String {
    let mut random = [kind; 16];
    random.iter_mut().zip(number.to_be_bytes()).for_each(|(place, octet)| *place = octet);
    let second = at(number).unix_seconds().rem_euclid(1 << 32);
    format!("{second:08x}{}", URL_SAFE_NO_PAD.encode(random))
}

/// [`time`] `number`.
fn at(number: u64) -> Timestamp {
    time(i64::try_from(number).unwrap_or(0))
}

/// Account number `number`, with a key of its own.
pub fn account(number: u64) -> AcmeAccountRecord {
    let mut thumbprint = [0x33; 32];
    thumbprint.iter_mut().zip(number.to_be_bytes()).for_each(|(place, octet)| *place = octet);
    AcmeAccountRecord {
        id: id(1, number),
        authority: AUTHORITY.to_owned(),
        thumbprint,
        status: AcmeAccountStatus::Valid,
        created_at: at(number),
        eab: None,
        revision: 1,
        body: format!("{{\"contact\":[\"mailto:{number}@shop.internal\"]}}"),
    }
}

/// The event that belongs to a new account.
pub fn account_created(account: &AcmeAccountRecord) -> AuditEvent {
    event(AuditAction::AcmeAccountCreated {
        authority: account.authority.clone(),
        account: account.id.clone(),
        thumbprint: hex(&account.thumbprint),
        eab: account.eab.clone(),
    })
}

/// The event that belongs to a changed account.
pub fn account_changed(account: &AcmeAccountRecord) -> AuditEvent {
    event(AuditAction::AcmeAccountChanged {
        authority: account.authority.clone(),
        account: account.id.clone(),
        thumbprint: hex(&account.thumbprint),
        status: account.status.to_string(),
    })
}

/// Put an account on record.
pub async fn make_account(
    store: &dyn Store,
    account: &AcmeAccountRecord,
) -> Result<AccountCreation, StoreError> {
    store.create_account(account.clone(), account_created(account)).await
}

/// External account key number `number`, good until [`time`] 1,000.
pub fn eab(number: u64) -> EabKeyRecord {
    EabKeyRecord {
        id: id(2, number),
        name: format!("laptop {number}"),
        authority: AUTHORITY.to_owned(),
        names: Some(vec!["*.shop.internal".to_owned()]),
        profiles: None,
        trusted: true,
        created_at: at(0),
        expires: Some(time(1_000)),
        used_by: None,
        used_at: None,
        revoked_at: None,
    }
}

/// The secret of external account key number `number`.
pub fn eab_secret(number: u64) -> EabSecret {
    EabSecret::new(number.to_be_bytes().repeat(4))
}

/// Put an external account key on record.
pub async fn add_eab(store: &dyn Store, number: u64) -> Result<(), StoreError> {
    let key = eab(number);
    let created = event(AuditAction::EabCreated {
        id: key.id.clone(),
        name: key.name.clone(),
        authority: key.authority.clone(),
        trusted: key.trusted,
    });
    store.add_eab(key, eab_secret(number), created).await
}

/// Order number `number` of account 1, made at [`time`] `number`, for a day.
pub fn order(number: u64) -> AcmeOrderRecord {
    let made = number.saturating_add(86_400);
    AcmeOrderRecord {
        id: id(3, number),
        authority: AUTHORITY.to_owned(),
        account: account(1).id,
        status: AcmeOrderStatus::Pending,
        created_at: at(number),
        updated_at: at(number),
        expires: at(made),
        keep_until: at(made),
        names: intent(number).names,
        replaces: None,
        serial: None,
        revision: 1,
        body: format!("{{\"authorizations\":[\"{}\"]}}", id(4, number)),
    }
}

/// Authorization number `number` of account 1 for `host<number>.shop.internal`, for a day.
///
/// # Panics
/// Never: the name is one.
#[expect(clippy::expect_used, reason = "a number makes a label")]
pub fn authorization(number: u64) -> AcmeAuthorizationRecord {
    let name: DnsName = format!("host{number}.shop.internal").parse().expect("a DNS name");
    AcmeAuthorizationRecord {
        id: id(4, number),
        authority: AUTHORITY.to_owned(),
        account: account(1).id,
        identifier: Identifier::Dns(name),
        wildcard: false,
        status: AcmeAuthorizationStatus::Pending,
        expires: at(number.saturating_add(86_400)),
        due: None,
        lease_until: None,
        revision: 1,
        body: "{\"challenges\":[]}".to_owned(),
    }
}

/// A window of this scope, of an hour from [`time`] `start`.
pub fn window(scope: RenewalScope, start: i64) -> RenewalWindowRecord {
    RenewalWindowRecord {
        authority: AUTHORITY.to_owned(),
        scope,
        issued_before: time(0),
        start: time(start),
        end: time(start.saturating_add(3_600)),
        explanation_url: Some("https://shop.internal/rotation".to_owned()),
        set_at: time(0),
    }
}

/// The event that belongs to a window.
pub fn window_set(window: &RenewalWindowRecord) -> AuditEvent {
    event(AuditAction::RenewalWindowSet {
        authority: window.authority.clone(),
        scope: window.scope.to_string(),
        start: window.start,
        end: window.end,
    })
}
