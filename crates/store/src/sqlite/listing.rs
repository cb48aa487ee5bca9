//! Lists of certificates, a page at a time, each by the index that serves its filter.

use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};

use super::fault::Faults;
use super::lookup::{COLUMNS, JOINS, Numbered, by_term, certificates, epochs};
use super::row::name_term;
use crate::StoreError;
use crate::list::{Cursor, ListFilter, Page};
use crate::record::{CertificateState, StoredCertificate};

/// The most records on a page.
pub(super) const MAX_PAGE: usize = 1_000;

/// A page of records that match the filter.
pub(super) fn page(
    db: &Connection,
    faults: &Faults,
    filter: &ListFilter,
    after: Option<Cursor>,
    limit: usize,
) -> Result<Page, StoreError> {
    let limit = limit.clamp(1, MAX_PAGE);
    let order = Order::of(filter);
    let mut found = match &filter.name {
        Some(name) => by_name(db, faults, filter, name, after, limit + 1)?,
        None => scan(db, faults, filter, order, after, limit + 1)?,
    };
    let more = found.len() > limit;
    found.truncate(limit);
    let next = found.last().filter(|_| more).map(|(id, stored)| order.cursor(*id, stored));
    Ok(Page { items: found.into_iter().map(|(_, stored)| stored).collect(), next })
}

/// In which order records are listed, which is the order of the index that serves the filter.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Order {
    Recording,
    Expiry,
}

impl Order {
    fn of(filter: &ListFilter) -> Self {
        let by_validity =
            matches!(filter.state, Some((CertificateState::Valid | CertificateState::Expired, _)));
        match filter.name {
            None if by_validity || filter.expires_before.is_some() => Self::Expiry,
            _ => Self::Recording,
        }
    }

    fn cursor(self, id: i64, stored: &StoredCertificate) -> Cursor {
        let first = match self {
            Self::Recording => 0,
            Self::Expiry => stored.validity.not_after().unix_seconds(),
        };
        Cursor { first, id }
    }
}

/// Conditions and their values, as they are collected.
#[derive(Default)]
pub(super) struct Conditions {
    sql: String,
    values: Vec<Value>,
}

impl Conditions {
    /// `condition` holds a `?` for each value.
    pub(super) fn and(&mut self, condition: &str, values: impl IntoIterator<Item = Value>) {
        self.sql.push_str(if self.sql.is_empty() { " WHERE " } else { " AND " });
        self.sql.push_str(condition);
        self.values.extend(values);
    }

    /// Only rows behind the cursor, in the order of this column of numbers.
    pub(super) fn beyond(&mut self, column: &str, after: Option<Cursor>, newest_first: bool) {
        if let Some(Cursor { id, .. }) = after {
            let beyond = if newest_first { '<' } else { '>' };
            self.and(&format!("{column} {beyond} ?"), [id.into()]);
        }
    }

    /// ` WHERE …`, or nothing.
    pub(super) fn sql(&self) -> &str {
        &self.sql
    }

    /// The values, in order.
    pub(super) fn params(self) -> impl rusqlite::Params {
        params_from_iter(self.values)
    }

    fn of(filter: &ListFilter) -> Self {
        let mut conditions = Self::default();
        if let Some(time) = filter.expires_before {
            conditions.and("c.not_after < ?", [time.unix_seconds().into()]);
        }
        if let Some(authority) = &filter.authority {
            conditions.and("i.name = ?", [authority.clone().into()]);
        }
        if let Some(profile) = &filter.profile {
            conditions.and("c.profile = ?", [profile.clone().into()]);
        }
        match filter.state {
            Some((CertificateState::Valid, now)) => {
                conditions.and("c.not_after >= ?", [now.unix_seconds().into()]);
                conditions.and("r.at IS NULL AND c.possibly_signed = 0", []);
            }
            Some((CertificateState::Expired, now)) => {
                conditions.and("c.not_after < ?", [now.unix_seconds().into()]);
                conditions.and("r.at IS NULL AND c.possibly_signed = 0", []);
            }
            Some((CertificateState::Revoked, _)) => conditions.and("r.at IS NOT NULL", []),
            Some((CertificateState::PossiblySigned, _)) => {
                conditions.and("c.possibly_signed = 1 AND r.at IS NULL", []);
            }
            None => {}
        }
        conditions
    }
}

fn scan(
    db: &Connection,
    faults: &Faults,
    filter: &ListFilter,
    order: Order,
    after: Option<Cursor>,
    limit: usize,
) -> Result<Vec<Numbered>, StoreError> {
    let mut conditions = Conditions::of(filter);
    let (beyond, direction) = if filter.newest_first { ("<", "DESC") } else { (">", "ASC") };
    let revoked = matches!(filter.state, Some((CertificateState::Revoked, _)));
    let columns = match order {
        Order::Expiry => "(c.not_after, c.id)",
        Order::Recording if revoked => "r.certificate",
        Order::Recording => "c.id",
    };
    if let Some(Cursor { first, id }) = after {
        match order {
            Order::Expiry => conditions.and(&format!("{columns} {beyond} (?, ?)"), [first.into(), id.into()]),
            Order::Recording => conditions.and(&format!("{columns} {beyond} ?"), [id.into()]),
        }
    }
    let (from, sorted) = match order {
        Order::Expiry => (
            format!("certificate c INDEXED BY certificate_expiry {JOINS}"),
            format!("c.not_after {direction}, c.id {direction}"),
        ),
        // From the few that are revoked to their certificates, not the other way round.
        Order::Recording if revoked => (
            "revoked r INDEXED BY revoked_certificate CROSS JOIN certificate c ON c.id = r.certificate
             CROSS JOIN issuer i ON i.id = c.issuer"
                .to_owned(),
            format!("r.certificate {direction}"),
        ),
        Order::Recording => (format!("certificate c {JOINS}"), format!("c.id {direction}")),
    };
    let sql = format!("SELECT {COLUMNS} FROM {from}{} ORDER BY {sorted} LIMIT {limit}", conditions.sql);
    certificates(db, faults, &sql, params_from_iter(conditions.values))
}

fn by_name(
    db: &Connection,
    faults: &Faults,
    filter: &ListFilter,
    name: &str,
    after: Option<Cursor>,
    limit: usize,
) -> Result<Vec<Numbered>, StoreError> {
    let mut conditions = Conditions::of(filter);
    conditions.and("c.id = ?", []);
    let sql = format!("SELECT {COLUMNS} FROM certificate c {JOINS}{}", conditions.sql);
    let (first, last) = epochs(db, faults)?;
    let beyond = |id: i64| match after {
        None => true,
        Some(cursor) if filter.newest_first => id < cursor.id,
        Some(cursor) => id > cursor.id,
    };
    let mut found = Vec::new();
    for step in 0..=last.saturating_sub(first) {
        let epoch = if filter.newest_first { last - step } else { first + step };
        let mut ids = by_term(db, faults, epoch, name_term(name))?;
        if filter.newest_first {
            ids.reverse();
        }
        for id in ids.into_iter().filter(|id| beyond(*id)) {
            let values = conditions.values.iter().cloned().chain([Value::from(id)]);
            let matching = certificates(db, faults, &sql, params_from_iter(values))?;
            found.extend(matching.into_iter().filter(|(_, stored)| carries(stored, name)));
            if found.len() >= limit {
                return Ok(found);
            }
        }
    }
    Ok(found)
}

/// Whether the name is there, whatever the 64 bits of its term say.
fn carries(stored: &StoredCertificate, name: &str) -> bool {
    if stored.names.is_empty() {
        return stored.subject.eq_ignore_ascii_case(name);
    }
    stored.names.iter().any(|found| found.to_string().eq_ignore_ascii_case(name))
}
