//! Any sequence of events on an order and its authorizations: no panic, and no state that RFC 8555 section 7.1.6 does not
//! lead to. Each octet is an event.
#![no_main]

use std::sync::atomic::{AtomicU64, Ordering};

use hf_core::random::{Random, RandomUnavailable};
use hf_core::time::{Lifetime, Timestamp};
use hf_proto::acme::authorization::{Authorization, Settled, Start};
use hf_proto::acme::challenge::{ChallengeKind, RetryPolicy};
use hf_proto::acme::id::Id;
use hf_proto::acme::identifier::Target;
use hf_proto::acme::object::{AuthorizationObject, OrderObject};
use hf_proto::acme::order::{CsrDer, Finalize, Order, OrderTerms};
use hf_proto::acme::problem::Problem;
use hf_proto::acme::status::{AuthorizationStatus, ChallengeStatus, OrderStatus};
use hf_proto::acme::urls::Urls;
use hf_proto::acme::validation::ValidationOutcome;
use libfuzzer_sys::fuzz_target;

struct Counting(AtomicU64);

impl Random for Counting {
    fn fill(&self, octets: &mut [u8]) -> Result<(), RandomUnavailable> {
        let number = self.0.fetch_add(1, Ordering::Relaxed).to_be_bytes();
        octets.iter_mut().zip(number.iter().rev().cycle()).for_each(|(octet, number)| *octet = *number);
        Ok(())
    }
}

struct World {
    order: Order,
    authorizations: Vec<Authorization>,
    now: i64,
}

fuzz_target!(|events: &[u8]| {
    let mut world = World::new();
    for event in events.iter().take(500) {
        let before = world.statuses();
        world.apply(*event);
        let after = world.statuses();
        assert!(is_legal_order(before.0, after.0, *event), "{before:?} -> {after:?} by {event}");
        for (before, after) in before.1.iter().zip(&after.1) {
            assert!(is_legal_authorization(*before, *after), "{before} -> {after} by {event}");
        }
        world.check(after.0);
    }
});

impl World {
    fn new() -> Self {
        let random = Counting(AtomicU64::new(0));
        let account = Id::generate(&random).unwrap();
        let authorization = |name: &str| {
            let target = Target::of(&name.parse().unwrap());
            let hour = Lifetime::from_hours(1);
            Authorization::generate(account.clone(), target, &ChallengeKind::ALL, time(0), hour, &random)
                .unwrap()
        };
        let names = ["a.example", "*.b.example", "ip:10.0.0.1"];
        let authorizations: Vec<_> = names.iter().map(|name| authorization(name)).collect();
        let terms = OrderTerms {
            id: Id::generate(&random).unwrap(),
            account: account.clone(),
            identifiers: names.iter().map(|name| name.parse().unwrap()).collect(),
            authorizations: authorizations.iter().map(|one| one.id.clone()).collect(),
            profile: None,
            not_before: None,
            not_after: None,
            replaces: None,
            created_at: time(0),
            expires: time(3_000),
        };
        Self { order: Order::new(terms), authorizations, now: 0 }
    }

    fn statuses(&self) -> (OrderStatus, Vec<AuthorizationStatus>) {
        let now = time(self.now);
        let authorizations = self.authorizations.iter().map(|one| one.status_at(now)).collect();
        (self.order.status_at(now, &self.authorizations), authorizations)
    }

    /// The low four bits say what, the high four to which authorization and challenge.
    fn apply(&mut self, event: u8) {
        let now = time(self.now);
        let which = usize::from(event >> 4) % self.authorizations.len();
        let challenge = usize::from(event >> 6);
        let order = match event & 15 {
            0..=6 => {
                self.change_authorization(event & 15, which, challenge);
                None
            }
            7 | 8 => match self.order.finalize(CsrDer::new(vec![event & 15]), now, &self.authorizations) {
                Ok(Finalize::Begun(order)) => Some(order),
                Ok(Finalize::Repeated) | Err(_) => None,
            },
            9 => self.order.issued("01".parse().unwrap()).ok(),
            10 => self.order.failed(Problem::internal()).ok(),
            11 => self.order.refused().ok(),
            12 => self.order.lapsed_at(now, &self.authorizations),
            13 => self.order.cancel(),
            14 => Some(serde_json::from_str(&serde_json::to_string(&self.order).unwrap()).unwrap()),
            _ => {
                self.now += i64::from(event >> 4) * 120;
                None
            }
        };
        if let Some(order) = order {
            self.order = order;
        }
    }

    fn change_authorization(&mut self, what: u8, which: usize, challenge: usize) {
        let (now, one) = (time(self.now), &self.authorizations[which]);
        let id = one.challenges.get(challenge).map(|found| found.id.clone());
        let settle = |outcome| {
            let id = id.clone()?;
            match one.settle(&id, outcome, RetryPolicy::default(), Lifetime::from_seconds(2_000), now) {
                Settled::Valid(next) | Settled::Invalid(next) | Settled::Again(next) => Some(next),
                Settled::Unchanged => None,
            }
        };
        let next = match what {
            0 => id.as_ref().and_then(|id| match one.start(id, "thumbprint", now) {
                Ok(Start::Begun(next)) => Some(next),
                Ok(Start::Unchanged) | Err(_) => None,
            }),
            1 => settle(ValidationOutcome::Valid),
            2 => settle(ValidationOutcome::Failed(Problem::internal())),
            3 => settle(ValidationOutcome::Retry(Problem::internal())),
            4 => one.deactivate(now),
            5 => one.revoke(now),
            _ => Some(serde_json::from_str(&serde_json::to_string(one).unwrap()).unwrap()),
        };
        if let Some(next) = next {
            self.authorizations[which] = next;
        }
    }

    /// What clients see fits together, and has nothing that has no value.
    fn check(&self, status: OrderStatus) {
        let (now, urls) = (time(self.now), Urls::new("https://ca.example/acme/a"));
        let object = OrderObject::of(&self.order, &self.authorizations, &urls, now);
        assert_eq!(object.certificate.is_some(), status == OrderStatus::Valid);
        assert_eq!(object.error.is_some(), status == OrderStatus::Invalid);
        assert!(!serde_json::to_string(&object).unwrap().contains("null"));
        for one in &self.authorizations {
            let object = AuthorizationObject::of(one, &urls, now);
            assert!(!serde_json::to_string(&object).unwrap().contains("null"));
            if object.status == AuthorizationStatus::Valid {
                let valid = |challenge: &hf_proto::acme::object::ChallengeObject| {
                    challenge.status == ChallengeStatus::Valid && challenge.validated.is_some()
                };
                assert!(object.challenges.len() == 1 && object.challenges.iter().all(valid));
            }
        }
    }
}

fn is_legal_order(before: OrderStatus, after: OrderStatus, event: u8) -> bool {
    let event = event & 15;
    match (before, after) {
        (before, after) if before == after => true,
        (OrderStatus::Pending, OrderStatus::Ready)
        | (OrderStatus::Pending | OrderStatus::Ready, OrderStatus::Invalid) => true,
        (OrderStatus::Ready, OrderStatus::Processing) => matches!(event, 7 | 8),
        (OrderStatus::Processing, OrderStatus::Valid) => event == 9,
        (OrderStatus::Processing, OrderStatus::Invalid) => matches!(event, 10 | 11),
        (OrderStatus::Processing, OrderStatus::Ready) => event == 11,
        _ => false,
    }
}

fn is_legal_authorization(before: AuthorizationStatus, after: AuthorizationStatus) -> bool {
    use AuthorizationStatus::{Deactivated, Expired, Pending, Revoked, Valid};
    before == after
        || before == Pending
        || (before == Valid && matches!(after, Expired | Deactivated | Revoked))
}

fn time(seconds: i64) -> Timestamp {
    Timestamp::from_unix_seconds(seconds)
}
