//! What a certificate by ACME costs does not grow with how many orders are stored: counted in steps of `SQLite`'s machine,
//! of which a scan takes more the more there is, and in pages that are written.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use hf_core::time::Timestamp;
use rusqlite::Connection;
use tempfile::TempDir;

use super::{Transaction, authorization, order, schema};
use crate::conformance::material::acme::{account, authorization as new_authorization, order as new_order};
use crate::conformance::material::{AUTHORITY, serial, time};
use crate::record::{
    AcmeAuthorizationRecord, AcmeAuthorizationStatus, AcmeOrderRecord, AcmeOrderStatus, OrderCreation, Swap,
};
use crate::sqlite::fault::Faults;
use crate::sqlite::schema::open_writer;

/// What is replaced again and again, and fails each time.
const REPLACED: &str = "aki.serial";

/// Few orders and many.
const SIZES: [u64; 2] = [50, 5_000];

/// The table of the orders, and what they are found by.
const TREES: u64 = 7;

/// A database of orders.
struct Orders {
    db: Connection,
    faults: Faults,
    path: PathBuf,
    _directory: TempDir,
}

impl Orders {
    /// With so many orders of one account, each with its authorization. Of ten, five are fulfilled, one waits, and four
    /// failed that were to replace the same certificate.
    fn stored(count: u64) -> Self {
        Self::named(count, in_time)
    }

    /// The same, with such identifiers.
    fn named(count: u64, name: fn(u64) -> String) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("acme.db");
        let db = open_writer(&path, &schema::LAYOUT).unwrap();
        let orders = Self { db, faults: Faults::new(&path), path, _directory: directory };
        orders.together(|transaction| (1..=count).for_each(|number| store_one(transaction, number, name)));
        orders
    }

    /// In one transaction, as changes that wait together are.
    fn together<T>(&self, work: impl FnOnce(Transaction<'_>) -> T) -> T {
        self.db.execute_batch("BEGIN IMMEDIATE").unwrap();
        let made = work(Transaction { db: &self.db, faults: &self.faults });
        self.db.execute_batch("COMMIT").unwrap();
        made
    }

    /// How many steps the machine takes. Statements are prepared before, so that preparing them does not count.
    fn steps(&mut self, work: fn(Transaction<'_>)) -> u64 {
        self.count(work);
        self.count(work)
    }

    fn count(&mut self, work: fn(Transaction<'_>)) -> u64 {
        let steps = Arc::new(AtomicU64::new(0));
        let counter = Arc::clone(&steps);
        let step = move || {
            counter.fetch_add(1, Ordering::Relaxed);
            false
        };
        self.db.execute_batch("BEGIN IMMEDIATE").unwrap();
        self.db.progress_handler(1, Some(step)).unwrap();
        work(Transaction { db: &self.db, faults: &self.faults });
        self.db.progress_handler(0, None::<fn() -> bool>).unwrap();
        self.db.execute_batch("ROLLBACK").unwrap();
        steps.load(Ordering::Relaxed)
    }

    /// How many pages a transaction writes.
    fn pages(&self, work: impl FnOnce(Transaction<'_>)) -> u64 {
        self.db.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).unwrap();
        self.together(work);
        let mut log = self.path.clone().into_os_string();
        log.push("-wal");
        // A header of 32 octets, then each page behind 24 octets.
        (std::fs::metadata(log).unwrap().len() - 32) / (4_096 + 24)
    }
}

/// An identifier that begins with the time, as the server makes them.
fn in_time(number: u64) -> String {
    new_order(number).id
}

/// An identifier without the time.
fn anywhere(number: u64) -> String {
    format!("{:016x}", number.wrapping_mul(0x9e37_79b9_7f4a_7c15))
}

fn store_one(transaction: Transaction<'_>, number: u64, name: fn(u64) -> String) {
    let (mut wanted, new) = (new_order(number), new_authorization(number));
    wanted.id = name(number);
    if number % 10 < 4 {
        wanted = AcmeOrderRecord {
            replaces: Some(REPLACED.to_owned()),
            status: AcmeOrderStatus::Invalid,
            ..wanted
        };
    } else if number % 10 < 9 {
        wanted = AcmeOrderRecord { status: AcmeOrderStatus::Valid, serial: Some(serial(number)), ..wanted };
    }
    let valid = AcmeAuthorizationRecord { status: AcmeAuthorizationStatus::Valid, ..new };
    let made = order::create(transaction, &wanted, &[valid]).unwrap();
    assert_eq!(made, OrderCreation::Created);
}

/// Something that is done to the store on the way to a certificate.
type Way = (&'static str, fn(Transaction<'_>));

const WAYS: [Way; 9] = [
    ("place an order", place),
    ("place a renewal", place_renewal),
    ("find who replaces a certificate", find_replacing),
    ("find proofs that count", find_usable),
    ("read an order and its authorizations", read),
    ("prove a name and finalize", prove_and_finalize),
    ("find the order of a certificate", find_by_serial),
    ("look for what is due or under way", look_for_work),
    ("look for what is over", look_for_what_is_over),
];

fn place(transaction: Transaction<'_>) {
    order::create(transaction, &new_order(900_001), &[new_authorization(900_001)]).unwrap();
}

fn place_renewal(transaction: Transaction<'_>) {
    let renewal = AcmeOrderRecord { replaces: Some(REPLACED.to_owned()), ..new_order(900_001) };
    let made = order::create(transaction, &renewal, &[new_authorization(900_001)]).unwrap();
    assert_eq!(made, OrderCreation::Created);
}

fn find_replacing(Transaction { db, faults }: Transaction<'_>) {
    assert_eq!(order::replacing(db, faults, AUTHORITY, REPLACED, time(99)).unwrap(), None);
}

fn find_usable(Transaction { db, faults }: Transaction<'_>) {
    let names = [new_authorization(5).identifier];
    let found = authorization::usable(db, faults, &account(1).id, &names, time(99)).unwrap();
    assert_eq!(found.len(), 1);
}

fn read(Transaction { db, faults }: Transaction<'_>) {
    assert!(order::by_id(db, faults, &new_order(7).id).unwrap().is_some());
    assert_eq!(authorization::by_ids(db, faults, &[new_authorization(7).id]).unwrap().len(), 1);
}

fn prove_and_finalize(transaction: Transaction<'_>) {
    place(transaction);
    let due = AcmeAuthorizationRecord { due: Some(time(5)), ..new_authorization(900_001) };
    done(&authorization::update(transaction, &due).unwrap());
    let leased = authorization::lease(transaction, time(5), time(60), 10).unwrap().remove(0);
    let valid = AcmeAuthorizationRecord { status: AcmeAuthorizationStatus::Valid, due: None, ..leased };
    done(&authorization::update(transaction, &valid).unwrap());
    let processing = AcmeOrderRecord { status: AcmeOrderStatus::Processing, ..new_order(900_001) };
    let revision = done(&order::update(transaction, &processing).unwrap());
    let (status, serial) = (AcmeOrderStatus::Valid, Some(serial(900_001)));
    done(&order::update(transaction, &AcmeOrderRecord { status, serial, revision, ..processing }).unwrap());
}

fn find_by_serial(transaction: Transaction<'_>) {
    let wanted = AcmeOrderRecord { serial: Some(serial(900_001)), ..new_order(900_001) };
    order::create(transaction, &wanted, &[]).unwrap();
    let found = order::by_serial(transaction.db, transaction.faults, AUTHORITY, &serial(900_001));
    assert_eq!(found.unwrap(), Some(wanted));
}

fn look_for_work(transaction: Transaction<'_>) {
    assert!(authorization::lease(transaction, time(5), time(60), 10).unwrap().is_empty());
    let found = order::processing(transaction.db, transaction.faults, time(99), None, 10).unwrap();
    assert!(found.items.is_empty());
}

fn look_for_what_is_over(transaction: Transaction<'_>) {
    assert!(super::sweep(transaction, Timestamp::from_unix_seconds(0), 100).unwrap().is_empty());
}

/// The revision of a change that was made.
fn done<T>(swap: &Swap<T>) -> u64 {
    match swap {
        Swap::Done { revision } => *revision,
        Swap::Stale(_) => panic!("somebody else was first"),
    }
}

#[test]
fn no_way_to_a_certificate_takes_more_steps_when_more_is_stored() {
    let [mut few, mut many] = SIZES.map(Orders::stored);
    for (what, way) in WAYS {
        let (among_few, among_many) = (few.steps(way), many.steps(way));
        assert!(among_few > 5, "{what}: nothing was counted");
        assert_eq!(among_few, among_many, "{what}");
    }
}

/// Orders that come together share pages, as their identifiers begin with the time.
#[test]
fn orders_that_come_together_write_as_many_pages_whatever_is_stored() {
    let batch = |name: fn(u64) -> String| {
        move |transaction: Transaction<'_>| {
            for number in 800_000..800_064 {
                let wanted = AcmeOrderRecord { id: name(number), ..new_order(number) };
                order::create(transaction, &wanted, &[]).unwrap();
            }
        }
    };
    let [few, many] = SIZES.map(|count| Orders::stored(count).pages(batch(in_time)));
    // Trees that hold more are a level higher.
    assert!(many <= few + TREES, "{few} pages beside {} orders, {many} beside {}", SIZES[0], SIZES[1]);
    let scattered = Orders::named(SIZES[1], anywhere).pages(batch(anywhere));
    assert!(scattered > 2 * many, "{scattered} pages for identifiers without the time, {many} with it");
}
