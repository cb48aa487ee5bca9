use std::io::{Read, Write};
use std::net::TcpListener;
use std::path::Path;
use std::sync::Arc;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig, ServerConnection};

use crate::support::{Place, SMALL};

#[test]
fn links_and_refusals_are_proven() {
    let place = Place::with(SMALL);
    place.good("apply");
    insta::assert_snapshot!(place.talk("check"));
    let report = place.json("check --format json");
    assert_eq!(report["links"], serde_json::json!({"declared": 1, "proven": 1, "failed": 0}));
    assert_eq!(report["refusals"], serde_json::json!({"expected": 1, "refused": 1, "leaked": 0}));
    assert_eq!(report["details"].as_array().unwrap().len(), 2);
}

#[test]
fn every_example_is_proven() {
    for (name, links, refusals) in [("shop", 18, 2), ("regions", 13, 16), ("api-db", 4, 8)] {
        let place = Place::example(name);
        place.good("apply");
        let report = place.json("check --format json");
        assert_eq!(report["links"]["proven"], links, "{name}");
        assert_eq!(report["refusals"]["refused"], refusals, "{name}");
        assert!(place.run("check").status.success(), "{name}");
    }
}

#[test]
fn what_was_never_applied_is_not_proven() {
    insta::assert_snapshot!(Place::with(SMALL).talk("check"));
}

#[test]
fn an_external_party_that_keeps_its_key_is_judged_by_path_validation() {
    let place = Place::example("shop");
    let text = place.read("handfast.toml").replace("key         = \"db-vendor.key\"", "#");
    place.write("handfast.toml", &text);
    place.good("apply");
    let report = place.json("check --format json");
    assert_eq!((&report["links"]["proven"], &report["refusals"]["refused"]), (&18.into(), &2.into()));
    let methods: Vec<&str> = report["details"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|detail| detail["server"] == "db.vendor.example")
        .map(|detail| detail["method"].as_str().unwrap())
        .collect();
    assert_eq!(methods, ["path-validation"; 7]);
    // Somebody else's certificate in the place of the vendor's.
    std::fs::copy(place.path("trust/lb.shop.internal/cert.pem"), place.path("db-vendor.pem")).unwrap();
    let report = place.json("check --format json");
    assert_eq!(report["links"]["failed"], 6);
}

#[test]
fn a_wrong_trust_store_shows_as_a_leak_and_as_a_failed_link() {
    let place = Place::example("api-db");
    place.good("apply");
    let (api, db) = ("trust/api1.store.internal", "trust/db1.store.internal");
    // api1 trusts its own authority instead of the databases'.
    std::fs::copy(place.path(db).join("roots.pem"), place.path(api).join("roots.pem")).unwrap();
    let report = place.json("check --format json");
    assert_eq!(report["links"]["failed"], 2);
    assert_eq!(place.run("check").status.code(), Some(1));
}

/// A TLS server with the files of an instance, for one connection. Returns what it read, or why it gave up.
fn serve_once(
    listener: TcpListener,
    files: &Path,
    roots: &Path,
) -> std::thread::JoinHandle<Result<(), String>> {
    let chain: Vec<CertificateDer<'static>> =
        CertificateDer::pem_file_iter(files.join("fullchain.pem")).unwrap().map(Result::unwrap).collect();
    let key = PrivateKeyDer::from_pem_file(files.join("key.pem")).unwrap();
    let mut trusted = RootCertStore::empty();
    for root in CertificateDer::pem_file_iter(roots).unwrap() {
        trusted.add(root.unwrap()).unwrap();
    }
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(trusted), Arc::clone(&provider))
        .build()
        .unwrap();
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_client_cert_verifier(verifier)
        .with_single_cert(chain, key)
        .unwrap();
    std::thread::spawn(move || {
        let (mut tcp, _) = listener.accept().unwrap();
        let mut connection = ServerConnection::new(Arc::new(config)).unwrap();
        while connection.is_handshaking() {
            if let Err(error) = connection.complete_io(&mut tcp) {
                let _ = connection.write_tls(&mut tcp);
                let _ = tcp.flush();
                return Err(error.to_string());
            }
        }
        let _ = connection.complete_io(&mut tcp);
        let mut rest = Vec::new();
        let _ = tcp.read_to_end(&mut rest);
        Ok(())
    })
}

fn live(port: u16) -> String {
    SMALL.replace(
        "instances = [\"api.shop.internal\"]",
        &format!("instances = [{{ name = \"api.shop.internal\", address = \"127.0.0.1:{port}\" }}]"),
    )
}

#[test]
fn a_server_that_runs_is_connected_to() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let place = Place::with(&live(listener.local_addr().unwrap().port()));
    place.good("apply");
    let files = place.path("trust/api.shop.internal");
    let server = serve_once(listener, &files, &files.join("roots.pem"));
    let report = place.json("check --live --format json");
    assert_eq!(report["details"][0]["method"], "live", "{report}");
    assert_eq!(report["links"]["proven"], 1);
    server.join().unwrap().unwrap();
}

#[test]
fn a_server_that_refuses_us_is_told() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let place = Place::with(&live(listener.local_addr().unwrap().port()));
    place.good("apply");
    let other = Place::with(SMALL);
    other.good("apply");
    let roots = other.path("trust/api.shop.internal/roots.pem");
    let server = serve_once(listener, &place.path("trust/api.shop.internal"), &roots);
    let report = place.json("check --live --format json");
    assert_eq!(report["links"]["failed"], 1, "{report}");
    assert!(report.to_string().contains("the client received the alert"), "{report}");
    assert!(server.join().unwrap().is_err());
}

#[test]
fn nobody_at_the_address_is_told() {
    let port = {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.local_addr().unwrap().port()
    };
    let place = Place::with(&live(port));
    place.good("apply");
    let text = place.talk("check --live").replace(&port.to_string(), "[port]");
    insta::assert_snapshot!(text);
}
