//! What OpenSSL reads in certificates, requests, keys, CRLs and OCSP responses.

use std::fs;
use std::process::Command;

use tempfile::TempDir;

use crate::program::{succeed, text};

type Facts = Vec<(String, String)>;

/// What is in `said`: PEM, or DER in base64. `None` for other text.
pub(super) fn facts(said: &str) -> Option<Facts> {
    let label = said.trim_start().strip_prefix("-----BEGIN ").and_then(|rest| rest.split("-----").next());
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, said).unwrap();
    let path = file.to_str().unwrap();
    match label {
        Some("CERTIFICATE") if said.matches("-----BEGIN").count() > 1 => {
            Some(vec![("certificates".into(), said.matches("-----BEGIN").count().to_string())])
        }
        Some("CERTIFICATE") => Some(certificate(path)),
        Some("CERTIFICATE REQUEST") => Some(lines(&show(&["req", "-noout", "-text", "-in", path]))),
        Some(label) => Some(key(label, path)),
        None => base64(said, path),
    }
}

fn certificate(path: &str) -> Facts {
    let mut found = lines(&show(&["x509", "-noout", "-text", "-in", path]));
    let dates = show(&["x509", "-noout", "-dates", "-dateopt", "iso_8601", "-in", path]);
    let times: Vec<i64> = dates.lines().map(|line| seconds(line.split_once('=').unwrap().1)).collect();
    found.push(("lifetime".into(), format!("{} s", times[1] - times[0])));
    found
}

fn seconds(time: &str) -> i64 {
    succeed("date", |command| {
        command.args(["-u", "+%s", "-d", time]);
    })
    .trim()
    .parse()
    .unwrap()
}

fn key(label: &str, path: &str) -> Facts {
    let shown = show(&["pkey", "-noout", "-text", "-in", path]);
    vec![
        ("label".into(), label.to_owned()),
        ("kind".into(), shown.lines().next().unwrap_or_default().to_owned()),
    ]
}

/// DER in base64: a CRL or an OCSP response.
fn base64(said: &str, path: &str) -> Option<Facts> {
    if said.len() < 100 || !said.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+/=".contains(&byte)) {
        return None;
    }
    let der = format!("{path}.der");
    succeed("openssl", |command| {
        command.args(["base64", "-d", "-A", "-in", path, "-out", &der]);
    });
    let tried = |words: &[&str]| {
        let output = Command::new("openssl").args(words).output().unwrap();
        output.status.success().then(|| text(&output.stdout))
    };
    tried(&["crl", "-inform", "DER", "-noout", "-text", "-in", &der])
        .or_else(|| tried(&["ocsp", "-respin", &der, "-resp_text", "-noverify"]))
        .map(|shown| lines(&shown))
}

fn show(words: &[&str]) -> String {
    let output = Command::new("openssl").args(words).output().unwrap();
    assert!(output.status.success(), "openssl {words:?}: {}", text(&output.stderr));
    text(&output.stdout)
}

/// The lines of OpenSSL's text as name → value: a line that ends in a colon opens a list of those that are indented deeper.
/// Octets of keys, signatures and identifiers become their length, times a word, names their sorted attributes.
fn lines(shown: &str) -> Facts {
    let mut found = Facts::new();
    for line in shown.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let octets = line.len() > 4
            && line
                .trim_end_matches(':')
                .split(':')
                .all(|part| part.len() == 2 && part.bytes().all(|b| b.is_ascii_hexdigit()));
        match (line.split_once(": "), line.strip_suffix(':')) {
            _ if octets => {
                let last = found.last_mut().unwrap();
                if !last.1.ends_with("octets") {
                    last.1.push_str(" octets");
                }
            }
            (Some((name, value)), _) => found.push((name.trim().to_owned(), tidy(name.trim(), value.trim()))),
            (None, Some(name)) => found.push((name.to_owned(), String::new())),
            (None, None) if line == "Validity" => {}
            (None, None) => match found.last_mut() {
                Some(last) => last.1 = format!("{} {line}", last.1).trim().to_owned(),
                None => found.push((line.to_owned(), String::new())),
            },
        }
    }
    // Equal names (several entries of a CRL) are told apart by their number.
    let mut counted = Facts::new();
    for (name, value) in found {
        let before = counted.iter().filter(|(known, _)| known.split('#').next() == Some(&name)).count();
        let value = in_order(&name, &value);
        counted.push((if before == 0 { name } else { format!("{name}#{before}") }, value));
    }
    counted.retain(|(name, _)| !["Not Before", "Not After", "Serial Number"].contains(&name.as_str()));
    counted
}

fn tidy(name: &str, value: &str) -> String {
    let time = ["Last Update", "Next Update", "Produced At", "This Update", "Revocation Date"];
    if time.contains(&name) {
        return "a time".to_owned();
    }
    if ["Subject", "Issuer", "Responder Id"].contains(&name) {
        let mut attributes: Vec<&str> = value.split([',', '+']).map(str::trim).collect();
        attributes.sort_unstable();
        return attributes.join(", ");
    }
    value.to_owned()
}

/// Names and usages in any order are the same; the number of a CRL is some number.
fn in_order(name: &str, value: &str) -> String {
    if name == "X509v3 CRL Number" {
        return "a number".to_owned();
    }
    if !["X509v3 Subject Alternative Name", "X509v3 Extended Key Usage"].contains(&name) {
        return value.to_owned();
    }
    let mut parts: Vec<&str> = value.split(", ").collect();
    parts.sort_unstable();
    parts.join(", ")
}
