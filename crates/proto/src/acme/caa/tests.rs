use super::*;

const ACCOUNT: &str = "https://ca.test/acme/services/account/AAAAAAAAAAAAAAAAAAAAAA";

fn name(text: &str) -> DnsName {
    text.parse().unwrap()
}

fn record(tag: &str, value: &str) -> CaaRecord {
    CaaRecord { critical: false, tag: tag.to_owned(), value: value.as_bytes().to_vec() }
}

fn critical(tag: &str, value: &str) -> CaaRecord {
    CaaRecord { critical: true, ..record(tag, value) }
}

fn judged(records: &[CaaRecord], wildcard: bool, method: Option<ChallengeKind>) -> Result<(), CaaRefusal> {
    let identities = [name("ca.test"), name("pki.test")];
    let issuer = CaaIssuer { identities: &identities, account_url: ACCOUNT };
    judge(records, &CaaQuestion { name: name("a.example"), wildcard, method }, issuer)
}

/// Records, and whether they allow the name itself and the wildcard over it, proven by dns-01.
#[test]
fn the_table() {
    let none: &[CaaRecord] = &[];
    let rows: &[(&[CaaRecord], bool, bool)] = &[
        (none, true, true),
        (&[record("issue", "ca.test")], true, true),
        (&[record("ISSUE", "CA.Test")], true, true),
        (&[record("issue", "pki.test")], true, true),
        (&[record("issue", " \tca.test\t ")], true, true),
        (&[record("issue", "ca.test;")], true, true),
        (&[record("issue", "ca.test ; ")], true, true),
        (&[record("issue", "other.test")], false, false),
        (&[record("issue", "sub.ca.test")], false, false),
        (&[record("issue", "test")], false, false),
        (&[record("issue", "ca.test.")], false, false),
        (&[record("issue", ";")], false, false),
        (&[record("issue", "")], false, false),
        (&[record("issue", "%%%%%")], false, false),
        (&[record("issue", "ca.test other.test")], false, false),
        (&[record("issue", "other.test"), record("issue", "ca.test")], true, true),
        (&[record("issue", ";"), record("issue", "ca.test")], true, true),
        // Wildcards: `issuewild` alone counts where there is one, and for nothing else.
        (&[record("issuewild", "ca.test")], true, true),
        (&[record("issuewild", ";")], true, false),
        (&[record("issue", "ca.test"), record("issuewild", "other.test")], true, false),
        (&[record("issue", "other.test"), record("issuewild", "ca.test")], false, true),
        (&[record("issue", ";"), record("issuewild", "ca.test")], false, true),
        // Other properties.
        (&[record("iodef", "mailto:ops@example")], true, true),
        (&[critical("iodef", "mailto:ops@example")], true, true),
        (&[record("issuemail", ";")], true, true),
        (&[record("tbs", "x")], true, true),
        (&[critical("tbs", "x")], false, false),
        (&[record("issue", "ca.test"), critical("tbs", "x")], false, false),
        (&[critical("issue", "ca.test")], true, true),
        (&[critical("issuewild", "ca.test"), critical("issue", ";")], false, true),
        // RFC 8657.
        (&[record("issue", "ca.test; validationmethods=dns-01")], true, true),
        (&[record("issue", "ca.test; ValidationMethods=http-01,dns-01")], true, true),
        (&[record("issue", "ca.test; validationmethods=http-01")], false, false),
        (&[record("issue", "ca.test; validationmethods=")], false, false),
        (&[record("issue", "ca.test; validationmethods=DNS-01")], false, false),
        (&[record("issue", "ca.test; validationmethods=dns-01x,xdns-01")], false, false),
        (&[record("issue", "ca.test; validationmethods = dns-01")], true, true),
        (&[record("issue", "ca.test; validationmethods=http-01; validationmethods=dns-01")], false, false),
        (
            &[record(
                "issue",
                "ca.test; accounturi=https://ca.test/acme/services/account/BAAAAAAAAAAAAAAAAAAAAA",
            )],
            false,
            false,
        ),
        (&[record("issue", "ca.test; accounturi=")], false, false),
        (
            &[
                record("issue", "other.test; accounturi=x"),
                record("issue", "ca.test; validationmethods=dns-01"),
            ],
            true,
            true,
        ),
        (&[record("issue", "ca.test; unheard=of")], true, true),
        // Values that are none.
        (&[record("issue", "ca.test; x")], false, false),
        (&[record("issue", "ca.test; =x")], false, false),
        (&[record("issue", "ca.test; a_b=x")], false, false),
        (&[record("issue", "ca.test; a=x; a=x")], false, false),
        (&[record("issue", "ca.test; a=x y")], false, false),
        (&[record("issue", "ca.test;; a=x")], false, false),
        (&[record("issue", "ca.test; a=x;")], false, false),
        (&[record("issue", "ca.test\0")], false, false),
        (&[record("issue", "ca.test; a=\u{e4}")], false, false),
    ];
    for (records, itself, wildcard) in rows {
        let method = Some(ChallengeKind::Dns01);
        assert_eq!(judged(records, false, method).is_ok(), *itself, "{records:?}");
        assert_eq!(judged(records, true, method).is_ok(), *wildcard, "*. {records:?}");
    }
}

#[test]
fn an_account_is_known_by_its_url_to_the_letter() {
    let of = |url: &str| judged(&[record("issue", &format!("ca.test; accounturi={url}"))], false, None);
    assert_eq!(of(ACCOUNT), Ok(()));
    for other in [format!("{ACCOUNT}/"), ACCOUNT.to_uppercase(), ACCOUNT.replace("https", "http")] {
        assert!(matches!(of(&other), Err(CaaRefusal::OtherTerms { .. })), "{other}");
    }
    let twice = format!("ca.test; accounturi={ACCOUNT}; accounturi={ACCOUNT}");
    assert!(judged(&[record("issue", &twice)], false, None).is_err());
}

#[test]
fn what_needs_no_proof_meets_no_method() {
    let methods = [record("issue", "ca.test; validationmethods=dns-01,http-01")];
    assert!(judged(&methods, false, None).is_err());
    assert_eq!(judged(&[record("issue", "ca.test")], false, None), Ok(()));
}

#[test]
fn a_refusal_says_what_was_expected() {
    let text =
        |records: &[CaaRecord]| judged(records, false, Some(ChallengeKind::Http01)).unwrap_err().to_string();
    assert_eq!(
        text(&[record("issue", "other.test")]),
        "no `issue` property names this authority: expected one of `ca.test`, `pki.test`"
    );
    assert!(text(&[record("issue", "ca.test; validationmethods=dns-01")]).contains("with http-01"));
    assert_eq!(text(&[critical("tbs", "")]), "the property `tbs` is critical and not known here");
}

#[test]
fn a_name_is_asked_for_and_all_above_it() {
    assert_eq!(climb(&name("a.b.example")).collect::<Vec<_>>(), ["a.b.example", "b.example", "example"]);
    assert_eq!(climb(&name("example")).collect::<Vec<_>>(), ["example"]);
}

#[test]
fn what_was_learned_counts_for_seven_hours() {
    let at = Timestamp::from_unix_seconds;
    assert!(!is_fresh(None, at(0)));
    assert!(is_fresh(Some(at(0)), at(7 * 3_600)));
    assert!(!is_fresh(Some(at(0)), at(7 * 3_600 + 1)));
}

fn question(text: &str, wildcard: bool) -> CaaQuestion {
    CaaQuestion { name: name(text), wildcard, method: Some(ChallengeKind::Dns01) }
}

fn set(owner: &str, value: &str) -> RelevantSet {
    RelevantSet { owner: owner.to_owned(), records: vec![record("issue", value)] }
}

#[test]
fn every_name_is_judged_by_its_own_answer() {
    let identities = [name("ca.test")];
    let issuer = CaaIssuer { identities: &identities, account_url: ACCOUNT };
    let questions = [question("a.example", false), question("a.example", true), question("b.example", false)];
    let good = || (name("a.example"), Ok(set("example", "ca.test")));
    let all = |b| [good(), (name("b.example"), b)].into_iter().collect::<CaaAnswers>();
    assert_eq!(judge_all(&questions, &all(Ok(set("example", "ca.test"))), issuer), Ok(()));
    assert_eq!(judge_all(&questions, &all(Ok(RelevantSet::default())), issuer), Ok(()));

    let problem = judge_all(&questions, &all(Ok(set("b.example", ";"))), issuer).unwrap_err();
    assert_eq!((problem.kind, problem.status, problem.subproblems.len()), (ProblemType::Caa, 403, 1));
    assert_eq!(problem.subproblems[0].identifier.as_ref().unwrap().value, "b.example");
    assert!(problem.detail.contains("CAA records of b.example"), "{}", problem.detail);

    let failed = Err(Problem::new(ProblemType::Dns, "the name server answers: SERVFAIL"));
    let problem = judge_all(&questions, &all(failed), issuer).unwrap_err();
    assert_eq!(problem.kind, ProblemType::Caa);
    assert!(problem.detail.contains("not known: the name server answers"), "{}", problem.detail);

    let wild =
        [(name("a.example"), Ok(set("a.example", ";"))), (name("b.example"), Ok(set("b.example", ";")))];
    let problem = judge_all(&questions, &wild.into_iter().collect(), issuer).unwrap_err();
    let named: Vec<_> = problem.subproblems.iter().map(|one| one.identifier.clone().unwrap().value).collect();
    assert_eq!(named, ["a.example", "*.a.example", "b.example"]);
}

#[test]
fn answers_for_other_names_than_were_asked_for_allow_nothing() {
    let identities = [name("ca.test")];
    let issuer = CaaIssuer { identities: &identities, account_url: ACCOUNT };
    let questions = [question("a.example", false), question("b.example", false)];
    let answers = |names: &[&str]| {
        names.iter().map(|text| (name(text), Ok(RelevantSet::default()))).collect::<CaaAnswers>()
    };
    assert_eq!(judge_all(&questions, &answers(&["a.example", "b.example"]), issuer), Ok(()));
    for wrong in [
        &["a.example"][..],
        &["b.example"],
        &[],
        &["a.example", "c.example"],
        &["a.example", "b.example", "c.example"],
    ] {
        let problem = judge_all(&questions, &answers(wrong), issuer).unwrap_err();
        assert_eq!(problem.kind, ProblemType::ServerInternal, "{wrong:?}");
    }
}
