//! `mkbundle`, beside Debian's `cfssl-mkbundle`, and with revocation lists and responders that answer, lie or are away.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::process::Command;
use std::sync::{Arc, Mutex};

use tempfile::TempDir;

use super::programs::Programs;
use crate::program::{succeed, text};

fn write(place: &Path, name: &str, content: &str) {
    fs::write(place.join(name), content).unwrap();
}

fn openssl(place: &Path, words: &str) {
    succeed("openssl", |command| {
        command.current_dir(place).args(words.split(' '));
    });
}

/// The certificates of a bundle, in its order.
fn bundled(place: &Path, name: &str) -> Vec<String> {
    let bundle = fs::read_to_string(place.join(name)).unwrap();
    let end = "-----END CERTIFICATE-----\n";
    bundle.split_inclusive(end).filter(|part| part.ends_with(end)).map(str::to_owned).collect()
}

/// Our program with these words; what it logs.
fn run(place: &Path, words: &str) -> String {
    let output = Programs::ours().command("mkbundle", place).args(words.split(' ')).output().unwrap();
    assert!(output.status.success(), "{}", text(&output.stderr));
    text(&output.stderr)
}

/// Bodies by path.
type Pages = Vec<(&'static str, Vec<u8>)>;

/// A web server with these pages; a GET and a POST are answered alike.
fn web(pages: Arc<Mutex<Pages>>) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { continue };
            let mut buffer = [0; 8192];
            let Ok(read) = stream.read(&mut buffer) else { continue };
            let request = text(&buffer[..read]);
            let path = request.split(' ').nth(1).unwrap_or_default().to_owned();
            let pages = pages.lock().unwrap();
            let (status, body) = match pages.iter().find(|(name, _)| *name == path) {
                Some((_, body)) => ("200 OK", body.as_slice()),
                None => ("404 Not Found", &b""[..]),
            };
            let head =
                format!("HTTP/1.1 {status}\r\nConnection: close\r\nContent-Length: {}\r\n\r\n", body.len());
            let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(body));
        }
    });
    address
}

#[test]
fn it_keeps_what_stock_mkbundle_keeps_in_the_order_of_the_files() {
    let folder = TempDir::new().unwrap();
    let place = folder.path();
    write(place, "ca.json", r#"{"CN":"Bundle Root"}"#);
    write(place, "a.json", r#"{"CN":"a.internal","hosts":["a.internal"]}"#);
    let stock = Programs::stock();
    fs::create_dir_all(place.join("in/deeper")).unwrap();
    stock.split(place, "gencert -initca ca.json", "in/b");
    for name in ["in/a", "in/deeper/c"] {
        stock.split(place, "gencert -ca in/b.pem -ca-key in/b-key.pem a.json", name);
    }
    let mut past = rcgen::CertificateParams::default();
    past.distinguished_name.push(rcgen::DnType::CommonName, "past");
    (past.not_before, past.not_after) = (rcgen::date_time_ymd(2020, 1, 1), rcgen::date_time_ymd(2020, 1, 2));
    let past = past.self_signed(&rcgen::KeyPair::generate().unwrap()).unwrap();
    write(place, "in/past.pem", &past.pem());
    write(place, "in/text.txt", "no certificate\n");
    let status =
        Command::new("cfssl-mkbundle").current_dir(place).args(["-f", "stock.crt", "in"]).output().unwrap();
    assert!(status.status.success());
    let said = run(place, "-f ours.crt -nw 3 in");
    assert!(said.contains("CN=past") && said.contains("has ended"), "{said}");
    let (mut stock, ours) = (bundled(place, "stock.crt"), bundled(place, "ours.crt"));
    let file = |name: &str| fs::read_to_string(place.join(name)).unwrap();
    assert_eq!(ours, [file("in/a.pem"), file("in/b.pem"), file("in/deeper/c.pem")]);
    let mut sorted = ours.clone();
    sorted.sort();
    stock.sort();
    assert_eq!(sorted, stock);
    let refused = Programs::ours().command("mkbundle", place).args(["-f", "x", "missing"]).output().unwrap();
    assert!(!refused.status.success() && !place.join("x").exists(), "{}", text(&refused.stderr));
}

/// An authority of openssl, and leaves that point to a list or to a responder.
fn authority(place: &Path, address: SocketAddr) {
    let config = format!(
        "[ca]\ndefault_ca=d\n[d]\ndatabase=index.txt\nserial=serial\nnew_certs_dir=.\ndefault_md=sha256\npolicy=p\ndefault_crl_days=5\n\
         rand_serial=no\nunique_subject=no\n[p]\ncommonName=supplied\n\
         [list]\ncrlDistributionPoints=URI:http://{address}/list\n\
         [away]\ncrlDistributionPoints=URI:http://{address}/away\n\
         [both]\ncrlDistributionPoints=URI:http://{address}/list\nauthorityInfoAccess=OCSP;URI:http://{address}/ocsp\n\
         [plain]\nbasicConstraints=CA:FALSE\n"
    );
    write(place, "ca.cnf", &config);
    write(place, "index.txt", "");
    write(place, "serial", "1000");
    fs::create_dir(place.join("in")).unwrap();
    openssl(place, "req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.pem -subj /CN=Root -days 20");
    for (name, section) in [
        ("a-kept", "list"),
        ("b-revoked", "list"),
        ("c-away", "away"),
        ("d-ocsp", "both"),
        ("e-plain", "plain"),
    ] {
        openssl(place, &format!("req -new -newkey rsa:2048 -nodes -keyout k -out r -subj /CN={name}"));
        let sign = format!(
            "ca -batch -config ca.cnf -cert ca.pem -keyfile ca.key -days 9 -notext -in r -out in/{name}.pem -extensions {section}"
        );
        openssl(place, &sign);
    }
}

fn common_names(place: &Path, bundle: &str) -> Vec<String> {
    let name = |pem: &String| {
        write(place, "one.pem", pem);
        let shown = succeed("openssl", |command| {
            command.current_dir(place).args(["x509", "-noout", "-subject", "-in", "one.pem"]);
        });
        shown.trim().rsplit("CN = ").next().unwrap().to_owned()
    };
    bundled(place, bundle).iter().map(name).collect()
}

#[test]
fn what_is_revoked_or_cannot_be_known_is_left_out() {
    let folder = TempDir::new().unwrap();
    let place = folder.path();
    let pages = Arc::new(Mutex::new(Vec::new()));
    let address = web(Arc::clone(&pages));
    authority(place, address);
    let list = |place: &Path| {
        openssl(place, "ca -config ca.cnf -cert ca.pem -keyfile ca.key -gencrl -out list.pem");
        openssl(place, "crl -in list.pem -outform DER -out list.der");
        fs::read(place.join("list.der")).unwrap()
    };
    openssl(place, "ca -config ca.cnf -cert ca.pem -keyfile ca.key -revoke in/b-revoked.pem");
    let ocsp = |place: &Path| {
        openssl(place, "ocsp -issuer ca.pem -cert in/d-ocsp.pem -reqout q -no_nonce");
        openssl(
            place,
            "ocsp -index index.txt -rsigner ca.pem -rkey ca.key -CA ca.pem -reqin q -respout r.der -ndays 1",
        );
        fs::read(place.join("r.der")).unwrap()
    };
    let good = ocsp(place);
    *pages.lock().unwrap() = vec![("/list", list(place)), ("/ocsp", good)];
    let said = run(place, "-f out.crt in ca.pem");
    assert_eq!(common_names(place, "out.crt"), ["a-kept", "d-ocsp", "e-plain", "Root"], "{said}");
    assert!(said.contains("CN=b-revoked` is revoked") && said.contains("CN=c-away` points to"), "{said}");

    // The responder says revoked, whatever the list says.
    openssl(place, "ca -config ca.cnf -cert ca.pem -keyfile ca.key -revoke in/d-ocsp.pem");
    let revoked = ocsp(place);
    pages.lock().unwrap()[1].1 = revoked;
    run(place, "-f out.crt in ca.pem");
    assert_eq!(common_names(place, "out.crt"), ["a-kept", "e-plain", "Root"]);

    // A list that another key signed counts for nothing: the certificates that point to it are left out.
    openssl(
        place,
        "req -x509 -newkey rsa:2048 -nodes -keyout false.key -out false.pem -subj /CN=Root -days 20",
    );
    openssl(place, "ca -config ca.cnf -cert false.pem -keyfile false.key -gencrl -out list.pem");
    openssl(place, "crl -in list.pem -outform DER -out list.der");
    pages.lock().unwrap()[0].1 = fs::read(place.join("list.der")).unwrap();
    run(place, "-f out.crt in ca.pem");
    assert_eq!(common_names(place, "out.crt"), ["e-plain", "Root"]);
}
