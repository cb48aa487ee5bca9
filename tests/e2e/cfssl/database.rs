//! CFSSL's certificate databases behind TLS and behind other programs: a PostgreSQL that checks, a SQLite that another
//! process has locked.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use tempfile::TempDir;

use super::programs::Programs;
use crate::cluster::Cluster;
use crate::lock::Lock;
use crate::port;
use crate::program::{finish, succeed, text};

/// CFSSL's tables, in PostgreSQL.
const POSTGRES: &str = "CREATE TABLE certificates (serial_number bytea NOT NULL, authority_key_identifier bytea NOT NULL, \
    ca_label bytea, status bytea NOT NULL, reason int, expiry timestamptz, revoked_at timestamptz, pem bytea NOT NULL, \
    PRIMARY KEY(serial_number, authority_key_identifier));";

const SQLITE: &str = "CREATE TABLE certificates (serial_number blob NOT NULL, authority_key_identifier blob NOT NULL, \
    ca_label blob, status blob NOT NULL, reason int, expiry timestamp, revoked_at timestamp, pem blob NOT NULL, \
    PRIMARY KEY(serial_number, authority_key_identifier));";

/// A folder with a root, a request, and the certificate of a database called `localhost`.
fn place() -> TempDir {
    let folder = TempDir::new().unwrap();
    let write = |name: &str, content: &str| fs::write(folder.path().join(name), content).unwrap();
    write("ca.json", r#"{"CN":"Database Root"}"#);
    write("csr.json", r#"{"CN":"a.internal","hosts":["a.internal"]}"#);
    write("db.json", r#"{"CN":"localhost","hosts":["localhost"]}"#);
    write("client.json", r#"{"CN":"certs","hosts":["certs.internal"]}"#);
    let ours = Programs::ours();
    ours.split(folder.path(), "gencert -initca ca.json", "ca");
    ours.split(folder.path(), "gencert -initca ca.json", "other");
    for name in ["db", "client"] {
        ours.split(folder.path(), &format!("gencert -ca ca.pem -ca-key ca-key.pem {name}.json"), name);
    }
    folder
}

/// A PostgreSQL that speaks TLS: a password for `certs` on one database, a certificate on the other.
fn cluster(place: &Path) -> Cluster {
    let cluster = Cluster::start(&["certs SUPERUSER PASSWORD 'secret'"], |folders| {
        let copy = |name: &str| {
            fs::copy(place.join(name), folders.home.join(name)).unwrap();
            folders.home.join(name).display().to_string()
        };
        folders.configure(&format!(
            "ssl = on\nssl_cert_file = '{}'\nssl_key_file = '{}'\nssl_ca_file = '{}'\n",
            copy("db.pem"),
            copy("db-key.pem"),
            copy("ca.pem")
        ));
        folders.write(
            "pg_hba.conf",
            "hostssl postgres certs 127.0.0.1/32 scram-sha-256\nhostssl template1 certs 127.0.0.1/32 cert\n",
        );
    });
    for database in ["postgres", "template1"] {
        let certificate = format!(
            "sslcert={} sslkey={}",
            place.join("client.pem").display(),
            place.join("client-key.pem").display()
        );
        succeed("psql", |command| {
            let source = format!(
                "host=127.0.0.1 port={} user=certs password=secret dbname={database} sslmode=require {certificate}",
                cluster.address.port()
            );
            command.args(["--no-psqlrc", "-q", "-d", &source, "-c", POSTGRES]);
        });
    }
    cluster
}

/// One certificate into the database with this data source; what was said when it did not come there.
fn sign(place: &Path, source: &str) -> Result<String, String> {
    let config = json!({ "driver": "postgres", "data_source": source });
    fs::write(place.join("source.json"), config.to_string()).unwrap();
    let output = Programs::ours()
        .cfssl(place, "gencert -ca ca.pem -ca-key ca-key.pem -db-config source.json csr.json");
    let said = text(&output.stderr);
    assert!(!said.contains("secret"), "{said}");
    if output.status.success() { Ok(said) } else { Err(said) }
}

#[test]
fn postgresql_is_reached_over_tls_and_the_wrong_one_is_refused() {
    let folder = place();
    let place = folder.path();
    let cluster = cluster(place);
    let port = cluster.address.port();
    let file = |name: &str| place.join(name).display().to_string();
    let source = |host: &str, words: &str| {
        format!(
            "host={host} hostaddr=127.0.0.1 port={port} user=certs password=secret dbname=postgres {words}"
        )
    };
    let (right, wrong) = (file("ca.pem"), file("other.pem"));
    let full = sign(
        place,
        &source("localhost", &format!("sslmode=verify-full sslrootcert='{right}' channel_binding=require")),
    );
    assert!(!full.unwrap().contains("not checked"));
    let url = format!(
        "postgres://certs:secret@localhost:{port}/postgres?hostaddr=127.0.0.1&sslmode=verify-ca&sslrootcert={}",
        right.replace('/', "%2F")
    );
    sign(place, &url).unwrap();
    sign(place, &source("127.0.0.1", &format!("sslmode=verify-ca sslrootcert='{right}'"))).unwrap();
    // A root given makes `require` check it.
    sign(place, &source("127.0.0.1", &format!("sslmode=require sslrootcert='{right}'"))).unwrap();
    assert!(sign(place, &source("127.0.0.1", "sslmode=require")).unwrap().contains("verify-full"));
    assert!(
        sign(place, &source("127.0.0.1", "")).unwrap().contains("verify-full"),
        "as CFSSL's driver: `require`"
    );

    for (host, words) in [
        ("localhost", format!("sslmode=verify-full sslrootcert='{wrong}'")),
        ("localhost", format!("sslmode=verify-ca sslrootcert='{wrong}'")),
        ("localhost", format!("sslmode=require sslrootcert='{wrong}'")),
        ("127.0.0.1", format!("sslmode=verify-full sslrootcert='{right}'")),
        ("localhost", "sslmode=verify-full".to_owned()),
    ] {
        let refused = sign(place, &source(host, &words)).unwrap_err();
        assert!(refused.contains("certificate"), "{host} {words}: {refused}");
    }
    let plain = sign(place, &source("localhost", "sslmode=disable")).unwrap_err();
    assert!(plain.contains("pg_hba.conf"), "{plain}");
    let loud = sign(place, &source("localhost", "sslmode=loud")).unwrap_err();
    assert!(loud.contains("verify-full"), "{loud}");

    let with_certificate = format!(
        "host=localhost hostaddr=127.0.0.1 port={port} user=certs dbname=template1 sslmode=verify-full sslrootcert='{right}' \
         sslcert='{}' sslkey='{}'",
        file("client.pem"),
        file("client-key.pem")
    );
    sign(place, &with_certificate).unwrap();
    let counted = succeed("psql", |command| {
        let source = source("127.0.0.1", "sslmode=require");
        command.args(["--no-psqlrc", "-At", "-d", &source, "-c", "SELECT count(*) FROM certificates"]);
    });
    assert_eq!(counted.trim(), "6");
}

/// Status and body of a request.
fn ask(port: u16, endpoint: &str, body: Option<&Value>) -> (String, String) {
    let output = finish("curl", |command| {
        command.args(["--silent", "--show-error", "--max-time", "29", "--write-out", "\n%{http_code}"]);
        if let Some(body) = body {
            command.arg("--data").arg(body.to_string());
        }
        command.arg(format!("http://127.0.0.1:{port}/api/v1/cfssl/{endpoint}"));
    });
    let said = text(&output.stdout);
    let (body, status) = said.rsplit_once('\n').unwrap_or_else(|| panic!("{}", text(&output.stderr)));
    (status.to_owned(), body.to_owned())
}

#[test]
fn a_server_finds_what_another_program_wrote_into_its_database() {
    let folder = place();
    let place = folder.path();
    succeed("python3", |command| {
        let script = "import sqlite3, sys\nsqlite3.connect(sys.argv[1]).executescript(sys.argv[2])";
        command.args(["-c", script]).arg(place.join("certs.db")).arg(SQLITE);
    });
    fs::write(place.join("source.json"), r#"{"driver":"sqlite3","data_source":"certs.db"}"#).unwrap();
    let ours = Programs::ours();
    let address = port::free();
    let words = "-ca ca.pem -ca-key ca-key.pem -db-config source.json -enable sign";
    let _server = ours.serve(place, address, words);
    let with_database = "gencert -ca ca.pem -ca-key ca-key.pem -db-config source.json csr.json";
    ours.split(place, with_database, "elsewhere");
    ours.split(place, &format!("gencert -remote localhost:{} csr.json", address.port()), "here");
    for name in ["elsewhere", "here"] {
        let told = ours.good(place, &format!("certinfo -cert {name}.pem"));
        let told: Value = serde_json::from_slice(&told).unwrap();
        let key = told["authority_key_id"].as_str().unwrap().replace(':', "").to_lowercase();
        let named = json!({ "serial": told["serial_number"], "authority_key_id": key });
        let (status, body) = ask(address.port(), "certinfo", Some(&named));
        assert_eq!(status, "200", "{name}: {body}");
        let found: Value = serde_json::from_str(&body).unwrap();
        assert_eq!(found["result"]["pem"], told["pem"], "{name}");
        let other = json!({ "serial": "4711", "authority_key_id": key });
        let (status, body) = ask(address.port(), "certinfo", Some(&other));
        assert!(status == "400" && body.contains("11200"), "{status} {body}");
    }
}

#[test]
fn a_certificate_database_that_another_process_locks_stops_signing_and_nothing_else() {
    let folder = place();
    let place = folder.path();
    let database: PathBuf = place.join("certs.db");
    succeed("python3", |command| {
        let script = "import sqlite3, sys\nsqlite3.connect(sys.argv[1]).executescript(sys.argv[2])";
        command.args(["-c", script]).arg(&database).arg(SQLITE);
    });
    fs::write(place.join("source.json"), r#"{"driver":"sqlite3","data_source":"certs.db"}"#).unwrap();
    let ours = Programs::ours();
    ours.split(place, "genkey csr.json", "leaf");
    let address = port::free();
    let words = "-ca ca.pem -ca-key ca-key.pem -db-config source.json -enable sign";
    let _server = ours.serve(place, address, words);
    let csr = fs::read_to_string(place.join("leaf.csr")).unwrap();
    let sign = || ask(address.port(), "sign", Some(&json!({ "certificate_request": csr })));
    assert_eq!(sign().0, "200");

    let lock = Lock::on(&database);
    let waiting = std::thread::scope(|scope| {
        let signing = scope.spawn(sign);
        for endpoint in ["health", "scaninfo"] {
            assert_eq!(ask(address.port(), endpoint, None).0, "200");
        }
        assert_eq!(ask(address.port(), "info", Some(&json!({}))).0, "200");
        signing.join().unwrap()
    });
    assert!(waiting.0 == "503" && waiting.1.contains("\"success\":false"), "{waiting:?}");
    assert!(!waiting.1.contains("BEGIN CERTIFICATE"), "{waiting:?}");
    lock.release();
    assert_eq!(sign().0, "200");
}
