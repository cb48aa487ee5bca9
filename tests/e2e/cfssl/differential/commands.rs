//! Every command that both have.

use std::fs;
use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

use super::super::programs::Programs;
use super::database;
use super::observe::{self, Observation};

/// One call. The words are split at spaces; the first is the program.
pub(super) struct Case {
    /// Name, as in the list of differences.
    pub(super) name: &'static str,
    words: &'static str,
    /// A file that is standard input.
    stdin: &'static str,
}

const fn case(name: &'static str, words: &'static str) -> Case {
    Case { name, words, stdin: "none.txt" }
}

const fn piped(name: &'static str, words: &'static str, stdin: &'static str) -> Case {
    Case { name, words, stdin }
}

pub(super) static CASES: &[Case] = &[
    case("print-defaults config", "cfssl print-defaults config"),
    case("print-defaults csr", "cfssl print-defaults csr"),
    case("print-defaults list", "cfssl print-defaults list"),
    case("print-defaults unknown", "cfssl print-defaults unknown"),
    case("genkey rsa", "cfssl genkey rsa.json"),
    case("genkey ecdsa 384", "cfssl genkey ecdsa384.json"),
    case("genkey ecdsa 521", "cfssl genkey ecdsa521.json"),
    case("genkey names", "cfssl genkey names.json"),
    piped("genkey from standard input", "cfssl genkey -", "names.json"),
    case("genkey underscore", "cfssl genkey underscore.json"),
    case("genkey long common name", "cfssl genkey longname.json"),
    case("genkey weak rsa", "cfssl genkey weak.json"),
    case("genkey unknown curve", "cfssl genkey curve.json"),
    case("genkey unknown algorithm", "cfssl genkey algorithm.json"),
    case("genkey ca section without initca", "cfssl genkey ca-csr.json"),
    case("genkey initca", "cfssl genkey -initca ca-csr.json"),
    case("genkey wrong type", "cfssl genkey wrongtype.json"),
    case("genkey broken JSON", "cfssl genkey broken.json"),
    case("genkey missing file", "cfssl genkey missing.json"),
    case("gencsr", "cfssl gencsr -key leaf-key.pem names.json"),
    case("gencsr from certificate", "cfssl gencsr -key leaf-key.pem -cert leaf.pem"),
    case("gencert initca", "cfssl gencert -initca ca-csr.json"),
    case("gencert initca path length zero", "cfssl gencert -initca ca0.json"),
    case("gencert initca crl_url", "cfssl gencert -initca ca-crl.json"),
    case("gencert initca no subject", "cfssl gencert -initca nosubject.json"),
    case("gencert initca existing key", "cfssl gencert -initca -ca-key ca-key.pem ca-csr.json"),
    case("gencert renewca", "cfssl gencert -renewca -ca ca.pem -ca-key ca-key.pem"),
    case("gencert default profile", "cfssl gencert -ca ca.pem -ca-key ca-key.pem names.json"),
    case("gencert config", "cfssl gencert -ca ca.pem -ca-key ca-key.pem -config config.json names.json"),
    case(
        "gencert profile client",
        "cfssl gencert -ca ca.pem -ca-key ca-key.pem -config config.json -profile client names.json",
    ),
    case(
        "gencert hostname",
        "cfssl gencert -ca ca.pem -ca-key ca-key.pem -hostname a.example.net,10.1.2.3 names.json",
    ),
    case(
        "gencert crl",
        "cfssl gencert -ca ca.pem -ca-key ca-key.pem -crl http://pki.example/ca.crl names.json",
    ),
    case("gencert without hosts", "cfssl gencert -ca ca.pem -ca-key ca-key.pem nohosts.json"),
    case("gencert without ca", "cfssl gencert names.json"),
    case("gencert wrong ca key", "cfssl gencert -ca ca.pem -ca-key other-key.pem names.json"),
    case("gencert missing ca file", "cfssl gencert -ca missing.pem -ca-key ca-key.pem names.json"),
    case("gencert equals and double dash", "cfssl gencert --ca=ca.pem --ca-key=ca-key.pem names.json"),
    case("sign default", "cfssl sign -ca ca.pem -ca-key ca-key.pem leaf.csr"),
    piped("sign from standard input", "cfssl sign -ca ca.pem -ca-key ca-key.pem -", "leaf.csr"),
    case("sign csr flag", "cfssl sign -ca ca.pem -ca-key ca-key.pem -csr leaf.csr"),
    case("sign hostname", "cfssl sign -ca ca.pem -ca-key ca-key.pem -hostname b.example.net leaf.csr"),
    case("sign subject", "cfssl sign -ca ca.pem -ca-key ca-key.pem leaf.csr subject.json"),
    case(
        "sign profile ca",
        "cfssl sign -ca ca.pem -ca-key ca-key.pem -config config.json -profile ca leaf.csr",
    ),
    case(
        "sign profile urls",
        "cfssl sign -ca ca.pem -ca-key ca-key.pem -config config.json -profile urls leaf.csr",
    ),
    case(
        "sign profile policy",
        "cfssl sign -ca ca.pem -ca-key ca-key.pem -config config.json -profile policy leaf.csr",
    ),
    case(
        "sign profile whitelist refused",
        "cfssl sign -ca ca.pem -ca-key ca-key.pem -config config.json -profile white leaf.csr",
    ),
    case(
        "sign profile whitelist granted",
        "cfssl sign -ca ca.pem -ca-key ca-key.pem -config config.json -profile white -hostname x.allowed.example leaf.csr subject.json",
    ),
    case(
        "sign profile csr whitelist",
        "cfssl sign -ca ca.pem -ca-key ca-key.pem -config config.json -profile csrwhite leaf.csr",
    ),
    case(
        "sign profile absolute",
        "cfssl sign -ca ca.pem -ca-key ca-key.pem -config config.json -profile absolute leaf.csr",
    ),
    case(
        "sign profile nocheck",
        "cfssl sign -ca ca.pem -ca-key ca-key.pem -config config.json -profile nocheck leaf.csr",
    ),
    case(
        "sign profile serial",
        "cfssl sign -ca ca.pem -ca-key ca-key.pem -config config.json -profile serial leaf.csr",
    ),
    case(
        "sign unknown profile",
        "cfssl sign -ca ca.pem -ca-key ca-key.pem -config config.json -profile nothing leaf.csr",
    ),
    case("sign without signing", "cfssl sign -ca ca.pem -ca-key ca-key.pem -config nosigning.json leaf.csr"),
    case("sign without expiry", "cfssl sign -ca ca.pem -ca-key ca-key.pem -config noexpiry.json leaf.csr"),
    case("sign unknown auth key", "cfssl sign -ca ca.pem -ca-key ca-key.pem -config badkey.json leaf.csr"),
    case("sign certificate instead of request", "cfssl sign -ca ca.pem -ca-key ca-key.pem leaf.pem"),
    case("selfsign", "cfssl selfsign host.example.net names.json"),
    case("selfsign config", "cfssl selfsign -config config.json -profile client host.example.net names.json"),
    case("certinfo", "cfssl certinfo -cert leaf.pem"),
    case("certinfo of the authority", "cfssl certinfo -cert ca.pem"),
    piped("certinfo from standard input", "cfssl certinfo -cert -", "leaf.pem"),
    case("certinfo csr", "cfssl certinfo -csr leaf.csr"),
    case("certinfo of a key", "cfssl certinfo -cert leaf-key.pem"),
    case("certinfo of two", "cfssl certinfo -cert two.pem"),
    case("certinfo of nothing", "cfssl certinfo"),
    case("gencrl", "cfssl gencrl serials.txt ca.pem ca-key.pem"),
    case("gencrl empty with seconds", "cfssl gencrl none.txt ca.pem ca-key.pem 3600"),
    case("gencrl words", "cfssl gencrl words.txt ca.pem ca-key.pem"),
    case("bundle force", "cfssl bundle -cert two.pem -ca-bundle ca.pem -int-bundle inter.pem -flavor force"),
    case(
        "bundle unknown flavor",
        "cfssl bundle -cert deep.pem -ca-bundle ca.pem -int-bundle inter.pem -flavor other",
    ),
    case(
        "bundle optimal",
        "cfssl bundle -cert deep.pem -ca-bundle ca.pem -int-bundle inter.pem -flavor optimal",
    ),
    case(
        "bundle ubiquitous",
        "cfssl bundle -cert deep.pem -key deep-key.pem -ca-bundle ca.pem -int-bundle inter.pem",
    ),
    case("bundle of a root", "cfssl bundle -cert other.pem -ca-bundle ca.pem -int-bundle inter.pem"),
    case(
        "bundle wrong key",
        "cfssl bundle -cert deep.pem -key leaf-key.pem -ca-bundle ca.pem -int-bundle inter.pem",
    ),
    case(
        "bundle unknown authority",
        "cfssl bundle -cert deep.pem -ca-bundle other.pem -int-bundle other.pem",
    ),
    case(
        "ocspsign good",
        "cfssl ocspsign -ca ca.pem -responder ca.pem -responder-key ca-key.pem -cert leaf.pem",
    ),
    case(
        "ocspsign revoked",
        "cfssl ocspsign -ca ca.pem -responder ca.pem -responder-key ca-key.pem -cert leaf.pem -status revoked -reason keyCompromise -revoked-at 2026-01-02",
    ),
    case(
        "ocspsign revoked without reason",
        "cfssl ocspsign -ca ca.pem -responder ca.pem -responder-key ca-key.pem -cert leaf.pem -status revoked",
    ),
    case(
        "ocspsign other issuer",
        "cfssl ocspsign -ca other.pem -responder other.pem -responder-key other-key.pem -cert leaf.pem",
    ),
    case(
        "ocspsign unknown status",
        "cfssl ocspsign -ca ca.pem -responder ca.pem -responder-key ca-key.pem -cert leaf.pem -status maybe",
    ),
    case("info without remote", "cfssl info"),
    case("info nobody there", "cfssl info -remote localhost:1"),
    case("sign nobody there", "cfssl sign -remote localhost:1 leaf.csr"),
    case("revoke without database", "cfssl revoke -serial 1 -aki 00"),
    case("sign with database", "cfssl sign -db-config db.json -ca ca.pem -ca-key ca-key.pem leaf.csr"),
    case(
        "gencert with database",
        "cfssl gencert -db-config db.json -ca ca.pem -ca-key ca-key.pem names.json",
    ),
    case("revoke", "cfssl revoke -db-config db.json -serial @serial@ -aki @aki@ -reason superseded"),
    case("revoke by number", "cfssl revoke -db-config db.json -serial @serial@ -aki @aki@ -reason 9"),
    case("revoke without reason", "cfssl revoke -db-config db.json -serial @serial@ -aki @aki@"),
    case("revoke unknown reason", "cfssl revoke -db-config db.json -serial @serial@ -aki @aki@ -reason loud"),
    case(
        "revoke unknown certificate",
        "cfssl revoke -db-config db.json -serial 5 -aki @aki@ -reason superseded",
    ),
    case("revoke without serial number", "cfssl revoke -db-config db.json -aki @aki@"),
    case(
        "ocsprefresh",
        "cfssl ocsprefresh -db-config db.json -ca ca.pem -responder ca.pem -responder-key ca-key.pem",
    ),
    case("ocspdump", "cfssl ocspdump -db-config db.json"),
    case("ocspdump without database", "cfssl ocspdump"),
    case("ocspdump missing database file", "cfssl ocspdump -db-config missing.json"),
    case("ocspdump incomplete database file", "cfssl ocspdump -db-config halfdb.json"),
    case("crl of the database", "cfssl crl -db-config db.json -ca ca.pem -ca-key ca-key.pem"),
    case("certinfo of the database", "cfssl certinfo -db-config db.json -serial @serial@ -aki @aki@"),
    case(
        "sign profile transparency, log away",
        "cfssl sign -ca ca.pem -ca-key ca-key.pem -config config.json -profile logs leaf.csr",
    ),
    case(
        "sign profile transparency",
        "cfssl sign -ca ca.pem -ca-key ca-key.pem -config log.json -profile logged leaf.csr",
    ),
    case(
        "gencert profile transparency",
        "cfssl gencert -ca ca.pem -ca-key ca-key.pem -config log.json -profile logged names.json",
    ),
    case(
        "sign profile transparency, log refuses",
        "cfssl sign -ca ca.pem -ca-key ca-key.pem -config log.json -profile elsewhere leaf.csr",
    ),
    case(
        "sign profile two issuers",
        "cfssl sign -ca ca.pem -ca-key ca-key.pem -config config.json -profile issuers leaf.csr",
    ),
    case("genkey odd rsa", "cfssl genkey oddrsa.json"),
    case("sign odd rsa", "cfssl sign -ca ca.pem -ca-key ca-key.pem oddrsa.csr"),
    case("scan list", "cfssl scan -list"),
    case("unknown command", "cfssl nothing"),
    case("unknown flag", "cfssl genkey -nothing names.json"),
    piped("cfssljson bare", "cfssljson -bare out", "bare.json"),
    piped("cfssljson bare stdout", "cfssljson -bare -stdout", "bare.json"),
    piped("cfssljson envelope", "cfssljson out", "envelope.json"),
    piped("cfssljson failure", "cfssljson out", "failed.json"),
    piped("cfssljson ocsp", "cfssljson -bare out", "ocsp-bare.json"),
    piped("cfssljson broken", "cfssljson -bare out", "broken.json"),
];

/// Seconds after which a program is taken for one that never ends; its exit status is 124 then.
const PATIENCE: &str = "10";

/// Run a case in a copy of the fixture, and see what came of it.
pub(super) fn run(programs: &Programs, fixture: &TempDir, case: &Case) -> Observation {
    let copy = TempDir::new().unwrap();
    copy_files(fixture.path(), copy.path());
    let words = database::filled(case.words, fixture.path());
    let mut words = words.split(' ');
    let program = programs.command(words.next().unwrap(), copy.path());
    let mut command = Command::new("timeout");
    command.arg(PATIENCE).arg(program.get_program()).current_dir(copy.path()).env("LC_ALL", "C.UTF-8");
    command.args(words).stdin(fs::File::open(copy.path().join(case.stdin)).unwrap());
    let mut seen = observe::output(&command.output().unwrap());
    if case.words.contains("db.json") {
        seen.extend(database::rows(copy.path()));
    }
    for entry in fs::read_dir(copy.path()).unwrap().map(Result::unwrap) {
        let name = entry.file_name().into_string().unwrap();
        if !fixture.path().join(&name).exists() {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = entry.metadata().unwrap().permissions().mode() & 0o777;
            let octets = fs::read(entry.path()).unwrap();
            seen.insert(format!("file {name}"), format!("{mode:o} {}", octets.escape_ascii()));
        }
    }
    seen
}

fn copy_files(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
    }
}
