//! `kill -9` at many points.

use std::time::Instant;

use super::{acknowledged, goes_on, recorded, run, wrapped};
use crate::domain::Domain;

/// Seconds after which `timeout` kills its child, `step` milliseconds apart.
fn moments(count: u32, step: u32) -> impl Iterator<Item = String> {
    (1..=count).map(move |number| format!("{:.3}", f64::from(number * step) / 1000.0))
}

#[test]
fn issue_loses_nothing_that_it_acknowledged() {
    let domain = Domain::example("shop");
    let mut promised = Vec::new();
    let mut killed = 0;
    for (number, moment) in moments(60, 3).enumerate() {
        let format = ["text", "json"][number % 2];
        let words = format!("issue n{number}.shop.internal --format {format}");
        let answer = wrapped(&domain, &["timeout", "-s", "KILL", &moment], &words);
        promised.extend(acknowledged(&answer));
        killed += u32::from(answer.code != Some(0));
    }
    promised.extend(acknowledged(&run(&domain, "issue last.shop.internal").must(0, "certified")));
    assert!(killed > 0, "no run was cut short");
    let recorded = recorded(&domain);
    assert!(promised.iter().all(|serial| recorded.contains(serial)), "{promised:?} of {recorded:?}");
    goes_on(&domain, "kills of issue");
}

/// Milliseconds that one whole `apply` takes on this machine, as busy as it is. It says at its end what it did.
#[expect(clippy::disallowed_methods, reason = "the test measures how long a run takes here")]
fn whole_apply() -> u32 {
    let domain = Domain::not_applied("shop");
    let began = Instant::now();
    run(&domain, "apply").must(0, "");
    u32::try_from(began.elapsed().as_millis()).unwrap()
}

#[test]
fn apply_is_completed_by_the_next() {
    let mut promises = 0;
    for moment in moments(12, whole_apply() / 6) {
        let domain = Domain::not_applied("shop");
        let cut = wrapped(&domain, &["timeout", "-s", "KILL", &moment], "apply");
        goes_on(&domain, &moment);
        let listed = run(&domain, "list --format json").must(0, "serial").out;
        let done = "done: issue a certificate for `";
        let names =
            cut.whole_lines().into_iter().filter_map(|line| line.strip_prefix(done)?.split('`').next());
        for name in names {
            assert!(listed.contains(name), "{moment}: {name} is not in {listed}");
            promises += 1;
        }
    }
    assert!(promises > 0, "no run got so far as to certify anything");
}

#[test]
fn up_is_completed_by_the_next() {
    for moment in moments(6, 250) {
        let domain = Domain::not_applied("shop");
        wrapped(&domain, &["timeout", "-s", "KILL", &moment], "up");
        goes_on(&domain, &moment);
    }
}
