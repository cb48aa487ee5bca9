use std::io::{Read, Write};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::client::danger::HandshakeSignatureValid;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, UnixTime};
use rustls::server::WebPkiClientVerifier;
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::{
    DigitallySignedStruct, DistinguishedName, RootCertStore, ServerConfig, ServerConnection, SignatureScheme,
};

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

/// The first finding with this code in a report, wherever it stands.
fn has(report: &serde_json::Value, code: &str) -> bool {
    report.to_string().contains(&format!("\"code\":\"{code}\""))
}

#[test]
fn a_link_without_a_usable_key_is_not_proven() {
    let place = Place::with(SMALL);
    for spoil in [
        |path: &Path| std::fs::remove_file(path).unwrap(),
        |path: &Path| std::fs::write(path, "x\n").unwrap(),
    ] {
        place.good("apply");
        spoil(
            &std::fs::canonicalize(place.path("trust/api.shop.internal")).unwrap().join(".current/key.pem"),
        );
        let report = place.json("check --format json");
        assert_eq!(report["links"], serde_json::json!({"declared": 1, "proven": 0, "failed": 1}), "{report}");
        assert!(has(&report, "HF-CHECK-NOT-TRIED") && has(&report, "HF-CHECK-FILE-UNREADABLE"), "{report}");
        assert_eq!(place.run("check").status.code(), Some(1));
    }
}

#[test]
fn who_is_trusted_without_being_declared_is_told() {
    let place = Place::with(&SMALL.replace("profile   = \"server\"", "keystore = [\"p12\", \"jks\"]"));
    place.good("apply");
    assert_eq!(place.json("check --format json")["findings"], serde_json::json!([]));
    let other = Place::with(SMALL);
    other.good("apply");
    let files = place.path("trust/api.shop.internal");
    let foreign = other.read("trust/api.shop.internal/roots.pem");
    let roots = place.read("trust/api.shop.internal/roots.pem");
    // The trust store alone, as keytool would leave it: of the other domain, under our password.
    std::fs::write(files.join("roots.pem"), format!("{roots}{foreign}")).unwrap();
    let report = place.json("check --format json");
    assert!(has(&report, "HF-CHECK-UNDECLARED-ANCHOR") && has(&report, "HF-CHECK-KEY-STORE"), "{report}");
    assert!(
        report.to_string().contains("it lacks `CN=shop.internal root CA`, which `roots.pem` has"),
        "{report}"
    );
    assert_eq!(place.run("check").status.code(), Some(1));
    std::fs::write(files.join("roots.pem"), roots).unwrap();
    assert!(place.run("check").status.success());
    for (file, content) in [
        ("keystore.p12", b"x\n".to_vec()),
        ("truststore.jks", std::fs::read(files.join("keystore.jks")).unwrap()),
    ] {
        let good = std::fs::read(files.join(file)).unwrap();
        std::fs::write(files.join(file), content).unwrap();
        let report = place.json("check --format json");
        assert!(has(&report, "HF-CHECK-KEY-STORE") && report.to_string().contains(file), "{report}");
        assert_eq!(place.run("check").status.code(), Some(1));
        std::fs::write(files.join(file), good).unwrap();
    }
}

#[test]
fn an_authority_may_be_trusted_before_it_signs() {
    let place = Place::with(
        r#"[trust]
domain    = "shop.internal"
authority = "services"
[authority.root]
[authority.services]
parent = "root"
[authority.root2]
[authority.services2]
parent = "root2"
[service.api]
instances = ["api.shop.internal"]
peers     = true
trusts    = ["root", "root2"]
"#,
    );
    place.good("apply");
    assert_eq!(place.json("check --format json")["findings"], serde_json::json!([]));
    // From the old root to the new one, as the guide has it.
    for (old, new) in
        [("authority = \"services\"", "authority = \"services2\""), ("[\"root\", \"root2\"]", "[\"root2\"]")]
    {
        let text = place.read("handfast.toml");
        assert!(text.contains(old));
        place.write("handfast.toml", &text.replacen(old, new, 1));
        place.good("apply");
        assert_eq!(place.json("check --format json")["findings"], serde_json::json!([]));
        assert!(place.run("check").status.success());
    }
}

/// How a server that runs treats its clients.
enum Clients {
    /// They must show a certificate below these roots.
    Below(Vec<PathBuf>),
    /// It asks them for nothing.
    Unasked,
    /// It names the authorities in this file, and takes whatever is shown: as nginx does in the handshake.
    Whatever(PathBuf),
}

/// A TLS server with the files of an instance, for so many connections. Returns why it gave up each, if it did.
fn serve(
    listener: TcpListener,
    files: &Path,
    clients: &Clients,
    connections: usize,
) -> std::thread::JoinHandle<Vec<Result<(), String>>> {
    let read = |path: &Path| -> Vec<CertificateDer<'static>> {
        CertificateDer::pem_file_iter(path).unwrap().map(Result::unwrap).collect()
    };
    let chain = read(&files.join("fullchain.pem"));
    let key = PrivateKeyDer::from_pem_file(files.join("key.pem")).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let trusting = |paths: &[PathBuf]| {
        let mut trusted = RootCertStore::empty();
        paths.iter().flat_map(|path| read(path)).for_each(|root| trusted.add(root).unwrap());
        WebPkiClientVerifier::builder_with_provider(Arc::new(trusted), Arc::clone(&provider)).build().unwrap()
    };
    let config = ServerConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .unwrap();
    let config = match clients {
        Clients::Below(roots) => config.with_client_cert_verifier(trusting(roots)),
        Clients::Unasked => config.with_no_client_auth(),
        Clients::Whatever(roots) => {
            config.with_client_cert_verifier(Arc::new(Whatever(trusting(std::slice::from_ref(roots)))))
        }
    };
    let config = Arc::new(config.with_single_cert(chain, key).unwrap());
    std::thread::spawn(move || (0..connections).map(|_| answer(&listener, &config)).collect())
}

fn answer(listener: &TcpListener, config: &Arc<ServerConfig>) -> Result<(), String> {
    let (mut tcp, _) = listener.accept().unwrap();
    let mut connection = ServerConnection::new(Arc::clone(config)).unwrap();
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
}

/// Names authorities, judges nobody.
#[derive(Debug)]
struct Whatever(Arc<dyn ClientCertVerifier>);

impl ClientCertVerifier for Whatever {
    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        self.0.root_hint_subjects()
    }

    fn verify_client_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: UnixTime,
    ) -> Result<ClientCertVerified, rustls::Error> {
        Ok(ClientCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.0.verify_tls12_signature(message, certificate, signed)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.0.verify_tls13_signature(message, certificate, signed)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.supported_verify_schemes()
    }
}

fn live(port: u16) -> String {
    SMALL.replace(
        "instances = [\"api.shop.internal\"]",
        &format!("instances = [{{ name = \"api.shop.internal\", address = \"127.0.0.1:{port}\" }}]"),
    )
}

/// [`SMALL`], applied, with a server for `api` that treats its clients so.
fn live_place(
    clients: impl FnOnce(&Path) -> Clients,
) -> (Place, std::thread::JoinHandle<Vec<Result<(), String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let place = Place::with(&live(listener.local_addr().unwrap().port()));
    place.good("apply");
    let files = place.path("trust/api.shop.internal");
    let server = serve(listener, &files, &clients(&files), 1);
    (place, server)
}

#[test]
fn a_server_that_runs_is_connected_to() {
    let (place, server) = live_place(|files| Clients::Below(vec![files.join("roots.pem")]));
    let report = place.json("check --live --format json");
    assert_eq!(report["details"][0]["method"], "live", "{report}");
    assert_eq!(report["links"]["proven"], 1);
    assert_eq!(server.join().unwrap(), [Ok(())]);
}

#[test]
fn a_server_that_refuses_us_is_told() {
    let other = Place::with(SMALL);
    other.good("apply");
    let roots = other.path("trust/api.shop.internal/roots.pem");
    let (place, server) = live_place(|_| Clients::Below(vec![roots]));
    let report = place.json("check --live --format json");
    assert_eq!(report["links"]["failed"], 1, "{report}");
    assert!(report.to_string().contains("the client received the alert"), "{report}");
    assert!(server.join().unwrap()[0].is_err());
}

#[test]
fn a_server_that_lets_everybody_in_is_no_proven_link() {
    let (place, server) = live_place(|_| Clients::Unasked);
    let report = place.json("check --live --format json");
    assert_eq!(report["links"]["failed"], 1, "{report}");
    assert!(has(&report, "HF-CHECK-NO-CLIENT-CERTIFICATE"), "{report}");
    assert_eq!(server.join().unwrap(), [Ok(())]);
}

#[test]
fn a_server_that_wants_certificates_of_others_is_no_proven_link() {
    let other = Place::with(&SMALL.replace("shop.internal", "other.internal"));
    other.good("apply");
    let roots = other.path("trust/api.other.internal/roots.pem");
    let (place, server) = live_place(|_| Clients::Whatever(roots));
    let report = place.json("check --live --format json");
    assert_eq!(report["links"]["failed"], 1, "{report}");
    assert!(has(&report, "HF-CHECK-OTHER-AUTHORITIES"), "{report}");
    assert_eq!(server.join().unwrap(), [Ok(())]);
}

/// Two instances that have one authority and must refuse each other; one of them runs.
const SEPARATED: &str = r#"[trust]
domain = "shop.internal"
model = "per-service"

[service.api]
instances = ["api1.shop.internal", { name = "api2.shop.internal", address = "127.0.0.1:PORT" }]
calls = ["db"]

[service.db]
instances = ["db.shop.internal"]
"#;

#[test]
fn a_server_that_runs_must_refuse_whom_it_must_refuse() {
    let roots = |place: &Place, name: &str| place.path(&format!("trust/{name}.shop.internal/roots.pem"));
    let (databases, apis) = ("api2", "db");
    for (clients, outcome, method, told) in [
        // As declared: databases are accepted, if anybody is.
        (0, "refused", "live", ""),
        // Its own kind too.
        (1, "leaked", "live", "HF-CHECK-LEAKED"),
        (2, "leaked", "live", "HF-CHECK-NO-CLIENT-CERTIFICATE"),
        (3, "refused", "handshake", "HF-CHECK-NOT-DECIDED"),
    ] {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port().to_string();
        let place = Place::with(&SEPARATED.replace("PORT", &port));
        place.good("apply");
        let clients = match clients {
            0 => Clients::Below(vec![roots(&place, databases)]),
            1 => Clients::Below(vec![roots(&place, databases), roots(&place, apis)]),
            2 => Clients::Unasked,
            _ => Clients::Whatever(roots(&place, databases)),
        };
        let server = serve(listener, &place.path("trust/api2.shop.internal"), &clients, 1);
        let report = place.json("check --live --format json");
        let details = report["details"].as_array().unwrap();
        let pair = |one: &&serde_json::Value| {
            one["client"] == "api1.shop.internal" && one["server"] == "api2.shop.internal"
        };
        let detail = details.iter().find(pair).unwrap();
        assert_eq!((&detail["outcome"], &detail["method"]), (&outcome.into(), &method.into()), "{report}");
        assert_eq!(has(&report, told), !told.is_empty(), "{told}: {report}");
        server.join().unwrap();
    }
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
