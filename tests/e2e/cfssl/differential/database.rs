//! A certificate database with CFSSL's tables as its version 1.2.0 has them: a certificate in force, one that is revoked, and
//! an OCSP response.

use std::fs;
use std::path::Path;

use serde_json::Value;

use super::super::programs::Programs;
use super::observe::Observation;
use crate::program::succeed;

const SCHEMA: &str = "
CREATE TABLE certificates (serial_number blob NOT NULL, authority_key_identifier blob NOT NULL, ca_label blob,
  status blob NOT NULL, reason int, expiry timestamp, revoked_at timestamp, pem blob NOT NULL,
  PRIMARY KEY(serial_number, authority_key_identifier));
CREATE TABLE ocsp_responses (serial_number blob NOT NULL, authority_key_identifier blob NOT NULL, body blob NOT NULL,
  expiry timestamp, PRIMARY KEY(serial_number, authority_key_identifier),
  FOREIGN KEY(serial_number, authority_key_identifier) REFERENCES certificates(serial_number, authority_key_identifier));";

/// Words: database, schema, key identifier, then for each certificate its serial number, its file and its status.
const MAKE: &str = "
import base64, sqlite3, sys
path, schema, aki, response, rows = sys.argv[1], sys.argv[2], sys.argv[3], sys.argv[4], sys.argv[5:]
db = sqlite3.connect(path)
db.executescript(schema)
for serial, pem, status in zip(rows[0::3], rows[1::3], rows[2::3]):
    revoked = '2026-01-02 03:04:05+00:00' if status == 'revoked' else '0001-01-01 00:00:00+00:00'
    db.execute('INSERT INTO certificates VALUES (?, ?, ?, ?, ?, ?, ?, ?)', (str(int(serial, 16)), aki, '', status,
        4 if status == 'revoked' else 0, '2040-01-01 00:00:00+00:00', revoked, open(pem).read()))
db.execute('INSERT INTO ocsp_responses VALUES (?, ?, ?, ?)', (str(int(rows[0], 16)), aki,
    base64.b64decode(response).decode('latin-1').encode('latin-1'), '2040-01-01 00:00:00+00:00'))
db.commit()
";

/// Each row as a line; what differs from call to call is told by its form.
const SHOW: &str = "
import re, sqlite3, sys
db = sqlite3.connect('certs.db')
db.text_factory = bytes
known = [line.split(':') for line in open('named.txt').read().split()]
names = {value: name for name, value in known}
def word(value):
    text = value.decode('latin-1') if isinstance(value, bytes) else str(value)
    return names.get(text, text)
def time(value):
    text = word(value)
    # Go leaves out the zeros at the end of a fraction.
    return text if text.startswith(('0001', '2040', '2026-01-02')) else re.sub('[.]9+', '.9', re.sub('[0-9]', '9', text))
lines = []
for serial, aki, label, status, reason, expiry, revoked, pem in db.execute('SELECT * FROM certificates'):
    name = names.get(word(serial), 'new') if word(serial) not in names.values() else word(serial)
    lines.append('certificate %s|aki=%s label=%s status=%s reason=%s expiry=%s revoked=%s pem=%s' % (
        name, word(aki), word(label), word(status), reason, time(expiry), time(revoked), pem.startswith(b'-----BEGIN CERT')))
for serial, aki, body, expiry in db.execute('SELECT * FROM ocsp_responses'):
    lines.append('response %s|aki=%s expiry=%s' % (word(serial), word(aki), time(expiry)))
print(chr(10).join(sorted(lines)))
";

fn python(place: &Path, words: &[&str]) -> String {
    succeed("python3", |command| {
        command.current_dir(place).arg("-c").args(words);
    })
}

fn openssl(place: &Path, words: &[&str]) -> String {
    succeed("openssl", |command| {
        command.current_dir(place).args(words);
    })
}

/// The database, its configuration, and a file that says how its certificates are called.
pub(super) fn make(stock: &Programs, place: &Path) {
    stock.split(place, "gencert -ca ca.pem -ca-key ca-key.pem nohosts.json", "gone");
    let shown = openssl(place, &["x509", "-noout", "-ext", "subjectKeyIdentifier", "-in", "ca.pem"]);
    let aki = shown.lines().last().unwrap().trim().replace(':', "").to_lowercase();
    let serial = |file: &str| {
        let shown = openssl(place, &["x509", "-noout", "-serial", "-in", file]);
        shown.trim().rsplit('=').next().unwrap().to_owned()
    };
    let (leaf, gone) = (serial("leaf.pem"), serial("gone.pem"));
    let words = "ocspsign -ca ca.pem -responder ca.pem -responder-key ca-key.pem -cert leaf.pem";
    let signed: Value = serde_json::from_slice(&stock.good(place, words)).unwrap();
    let response = signed["ocspResponse"].as_str().unwrap();
    python(
        place,
        &[MAKE, "certs.db", SCHEMA, &aki, response, &leaf, "leaf.pem", "good", &gone, "gone.pem", "revoked"],
    );
    let decimal =
        |hex: &str| python(place, &["import sys; print(int(sys.argv[1], 16))", hex]).trim().to_owned();
    let names = format!("leaf:{}\ngone:{}\nissuer:{aki}\n", decimal(&leaf), decimal(&gone));
    fs::write(place.join("named.txt"), names).unwrap();
    fs::write(place.join("db.json"), r#"{"driver":"sqlite3","data_source":"certs.db"}"#).unwrap();
    fs::write(place.join("halfdb.json"), r#"{"driver":"sqlite3"}"#).unwrap();
}

/// The words of a case with serial number and key identifier in their places.
pub(super) fn filled(words: &str, fixture: &Path) -> String {
    if !words.contains('@') {
        return words.to_owned();
    }
    let listed = fs::read_to_string(fixture.join("named.txt")).unwrap();
    let named = |name: &str| {
        let mut lines = listed.lines().filter_map(|line| line.split_once(':'));
        lines.find(|(found, _)| *found == name).unwrap().1.to_owned()
    };
    words.replace("@serial@", &named("leaf")).replace("@aki@", &named("issuer"))
}

/// What is in the database.
pub(super) fn rows(place: &Path) -> Observation {
    let shown = python(place, &[SHOW]);
    let lines = shown.lines().filter_map(|line| line.split_once('|'));
    lines.map(|(row, content)| (format!("database {row}"), content.to_owned())).collect()
}
