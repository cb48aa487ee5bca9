//! The same inputs to Debian's `cfssl` and to ours, for every command and endpoint that both have.
//!
//! What both say is brought into comparable form (`observe`): parsed values instead of text, names by attribute, what is in
//! a certificate instead of its octets. Where they differ, `differences.toml` must have a line with the reason; a line for a
//! difference that is no longer there fails as well.

mod commands;
mod database;
mod endpoints;
mod fixture;
mod multirootca;
mod observe;
mod openssl;
mod scan;

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use observe::Observation;

use super::logs;
use super::programs::Programs;

/// Where one case's results differ.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Difference {
    case: String,
    field: String,
    stock: String,
    ours: String,
}

/// Where two observations differ. What only one says is `absent` from the other. Where one did it and the other refused, what
/// was made is not compared, and neither is what is in an object that only one has; and ours may say more after the words of
/// a stock error.
fn differences(case: &str, stock: &Observation, ours: &Observation) -> Vec<Difference> {
    let fields: BTreeSet<&String> = stock.keys().chain(ours.keys()).collect();
    let value = |of: &Observation, field: &str| of.get(field).cloned().unwrap_or_else(|| "absent".into());
    let differs = |field: &str| value(stock, field) != value(ours, field);
    let only_one_did_it = differs("exit") || differs("status");
    let more_words = |of: &Difference| {
        of.field.ends_with(".message")
            && of.ours.strip_prefix(&of.stock).is_some_and(|rest| rest.starts_with(": "))
    };
    let own: Vec<&str> = fields.iter().filter_map(|field| field.strip_suffix(" keys")).collect();
    let own: Vec<&str> = own.into_iter().filter(|object| is_of_one(object, stock, ours)).collect();
    let told = |field: &str| {
        let within =
            own.iter().any(|object| field.strip_prefix(object).is_some_and(|rest| rest.starts_with('.')));
        let made =
            only_one_did_it && ["out", "file ", "database "].iter().any(|made| field.starts_with(made));
        !within && !made
    };
    let all = fields.into_iter().filter(|field| told(field) && differs(field)).map(|field| Difference {
        case: case.to_owned(),
        field: field.clone(),
        stock: value(stock, field),
        ours: value(ours, field),
    });
    all.filter(|difference| !more_words(difference)).collect()
}

/// Whether only one printed this object. Errors are compared field by field even so.
fn is_of_one(object: &str, stock: &Observation, ours: &Observation) -> bool {
    let keys = format!("{object} keys");
    object.starts_with("out") && stock.contains_key(&keys) != ours.contains_key(&keys)
}

impl Difference {
    /// Whether a line of the list is about this. `*` at the end of its case stands for any rest.
    fn is_listed_as(&self, line: &Self) -> bool {
        let same_case = match line.case.strip_suffix('*') {
            Some(start) => self.case.starts_with(start),
            None => self.case == line.case,
        };
        same_case && (&self.field, &self.stock, &self.ours) == (&line.field, &line.stock, &line.ours)
    }
}

/// The list that is checked in. A line without a reason is refused.
fn listed(file: &str) -> Vec<Difference> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("e2e/cfssl").join(file);
    let table: toml::Table = fs::read_to_string(&path).unwrap().parse().unwrap();
    let rows = table.get("difference").and_then(toml::Value::as_array).cloned().unwrap_or_default();
    let row = |row: &toml::Value| {
        let text = |key: &str| {
            let found = row.get(key).and_then(toml::Value::as_str);
            found.unwrap_or_else(|| panic!("{file}: `{key}` is missing in {row}")).to_owned()
        };
        assert!(text("reason").len() > 10, "{file}: {row}: say why");
        Difference { case: text("case"), field: text("field"), stock: text("stock"), ours: text("ours") }
    };
    rows.iter().map(row).collect()
}

/// Found and listed must be the same.
fn hold_to_the_list(found: &[Difference], file: &str) {
    let listed = listed(file);
    let mut report = String::new();
    for difference in found.iter().filter(|one| !listed.iter().any(|line| one.is_listed_as(line))) {
        let literal = |text: &str| toml::Value::String(text.to_owned());
        write!(
            report,
            "\n# not listed:\n[[difference]]\ncase = {}\nfield = {}\nstock = {}\nours = {}\nreason = \"\"\n",
            literal(&difference.case),
            literal(&difference.field),
            literal(&difference.stock),
            literal(&difference.ours)
        )
        .unwrap();
    }
    for stale in listed.iter().filter(|line| !found.iter().any(|one| one.is_listed_as(line))) {
        write!(
            report,
            "\n# stale: it is no longer so: {} / {}: stock {}, ours {}\n",
            stale.case, stale.field, stale.stock, stale.ours
        )
        .unwrap();
    }
    assert!(report.is_empty(), "tests/e2e/cfssl/{file} and what was found are not the same:\n{report}");
}

#[test]
fn our_commands_say_what_stock_commands_say_but_for_the_list() {
    let (stock, ours) = (Programs::stock(), Programs::ours());
    let fixture = fixture::make(&stock);
    let log = logs::log();
    fixture::add_log(&fixture, &log);
    let mut found = Vec::new();
    for case in commands::CASES {
        let (left, right) = (commands::run(&stock, &fixture, case), commands::run(&ours, &fixture, case));
        found.extend(differences(case.name, &left, &right));
    }
    assert_eq!(log.seen().len(), 4, "two cases each");
    hold_to_the_list(&found, "differences.toml");
}

#[test]
fn our_endpoints_say_what_stock_endpoints_say_but_for_the_list() {
    let (stock, ours) = (Programs::stock(), Programs::ours());
    let fixture = fixture::make(&stock);
    let stock = endpoints::run(&stock, &fixture, "");
    let found = between(&stock, &endpoints::run(&ours, &fixture, endpoints::OURS));
    hold_to_the_list(&found, "differences-serve.toml");
}

type Runs = Vec<(&'static str, Observation)>;

fn between(left: &Runs, right: &Runs) -> Vec<Difference> {
    assert_eq!(left.len(), right.len());
    let pairs = left.iter().zip(right);
    pairs.flat_map(|((name, one), (_, other))| differences(name, one, other)).collect()
}

#[test]
fn our_scans_say_what_stock_scans_say_but_for_the_list() {
    let (stock, ours) = (Programs::stock(), Programs::ours());
    let fixture = fixture::make(&stock);
    let found = between(&scan::run(&stock, &fixture), &scan::run(&ours, &fixture));
    hold_to_the_list(&found, "differences-scan.toml");
}

#[test]
fn our_multirootca_says_what_the_stock_one_says_but_for_the_list() {
    let (stock, ours) = (Programs::stock(), Programs::ours());
    let fixture = fixture::make(&stock);
    let found = between(&multirootca::run(&stock, &fixture), &multirootca::run(&ours, &fixture));
    hold_to_the_list(&found, "differences-multirootca.toml");
}

/// The comparison is deaf to keys, serial numbers and the clock, and to nothing else.
#[test]
fn stock_programs_do_not_differ_from_themselves() {
    let stock = Programs::stock();
    let fixture = fixture::make(&stock);
    let log = logs::log();
    fixture::add_log(&fixture, &log);
    let mut found = Vec::new();
    for case in commands::CASES {
        let (left, right) = (commands::run(&stock, &fixture, case), commands::run(&stock, &fixture, case));
        found.extend(differences(case.name, &left, &right));
        assert!(left.len() > 1, "{}: nothing to compare: {left:?}", case.name);
    }
    let endpoints = || endpoints::run(&stock, &fixture, "");
    found.extend(between(&endpoints(), &endpoints()));
    found.extend(between(&scan::run(&stock, &fixture), &scan::run(&stock, &fixture)));
    found.extend(between(&multirootca::run(&stock, &fixture), &multirootca::run(&stock, &fixture)));
    assert_eq!(found, []);
}
