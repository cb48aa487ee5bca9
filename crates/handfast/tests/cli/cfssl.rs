//! `handfast cfssl …` and `handfast cfssljson`: the words, files and exit codes of CFSSL.

use std::io::Write as _;
use std::os::unix::fs::PermissionsExt;
use std::process::{Command, Output, Stdio};

use hf_store::certdb::CertDb;
use serde_json::Value;

use crate::material::openssl;
use crate::support::Place;

/// A root in `ca.pem` and `ca-key.pem`, and a request in `csr.json`.
fn place_with_root() -> Place {
    let place = Place::empty();
    place.write("ca.json", r#"{"CN":"Shop CA","names":[{"C":"GB","O":"Shop"}]}"#);
    place.write("csr.json", r#"{"CN":"api","hosts":["api.shop.internal","10.0.0.1"]}"#);
    split(&place, "cfssl gencert -initca ca.json", "-bare ca");
    place
}

/// `handfast WORDS | handfast cfssljson OPTIONS`.
fn split(place: &Place, words: &str, options: &str) -> Output {
    pipe(place, place.good(words).as_bytes(), options)
}

fn pipe(place: &Place, input: &[u8], options: &str) -> Output {
    let mut command = place.command(&format!("cfssljson {options}"));
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(input).unwrap();
    child.wait_with_output().unwrap()
}

/// What a run that went wrong says, and its exit code.
fn refused(place: &Place, words: &str) -> (String, Option<i32>) {
    let output = place.run(words);
    assert!(output.stdout.is_empty(), "{words}: {}", String::from_utf8_lossy(&output.stdout));
    (String::from_utf8(output.stderr).unwrap(), output.status.code())
}

const AUTHORITY: &str = "-ca ca.pem -ca-key ca-key.pem";

#[test]
fn a_root_signs_in_all_ways_and_openssl_agrees() {
    let place = place_with_root();
    let mode = std::fs::metadata(place.path("ca-key.pem")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    split(&place, &format!("cfssl gencert {AUTHORITY} csr.json"), "-bare a");
    split(&place, &format!("cfssl sign {AUTHORITY} a.csr"), "-bare b");
    split(&place, "cfssl gencsr -key a-key.pem csr.json", "-bare c");
    split(&place, &format!("cfssl sign {AUTHORITY} -csr=c.csr --hostname=other.shop.internal"), "-bare c");
    split(&place, "cfssl genkey csr.json", "-bare d");
    split(&place, "cfssl selfsign localhost csr.json", "-bare self");
    split(&place, &format!("cfssl gencert -renewca {AUTHORITY}"), "-bare renewed");
    let folder = place.path("");
    for file in ["a", "b", "c"] {
        assert_eq!(
            openssl(&folder, &format!("verify -CAfile ca.pem {file}.pem")),
            format!("{file}.pem: OK\n")
        );
    }
    assert_eq!(openssl(&folder, "verify -CAfile renewed.pem a.pem"), "a.pem: OK\n");
    assert_eq!(openssl(&folder, "verify -CAfile self.pem self.pem"), "self.pem: OK\n");
    let names = |file: &str| -> Value {
        serde_json::from_str::<Value>(&place.good(&format!("cfssl certinfo -cert {file}"))).unwrap()["sans"]
            .clone()
    };
    assert_eq!(names("a.pem"), serde_json::json!(["api.shop.internal", "10.0.0.1"]));
    assert_eq!(names("c.pem"), serde_json::json!(["other.shop.internal"]));
    place.good("cfssl certinfo -csr a.csr");
}

#[test]
fn the_answers_of_a_server_are_split_too() {
    let place = Place::empty();
    let envelope =
        br#"{"success":true,"result":{"certificate":"C","private_key":"K"},"errors":[],"messages":[]}"#;
    assert!(pipe(&place, envelope, "server").status.success());
    assert_eq!(
        (place.read("server.pem"), place.read("server-key.pem")),
        (String::from("C"), String::from("K"))
    );
    assert_eq!(pipe(&place, envelope, "-stdout").stdout, b"C\nK\n");
    let failed =
        br#"{"success":false,"result":null,"errors":[{"code":5400,"message":"no profile"}],"messages":[]}"#;
    let output = pipe(&place, failed, "x");
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "Request failed:\n\tno profile\n");
    assert!(!pipe(&place, b"no json", "-bare x").status.success());
    assert!(!place.path("x.pem").exists());
}

#[test]
fn a_key_that_others_could_read_is_closed() {
    let place = Place::empty();
    place.write("x-key.pem", "old");
    std::fs::set_permissions(place.path("x-key.pem"), PermissionsExt::from_mode(0o644)).unwrap();
    assert!(pipe(&place, br#"{"key":"new"}"#, "-bare x").status.success());
    let mode = std::fs::metadata(place.path("x-key.pem")).unwrap().permissions().mode();
    assert_eq!((place.read("x-key.pem").as_str(), mode & 0o777), ("new", 0o600));
}

#[test]
fn what_is_lacking_is_said_and_the_exit_code_tells() {
    let place = place_with_root();
    let of = |text: &str| (format!("{text}\n"), Some(1));
    // CFSSL logs this and exits with 0.
    assert_eq!(refused(&place, "cfssl gencert csr.json"), of("need a CA certificate (provide one with -ca)"));
    assert_eq!(
        refused(&place, "cfssl sign"),
        of("not enough arguments are supplied --- please refer to the usage")
    );
    assert_eq!(
        refused(&place, "cfssl genkey nothing.json"),
        of("open nothing.json: no such file or directory")
    );
    let (text, code) = refused(&place, &format!("cfssl gencert {AUTHORITY} -profile nobody csr.json"));
    assert!(text.starts_with(r#"{"code":5400,"message":"#) && code == Some(1), "{text}");
    let (text, code) = refused(&place, "cfssl gencert -nonsense csr.json");
    assert!(text.starts_with("flag provided but not defined: -nonsense\n") && code == Some(2), "{text}");
    let (text, code) = refused(&place, "cfssl gencert -h");
    assert!(
        text.contains("Usage of gencert:") && text.contains("  -initca=false: ") && code == Some(0),
        "{text}"
    );
    assert_eq!(refused(&place, "cfssl info").1, Some(1));
    assert_eq!(refused(&place, "cfssl ocspsign").1, Some(1));
}

#[test]
fn an_unknown_profile_is_the_default_one_only_when_told() {
    let place = place_with_root();
    place.write("config.json", &place.good("cfssl print-defaults config"));
    let words = format!("cfssl gencert {AUTHORITY} -config config.json -profile nobody");
    assert!(!place.run(&format!("{words} csr.json")).status.success());
    // The default profile of that file says of no use, so one that does is asked for.
    place.good(&format!("cfssl gencert {AUTHORITY} -lenient -profile nobody csr.json"));
    let info: Value = serde_json::from_str(
        &place.good(&format!("cfssl info {AUTHORITY} -config config.json -profile www")),
    )
    .unwrap();
    assert_eq!(info["expiry"], "8760h");
    assert_eq!(info["usages"], serde_json::json!(["signing", "key encipherment", "server auth"]));
}

#[test]
fn what_needs_nothing_is_printed() {
    let place = Place::empty();
    assert!(place.good("cfssl version").starts_with("Version: "));
    assert!(place.good("cfssljson -version").starts_with("Version: "));
    let csr: Value = serde_json::from_str(&place.good("cfssl print-defaults csr")).unwrap();
    assert_eq!(csr["CN"], "example.net");
    assert_eq!(
        place.good("cfssl print-defaults list"),
        "Default configurations are available for:\n\tconfig\n\tcsr\n"
    );
    let families: Value = serde_json::from_str(&place.good("cfssl scan -list")).unwrap();
    assert_eq!(families.as_object().unwrap().len(), 5);
}

#[test]
fn a_list_of_serial_numbers_becomes_a_crl() {
    let place = place_with_root();
    place.write("serials.txt", "1234\n\n5678\n");
    place.write("crl.txt", &place.good("cfssl gencrl serials.txt ca.pem ca-key.pem 3600"));
    openssl(&place.path(""), "enc -d -base64 -A -in crl.txt -out ca.crl");
    let shown = openssl(&place.path(""), "crl -inform DER -in ca.crl -noout -text -CAfile ca.pem");
    assert!(shown.contains("Serial Number: 04D2") && shown.contains("Serial Number: 162E"), "{shown}");
    assert!(shown.contains("X509v3 CRL Number"), "{shown}");
}

/// A database of CFSSL's schema beside the root.
fn place_with_database() -> Place {
    let place = place_with_root();
    let source = place.path("certs.db").display().to_string();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async { CertDb::create("sqlite3", &source).await.map(drop) }).unwrap();
    place.write("db.json", &format!(r#"{{"driver":"sqlite3","data_source":"{source}"}}"#));
    place
}

/// Serial number and authority key identifier as the database has them.
fn key_of(place: &Place, file: &str) -> (String, String) {
    let info: Value = serde_json::from_str(&place.good(&format!("cfssl certinfo -cert {file}"))).unwrap();
    let aki = info["authority_key_id"].as_str().unwrap().replace(':', "").to_lowercase();
    (info["serial_number"].as_str().unwrap().to_owned(), aki)
}

#[test]
fn the_database_knows_what_was_signed_and_revoked() {
    let place = place_with_database();
    split(&place, &format!("cfssl gencert {AUTHORITY} -db-config db.json csr.json"), "-bare a");
    let (serial, aki) = key_of(&place, "a.pem");
    let found = place.good(&format!("cfssl certinfo -db-config db.json -serial {serial} -aki {aki}"));
    assert_eq!(serde_json::from_str::<Value>(&found).unwrap()["serial_number"], serial.as_str());

    let crl = || {
        place.write("crl.txt", &place.good(&format!("cfssl crl -db-config db.json {AUTHORITY}")));
        openssl(&place.path(""), "enc -d -base64 -A -in crl.txt -out ca.crl");
        openssl(&place.path(""), "crl -inform DER -in ca.crl -noout -text")
    };
    assert!(crl().contains("No Revoked Certificates"));
    place.good(&format!("cfssl revoke -db-config db.json -serial {serial} -aki {aki} -reason keyCompromise"));
    assert!(crl().contains("Key Compromise"));
    assert!(!place.run("cfssl revoke -db-config db.json -serial 7 -aki 00").status.success());

    let responder = "-ca ca.pem -responder ca.pem -responder-key ca-key.pem";
    place.good(&format!("cfssl ocsprefresh -db-config db.json {responder}"));
    assert_eq!(place.good("cfssl ocspdump -db-config db.json").lines().count(), 1);
    split(&place, &format!("cfssl ocspsign {responder} -cert a.pem -status revoked -reason 0"), "-bare a");
    let shown = openssl(
        &place.path(""),
        "ocsp -respin a-response.der -issuer ca.pem -cert a.pem -CAfile ca.pem -no_nonce",
    );
    assert!(shown.contains("a.pem: revoked"), "{shown}");
}

#[test]
fn what_cfssl_had_is_taken_over() {
    let place = place_with_database();
    split(&place, &format!("cfssl gencert {AUTHORITY} -db-config db.json csr.json"), "-bare a");
    let (serial, aki) = key_of(&place, "a.pem");
    place.good(&format!("cfssl revoke -db-config db.json -serial {serial} -aki {aki} -reason superseded"));
    place.write("config.json", &place.good("cfssl print-defaults config"));
    let root = place.path("");
    let at = |name: &str| root.join(name).display().to_string();
    place.write(
        "roots.ini",
        &format!(
            "[ shop ]\nprivate = file://{}\ncertificate = {}\nconfig = {}\n",
            at("ca-key.pem"),
            at("ca.pem"),
            at("config.json")
        ),
    );
    place.write("handfast.toml", "[trust]\ndomain = \"shop.internal\"\n");
    place.good("apply");
    let import =
        "cfssl import --signers roots.ini --db-config db.json --policy config.json --request csr.json";
    let first = place.json(&format!("{import} --format json"));
    assert_eq!(first["signers"][0]["authority"], "shop");
    assert_eq!((&first["certificates"]["added"], &first["certificates"]["left"]), (&1.into(), &0.into()));
    assert_eq!(first["requests"][0]["holds"]["common_name"], "api");
    let again = place.json(&format!("{import} --format json"));
    assert_eq!((&again["certificates"]["added"], &again["certificates"]["present"]), (&0.into(), &1.into()));
    let revoked = place.json("list --state revoked --format json");
    assert_eq!(revoked["certificates"].as_array().unwrap().len(), 1, "{revoked}");
    assert_eq!(refused(&place, "cfssl import").1, Some(1));
}

#[test]
fn links_make_scripts_run() {
    let place = Place::empty();
    place.good("cfssl install-links bin");
    let run =
        |program: &str, word: &str| Command::new(place.path("bin").join(program)).arg(word).output().unwrap();
    assert!(run("cfssl", "version").status.success());
    assert!(run("cfssljson", "-version").status.success());
    let unknown = run("cfssl", "nonsense");
    assert_eq!(unknown.status.code(), Some(1));
    assert!(
        String::from_utf8(unknown.stderr).unwrap().starts_with("Command nonsense is not defined.\nUsage:\n")
    );

    // What is ours already is left; what is another's is not taken away unless told.
    place.good("cfssl install-links bin");
    std::fs::remove_file(place.path("bin/cfssl")).unwrap();
    place.write("bin/cfssl", "another's");
    assert_eq!(place.run("cfssl install-links bin").status.code(), Some(1));
    assert_eq!(place.read("bin/cfssl"), "another's");
    place.good("cfssl install-links --force bin");
    assert!(run("cfssl", "version").status.success());
}

#[test]
fn a_bundle_holds_the_path_and_splits_into_files() {
    let place = place_with_root();
    let profile = r#"{"usages":["cert sign","crl sign"],"expiry":"8760h","ca_constraint":{"is_ca":true}}"#;
    place.write("ca-config.json", &format!(r#"{{"signing":{{"profiles":{{"ca":{profile}}}}}}}"#));
    place.write("int.json", r#"{"CN":"Shop Intermediate"}"#);
    split(
        &place,
        &format!("cfssl gencert {AUTHORITY} -config ca-config.json -profile ca int.json"),
        "-bare int",
    );
    split(&place, "cfssl gencert -ca int.pem -ca-key int-key.pem csr.json", "-bare a");
    let words = "cfssl bundle -cert a.pem -key a-key.pem -ca-bundle ca.pem -int-bundle int.pem -flavor";
    for flavor in ["optimal", "ubiquitous"] {
        let bundle: Value = serde_json::from_str(&place.good(&format!("{words} {flavor}"))).unwrap();
        assert_eq!(bundle["bundle"].as_str().unwrap().matches("BEGIN CERTIFICATE").count(), 2, "{bundle}");
        assert_eq!(bundle["hostnames"], serde_json::json!(["api", "api.shop.internal"]));
    }
    split(&place, &format!("{words} optimal"), "-bare whole");
    let folder = place.path("");
    assert_eq!(openssl(&folder, "verify -CAfile ca.pem -untrusted whole-bundle.pem a.pem"), "a.pem: OK\n");
    let (text, code) = refused(&place, "cfssl bundle -cert a.pem -ca-bundle a.pem");
    assert!(text.contains(r#""code":1220"#) && code == Some(1), "{text}");
    assert_eq!(refused(&place, &format!("{words} plain")).1, Some(1));
}

#[test]
fn what_a_policy_cannot_have_is_told_with_what_it_can() {
    let place = place_with_root();
    let policy = |name: &str, profile: &str| {
        let text = format!(r#"{{"signing":{{"default":{{"usages":["signing","server auth"],{profile}}}}}}}"#);
        place.write(name, &text);
    };
    let sign = |config: &str| format!("cfssl gencert {AUTHORITY} -config {config} csr.json");

    policy("early.json", r#""expiry":"240h","backdate":"72h""#);
    let (text, code) = refused(&place, &sign("early.json"));
    assert!(text.contains(r#""code":5200"#) && code == Some(1), "{text}");
    assert!(text.contains("expected `backdate` of at most 1d (24h), found 3d"), "{text}");
    policy("day.json", r#""expiry":"240h","backdate":"24h""#);
    place.good(&sign("day.json"));

    policy("nocheck.json", r#""expiry":"240h","ocsp_no_check":true"#);
    let (text, _) = refused(&place, &sign("nocheck.json"));
    assert!(text.contains("[WARNING]") && text.contains("`ocsp_no_check` is for responders"), "{text}");
    assert!(
        text.contains(r#""code":5300"#) && text.contains("expected the purpose id-kp-OCSPSigning"),
        "{text}"
    );

    // Granted, but not as asked for.
    policy("long.json", r#""expiry":"87600h""#);
    let output = place.run(&sign("long.json"));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success() && said.contains("[WARNING] validity was shortened"), "{said}");
}

#[test]
fn servers_say_what_they_lack() {
    let place = place_with_root();
    let of = |text: &str| (format!("{text}\n"), Some(1));
    assert_eq!(
        refused(&place, "cfssl ocspserve"),
        of("no response file or db-config provided, please set -responses or -db-config")
    );
    let (text, code) = refused(&place, "cfssl serve extra");
    assert!(text.starts_with("argument is provided but not defined") && code == Some(1), "{text}");
    let (text, code) = refused(&place, &format!("cfssl serve {AUTHORITY} -port 70000"));
    assert!(text.contains("invalid port 70000") && code == Some(1), "{text}");
}

#[test]
fn the_other_programs_are_commands_too() {
    let place = place_with_root();
    place.good("mkbundle -f bundle.crt ca.pem");
    assert!(place.read("bundle.crt").contains(place.read("ca.pem").trim()));
    let (said, code) = refused(&place, "mkbundle -f other.crt missing");
    assert!(code == Some(1) && said.contains("missing"), "{code:?} {said}");

    let (said, code) = refused(&place, "multirootca -a 127.0.0.1:0");
    assert!(code == Some(1) && said.contains("name it with -roots"), "{code:?} {said}");
    place.write(
        "roots.ini",
        "[shop]\nprivate = file://ca-key.pem\ncertificate = ca.pem\nconfig = none.json\n",
    );
    let (said, code) = refused(&place, "multirootca -a 127.0.0.1:0 -roots roots.ini");
    assert!(code == Some(1) && said.contains("none.json"), "{code:?} {said}");
}
