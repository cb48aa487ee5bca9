use std::collections::BTreeMap;

use proptest::prelude::*;
use serde::{Deserialize, Serialize};

use super::*;

#[derive(Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
struct Request {
    #[serde(rename = "CN")]
    common_name: String,
    hosts: Option<Vec<String>>,
    size: i64,
    ca: bool,
    serial: Option<BigInteger>,
    token: GoBytes,
    #[serde(rename = "NotBefore")]
    not_before: GoTime,
    inner: Option<Box<Self>>,
}

fn read(text: &str) -> Result<Request, GoJsonError> {
    from_str(text)
}

#[test]
fn names_match_in_any_case_and_the_last_counts() {
    for text in
        [r#"{"CN":"a"}"#, r#"{"cn":"a"}"#, r#"{"Cn":"x","cN":"a"}"#, r#"{"CN":"x","cn":"a","CN":null}"#]
    {
        assert_eq!(read(text).unwrap().common_name, "a", "{text}");
    }
    assert_eq!(read(r#"{"unknown":[1,{"x":null}],"C N":"a"}"#).unwrap(), Request::default());
}

#[test]
fn null_leaves_the_zero_value() {
    let found =
        read(r#"{"CN":null,"hosts":null,"size":null,"ca":null,"token":null,"NotBefore":null}"#).unwrap();
    assert_eq!(found, Request::default());
    assert_eq!(read(r#"{"hosts":["a",null]}"#).unwrap().hosts.unwrap(), ["a", ""]);
    assert_eq!(read(r#"{"hosts":[]}"#).unwrap().hosts, Some(Vec::new()));
    assert_eq!(read("null").unwrap(), Request::default());
}

#[test]
fn wrong_types_are_errors_that_name_the_field() {
    let fault = |text: &str| read(text).unwrap_err().to_string();
    assert_eq!(fault(r#"{"CN":1}"#), "field `CN`: cannot use a JSON number as a string");
    assert_eq!(fault(r#"{"hosts":"a"}"#), "field `hosts`: cannot use a JSON string as an array");
    assert_eq!(fault(r#"{"hosts":["a",{}]}"#), "field `hosts.1`: cannot use a JSON object as a string");
    assert_eq!(
        fault(r#"{"inner":{"size":1.5}}"#),
        "field `inner.size`: cannot use a JSON number as a whole number"
    );
    assert_eq!(fault(r#"{"ca":"true"}"#), "field `ca`: cannot use a JSON string as a bool");
    assert_eq!(fault("[]"), "cannot use a JSON array as an object");
    assert_eq!(fault(r#"{"token":"!"}"#), "field `token`: expected standard base64 with padding");
    assert_eq!(fault(r#"{"serial":"7"}"#), "field `serial`: cannot use a JSON string as a whole number");
    assert_eq!(fault(r#"{"serial":1e9}"#), "field `serial`: expected a whole number");
    assert_eq!(
        fault(r#"{"size":99999999999999999999}"#),
        "field `size`: cannot use a JSON number as a whole number"
    );
}

#[test]
fn numbers_of_any_size_keep_their_digits() {
    let digits = "1461501637330902918203684832716283019655932542975";
    let found = read(&format!(r#"{{"serial":{digits}}}"#)).unwrap();
    assert_eq!(found.serial.as_ref().unwrap().to_unsigned(), vec![0xff; 20]);
    assert!(to_string(&found).contains(&format!(r#""serial":{digits},"#)));
    assert!(read(&format!(r#"{{"serial":{}}}"#, "9".repeat(5_001))).is_err());
}

#[test]
fn the_zero_time_is_not_given() {
    assert_eq!(read(r#"{"NotBefore":"0001-01-01T00:00:00Z"}"#).unwrap().not_before.given(), None);
    let found = read(r#"{"notbefore":"2027-03-01T12:00:00.25+01:00"}"#).unwrap();
    assert_eq!(found.not_before.given().unwrap().to_string(), "2027-03-01T11:00:00Z");
    assert!(to_string(&Request::default()).contains(r#""NotBefore":"0001-01-01T00:00:00Z""#));
    assert_eq!(read(r#"{"NotBefore":"0001-01-01T00:00:00.5+00:00"}"#).unwrap().not_before.given(), None);
    assert!(read(r#"{"NotBefore":"yesterday"}"#).is_err());
}

#[test]
fn text_that_is_no_json_is_refused_with_its_place() {
    let fault = |bytes: &[u8]| parse(bytes).unwrap_err().to_string();
    assert_eq!(fault(b""), "invalid JSON at line 1, column 1: unexpected end of JSON input");
    assert_eq!(fault(b"{\"a\":\n tru}"), "invalid JSON at line 2, column 5: unexpected character `}`");
    assert_eq!(fault(b"{} x"), "invalid JSON at line 1, column 4: unexpected characters after the value");
    assert_eq!(
        fault(b"\xef\xbb\xbf{}"),
        "invalid JSON at line 1, column 1: a byte order mark is not part of JSON"
    );
    assert_eq!(fault(b"\"\xff\""), "invalid JSON at line 1, column 2: not valid UTF-8");
    for bad in
        ["01", "-", "1.", "1e", "[1,]", "{\"a\":1,}", "{1:2}", "\"\\x\"", "\"\\u12g4\"", "\"\n\"", "nul"]
    {
        assert!(parse(bad.as_bytes()).is_err(), "{bad}");
    }
}

#[test]
fn depth_is_bounded() {
    let nested = |depth: usize| format!("{}1{}", "[".repeat(depth), "]".repeat(depth));
    assert!(parse(nested(MAX_DEPTH).as_bytes()).is_ok());
    let fault = parse(nested(MAX_DEPTH + 1).as_bytes()).unwrap_err();
    assert!(matches!(fault, GoJsonError::Syntax { problem: JsonProblem::Depth, .. }));
    assert!(parse("[".repeat(1_000_000).as_bytes()).is_err());
}

#[test]
fn writing_escapes_what_go_escapes() {
    let text = "<a href=\"x\">&\u{2028}\u{1}\n\u{7f}é";
    assert_eq!(to_string(text), "\"\\u003ca href=\\\"x\\\"\\u003e\\u0026\\u2028\\u0001\\n\u{7f}é\"");
    assert_eq!(to_line(&1), b"1\n");
    let value = BTreeMap::from([("b", vec![1, 2]), ("a", vec![])]);
    assert_eq!(to_pretty(&value, "  "), "{\n  \"a\": [],\n  \"b\": [\n    1,\n    2\n  ]\n}");
}

#[test]
fn halves_of_surrogate_pairs_are_replaced_and_pairs_joined() {
    let text = |json: &str| from_str::<String>(json).unwrap();
    assert_eq!(text(r#""\ud83d\ude00""#), "😀");
    assert_eq!(text(r#""\ud83dx\ude00""#), "\u{fffd}x\u{fffd}");
    assert_eq!(text(r#""\ud83d\u0041""#), "\u{fffd}A");
}

#[test]
fn a_value_of_any_kind_is_kept_digit_by_digit() {
    let text = r#"{"a":[1e999,123456789012345678901234567890,null,{"b":"c","b":"d"}]}"#;
    assert_eq!(to_string(&from_str::<GoValue>(text).unwrap()), text);
    assert_eq!(to_string(&from_str::<BTreeMap<String, GoValue>>(text).unwrap()), text);
    assert_eq!(from_str::<Option<GoValue>>("null").unwrap(), None);
}

#[test]
fn the_last_of_several_fields_is_found_in_a_tree() {
    let value = parse(br#"{"A":1,"a":2,"b":3}"#).unwrap();
    assert_eq!(value.field("a"), Some(&GoValue::Number("2".into())));
    assert_eq!(value.field("B"), Some(&GoValue::Number("3".into())));
    assert_eq!(value.field("c"), None);
}

proptest! {
    #[test]
    fn what_is_written_is_read(texts in proptest::collection::vec(any::<String>(), 0..5), number in any::<i64>()) {
        let value = GoValue::Array(
            texts.into_iter().map(GoValue::String).chain([GoValue::Number(number.to_string())]).collect(),
        );
        prop_assert_eq!(parse(to_string(&value).as_bytes()).unwrap(), value.clone());
        prop_assert_eq!(parse(to_pretty(&value, "  ").as_bytes()).unwrap(), value);
    }

    #[test]
    fn agrees_with_serde_json_on_what_is_json(text in "[\\[\\]{}\",:0-9eE.+\\-tfn\\\\u a]{0,24}") {
        prop_assert_eq!(parse(text.as_bytes()).is_ok(), serde_json::from_str::<serde::de::IgnoredAny>(&text).is_ok());
    }
}
