//! What a program or a server said, in comparable form: field → value.

use std::collections::BTreeMap;
use std::process::Output;

use serde_json::Value;

use super::openssl;
use crate::program::text;

/// What was said.
pub(super) type Observation = BTreeMap<String, String>;

/// Of a program: how it ended, what it printed, which error it told.
pub(super) fn output(output: &Output) -> Observation {
    let mut seen = Observation::new();
    seen.insert("exit".into(), output.status.code().map_or("signal".into(), |code| code.to_string()));
    body(&text(&output.stdout), &mut seen);
    error(&text(&output.stderr), &mut seen);
    seen
}

/// The last error with a code; of other errors only whether there is one.
fn error(stderr: &str, seen: &mut Observation) {
    let objects = stderr.lines().filter_map(|line| Some(&line[line.find("{\"code\":")?..]));
    let mut parsed = objects
        .filter_map(|object| serde_json::Deserializer::from_str(object).into_iter::<Value>().next()?.ok());
    if let Some(error) = parsed.next_back() {
        value("error", &error, seen);
    }
}

/// A body: JSON by its fields, anything else as it is.
pub(super) fn body(printed: &str, seen: &mut Observation) {
    let trimmed = printed.trim();
    match serde_json::from_str::<Value>(trimmed) {
        Ok(parsed) if parsed.is_object() || parsed.is_array() || parsed.is_string() => {
            value("out", &parsed, seen);
        }
        _ => scalar("out", trimmed, seen),
    }
}

fn value(path: &str, found: &Value, seen: &mut Observation) {
    match found {
        Value::Object(fields) => {
            seen.insert(format!("{path} keys"), fields.keys().cloned().collect::<Vec<_>>().join(" "));
            for (name, field) in fields {
                value(&format!("{path}.{name}"), field, seen);
            }
        }
        Value::Array(items) => {
            seen.insert(format!("{path} length"), items.len().to_string());
            for (index, item) in items.iter().enumerate() {
                value(&format!("{path}.{index}"), item, seen);
            }
        }
        Value::String(text) => scalar(path, text, seen),
        Value::Null | Value::Bool(_) | Value::Number(_) => {
            seen.insert(path.to_owned(), found.to_string());
        }
    }
}

/// Text that is something OpenSSL can read is told by what is in it.
fn scalar(path: &str, text: &str, seen: &mut Observation) {
    match openssl::facts(text) {
        Some(facts) => seen.extend(facts.into_iter().map(|(name, fact)| (format!("{path} {name}"), fact))),
        None => {
            seen.insert(path.to_owned(), stable(path, text));
        }
    }
}

/// Without what changes from call to call: the order of a Go map, digests and times of new things, names made of key
/// identifiers; and without the zeros that 1.2.0 forgets in key identifiers.
fn stable(path: &str, text: &str) -> String {
    if let Some((title, names)) = text.split_once(":\n") {
        let mut names: Vec<&str> = names.lines().map(str::trim).collect();
        names.sort_unstable();
        return format!("{title}: {}", names.join(", "));
    }
    if path.contains(".sums.") {
        return format!("{} digits", text.len());
    }
    if path.ends_with("leaf_expires") {
        return "a time".to_owned();
    }
    if path.ends_with("_key_id") {
        return text.split(':').map(|octet| format!("{octet:0>2}")).collect::<Vec<_>>().join(":");
    }
    without_port(&without_identifiers(text))
}

/// The log of the fixture is where there was a port.
fn without_port(text: &str) -> String {
    let Some((before, after)) = text.split_once("http://127.0.0.1:") else { return text.to_owned() };
    format!("{before}http://127.0.0.1:PORT{}", after.trim_start_matches(|c: char| c.is_ascii_digit()))
}

/// Sixteen hexadecimal digits and more become a word.
fn without_identifiers(text: &str) -> String {
    let mut found = String::new();
    for part in text.split_inclusive(|c: char| !c.is_ascii_hexdigit()) {
        let digits = part.trim_end_matches(|c: char| !c.is_ascii_hexdigit());
        if digits.len() < 16 {
            found.push_str(part);
        } else {
            found.push_str("HEX");
            found.push_str(&part[digits.len()..]);
        }
    }
    found
}
