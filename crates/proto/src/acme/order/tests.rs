use hf_core::time::Lifetime;
use proptest::prelude::*;

use super::super::challenge::{ChallengeKind, RetryPolicy};
use super::super::identifier::Target;
use super::super::object::OrderObject;
use super::super::tests::Counting;
use super::super::urls::Urls;
use super::super::validation::ValidationOutcome;
use super::*;

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_unix_seconds(seconds)
}

fn authorization(name: &str, random: &Counting) -> Authorization {
    let account = Id::generate(random).unwrap();
    let target = Target::of(&name.parse().unwrap());
    Authorization::generate(account, target, &[ChallengeKind::Dns01], at(0), Lifetime::from_hours(1), random)
        .unwrap()
}

fn validated(authorization: &Authorization, outcome: ValidationOutcome, now: i64) -> Authorization {
    use super::super::authorization::{Settled, Start};
    let id = authorization.challenges[0].id.clone();
    let Start::Begun(begun) = authorization.start(&id, "x", at(now)).unwrap() else { panic!("not started") };
    match begun.settle(&id, outcome, RetryPolicy::default(), Lifetime::from_hours(2), at(now)) {
        Settled::Valid(next) | Settled::Invalid(next) | Settled::Again(next) => next,
        Settled::Unchanged => panic!("unchanged"),
    }
}

fn order(names: &[&str]) -> (Order, Vec<Authorization>) {
    let random = Counting::default();
    let authorizations: Vec<_> = names.iter().map(|name| authorization(name, &random)).collect();
    let terms = OrderTerms {
        id: Id::generate(&random).unwrap(),
        account: Id::generate(&random).unwrap(),
        identifiers: names.iter().map(|name| name.parse().unwrap()).collect(),
        authorizations: authorizations.iter().map(|one| one.id.clone()).collect(),
        profile: None,
        not_before: None,
        not_after: None,
        replaces: None,
        created_at: at(0),
        expires: at(3_000),
    };
    (Order::new(terms), authorizations)
}

fn ready() -> (Order, Vec<Authorization>) {
    let (order, authorizations) = order(&["a.example"]);
    let valid = authorizations.iter().map(|one| validated(one, ValidationOutcome::Valid, 10)).collect();
    (order, valid)
}

fn begun(order: &Order, authorizations: &[Authorization], csr: &[u8]) -> Order {
    match order.finalize(CsrDer::new(csr.to_vec()), at(20), authorizations).unwrap() {
        Finalize::Begun(order) => order,
        Finalize::Repeated => panic!("repeated"),
    }
}

fn not_ready(order: &Order, authorizations: &[Authorization], now: i64) {
    let problem = order.finalize(CsrDer::new(vec![1]), at(now), authorizations).unwrap_err();
    assert_eq!((problem.kind, problem.status), (ProblemType::OrderNotReady, 403));
}

#[test]
fn an_order_becomes_ready_when_every_name_is_authorized() {
    let (order, mut authorizations) = order(&["a.example", "*.b.example"]);
    assert_eq!(order.status_at(at(1), &authorizations), OrderStatus::Pending);
    authorizations[0] = validated(&authorizations[0], ValidationOutcome::Valid, 1);
    assert_eq!(order.status_at(at(1), &authorizations), OrderStatus::Pending);
    not_ready(&order, &authorizations, 1);
    authorizations[1] = validated(&authorizations[1], ValidationOutcome::Valid, 1);
    assert_eq!(order.status_at(at(1), &authorizations), OrderStatus::Ready);
    assert_eq!(order.status_at(at(1), &authorizations[1..]), OrderStatus::Invalid, "one is missing");
    assert_eq!(order.recorded_status(), OrderStatus::Pending);
    assert_eq!(order.error_at(at(1), &authorizations), None);
}

#[test]
fn what_fails_is_told() {
    let (order, mut authorizations) = order(&["a.example", "b.example"]);
    let problem = Problem::new(ProblemType::Dns, "no such name");
    authorizations[1] = validated(&authorizations[1], ValidationOutcome::Failed(problem), 1);
    assert_eq!(order.status_at(at(1), &authorizations), OrderStatus::Invalid);
    let error = order.error_at(at(1), &authorizations).unwrap();
    assert_eq!((error.kind, error.subproblems.len()), (ProblemType::Dns, 1));
    assert_eq!(error.subproblems[0].identifier.as_ref().unwrap().value, "b.example");
    not_ready(&order, &authorizations, 1);
    let lapsed = order.lapsed_at(at(1), &authorizations).unwrap();
    assert_eq!(lapsed.recorded_status(), OrderStatus::Invalid);
    assert_eq!(lapsed.error_at(at(1), &[]), Some(error));
    assert_eq!(lapsed.lapsed_at(at(1), &authorizations), None);
}

#[test]
fn an_authorization_that_is_given_up_ends_the_order() {
    let (order, authorizations) = ready();
    assert_eq!(order.status_at(at(20), &authorizations), OrderStatus::Ready);
    let gone = [authorizations[0].deactivate(at(20)).unwrap()];
    assert_eq!(order.status_at(at(20), &gone), OrderStatus::Invalid);
    assert_eq!(order.error_at(at(20), &gone).unwrap().kind, ProblemType::Unauthorized);
    not_ready(&order, &gone, 20);
}

#[test]
fn time_ends_an_order_that_nobody_finalized() {
    let (order, authorizations) = ready();
    assert_eq!(order.status_at(at(3_000), &authorizations), OrderStatus::Ready, "its last second counts");
    assert_eq!(order.status_at(at(3_001), &authorizations), OrderStatus::Invalid);
    not_ready(&order, &authorizations, 3_001);
    assert!(order.error_at(at(3_001), &authorizations).unwrap().detail.contains("expired"));
    let valid = begun(&order, &authorizations, b"csr").issued("01".parse().unwrap()).unwrap();
    assert_eq!(valid.status_at(at(9_999_999), &[]), OrderStatus::Valid);
}

#[test]
fn the_same_request_again_is_no_second_one() {
    let (order, authorizations) = ready();
    let processing = begun(&order, &authorizations, b"csr");
    assert_eq!(processing.status_at(at(21), &authorizations), OrderStatus::Processing);
    let (csr, since) = processing.in_progress().unwrap();
    assert_eq!((csr.as_der(), since), (&b"csr"[..], at(20)));
    let finalize =
        |order: &Order, csr: &[u8]| order.finalize(CsrDer::new(csr.to_vec()), at(21), &authorizations);
    assert_eq!(finalize(&processing, b"csr"), Ok(Finalize::Repeated));
    assert_eq!(finalize(&processing, b"other").unwrap_err().kind, ProblemType::OrderNotReady);
    let valid = processing.issued("0a".parse().unwrap()).unwrap();
    assert_eq!(valid.serial().unwrap().to_string(), "0a");
    assert_eq!(finalize(&valid, b"csr"), Ok(Finalize::Repeated));
    assert_eq!(finalize(&valid, b"other").unwrap_err().kind, ProblemType::OrderNotReady);
    assert_eq!(valid.cancel(), None);
}

#[test]
fn a_refused_request_leaves_the_order_ready() {
    let (order, authorizations) = ready();
    let again = begun(&order, &authorizations, b"csr").refused().unwrap();
    assert_eq!(again, order);
    assert_eq!(begun(&again, &authorizations, b"other").in_progress().unwrap().0.as_der(), b"other");
}

#[test]
fn a_failure_is_kept() {
    let (order, authorizations) = ready();
    let failed = begun(&order, &authorizations, b"csr").failed(Problem::internal()).unwrap();
    assert_eq!(failed.status_at(at(21), &authorizations), OrderStatus::Invalid);
    assert_eq!(failed.error_at(at(21), &authorizations).unwrap().kind, ProblemType::ServerInternal);
    not_ready(&failed, &authorizations, 21);
}

#[test]
fn only_what_is_processing_is_finished() {
    let (order, _) = ready();
    let serial = "01".parse().unwrap();
    assert_eq!(order.issued(serial), Err(NotProcessing { wanted: OrderStatus::Valid }));
    assert_eq!(order.failed(Problem::internal()), Err(NotProcessing { wanted: OrderStatus::Invalid }));
    assert_eq!(order.refused(), Err(NotProcessing { wanted: OrderStatus::Ready }));
    assert_eq!(order.cancel().unwrap().recorded_status(), OrderStatus::Invalid);
}

#[test]
fn the_object_has_nothing_that_has_no_value() {
    let (order, authorizations) = order(&["*.a.example", "ip:10.0.0.1"]);
    let urls = Urls::new("https://ca.internal/acme/web");
    let object = OrderObject::of(&order, &authorizations, &urls, at(0));
    let json = serde_json::to_value(&object).unwrap();
    let members: Vec<_> = json.as_object().unwrap().keys().cloned().collect();
    assert_eq!(members, ["authorizations", "expires", "finalize", "identifiers", "status"]);
    assert_eq!(json["identifiers"][0], serde_json::json!({"type":"dns","value":"*.a.example"}));
    assert_eq!(json["identifiers"][1], serde_json::json!({"type":"ip","value":"10.0.0.1"}));
    assert_eq!(serde_json::from_value::<OrderObject>(json).unwrap(), object);
}

#[derive(Clone, Debug)]
enum Event {
    Validate(usize, bool),
    Deactivate(usize),
    Finalize(u8),
    Issued,
    Failed,
    Refused,
    Lapse,
    Cancel,
    Wait(i64),
    Reload,
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        (0_usize..2, prop::bool::weighted(0.8)).prop_map(|(which, good)| Event::Validate(which, good)),
        (0_usize..2).prop_map(Event::Deactivate),
        (0_u8..3).prop_map(Event::Finalize),
        Just(Event::Issued),
        Just(Event::Failed),
        Just(Event::Refused),
        Just(Event::Lapse),
        Just(Event::Cancel),
        (0_i64..1_500).prop_map(Event::Wait),
        Just(Event::Reload),
    ]
}

struct World {
    order: Order,
    authorizations: Vec<Authorization>,
    now: i64,
}

impl World {
    fn status(&self) -> OrderStatus {
        self.order.status_at(at(self.now), &self.authorizations)
    }

    fn apply(&mut self, event: &Event) {
        let now = at(self.now);
        let changed = match event {
            Event::Validate(which, good) => {
                let outcome = if *good {
                    ValidationOutcome::Valid
                } else {
                    ValidationOutcome::Failed(Problem::internal())
                };
                if self.authorizations[*which].status_at(now) == AuthorizationStatus::Pending {
                    self.authorizations[*which] = validated(&self.authorizations[*which], outcome, self.now);
                }
                None
            }
            Event::Deactivate(which) => {
                if let Some(gone) = self.authorizations[*which].deactivate(now) {
                    self.authorizations[*which] = gone;
                }
                None
            }
            Event::Finalize(csr) => {
                match self.order.finalize(CsrDer::new(vec![*csr]), now, &self.authorizations) {
                    Ok(Finalize::Begun(order)) => Some(order),
                    Ok(Finalize::Repeated) | Err(_) => None,
                }
            }
            Event::Issued => self.order.issued("01".parse().unwrap()).ok(),
            Event::Failed => self.order.failed(Problem::internal()).ok(),
            Event::Refused => self.order.refused().ok(),
            Event::Lapse => self.order.lapsed_at(now, &self.authorizations),
            Event::Cancel => self.order.cancel(),
            Event::Wait(seconds) => {
                self.now += seconds;
                None
            }
            Event::Reload => {
                let text = serde_json::to_string(&self.order).unwrap();
                assert!(!text.contains("null"), "{text}");
                Some(serde_json::from_str(&text).unwrap())
            }
        };
        if let Some(changed) = changed {
            self.order = changed;
        }
    }
}

/// RFC 8555 section 7.1.6, figure of the order; and a refused request, which leads back.
fn is_legal(before: OrderStatus, after: OrderStatus, event: &Event) -> bool {
    match (before, after) {
        (before, after) if before == after => true,
        (OrderStatus::Pending, OrderStatus::Ready)
        | (OrderStatus::Pending | OrderStatus::Ready, OrderStatus::Invalid) => true,
        (OrderStatus::Ready, OrderStatus::Processing) => matches!(event, Event::Finalize(_)),
        (OrderStatus::Processing, OrderStatus::Valid) => matches!(event, Event::Issued),
        (OrderStatus::Processing, OrderStatus::Invalid) => matches!(event, Event::Failed | Event::Refused),
        (OrderStatus::Processing, OrderStatus::Ready) => matches!(event, Event::Refused),
        _ => false,
    }
}

proptest! {
    #[test]
    fn no_sequence_of_events_leaves_the_graph(events in prop::collection::vec(event(), 0..60)) {
        let (order, authorizations) = order(&["a.example", "b.example"]);
        let mut world = World { order, authorizations, now: 0 };
        for event in events {
            let before = world.status();
            world.apply(&event);
            let after = world.status();
            prop_assert!(is_legal(before, after, &event), "{before} -> {after} by {event:?}");
            prop_assert_eq!(world.order.serial().is_some(), after == OrderStatus::Valid);
            prop_assert_eq!(world.order.in_progress().is_some(), after == OrderStatus::Processing);
            let error = world.order.error_at(at(world.now), &world.authorizations);
            prop_assert_eq!(error.is_some(), after == OrderStatus::Invalid);
        }
    }
}
