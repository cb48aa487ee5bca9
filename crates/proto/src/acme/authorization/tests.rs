use proptest::prelude::*;

use super::super::problem::ProblemType;
use super::super::status::AuthorizationStatus as Status;
use super::super::tests::Counting;
use super::*;

const RETRY: RetryPolicy = RetryPolicy { attempts: 3, spacing: Lifetime::from_seconds(5) };
const THUMBPRINT: &str = "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs";
const ACCOUNT: &str = "https://ca.internal/acme/web/account/AAAAAAAAAAAAAAAAAAAAAA";

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_unix_seconds(seconds)
}

fn authorization(name: &str) -> Authorization {
    let random = Counting::default();
    let account = Id::generate(&random).unwrap();
    let target = Target::of(&name.parse().unwrap());
    let hour = Lifetime::from_hours(1);
    Authorization::generate(account, target, &ChallengeKind::ALL, at(0), hour, &random).unwrap()
}

fn problem() -> Problem {
    Problem::new(ProblemType::Connection, "nobody listens")
}

fn started(authorization: &Authorization, now: i64) -> Authorization {
    match authorization.start(&authorization.challenges[0].id, THUMBPRINT, at(now)).unwrap() {
        Start::Begun(started) => started,
        Start::Unchanged => panic!("expected a start"),
    }
}

fn settle(authorization: &Authorization, outcome: ValidationOutcome, now: i64) -> Settled {
    let id = authorization.challenges[0].id.clone();
    authorization.settle(&id, outcome, RETRY, Lifetime::from_days(30), at(now))
}

#[test]
fn each_name_has_the_challenges_that_fit() {
    let kinds = |name: &str| -> Vec<&'static str> {
        authorization(name).challenges.iter().map(|challenge| challenge.kind.as_str()).collect()
    };
    assert_eq!(kinds("a.example"), ["http-01", "dns-01", "tls-alpn-01", "dns-account-01"]);
    assert_eq!(kinds("*.a.example"), ["dns-01", "dns-account-01"]);
    assert_eq!(kinds("ip:10.0.0.1"), ["http-01", "tls-alpn-01"]);
    let wildcard = authorization("*.a.example");
    assert_eq!((wildcard.identifier.to_string().as_str(), wildcard.wildcard), ("a.example", true));
}

#[test]
fn a_challenge_that_is_met_makes_it_valid_and_stays_alone() {
    let started = started(&authorization("a.example"), 10);
    assert_eq!((started.status_at(at(10)), started.due()), (Status::Pending, Some(at(10))));
    let tasks = started.tasks_at(at(10), ACCOUNT);
    assert_eq!(tasks.len(), 1);
    let expected = format!("{}.{THUMBPRINT}", started.challenges[0].token);
    assert_eq!(tasks[0].1.key_authorization, expected);
    let Settled::Valid(valid) = settle(&started, ValidationOutcome::Valid, 11) else {
        panic!("expected valid")
    };
    assert_eq!(valid.status_at(at(11)), Status::Valid);
    assert_eq!(valid.challenges.len(), 1);
    assert_eq!(valid.challenges[0].validated(), Some(at(11)));
    assert_eq!(valid.expires, at(11).plus(Lifetime::from_days(30)));
    assert_eq!((valid.due(), valid.tasks_at(at(11), ACCOUNT).len()), (None, 0));
    assert_eq!(valid.status_at(valid.expires), Status::Valid, "its last second counts");
    assert_eq!(valid.status_at(valid.expires.plus(Lifetime::from_seconds(1))), Status::Expired);
}

#[test]
fn the_server_looks_again_by_itself_and_not_for_ever() {
    let mut now = 0;
    let mut authorization = started(&authorization("a.example"), now);
    for _ in 0..2 {
        let Settled::Again(again) = settle(&authorization, ValidationOutcome::Retry(problem()), now) else {
            panic!("expected another look")
        };
        assert_eq!(again.challenges[0].error(), Some(&problem()));
        assert!(again.tasks_at(at(now + 4), ACCOUNT).is_empty());
        now += 5;
        assert_eq!(again.tasks_at(at(now), ACCOUNT).len(), 1);
        authorization = again;
    }
    let Settled::Invalid(invalid) = settle(&authorization, ValidationOutcome::Retry(problem()), now) else {
        panic!("expected invalid")
    };
    assert_eq!((invalid.status_at(at(now)), invalid.error()), (Status::Invalid, Some(&problem())));
}

#[test]
fn what_looking_again_would_not_help_ends_at_once() {
    let mut nested = problem();
    nested.subproblems = vec![super::super::problem::Subproblem {
        kind: ProblemType::Dns,
        detail: "x".into(),
        identifier: None,
    }];
    let outcome = ValidationOutcome::Failed(nested);
    let Settled::Invalid(invalid) = settle(&started(&authorization("a.example"), 0), outcome, 1) else {
        panic!("expected invalid")
    };
    assert_eq!(invalid.challenges[0].error(), Some(&problem()), "without inner problems");
    assert_eq!(settle(&invalid, ValidationOutcome::Valid, 2), Settled::Unchanged);
}

#[test]
fn a_challenge_is_started_once() {
    let fresh = authorization("a.example");
    let first = fresh.challenges[0].id.clone();
    let begun = started(&fresh, 0);
    assert_eq!(begun.start(&first, "another", at(1)).unwrap(), Start::Unchanged);
    let unknown: Id = "AAAAAAAAAAAAAAAAAAAAAA".parse().unwrap();
    assert_eq!(begun.start(&unknown, THUMBPRINT, at(1)).unwrap_err().status, 404);
    assert_eq!(settle(&fresh, ValidationOutcome::Valid, 0), Settled::Unchanged, "nobody asked to look");
    let expired = fresh.expires.plus(Lifetime::from_seconds(1));
    assert_eq!(fresh.start(&first, THUMBPRINT, expired).unwrap(), Start::Unchanged);
}

#[test]
fn what_is_found_too_late_changes_nothing() {
    let begun = started(&authorization("a.example"), 0);
    let gone = begun.deactivate(at(1)).unwrap();
    assert_eq!(settle(&gone, ValidationOutcome::Valid, 2), Settled::Unchanged);
    assert!(gone.tasks_at(at(2), ACCOUNT).is_empty());
    assert_eq!((gone.due(), gone.deactivate(at(2)), gone.revoke(at(2))), (None, None, None));
    assert_eq!(settle(&begun, ValidationOutcome::Valid, 3_601), Settled::Unchanged);
    assert!(begun.tasks_at(at(3_601), ACCOUNT).is_empty());
}

#[test]
fn what_is_trusted_needs_no_challenge() {
    let random = Counting::default();
    let target = Target::of(&"*.a.example".parse().unwrap());
    let account = Id::generate(&random).unwrap();
    let trusted = Authorization::trusted(account, target, at(0), Lifetime::from_hours(1), &random).unwrap();
    assert_eq!((trusted.status_at(at(0)), trusted.challenges.len()), (Status::Valid, 0));
    assert_eq!(trusted.revoke(at(1)).unwrap().status_at(at(1)), Status::Revoked);
}

#[derive(Clone, Debug)]
enum Event {
    Start(usize, u8),
    Settle(usize, u8),
    Deactivate,
    Revoke,
    Wait(i64),
    Reload,
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        (0_usize..5, any::<u8>()).prop_map(|(which, key)| Event::Start(which, key)),
        (0_usize..5, 0_u8..3).prop_map(|(which, what)| Event::Settle(which, what)),
        Just(Event::Deactivate),
        Just(Event::Revoke),
        (0_i64..2_000).prop_map(Event::Wait),
        Just(Event::Reload),
    ]
}

fn apply(authorization: &Authorization, event: &Event, now: &mut i64) -> Authorization {
    let id = |which: &usize| authorization.challenges.get(*which).map(|challenge| challenge.id.clone());
    let changed = match event {
        Event::Start(which, key) => id(which)
            .and_then(|id| authorization.start(&id, &key.to_string(), at(*now)).ok())
            .and_then(|start| if let Start::Begun(begun) = start { Some(begun) } else { None }),
        Event::Settle(which, what) => id(which).and_then(|id| {
            let outcome = match what {
                0 => ValidationOutcome::Valid,
                1 => ValidationOutcome::Failed(problem()),
                _ => ValidationOutcome::Retry(problem()),
            };
            match authorization.settle(&id, outcome, RETRY, Lifetime::from_seconds(1_000), at(*now)) {
                Settled::Valid(next) | Settled::Invalid(next) | Settled::Again(next) => Some(next),
                Settled::Unchanged => None,
            }
        }),
        Event::Deactivate => authorization.deactivate(at(*now)),
        Event::Revoke => authorization.revoke(at(*now)),
        Event::Wait(seconds) => {
            *now += seconds;
            None
        }
        Event::Reload => {
            let text = serde_json::to_string(authorization).unwrap();
            assert!(!text.contains("null"), "{text}");
            Some(serde_json::from_str(&text).unwrap())
        }
    };
    changed.unwrap_or_else(|| authorization.clone())
}

/// RFC 8555 section 7.1.6, figure of the authorization.
fn is_legal(before: Status, after: Status) -> bool {
    match (before, after) {
        (before, after) if before == after => true,
        (Status::Pending, _) | (Status::Valid, Status::Expired | Status::Deactivated | Status::Revoked) => {
            true
        }
        (Status::Valid | Status::Invalid | Status::Deactivated | Status::Expired | Status::Revoked, _) => {
            false
        }
    }
}

proptest! {
    #[test]
    fn no_sequence_of_events_leaves_the_graph(events in prop::collection::vec(event(), 0..40)) {
        let mut now = 0;
        let mut authorization = authorization("a.example");
        for event in events {
            let before = authorization.status_at(at(now));
            let next = apply(&authorization, &event, &mut now);
            let after = next.status_at(at(now));
            prop_assert!(is_legal(before, after), "{before} -> {after} by {event:?}");
            let valid = next.challenges.iter().filter(|one| one.status() == ChallengeStatus::Valid).count();
            prop_assert!(valid <= 1);
            if after == Status::Valid {
                prop_assert_eq!(next.challenges.len(), 1);
                prop_assert_eq!(valid, 1);
            }
            if after != Status::Pending {
                prop_assert!(next.tasks_at(at(now), ACCOUNT).is_empty());
            }
            authorization = next;
        }
    }
}
