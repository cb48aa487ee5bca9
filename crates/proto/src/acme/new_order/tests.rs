use serde_json::json;

use super::super::challenge::ChallengeKind;
use super::super::id::Id;
use super::*;

const RULES: OrderRules = OrderRules {
    max_identifiers: 3,
    wildcards: true,
    addresses: true,
    lifetime: Lifetime::from_days(90),
    backdate: Lifetime::from_seconds(300),
};

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_unix_seconds(seconds)
}

fn request(value: serde_json::Value) -> NewOrderRequest {
    serde_json::from_value(value).unwrap()
}

fn refused(value: serde_json::Value, rules: OrderRules) -> ProblemType {
    judge(&request(value), rules, at(0)).unwrap_err().kind
}

#[test]
fn an_order_is_read() {
    let value = json!({
        "identifiers": [{"type":"dns","value":"*.B.example"}, {"type":"ip","value":"10.0.0.1"}],
        "notBefore": "1970-01-01T00:00:10Z", "notAfter": "1970-03-01T00:00:00+01:00",
        "replaces": "aYhba4dGQEHhs3uEe6CuLN4ByNQ.AIdlQyE", "profile": "web", "unknown": 1,
    });
    let order = judge(&request(value), RULES, at(0)).unwrap();
    assert_eq!(order.identifiers, ["*.b.example".parse().unwrap(), "10.0.0.1".parse().unwrap()]);
    assert_eq!((order.not_before, order.profile.as_deref()), (Some(at(10)), Some("web")));
    assert_eq!(order.replaces.unwrap().to_string(), "aYhba4dGQEHhs3uEe6CuLN4ByNQ.AIdlQyE");
}

#[test]
fn what_is_not_offered_is_refused() {
    let wildcard = json!({"identifiers":[{"type":"dns","value":"*.a.example"}]});
    let no_wildcards = OrderRules { wildcards: false, ..RULES };
    assert_eq!(refused(wildcard, no_wildcards), ProblemType::RejectedIdentifier);
    let address = json!({"identifiers":[{"type":"ip","value":"10.0.0.1"}]});
    let no_addresses = OrderRules { addresses: false, ..RULES };
    assert_eq!(refused(address, no_addresses), ProblemType::UnsupportedIdentifier);
    assert_eq!(refused(json!({"identifiers":[]}), RULES), ProblemType::Malformed);
}

#[test]
fn times_make_sense_or_are_refused() {
    let with = |not_before: Option<&str>, not_after: Option<&str>| {
        let mut value = json!({"identifiers":[{"type":"dns","value":"a.example"}]});
        if let Some(time) = not_before {
            value["notBefore"] = json!(time);
        }
        if let Some(time) = not_after {
            value["notAfter"] = json!(time);
        }
        judge(&request(value), RULES, at(1_000))
    };
    assert!(with(None, None).is_ok());
    assert!(with(Some("1970-01-01T00:11:40Z"), None).is_ok());
    assert!(with(None, Some("1970-04-01T00:16:40Z")).is_ok(), "as long as without an end");
    assert!(with(None, Some("1970-01-02T00:00:00Z")).is_ok());
    for (not_before, not_after) in [
        (None, Some("1970-01-01T00:00:00Z")),
        (Some("1970-01-01T00:11:39Z"), None),
        (Some("1970-01-01T00:11:39Z"), Some("1970-01-02T00:00:00Z")),
        (Some("1970-04-01T00:16:40Z"), None),
        (None, Some("1970-04-01T00:16:41Z")),
        (Some("1970-01-01T00:11:40Z"), Some("1970-04-01T00:11:41Z")),
        (Some("1970-03-01T00:00:00Z"), Some("1970-04-01T00:16:41Z")),
        (None, Some("1980-01-01T00:00:00Z")),
        (Some("1970-01-03T00:00:00Z"), Some("1970-01-02T00:00:00Z")),
        (Some("1970-01-01T00:00:00Z"), Some("1970-01-01T00:10:00Z")),
        (Some("tomorrow"), None),
        (None, Some("")),
    ] {
        assert_eq!(with(not_before, not_after).unwrap_err().kind, ProblemType::Malformed);
    }
}

#[test]
fn a_replaced_certificate_is_named_well() {
    let value = json!({"identifiers":[{"type":"dns","value":"a.example"}],"replaces":"x"});
    assert_eq!(refused(value, RULES), ProblemType::Malformed);
}

#[test]
fn a_wildcard_is_not_authorized_ahead() {
    let read = |kind: &str, value: &str| {
        let request = json!({"identifier":{"type":kind,"value":value}});
        judge_authorization(&serde_json::from_value(request).unwrap(), RULES)
    };
    assert!(!read("dns", "a.example").unwrap().wildcard);
    assert_eq!(read("dns", "*.a.example").unwrap_err().kind, ProblemType::Malformed);
    assert_eq!(read("email", "a@b.example").unwrap_err().kind, ProblemType::UnsupportedIdentifier);
}

#[test]
fn names_refused_by_policy_are_named() {
    let problem = rejected(&[("a.example".parse().unwrap(), "not within `b.example`".to_owned())]);
    assert_eq!((problem.kind, problem.status), (ProblemType::RejectedIdentifier, 403));
    assert_eq!(problem.subproblems[0].identifier.as_ref().unwrap().value, "a.example");
}

#[test]
fn only_what_is_valid_for_long_enough_is_reused() {
    let random = super::super::tests::Counting::default();
    let account: Id = Id::generate(&random).unwrap();
    let target = |name: &str| Target::of(&name.parse().unwrap());
    let trusted = |name: &str, days: i64| {
        Authorization::trusted(account.clone(), target(name), at(0), Lifetime::from_days(days), &random)
            .unwrap()
    };
    let kinds = ChallengeKind::ALL;
    let day = Lifetime::from_days(1);
    let pending =
        Authorization::generate(account.clone(), target("c.example"), &kinds, at(0), day, &random).unwrap();
    let usable = [trusted("a.example", 1), trusted("a.example", 9), trusted("*.b.example", 9), pending];
    let names: Vec<Identifier> = ["a.example", "b.example", "*.b.example", "c.example"]
        .iter()
        .map(|name| name.parse().unwrap())
        .collect();
    let found = reuse(&names, &usable, at(0).plus(Lifetime::from_days(5)), at(0));
    let ids: Vec<Option<&Id>> =
        found.iter().map(|(_, one)| one.map(|authorization| &authorization.id)).collect();
    assert_eq!(ids, [Some(&usable[1].id), None, Some(&usable[2].id), None]);
    let late = reuse(&names, &usable, at(0), at(0).plus(Lifetime::from_days(10)));
    assert!(late.iter().all(|(_, one)| one.is_none()));
}
