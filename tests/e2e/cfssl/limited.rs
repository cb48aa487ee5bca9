//! Credentials with limits at the endpoints of CFSSL in `handfast serve`: what our own API refuses them is refused here too.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::domain::Domain;
use crate::program::{finish, succeed, text};
use crate::serve::Served;

const TOPOLOGY: &str = r#"[trust]
domain = "team.internal"

[authority.root]
[authority.services]
parent = "root"
[authority.guests]
parent = "root"

[service.web]
instances = ["web.team.internal"]
calls     = ["api"]
authority = "services"

[service.api]
instances = ["api.team.internal"]
authority = "services"

[server]
authority = "services"
listen = ["127.0.0.1:0"]
plain = ["127.0.0.1:0"]

[server.cfssl]
listen = ["127.0.0.1:0"]
https = ["127.0.0.1:0"]
config = "policy.json"
label = "services"
[server.cfssl.labels.services]
[server.cfssl.labels.root]
config = "ca.json"
"#;

const POLICY: &str = r#"{"signing":{"default":{"usages":["signing","server auth"],"expiry":"24h"},
    "profiles":{"listed":{"usages":["signing","server auth"],"expiry":"24h","name_whitelist":"^[a-z]+$"}}}}"#;

const CA_POLICY: &str = r#"{"signing":{"default":{"usages":["signing"],"expiry":"24h"},
    "profiles":{"sub":{"usages":["cert sign","crl sign"],"expiry":"8760h",
        "ca_constraint":{"is_ca":true,"max_path_len":0,"max_path_len_zero":true}}}}}"#;

/// Credentials by name, with their options.
const CREDENTIALS: [(&str, &str); 6] = [
    ("all", "--right issue --right read --right revoke --right administer"),
    ("shop", "--right issue --right revoke --name shop.team.internal --authority services"),
    ("guests", "--right revoke --authority guests"),
    ("server", "--right revoke --profile client"),
    ("keeper", "--right administer --name shop.team.internal --authority services"),
    ("shopca", "--right issue --name shop.team.internal"),
];

struct House {
    served: Served,
    csr: String,
}

impl House {
    fn new() -> Self {
        let domain = Domain::declared(TOPOLOGY);
        fs::write(domain.path().join("policy.json"), POLICY).unwrap();
        fs::write(domain.path().join("ca.json"), CA_POLICY).unwrap();
        let served = Served::start(domain, |_| {});
        for (name, options) in CREDENTIALS {
            served.good(&format!("credential create {name} {options} --out {name}.key"));
        }
        let place = served.domain.path();
        succeed("openssl", |command| {
            let words = "req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout x.key -out x.csr -subj /";
            command.current_dir(place).args(words.split(' '));
        });
        let csr = fs::read_to_string(place.join("x.csr")).unwrap();
        Self { served, csr }
    }

    fn place(&self) -> &Path {
        self.served.domain.path()
    }

    /// Status and answer of an endpoint at this listener, for whoever has this credential; `""` has none.
    fn ask_at(
        &self,
        listener: &str,
        credential: &str,
        endpoint: &str,
        body: Option<&Value>,
    ) -> (String, Value) {
        let scheme = if listener == "cfssl" { "http" } else { "https" };
        let url = format!("{scheme}://{}/api/v1/cfssl/{endpoint}", self.served.address(listener));
        let output = finish("curl", |command| {
            command.args([
                "--silent",
                "--show-error",
                "--max-time",
                "20",
                "--write-out",
                "\n%{http_code}",
                "--cacert",
            ]);
            command.arg(self.served.domain.trust("web.team.internal").join("roots.pem")).arg(url);
            if !credential.is_empty() {
                let key = fs::read_to_string(self.place().join(format!("{credential}.key"))).unwrap();
                command.args(["--header", &format!("Authorization: Bearer {}", key.trim())]);
            }
            if let Some(body) = body {
                command.arg("--data").arg(body.to_string());
            }
        });
        let said = text(&output.stdout);
        let (body, status) = said.rsplit_once('\n').unwrap();
        (status.to_owned(), serde_json::from_str(body).unwrap_or_else(|_| panic!("{endpoint}: {said}")))
    }

    fn ask(&self, credential: &str, endpoint: &str, body: Option<&Value>) -> (String, Value) {
        self.ask_at("cfssl-https", credential, endpoint, body)
    }

    #[track_caller]
    fn good(&self, credential: &str, endpoint: &str, body: Option<&Value>) -> Value {
        let (status, answer) = self.ask(credential, endpoint, body);
        assert_eq!(status, "200", "{endpoint}: {answer}");
        answer["result"].clone()
    }

    #[track_caller]
    fn forbidden(&self, credential: &str, endpoint: &str, body: Option<&Value>) {
        let (status, answer) = self.ask(credential, endpoint, body);
        assert_eq!(status, "403", "{endpoint} by {credential}: {answer}");
        let why = answer["errors"][0]["message"].as_str().unwrap();
        assert!(why.contains("limited") || why.contains("right"), "{why}");
    }

    /// A certificate for this name, and how `certinfo` tells it.
    fn certificate(&self, name: &str) -> (String, Value) {
        let wanted = json!({ "certificate_request": self.csr, "hosts": [name], "subject": { "CN": name } });
        let pem = self.good("all", "sign", Some(&wanted))["certificate"].as_str().unwrap().to_owned();
        let info = self.good("all", "certinfo", Some(&json!({ "certificate": pem })));
        (pem, info)
    }

    /// How many are revoked.
    fn revoked(&self) -> usize {
        let listed = self.served.good("list --state revoked --format json");
        let listed: Value = serde_json::from_str(&listed).unwrap();
        listed["certificates"].as_array().unwrap().len()
    }
}

/// The body of `revoke` for a certificate.
fn revocation(info: &Value) -> Value {
    json!({ "serial": info["serial_number"], "authority_key_id": info["authority_key_id"], "reason": "superseded" })
}

#[test]
fn a_limited_credential_ends_and_records_nothing_beyond_its_limits() {
    let house = House::new();
    let (bank, info) = house.certificate("bank.team.internal");
    let status = json!({ "certificate": bank });
    for credential in ["shop", "guests", "server"] {
        house.forbidden(credential, "revoke", Some(&revocation(&info)));
        house.forbidden(credential, "ocspsign", Some(&status));
        // A number that is written otherwise is no way around.
        let odd = json!({ "serial": format!("+{}", info["serial_number"].as_str().unwrap()),
            "authority_key_id": info["authority_key_id"], "reason": "superseded" });
        house.forbidden(credential, "revoke", Some(&odd));
    }
    let row = |state: &str| {
        json!({
            "serial_number": info["serial_number"], "authority_key_identifier": info["authority_key_id"],
            "status": state, "expiry": info["not_after"], "revoked_at": "2026-01-01T00:00:00Z", "pem": bank,
        })
    };
    house.forbidden("keeper", "certadd", Some(&row("revoked")));
    house.forbidden("keeper", "certadd", Some(&row("good")));
    house.forbidden("shop", "certadd", Some(&row("good")));
    assert_eq!(house.revoked(), 0);
    let (_, shop) = house.certificate("shop.team.internal");
    // Both have one key: who blocks it shuts out the other.
    let mut compromised = revocation(&shop);
    compromised["reason"] = json!("keyCompromise");
    house.forbidden("shop", "revoke", Some(&compromised));
    house.good("shop", "revoke", Some(&revocation(&shop)));
    house.good("all", "revoke", Some(&revocation(&info)));
    assert_eq!(house.revoked(), 2);
}

#[test]
fn nobody_has_a_list_signed_that_outlasts_those_of_the_server() {
    let house = House::new();
    let (_, info) = house.certificate("shop.team.internal");
    house.good("shop", "revoke", Some(&revocation(&info)));
    let next_update = |base64: &Value| {
        fs::write(house.place().join("list.b64"), format!("{}\n", base64.as_str().unwrap())).unwrap();
        succeed("sh", |command| {
            let script = "openssl base64 -d -A -in list.b64 | openssl crl -inform DER -noout -nextupdate -dateopt iso_8601";
            command.current_dir(house.place()).args(["-c", script]);
        })
    };
    let century = "crl?label=services&expiry=876000h";
    // Who may not have lists signed is told the one that is there, whatever it asks for.
    let told = ["", "guests", "shop"].map(|credential| next_update(&house.good(credential, century, None)));
    assert!(told.iter().all(|one| one == &told[0]), "{told:?}");
    let (status, refused) = house.ask("all", century, None);
    assert!(status == "400" && refused.to_string().contains("expiry is longer than"), "{refused}");
    house.good("all", "crl?label=services&expiry=1h", None);
    let year = next_update(&house.good("", century, None));
    let this_year = succeed("date", |command| {
        command.args(["--utc", "+%Y"]);
    });
    let within = [0, 1].map(|more| format!("nextUpdate={}", this_year.trim().parse::<u32>().unwrap() + more));
    assert!(within.iter().any(|begin| year.starts_with(begin.as_str())), "{year}");
}

#[test]
fn a_credential_that_is_limited_to_names_gets_no_authority() {
    let house = House::new();
    let wanted = json!({
        "certificate_request": house.csr, "label": "root", "profile": "sub", "hosts": [],
        "subject": { "CN": "shop.team.internal" },
    });
    let (status, refused) = house.ask("shopca", "sign", Some(&wanted));
    assert!(
        status == "400" && refused.to_string().contains("the credential does not allow"),
        "{status} {refused}"
    );
    house.good("all", "sign", Some(&wanted));
}

#[test]
fn a_key_that_was_sent_in_the_open_opens_nothing() {
    let house = House::new();
    let wanted = json!({ "certificate_request": house.csr, "hosts": ["shop.team.internal"] });
    for endpoint in ["sign", "health"] {
        let body = (endpoint == "sign").then_some(&wanted);
        let (status, refused) = house.ask_at("cfssl", "all", endpoint, body);
        assert!(status == "403" && refused.to_string().contains("ask by `https`"), "{endpoint}: {refused}");
    }
    assert_eq!(house.ask_at("cfssl", "", "health", None).0, "200");
}

#[test]
fn the_record_tells_strangers_nothing_of_a_serial_number() {
    let house = House::new();
    let (pem, info) = house.certificate("bank.team.internal");
    let by_number = json!({ "serial": info["serial_number"], "authority_key_id": info["authority_key_id"] });
    house.forbidden("", "certinfo", Some(&by_number));
    house.forbidden("guests", "certinfo", Some(&by_number));
    house.good("all", "certinfo", Some(&by_number));
    house.good("", "certinfo", Some(&json!({ "certificate": pem })));
}

#[test]
fn what_a_request_holds_makes_no_line_of_its_own_in_the_log() {
    let mut house = House::new();
    let forged = "2026-01-01T00:00:00Z  INFO revoked serial=\"1\" caller=owner";
    let subject = format!("/CN=w\n{forged}");
    succeed("openssl", |command| {
        command.current_dir(house.place()).args([
            "req",
            "-new",
            "-key",
            "x.key",
            "-out",
            "forged.csr",
            "-subj",
            &subject,
        ]);
    });
    let csr = fs::read_to_string(house.place().join("forged.csr")).unwrap();
    let wanted = json!({ "certificate_request": csr, "profile": "listed" });
    let (status, refused) = house.ask("all", "sign", Some(&wanted));
    assert_eq!(status, "400", "{refused}");
    house.served.program.signal("TERM");
    let log = house.served.program.rest();
    assert!(
        log.iter().any(|line| line.contains(r"w\n2026-01-01T00:00:00Z")),
        "it is told, on one line: {log:#?}"
    );
    assert!(!log.iter().any(|line| line.starts_with(forged)), "{log:#?}");
}
