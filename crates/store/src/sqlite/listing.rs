//! Lists of certificates, a page at a time, each by the index that serves its filter.

use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension as _, params_from_iter};

use super::fault::Faults;
use super::lookup::{COLUMNS, JOINS, Numbered, by_term, certificates, epochs};
use super::row::{key_term, name_term};
use crate::StoreError;
use crate::list::{Cursor, ListFilter, Page};
use crate::record::{CertificateState, StoredCertificate};

/// The most records on a page.
pub(super) const MAX_PAGE: usize = 1_000;

/// Records that are looked at for one page, where no index serves the filter. A page may then be shorter than asked for
/// and not the last: whoever wants more goes on behind its end.
const LOOKED_AT: usize = 20_000;

/// A page of records that match the filter.
pub(super) fn page(
    db: &Connection,
    faults: &Faults,
    filter: &ListFilter,
    after: Option<Cursor>,
    limit: usize,
) -> Result<Page, StoreError> {
    page_within(db, faults, filter, (after, limit), LOOKED_AT)
}

/// The same, looking at so many records.
pub(super) fn page_within(
    db: &Connection,
    faults: &Faults,
    filter: &ListFilter,
    (after, limit): (Option<Cursor>, usize),
    looked_at: usize,
) -> Result<Page, StoreError> {
    let limit = limit.clamp(1, MAX_PAGE);
    let scan = Scan::of(filter);
    let term = filter.name.as_deref().map(name_term).or_else(|| filter.key.as_ref().map(key_term));
    let (mut found, end) = if let Some(term) = term {
        (by_terms(db, faults, filter, term, after, limit + 1)?, None)
    } else {
        let end = scan.end(db, faults, after, looked_at)?;
        (scan.found(db, faults, filter, (after, end), limit + 1)?, end)
    };
    let more = found.len() > limit;
    found.truncate(limit);
    let last = found.last().filter(|_| more).map(|(id, stored)| scan.order.cursor(*id, stored));
    let items = found.into_iter().map(|(_, stored)| stored).collect();
    Ok(Page { items, next: last.or(end) })
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
        let by_term = filter.name.is_some() || filter.key.is_some();
        if !by_term && (by_validity || filter.expires_before.is_some()) {
            Self::Expiry
        } else {
            Self::Recording
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
        if let Some(key) = filter.key {
            conditions.and("c.spki = ?", [key.to_vec().into()]);
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

/// A way through the records in the order of an index.
struct Scan {
    order: Order,
    newest_first: bool,
    /// Over those that are revoked alone, which are few.
    revoked: bool,
    /// Whether the index serves the filter, so that nothing is looked at in vain.
    served: bool,
}

impl Scan {
    fn of(filter: &ListFilter) -> Self {
        let order = Order::of(filter);
        let state = filter.state.map(|(state, _)| state);
        let narrowed = filter.authority.is_some() || filter.profile.is_some();
        let served = match state {
            None | Some(CertificateState::PossiblySigned) => !narrowed,
            // Many of those whose validity is right may be revoked.
            Some(CertificateState::Valid | CertificateState::Expired) => false,
            Some(CertificateState::Revoked) => !narrowed && filter.expires_before.is_none(),
        };
        let revoked = order == Order::Recording && state == Some(CertificateState::Revoked);
        Self { order, newest_first: filter.newest_first, revoked, served }
    }

    /// What the order is by.
    fn columns(&self) -> &'static str {
        match self.order {
            Order::Expiry => "(c.not_after, c.id)",
            Order::Recording if self.revoked => "r.certificate",
            Order::Recording => "c.id",
        }
    }

    fn sorted(&self) -> String {
        let direction = if self.newest_first { "DESC" } else { "ASC" };
        match self.order {
            Order::Expiry => format!("c.not_after {direction}, c.id {direction}"),
            Order::Recording => format!("{} {direction}", self.columns()),
        }
    }

    /// Where the index lies.
    fn table(&self) -> &'static str {
        match self.order {
            Order::Expiry => "certificate c INDEXED BY certificate_expiry",
            Order::Recording if self.revoked => "revoked r INDEXED BY revoked_certificate",
            Order::Recording => "certificate c",
        }
    }

    /// Only what comes behind this place, or not behind it.
    fn bound(&self, conditions: &mut Conditions, place: Cursor, behind: bool) {
        let compared = match (behind, self.newest_first) {
            (true, false) => ">",
            (true, true) => "<",
            (false, false) => "<=",
            (false, true) => ">=",
        };
        let columns = self.columns();
        match self.order {
            Order::Expiry => {
                let values = [place.first.into(), place.id.into()];
                conditions.and(&format!("{columns} {compared} (?, ?)"), values);
            }
            Order::Recording => conditions.and(&format!("{columns} {compared} ?"), [place.id.into()]),
        }
    }

    /// The last of so many records behind this place, when there are more and not all of them match.
    fn end(
        &self,
        db: &Connection,
        faults: &Faults,
        after: Option<Cursor>,
        looked_at: usize,
    ) -> Result<Option<Cursor>, StoreError> {
        if self.served {
            return Ok(None);
        }
        let mut conditions = Conditions::default();
        if let Some(after) = after {
            self.bound(&mut conditions, after, true);
        }
        let selected = match self.order {
            Order::Expiry => "c.not_after, c.id".to_owned(),
            Order::Recording => format!("0, {}", self.columns()),
        };
        let sql = format!(
            "SELECT {selected} FROM {}{} ORDER BY {} LIMIT 1 OFFSET {}",
            self.table(),
            conditions.sql,
            self.sorted(),
            looked_at.saturating_sub(1)
        );
        db.prepare_cached(&sql)
            .and_then(|mut statement| {
                let place = |row: &rusqlite::Row<'_>| Ok(Cursor { first: row.get(0)?, id: row.get(1)? });
                statement.query_row(params_from_iter(conditions.values), place).optional()
            })
            .map_err(faults.database("find certificates"))
    }

    /// Records that match, behind the one place and not behind the other.
    fn found(
        &self,
        db: &Connection,
        faults: &Faults,
        filter: &ListFilter,
        (after, end): (Option<Cursor>, Option<Cursor>),
        limit: usize,
    ) -> Result<Vec<Numbered>, StoreError> {
        let mut conditions = Conditions::of(filter);
        for (place, behind) in [(after, true), (end, false)] {
            if let Some(place) = place {
                self.bound(&mut conditions, place, behind);
            }
        }
        let table = self.table();
        let from = if self.revoked {
            // From the few that are revoked to their certificates, not the other way round.
            format!(
                "{table} CROSS JOIN certificate c ON c.id = r.certificate CROSS JOIN issuer i ON i.id = c.issuer"
            )
        } else {
            format!("{table} {JOINS}")
        };
        let (conditions, values, sorted) = (conditions.sql, conditions.values, self.sorted());
        let sql = format!("SELECT {COLUMNS} FROM {from}{conditions} ORDER BY {sorted} LIMIT {limit}");
        certificates(db, faults, &sql, params_from_iter(values))
    }
}

/// Those that are found by this term, and match.
fn by_terms(
    db: &Connection,
    faults: &Faults,
    filter: &ListFilter,
    term: i64,
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
        let mut ids = by_term(db, faults, epoch, term)?;
        if filter.newest_first {
            ids.reverse();
        }
        for id in ids.into_iter().filter(|id| beyond(*id)) {
            let values = conditions.values.iter().cloned().chain([Value::from(id)]);
            let matching = certificates(db, faults, &sql, params_from_iter(values))?;
            let name = filter.name.as_deref();
            found.extend(
                matching.into_iter().filter(|(_, stored)| name.is_none_or(|name| carries(stored, name))),
            );
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Store as _;
    use crate::conformance::material::{intent, issue, time};
    use crate::sqlite::tests::open;
    use crate::sqlite::{OpenOptions, recovery};

    /// Every page, looking at four records for each.
    fn walk(db: &Connection, faults: &Faults, filter: &ListFilter) -> Vec<Vec<StoredCertificate>> {
        let (mut pages, mut after) = (Vec::new(), None);
        loop {
            let page = page_within(db, faults, filter, (after, 2), 4).unwrap();
            pages.push(page.items);
            assert!(pages.len() < 50, "the pages have no end");
            after = page.next;
            if after.is_none() {
                return pages;
            }
        }
    }

    #[tokio::test]
    async fn a_page_looks_at_so_many_records_and_no_match_is_left_out() {
        let directory = tempfile::tempdir().unwrap();
        let store = open(directory.path());
        for number in 1..=20 {
            let mut wanted = intent(number);
            if [3, 4, 5, 17].contains(&number) {
                wanted.profile = "rare".to_owned();
            }
            issue(&store, &wanted).await.unwrap();
        }
        store.flush().await.unwrap();
        drop(store);
        let database = recovery::open(directory.path(), OpenOptions::default()).unwrap().database;
        let valid = Some((CertificateState::Valid, time(0)));
        for newest_first in [false, true] {
            for state in [None, valid] {
                let profile = |name: &str| Some(name.to_owned());
                let rare =
                    ListFilter { profile: profile("rare"), newest_first, state, ..ListFilter::default() };
                let pages = walk(&database.db, &database.faults, &rare);
                assert!(pages.iter().any(Vec::is_empty), "some pages hold nothing");
                let mut found: Vec<_> = pages.into_iter().flatten().map(|found| found.serial).collect();
                if newest_first {
                    found.reverse();
                }
                assert_eq!(
                    found,
                    [3, 4, 5, 17].map(|number| intent(number).serial),
                    "{newest_first} {state:?}"
                );
                let nowhere = ListFilter { profile: profile("none"), ..rare };
                assert_eq!(walk(&database.db, &database.faults, &nowhere).len(), 6);
            }
        }
    }
}
