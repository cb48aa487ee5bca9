use std::os::unix::fs::PermissionsExt as _;

use hf_cfssl::certinfo;
use hf_core::time::Timestamp;
use hf_store::certdb::{CertDb, CertRow, CertStatus};
use hf_x509::certificate::Certificate;

use crate::support::Place;

/// A trust domain beside what CFSSL leaves: a CA, certificates of it and of another one in a database, one of them
/// revoked there.
struct Old {
    place: Place,
    rows: Vec<CertRow>,
}

const POLICY: &str = r#"{"signing":{"default":{"usages":["server auth","flying"],"expiry":"168h"},"profiles":{
  "server":{"usages":["signing","server auth"],"expiry":"8760h","auth_key":"main"}}},
  "auth_keys":{"main":{"type":"standard","key":"0123456789abcdef0123456789abcdef"}}}"#;

fn issue(place: &Place, ca: &str, host: &str) -> CertRow {
    let request = format!(r#"{{"CN":"{host}","hosts":["{host}"]}}"#);
    place.write("request.json", &request);
    let answer =
        place.json(&format!("cfssl gencert -loglevel=5 -ca {ca}.pem -ca-key {ca}-key.pem request.json"));
    let pem = answer["cert"].as_str().unwrap().to_owned();
    let certificate = Certificate::from_pem(&pem).unwrap();
    CertRow {
        serial: certinfo::decimal(&certificate.serial().unwrap()),
        aki: "0f3c".to_owned(),
        ca_label: "primary".to_owned(),
        status: CertStatus::Good,
        reason: 0,
        expiry: certificate.not_after(),
        revoked_at: None,
        pem,
        issued_at: None,
        not_before: None,
        metadata: None,
        sans: vec![host.to_owned()],
        common_name: None,
    }
}

fn root(place: &Place, name: &str) {
    place.write("ca.json", &format!(r#"{{"CN":"{name} of before"}}"#));
    let answer = place.json("cfssl gencert -loglevel=5 -initca ca.json");
    place.write(&format!("{name}.pem"), answer["cert"].as_str().unwrap());
    let key = format!("{name}-key.pem");
    place.write(&key, answer["key"].as_str().unwrap());
    std::fs::set_permissions(place.path(&key), std::fs::Permissions::from_mode(0o600)).unwrap();
}

fn block_on<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(work)
}

impl Old {
    fn new() -> Self {
        let place = Place::empty();
        place.good("init . --domain shop.internal");
        place.good("apply");
        root(&place, "primary");
        root(&place, "stranger");
        let mut rows: Vec<CertRow> = ["a", "b", "c"]
            .iter()
            .map(|host| issue(&place, "primary", &format!("{host}.shop.internal")))
            .collect();
        if let Some(row) = rows.get_mut(1) {
            (row.status, row.reason) = (CertStatus::Revoked, 1);
            row.revoked_at = Some(Timestamp::from_unix_seconds(1_700_000_000));
        }
        rows.push(issue(&place, "stranger", "d.shop.internal"));
        let mut wrong = issue(&place, "primary", "e.shop.internal");
        wrong.serial = "17".to_owned();
        rows.push(wrong);
        place.write("db.json", r#"{"driver":"sqlite3","data_source":"certs.db"}"#);
        block_on(async {
            let db = CertDb::create("sqlite3", place.path("certs.db").to_str().unwrap()).await.unwrap();
            for row in rows.clone() {
                db.insert(row).await.unwrap();
            }
        });
        Self { place, rows }
    }
}

#[test]
fn certificates_come_on_record_with_their_revocations() {
    let Old { place, rows } = Old::new();
    let nobody = place.json("cfssl import --db-config db.json --format json");
    assert_eq!(nobody["certificates"]["left"], 5, "an authority that is not here was believed: {nobody}");
    place.good("ca import primary --certificate primary.pem --key primary-key.pem");
    let first = place.json("cfssl import --db-config db.json --format json");
    let counts = |answer: &serde_json::Value| {
        ["rows", "added", "revoked", "present", "left"]
            .map(|name| answer["certificates"][name].as_u64().unwrap())
    };
    assert_eq!(counts(&first), [5, 3, 0, 0, 2], "{first}");
    let reasons = first["certificates"]["reasons"].to_string();
    assert!(
        reasons.contains("no authority here signed it") && reasons.contains("stranger of before"),
        "{reasons}"
    );
    assert!(reasons.contains(r#""serial":"17""#) && reasons.contains("has serial number"), "{reasons}");

    let found = place.json("list --authority primary --format json");
    let state = |host: &str| {
        let list = found["certificates"].as_array().unwrap();
        let row = list.iter().find(|row| row["names"].to_string().contains(host)).unwrap();
        row["state"].as_str().unwrap().to_owned()
    };
    assert_eq!(["a.shop", "b.shop", "c.shop"].map(state), ["valid", "revoked", "valid"]);
    place.good("crl primary --out primary.crl");
    assert!(place.good("inspect primary.crl").contains("keyCompromise"));

    // What was added meanwhile comes too, and nothing twice.
    block_on(async {
        let db = CertDb::open("sqlite3", place.path("certs.db").to_str().unwrap()).await.unwrap();
        db.revoke(&rows[2].serial, "0f3c", 4, Timestamp::from_unix_seconds(1_800_000_000)).await.unwrap();
    });
    let again = place.json("cfssl import --db-config db.json --format json");
    assert_eq!(counts(&again), [5, 0, 1, 2, 2], "{again}");
    assert!(place.good("audit verify").contains("intact"));
    assert!(place.good("audit export").contains("certificate-imported"));
}

#[test]
fn signers_become_authorities_with_their_certificates() {
    let Old { place, .. } = Old::new();
    place.write("config.json", POLICY);
    place.write(
        "roots.ini",
        "[ primary ]\nprivate = file://primary-key.pem\ncertificate = primary.pem\nconfig = config.json\n\
         dbconfig = db.json\nnets = 10.0.0.0/8\n[ Old_CA ]\nprivate = file://stranger-key.pem\n\
         certificate = stranger.pem\nconfig = config.json\n",
    );
    insta::assert_snapshot!(place.talk("cfssl import --signers roots.ini --db-config db.json"));
    insta::assert_snapshot!(place.talk("cfssl import --signers roots.ini --db-config db.json"));
    place.good("issue f.shop.internal --authority old-ca");
    assert!(place.path("f.shop.internal/cert.pem").exists());
    // A key that is another's: nothing is changed.
    place.write(
        "roots.ini",
        "[ x ]\nprivate = file://primary-key.pem\ncertificate = handfast.toml\nconfig = config.json\n",
    );
    insta::assert_snapshot!(place.talk("cfssl import --signers roots.ini"));
}

#[test]
fn policies_and_requests_are_looked_through() {
    let place = Place::empty();
    place.write("config.json", POLICY);
    place.write("csr.json", r#"{"CN":"a","hosts":["a.shop.internal","10.0.0.7","not a name"]}"#);
    insta::assert_snapshot!(place.talk("cfssl import --policy config.json --request csr.json"));
    place.write("config.json", r#"{"signing":{"default":{"usages":["server auth"],"expiry":"1 year"}}}"#);
    insta::assert_snapshot!(place.talk("cfssl import --policy config.json"));
    insta::assert_snapshot!(place.talk("cfssl import"));
}

#[test]
fn a_database_that_is_not_there_is_named_and_not_made() {
    let place = Place::empty();
    place.good("init . --domain shop.internal");
    place.good("apply");
    place.write("db.json", r#"{"driver":"sqlite3","data_source":"certs.db"}"#);
    insta::assert_snapshot!(place.talk("cfssl import --db-config db.json"));
    assert!(!place.path("certs.db").exists());
    place.write("db.json", r#"{"driver":"mysql","data_source":"root:secret@/certs"}"#);
    insta::assert_snapshot!(place.talk("cfssl import --db-config db.json"));
}
