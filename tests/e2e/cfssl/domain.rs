//! The endpoints of CFSSL in `handfast serve`: over the record of the trust domain's authorities, behind HTTPS, by label, and
//! with policies that are read again. Debian's client asks where it can.

use std::fs;
use std::net::SocketAddr;
use std::path::Path;

use serde_json::{Value, json};

use super::programs::Programs;
use crate::domain::{Domain, handfast};
use crate::program::{finish, succeed, text};
use crate::serve::Served;

const TRUST: &str = r#"[trust]
domain = "shop.internal"

[authority.root]
[authority.services]
parent = "root"
[authority.partners]
parent = "root"

[service.web]
instances = ["web.shop.internal"]
calls     = ["orders"]
authority = "services"

[service.orders]
instances = ["orders.shop.internal"]
authority = "partners"

[server]
authority = "services"
listen = ["127.0.0.1:0"]
"#;

const KEY: &str = "0123456789abcdef0123456789abcdef";

/// A policy with this lifetime and, when `held`, an auth key.
fn policy(expiry: &str, held: bool) -> String {
    let auth = if held { r#","auth_key":"k""# } else { "" };
    format!(
        r#"{{"signing":{{"default":{{"usages":["signing","server auth","client auth"],"expiry":"{expiry}"{auth}}}}},
            "auth_keys":{{"k":{{"type":"standard","key":"{KEY}"}}}}}}"#
    )
}

/// A domain with these lines of `[server.cfssl]` and these policy files, served.
fn served(lines: &str, policies: &[(&str, String)]) -> Served {
    served_in(TRUST, lines, policies)
}

/// The same in this trust domain.
fn served_in(trust: &str, lines: &str, policies: &[(&str, String)]) -> Served {
    let domain = Domain::declared(&format!("{trust}\n[server.cfssl]\n{lines}"));
    for (name, content) in policies {
        fs::write(domain.path().join(name), content).unwrap();
    }
    fs::write(domain.path().join("csr.json"), r#"{"CN":"a.shop.internal","hosts":["a.shop.internal"]}"#)
        .unwrap();
    Served::start(domain, |_| {})
}

/// What an endpoint answers, and the status.
fn ask(address: SocketAddr, endpoint: &str, body: Option<&Value>) -> (String, Value) {
    let output = finish("curl", |command| {
        command.args(["--silent", "--show-error", "--max-time", "20", "--write-out", "\n%{http_code}"]);
        if let Some(body) = body {
            command.arg("--data").arg(body.to_string());
        }
        command.arg(format!("http://{address}/api/v1/cfssl/{endpoint}"));
    });
    let said = text(&output.stdout);
    let (body, status) = said.rsplit_once('\n').unwrap();
    (status.to_owned(), serde_json::from_str(body).unwrap_or_else(|_| panic!("{endpoint}: {said}")))
}

/// The result of an endpoint that must succeed.
fn good(address: SocketAddr, endpoint: &str, body: Option<&Value>) -> Value {
    let (status, answer) = ask(address, endpoint, body);
    assert_eq!(status, "200", "{endpoint}: {answer}");
    answer["result"].clone()
}

fn message(answer: &Value) -> &str {
    answer["errors"][0]["message"].as_str().unwrap()
}

/// What openssl says of base64 that holds DER.
fn shown(folder: &Path, words: &[&str], base64: &Value) -> String {
    fs::write(folder.join("told.b64"), format!("{}\n", base64.as_str().unwrap())).unwrap();
    succeed("openssl", |command| {
        command.current_dir(folder).args(["base64", "-d", "-A", "-in", "told.b64", "-out", "told.der"]);
    });
    succeed("openssl", |command| {
        command.current_dir(folder).args(words);
    })
}

/// Serial number (decimal) and issuer's key identifier (hexadecimal) of a certificate, as `certinfo` tells them.
fn named(address: SocketAddr, pem: &str) -> (String, String) {
    let info = good(address, "certinfo", Some(&json!({ "certificate": pem })));
    let word = |name: &str| info[name].as_str().unwrap().to_owned();
    (word("serial_number"), word("authority_key_id").replace(':', "").to_lowercase())
}

#[test]
fn the_record_of_the_domain_answers_every_endpoint_of_a_database() {
    let lines = "listen = [\"127.0.0.1:0\"]\nenable = [\"sign\", \"revoke\", \"ocspsign\", \"certinfo\"]\n";
    let served = served(lines, &[]);
    let (address, place) = (served.address("cfssl"), served.domain.path());
    let remote = format!("localhost:{}", address.port());
    Programs::stock().split(place, &format!("gencert -remote {remote} csr.json"), "leaf");
    let pem = fs::read_to_string(place.join("leaf.pem")).unwrap();
    let (serial, key) = named(address, &pem);

    let found = good(address, "certinfo", Some(&json!({ "serial": serial, "authority_key_id": key })));
    assert_eq!(found["subject"]["common_name"], "a.shop.internal");
    let ocsp = |body: Value| good(address, "ocspsign", Some(&body))["ocspResponse"].clone();
    let words = ["ocsp", "-respin", "told.der", "-noverify", "-resp_text"];
    let told = shown(place, &words, &ocsp(json!({ "certificate": pem })));
    assert!(told.contains("Cert Status: good"), "{told}");
    let claim = json!({ "certificate": pem, "status": "revoked", "reason": 1 });
    let (status, refused) = ask(address, "ocspsign", Some(&claim));
    assert!(status == "400" && message(&refused).contains("`revoke` changes it"), "{refused}");

    let bundle = good(address, "bundle", Some(&json!({ "certificate": pem, "flavor": "optimal" })));
    let chain = bundle["bundle"].as_str().unwrap();
    assert!(chain.matches("BEGIN CERTIFICATE").count() == 2, "{chain}");
    assert_eq!(bundle["root"].as_str().unwrap().trim(), root(place).trim());

    let revocation = json!({ "serial": serial, "authority_key_id": key, "reason": "keyCompromise" });
    good(address, "revoke", Some(&revocation));
    let list = shown(
        place,
        &["crl", "-inform", "DER", "-in", "told.der", "-noout", "-text"],
        &good(address, "crl", None),
    );
    assert!(list.contains("Key Compromise") && list.contains("CRL Number"), "{list}");
    let told = shown(place, &words, &ocsp(json!({ "certificate": pem, "issuer_hash": "SHA256" })));
    assert!(told.contains("Cert Status: revoked") && told.contains("keyCompromise"), "{told}");
    let listed = served.good("list --state revoked --format json");
    assert!(listed.contains("a.shop.internal"), "{listed}");
    let audited = served.good("audit verify");
    assert!(audited.contains("intact"), "{audited}");
}

fn root(place: &Path) -> String {
    let roots = fs::read_to_string(place.join("trust/web.shop.internal/roots.pem")).unwrap();
    assert_eq!(roots.matches("BEGIN CERTIFICATE").count(), 1);
    roots
}

/// A certificate that another program made with the key of an authority.
fn made_elsewhere(served: &Served) -> String {
    let place = served.domain.path();
    let chain = fs::read_to_string(served.domain.trust("web.shop.internal").join("fullchain.pem")).unwrap();
    let issuer = chain.split_inclusive("-----END CERTIFICATE-----\n").nth(1).unwrap();
    fs::write(place.join("issuer.pem"), issuer).unwrap();
    let key = served.domain.authority_key("services");
    let openssl = |words: &str| {
        succeed("openssl", |command| {
            command.current_dir(place).args(words.split(' '));
        })
    };
    openssl(
        "req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout other.key -out other.csr -subj /CN=b.shop.internal",
    );
    fs::write(place.join("ext"), "authorityKeyIdentifier=keyid\nsubjectAltName=DNS:b.shop.internal\n")
        .unwrap();
    openssl(&format!(
        "x509 -req -in other.csr -CA issuer.pem -CAkey {} -set_serial 4711 -days 5 -extfile ext -out other.pem",
        key.display()
    ));
    fs::read_to_string(place.join("other.pem")).unwrap()
}

#[test]
fn certadd_puts_on_record_what_the_authority_signed_and_nothing_else() {
    let served = served("listen = [\"127.0.0.1:0\"]\nenable = [\"certadd\", \"revoke\"]\n", &[]);
    let (address, place) = (served.address("cfssl"), served.domain.path());
    let pem = made_elsewhere(&served);
    let info = good(address, "certinfo", Some(&json!({ "certificate": pem })));
    let (serial, key) = named(address, &pem);
    let row = |change: (&str, &str)| {
        let mut row = json!({
            "serial_number": serial, "authority_key_identifier": key, "status": "good", "pem": pem,
            "expiry": info["not_after"],
        });
        row[change.0] = change.1.into();
        row
    };
    let (status, refused) = ask(address, "certadd", Some(&row(("serial_number", "5"))));
    assert!(status == "400" && message(&refused).contains("serial number"), "{refused}");
    let (status, refused) = ask(address, "certadd", Some(&row(("status", "loud"))));
    assert!(status == "400" && refused["errors"][0]["code"] == 8200, "{refused}");
    good(address, "certadd", Some(&row(("ca_label", "any"))));
    let (status, again) = ask(address, "certadd", Some(&row(("ca_label", "any"))));
    assert!(status == "400" && again["errors"][0]["code"] == 11_100, "{again}");
    // Adding is not revoking: what is on record stays as it is.
    let listed = || served.good("list --name b.shop.internal --format json");
    let before = listed();
    assert!(before.contains("1267") && before.contains("cfssl/"), "{before}");
    let (status, again) = ask(address, "certadd", Some(&row(("status", "revoked"))));
    assert!(status == "400" && again["errors"][0]["code"] == 11_100, "{again}");
    assert!(message(&again).contains("`revoke` revokes it"), "{again}");
    assert_eq!(listed(), before);
    good(
        address,
        "revoke",
        Some(&json!({ "serial": serial, "authority_key_id": key, "reason": "superseded" })),
    );
    assert_ne!(listed(), before);

    // What another authority signed under the same name is not put on record.
    succeed("openssl", |command| {
        let words = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout f.key -out f.pem -days 5 -subj /CN=f";
        command.current_dir(place).args(words.split(' '));
    });
    let foreign = fs::read_to_string(place.join("f.pem")).unwrap();
    let info = good(address, "certinfo", Some(&json!({ "certificate": foreign })));
    let row = json!({
        "serial_number": info["serial_number"], "authority_key_identifier": key, "status": "good", "pem": foreign,
        "expiry": info["not_after"],
    });
    let (status, refused) = ask(address, "certadd", Some(&row));
    assert!(status == "400", "{refused}");
    assert!(!served.good("list --format json").contains("\"CN=f\""));
}

#[test]
fn debians_client_comes_in_over_https() {
    let served = served(
        "https = [\"127.0.0.1:0\"]\nconfig = \"policy.json\"\n",
        &[("policy.json", policy("24h", true))],
    );
    let (port, place) = (served.address("cfssl-https").port(), served.domain.path());
    let client = format!(
        r#"{{"signing":{{"default":{{"auth_remote":{{"remote":"ca","auth_key":"k"}}}}}},
            "auth_keys":{{"k":{{"type":"standard","key":"{KEY}"}}}},"remotes":{{"ca":"https://localhost:{port}"}}}}"#
    );
    fs::write(place.join("client.json"), client).unwrap();
    fs::write(place.join("root.pem"), root(place)).unwrap();
    let stock = Programs::stock();
    stock.split(place, "gencert -config client.json -tls-remote-ca root.pem csr.json", "leaf");
    Programs::ours().split(place, "sign -config client.json -tls-remote-ca root.pem leaf.csr", "again");
    fs::write(
        place.join("chain.pem"),
        fs::read(served.domain.trust("web.shop.internal").join("fullchain.pem")).unwrap(),
    )
    .unwrap();
    for certificate in ["leaf.pem", "again.pem"] {
        succeed("openssl", |command| {
            let words = ["verify", "-CAfile", "root.pem", "-untrusted", "chain.pem", certificate];
            command.current_dir(place).args(words);
        });
    }
    // Whoever does not trust the root goes away, and plain HTTP is not spoken there.
    let output = finish("curl", |command| {
        command.args([
            "--silent",
            "--max-time",
            "20",
            &format!("https://localhost:{port}/api/v1/cfssl/health"),
        ]);
    });
    assert!(!output.status.success());
    let plain = finish("curl", |command| {
        command.args([
            "--silent",
            "--max-time",
            "20",
            &format!("http://localhost:{port}/api/v1/cfssl/health"),
        ]);
    });
    assert!(!text(&plain.stdout).contains("healthy"), "{}", text(&plain.stdout));
}

const LABELS: &str = r#"listen = ["127.0.0.1:0"]
enable = ["sign"]
label = "front"
config = "front.json"
[server.cfssl.labels.front]
authority = "services"
[server.cfssl.labels.partners]
config = "partners.json"
[server.cfssl.labels.far]
authority = "services"
networks = ["10.0.0.0/8"]
"#;

#[test]
fn a_label_chooses_authority_policy_and_networks() {
    let policies = [("front.json", policy("24h", false)), ("partners.json", policy("48h", false))];
    let served = served(LABELS, &policies);
    let (address, place) = (served.address("cfssl"), served.domain.path());
    let told = |label: &str| good(address, "info", Some(&json!({ "label": label })))["expiry"].clone();
    assert_eq!([told(""), told("front"), told("partners")], ["24h", "24h", "48h"]);
    let stock = Programs::stock();
    let remote = format!("localhost:{}", address.port());
    stock.split(place, &format!("gencert -remote {remote} -label partners csr.json"), "leaf");
    let issuer = succeed("openssl", |command| {
        command.current_dir(place).args(["x509", "-noout", "-issuer", "-in", "leaf.pem"]);
    });
    assert!(issuer.contains("partners"), "{issuer}");
    let refused = stock.cfssl(place, &format!("gencert -remote {remote} -label far csr.json"));
    let words = text(&refused.stderr) + &text(&refused.stdout);
    assert!(!refused.status.success() && words.contains("not authorised"), "{words}");
    let (status, answer) = ask(address, "info", Some(&json!({ "label": "nobody" })));
    assert!(status == "400" && message(&answer).contains("nobody"), "{answer}");
    let pem = fs::read_to_string(place.join("leaf.pem")).unwrap();
    let (serial, key) = named(address, &pem);
    let (_, closed) =
        ask(address, "revoke", Some(&json!({ "serial": serial, "authority_key_id": key, "reason": "" })));
    assert!(message(&closed).contains("-enable revoke"), "{closed}");
}

/// Both profiles are of one policy; only one of them leaves it to the domain where the list is.
#[test]
fn a_profile_without_addresses_points_to_the_lists_of_shards_of_the_domain() {
    let trust = TRUST.replacen("[trust]\n", "[trust]\nurl = \"http://pki.shop.internal\"\n", 1);
    let trust = trust.replacen("[server]\n", "[server]\ncrl_shard = 2\n", 1);
    let usages = r#""usages":["signing","server auth"],"expiry":"24h""#;
    let policy = format!(
        r#"{{"signing":{{"default":{{{usages}}},"profiles":{{"own":{{{usages},"crl_url":"http://own.test/a.crl"}}}}}}}}"#
    );
    let lines = "listen = [\"127.0.0.1:0\"]\nenable = [\"sign\", \"revoke\"]\nconfig = \"policy.json\"\n";
    let served = served_in(&trust, lines, &[("policy.json", policy)]);
    let (address, place) = (served.address("cfssl"), served.domain.path());
    let addresses = |profile: &str, name: &str| {
        let remote = format!("localhost:{}", address.port());
        let words = format!("gencert -remote {remote} {profile} csr.json");
        Programs::stock().split(place, &words, name);
        let shown = succeed("openssl", |command| {
            let words = "x509 -noout -ext crlDistributionPoints,authorityInfoAccess -in";
            command.current_dir(place).args(words.split(' ')).arg(format!("{name}.pem"));
        });
        let uris = shown.lines().filter_map(|line| line.split_once("URI:"));
        uris.map(|(_, uri)| uri.trim().to_owned()).collect::<Vec<_>>()
    };
    let base = "http://pki.shop.internal";
    let mut shards: Vec<String> = Vec::new();
    for name in ["one", "two", "three"] {
        let uris = addresses("", name);
        assert!(uris.contains(&format!("{base}/ca/services.crt")), "{uris:?}");
        assert!(uris.contains(&format!("{base}/ocsp/services")), "{uris:?}");
        shards.extend(uris.into_iter().filter(|uri| uri.starts_with(&format!("{base}/crl/"))));
    }
    shards.sort();
    shards.dedup();
    assert!(shards.len() > 1 && shards.iter().all(|uri| uri.contains("/crl/services")), "{shards:?}");
    let own = addresses("-profile own", "own");
    assert!(own.contains(&"http://own.test/a.crl".to_owned()), "{own:?}");
    assert!(!own.iter().any(|uri| uri.starts_with(&format!("{base}/crl/"))), "{own:?}");
    // The complete list has what lists of shards have.
    let (serial, key) = named(address, &fs::read_to_string(place.join("three.pem")).unwrap());
    good(
        address,
        "revoke",
        Some(&json!({ "serial": serial, "authority_key_id": key, "reason": "superseded" })),
    );
    let words = ["crl", "-inform", "DER", "-in", "told.der", "-noout", "-text"];
    assert!(shown(place, &words, &good(address, "crl", None)).contains("Superseded"));
}

#[test]
fn policies_and_switches_are_read_again_and_a_broken_file_changes_nothing() {
    let lines = "listen = [\"127.0.0.1:0\"]\nenable = [\"sign\"]\nconfig = \"policy.json\"\n";
    let mut served = served(lines, &[("policy.json", policy("24h", false))]);
    let address = served.address("cfssl");
    let file = served.domain.path().join("policy.json");
    let expiry = || good(address, "info", Some(&json!({})))["expiry"].clone();
    assert_eq!(expiry(), "24h");
    // Noticed without a signal.
    fs::write(&file, policy("12h", false)).unwrap();
    served.program.wait_for("the file was read again");
    assert_eq!(expiry(), "12h");
    fs::write(&file, "{").unwrap();
    served.program.wait_for("goes on with what it had");
    assert_eq!(expiry(), "12h");
    fs::write(&file, policy("6h", true)).unwrap();
    served.program.wait_for("the file was read again");
    let (_, held) = ask(address, "sign", Some(&json!({ "certificate_request": "x" })));
    assert!(message(&held).contains("authentication required"), "{held}");
    let toml = served.domain.path().join("handfast.toml");
    let changed = fs::read_to_string(&toml).unwrap().replace("enable = [\"sign\"]", "disable = [\"info\"]");
    fs::write(&toml, changed).unwrap();
    served.program.signal("HUP");
    served.program.wait_for("the file was read again");
    let (status, off) = ask(address, "info", Some(&json!({})));
    assert!(status == "404" && message(&off).contains("switched off"), "{off}");
}

#[test]
fn a_proof_is_good_once_even_after_a_reload() {
    let held = policy("24h", true).replace("\"standard\"", "\"bound\"");
    let lines = "listen = [\"127.0.0.1:0\"]\nconfig = \"policy.json\"\n";
    let mut served = served(lines, &[("policy.json", held.clone())]);
    let (address, place) = (served.address("cfssl"), served.domain.path().to_owned());
    let recorded = recorded(&place, address);
    let (status, answer) = ask(address, "authsign", Some(&recorded));
    assert_eq!(status, "200", "{answer}");
    served.program.signal("HUP");
    served.program.wait_for("the file was read again");
    let (status, again) = ask(address, "authsign", Some(&recorded));
    assert!(status == "400" && message(&again).contains("used before"), "{again}");
}

/// A message of our client for this server, as somebody on the way would see it; it does not reach the server.
fn recorded(place: &Path, server: SocketAddr) -> Value {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let client = format!(
        r#"{{"signing":{{"default":{{"auth_remote":{{"remote":"ca","auth_key":"k"}}}}}},
            "auth_keys":{{"k":{{"type":"bound","key":"{KEY}"}}}},"remotes":{{"ca":"{address}"}}}}"#
    );
    fs::write(place.join("client.json"), client).unwrap();
    let reader = std::thread::spawn(move || {
        use std::io::Read as _;
        let (mut stream, _) = listener.accept().unwrap();
        let (mut seen, mut buffer) = (String::new(), [0; 4096]);
        loop {
            let read = stream.read(&mut buffer).unwrap();
            seen.push_str(&text(&buffer[..read]));
            let body = seen.split_once("\r\n\r\n").map(|(_, body)| body.to_owned()).unwrap_or_default();
            if let Ok(whole) = serde_json::from_str::<Value>(&body) {
                return whole;
            }
            assert!(read > 0, "{seen}");
        }
    });
    let output = finish(handfast(), |command| {
        command.args(["cfssl", "gencert", "-config", "client.json", "csr.json"]).current_dir(place);
    });
    assert!(!output.status.success(), "it was to see nobody; {server} is elsewhere");
    reader.join().unwrap()
}
