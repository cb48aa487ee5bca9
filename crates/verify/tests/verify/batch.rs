//! The batch: every line has an answer, whatever stands in it.

use std::io::Cursor;

use hf_core::time::Timestamp;
use hf_verify::batch::{self, Answer, RequestLine, Totals};
use proptest::prelude::*;

const CASES: &str = include_str!("../cases.jsonl");

fn now() -> Timestamp {
    "2030-06-01T00:00:00Z".parse().unwrap()
}

fn cases() -> Vec<serde_json::Value> {
    CASES.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn first_request() -> serde_json::Value {
    cases()[0]["request"].clone()
}

fn ask(request: &serde_json::Value) -> Answer {
    batch::answer_line(request.to_string().as_bytes(), now())
}

#[test]
fn every_case_is_answered_as_expected() {
    let cases = cases();
    assert!(cases.len() > 60);
    for case in cases {
        let answer = ask(&case["request"]);
        assert_eq!(answer.id, case["request"]["id"]);
        assert_eq!(answer.valid, Some(case["expected"] == "valid"), "{}: {}", answer.id, answer.reason);
        let codes: Vec<&str> = case["code"].as_str().into_iter().collect();
        assert_eq!(answer.findings, codes, "{}", answer.id);
        assert!(!answer.reason.contains("disagree"), "{}", answer.reason);
    }
}

#[test]
fn lines_are_answered_in_order_and_broken_ones_too() {
    let good = first_request().to_string();
    let input =
        format!("{good}\n\nnot json\n{{\"id\":\"x\",\"leaf\":\"no pem\"}}\n{{\"id\":\"y\"}}\r\n[1]\n{good}");
    let mut output = Vec::new();
    let totals = batch::run(&mut Cursor::new(input), &mut output, now()).unwrap();
    assert_eq!(totals, Totals { valid: 2, invalid: 4, unsupported: 0 });
    let lines: Vec<serde_json::Value> = std::str::from_utf8(&output)
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let verdicts: Vec<&serde_json::Value> = lines.iter().map(|line| &line["valid"]).collect();
    assert_eq!(verdicts, [true, false, false, false, false, true]);
    assert_eq!(lines[1]["findings"][0], "HF-REQUEST-UNREADABLE");
    assert_eq!((&lines[2]["id"], &lines[2]["findings"][0]), (&"x".into(), &"HF-CERT-ENCODING".into()));
    assert_eq!(lines[3]["id"], "y");
    for line in &lines {
        let fields: Vec<&String> = line.as_object().unwrap().keys().collect();
        assert_eq!(fields, ["findings", "id", "reason", "valid"]);
        assert!(!line["reason"].as_str().unwrap().is_empty());
    }
}

#[test]
fn a_value_that_cannot_be_read_is_named() {
    let with = |field: &str, value: serde_json::Value| {
        let mut request = first_request();
        request[field] = value;
        ask(&request)
    };
    let answer = with("time", "tomorrow".into());
    assert_eq!((answer.valid, answer.findings[0].as_str()), (Some(false), "HF-REQUEST-UNREADABLE"));
    assert!(answer.reason.contains("`time` is `tomorrow`"), "{}", answer.reason);
    let answer = with("name", serde_json::json!({ "kind": "dns", "value": "a..b" }));
    assert_eq!(answer.valid, Some(false));
    assert!(answer.reason.contains("a label is empty"), "{}", answer.reason);
    for (field, value) in [
        ("purpose", "codesign".into()),
        ("eku", serde_json::json!(["nonsense"])),
        ("key_usage", serde_json::json!(["everything"])),
        ("name", serde_json::json!({ "kind": "phone", "value": "1" })),
    ] {
        let answer = with(field, value);
        assert_eq!((answer.valid, answer.findings[0].as_str()), (None, "HF-REQUEST-UNSUPPORTED"), "{field}");
    }
}

#[test]
fn usages_are_read_by_name_and_number() {
    let with = |eku: &str| {
        let mut request = first_request();
        request["eku"] = serde_json::json!([eku]);
        ask(&request).valid
    };
    for allowed in ["serverAuth", "clientAuth", "id-kp-serverAuth", "1.3.6.1.5.5.7.3.2"] {
        assert_eq!(with(allowed), Some(true), "{allowed}");
    }
    assert_eq!(with("codeSigning"), Some(false));
}

#[test]
fn an_unreadable_extra_is_left_out() {
    let mut request = first_request();
    request["intermediates"].as_array_mut().unwrap().push("rubbish".into());
    request["crls"] = serde_json::json!(["rubbish"]);
    let answer = ask(&request);
    assert_eq!((answer.valid, answer.findings), (Some(true), vec!["HF-REQUEST-UNREADABLE".to_owned()]));
}

#[test]
fn null_stands_for_what_is_not_there() {
    let mut request = first_request();
    for field in
        ["crls", "crl_check", "time", "purpose", "name", "names", "max_depth", "eku", "key_usage", "policies"]
    {
        request[field] = serde_json::Value::Null;
    }
    assert_eq!(ask(&request).valid, Some(true));
}

#[test]
fn a_question_without_time_is_asked_now() {
    let mut request = first_request();
    request["time"] = serde_json::Value::Null;
    let line: RequestLine = serde_json::from_value(request).unwrap();
    assert_eq!(batch::answer(&line, now()).valid, Some(true));
    assert_eq!(batch::answer(&line, "2031-06-01T00:00:00Z".parse().unwrap()).valid, Some(false));
}

proptest! {
    #[test]
    fn any_octets_have_an_answer(octets in prop::collection::vec(any::<u8>(), 0..300)) {
        let answer = batch::answer_line(&octets, now());
        prop_assert!(answer.valid != Some(true));
    }

    #[test]
    fn a_changed_certificate_never_panics(place in 0_usize..600, octet in any::<u8>(), case in 0_usize..60) {
        let case = cases()[case].clone();
        let request: RequestLine = serde_json::from_value(case["request"].clone()).unwrap();
        let mut leaf = hf_x509::certificate::Certificate::from_pem(&request.leaf).unwrap().der().to_vec();
        let place = place % leaf.len();
        leaf[place] = octet;
        let leaf = hf_x509::pem::encode(hf_x509::pem::Label::Certificate, &leaf);
        let answer = batch::answer(&RequestLine { leaf, ..request }, now());
        prop_assert!(!answer.reason.contains("disagree"), "{}", answer.reason);
    }
}
