//! A damaged store, and one that others hold.

use std::fs;
use std::process::{Command, Stdio};

use super::{Answer, acknowledged, goes_on, recorded, run};
use crate::domain::{Domain, handfast};

/// A way to damage a database, by name.
type Damage = (&'static str, fn(Vec<u8>) -> Vec<u8>);

const DAMAGES: &[Damage] = &[
    ("cut to half", |octets| octets[..octets.len() / 2].to_vec()),
    ("cut within its header", |octets| octets[..50].to_vec()),
    ("garbage", |octets| (0..octets.len()).map(|at| (at * 7919 % 251).to_le_bytes()[0]).collect()),
    ("empty", |_| Vec::new()),
];

#[test]
fn a_damaged_database_is_named_and_left_alone() {
    let domain = Domain::example("shop");
    let file = domain.path().join(".handfast/store/handfast.db");
    let whole = fs::read(&file).unwrap();
    for (what, damage) in DAMAGES {
        let damaged = damage(whole.clone());
        fs::write(&file, &damaged).unwrap();
        for words in
            ["list", "plan", "apply", "issue a.shop.internal", "ca list", "crl services", "audit verify"]
        {
            let answer = run(&domain, words);
            assert_eq!(answer.code, Some(2), "{what}: {words}: {answer:?}");
            assert!(answer.err.contains("handfast.db` is damaged"), "{what}: {words}: {answer:?}");
        }
        assert_eq!(fs::read(&file).unwrap(), damaged, "{what}");
        assert!(!domain.path().join("a.shop.internal").exists(), "{what}");
    }
    fs::write(&file, whole).unwrap();
    goes_on(&domain, "the database is back");
}

#[test]
fn a_second_process_is_refused_with_the_first_ones_number() {
    let domain = Domain::example("shop");
    let start = |number: u32| {
        let mut command = Command::new(handfast());
        command.args(["issue", &format!("n{number}.shop.internal")]).current_dir(domain.path());
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    };
    let (mut promised, mut named) = (Vec::new(), 0);
    for round in 0..5 {
        let started: Vec<_> = (0..8).map(|number| (round * 8 + number, start(round * 8 + number))).collect();
        let ids: Vec<String> = started.iter().map(|(_, child)| child.id().to_string()).collect();
        for (number, child) in started {
            let answer: Answer = child.wait_with_output().unwrap().into();
            if answer.code == Some(0) {
                promised.extend(acknowledged(&answer));
                continue;
            }
            let answer = answer.must(1, "in use by");
            // One that was met before it wrote its number is "another process".
            named += usize::from(ids.iter().any(|id| answer.err.contains(&format!("process {id}"))));
            assert!(!domain.path().join(format!("n{number}.shop.internal")).exists());
        }
    }
    assert!(!promised.is_empty() && named > 0, "{named} were told the number of the first");
    let recorded = recorded(&domain);
    assert!(promised.iter().all(|serial| recorded.contains(serial)), "{promised:?}");
    goes_on(&domain, "many at once");
}
