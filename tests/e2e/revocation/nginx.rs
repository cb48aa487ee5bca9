//! nginx refuses clients that our list names, staples our answer to its handshakes (RFC 6066 section 8), and asks us about
//! its clients.

use std::net::SocketAddr;
use std::process::Command;

use super::{BAD, GOOD, Lab, SERVER};
use crate::identity::Identity;
use crate::port;
use crate::probe::{Ending, Probe};
use crate::program::{Running, finish, server_program, text};

const REQUEST: &str = "GET / HTTP/1.1\r\nHost: web.shop.internal\r\nConnection: close\r\n\r\n";

/// Handshakes until nginx must have a staple.
const TRIES: u32 = 300;

/// nginx as `handfast apply` configures it, and further lines for its server.
fn start(lab: &Lab, lines: &str) -> (Running, SocketAddr) {
    let folder = lab.served.domain.path().display().to_string();
    let address = port::free();
    let included = lab.file(SERVER, "nginx.conf").display().to_string();
    let config = format!(
        "daemon off; master_process off; pid {folder}/nginx.pid; error_log stderr info;
events {{}}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    server {{
        listen {address} ssl;
        server_name {SERVER};
        include {included};
        {lines}
        location / {{ return 200 \"hello $ssl_client_s_dn\"; }}
    }}
}}
"
    );
    let file = lab.served.domain.path().join("main.conf");
    std::fs::write(&file, config).unwrap();
    let mut command = Command::new(server_program("nginx"));
    let mut nginx = Running::start(command.arg("-p").arg(lab.served.domain.path()).arg("-c").arg(&file));
    nginx.until_listening(address);
    (nginx, address)
}

/// nginx that staples. It has to know the issuer of its certificate, and the root above it.
pub(super) fn stapling(lab: &Lab) -> (Running, SocketAddr) {
    let trusted = lab.served.domain.path().join("trusted.pem");
    let issuer = std::fs::read_to_string(lab.authority("services")).unwrap();
    let roots = std::fs::read_to_string(lab.file(SERVER, "roots.pem")).unwrap();
    std::fs::write(&trusted, issuer + &roots).unwrap();
    let lines =
        format!("ssl_stapling on; ssl_stapling_verify on; ssl_trusted_certificate {};", trusted.display());
    start(lab, &lines)
}

/// What a client that asks for a staple is shown.
fn shaken(lab: &Lab, address: SocketAddr) -> String {
    let output = finish("openssl", |command| {
        command.args(["s_client", "-status", "-servername", SERVER, "-connect"]).arg(address.to_string());
        command.arg("-cert").arg(lab.file(GOOD, "cert.pem")).arg("-key").arg(lab.file(GOOD, "key.pem"));
        command.arg("-CAfile").arg(lab.file(GOOD, "roots.pem"));
    });
    text(&output.stdout) + &text(&output.stderr)
}

/// Shake hands until there is a staple: nginx fetches its first after a handshake that went without.
pub(super) fn until_stapled(lab: &Lab, address: SocketAddr) -> String {
    let mut said = String::new();
    for _ in 0..TRIES {
        said = shaken(lab, address);
        if said.contains("OCSP Response Status: successful") {
            return said;
        }
    }
    panic!("no staple: {said}")
}

/// What nginx answers a client: it answers also those whom it refuses.
fn show(lab: &Lab, address: SocketAddr, instance: &str) -> String {
    let roots = lab.file(GOOD, "roots.pem");
    let identity = Identity::of(&lab.served.domain, instance);
    match (Probe { address, name: SERVER, roots: &roots, request: REQUEST }).show(Some(&identity)) {
        Ending::Answer(answer) => answer,
        other @ (Ending::Alert(_) | Ending::Closed) => panic!("nginx answers also refusals: {other:?}"),
    }
}

#[test]
fn nginx_refuses_a_client_whose_certificate_is_on_the_published_list() {
    let lab = Lab::start();
    let (mut nginx, address) = start(&lab, &format!("ssl_crl {};", lab.lists().display()));
    let answer = show(&lab, address, GOOD);
    assert!(answer.ends_with(&format!("hello CN={GOOD}")), "{answer}");
    let answer = show(&lab, address, BAD);
    assert!(answer.starts_with("HTTP/1.1 400 ") && answer.contains("SSL certificate error"), "{answer}");
    nginx.wait_for("certificate revoked");
}

#[test]
fn nginx_staples_our_answer() {
    for lines in ["", "[server.ocsp]\nresponder = \"delegate\"\n"] {
        let lab = Lab::with(lines);
        let (_nginx, address) = stapling(&lab);
        let said = until_stapled(&lab, address);
        assert!(said.contains("Cert Status: good"), "{said}");
        assert!(said.contains("Verify return code: 0 (ok)"), "{said}");
        assert_eq!(said.contains("OCSP of services"), !lines.is_empty(), "{said}");
    }
}

#[test]
fn nginx_does_not_staple_for_a_certificate_that_is_revoked() {
    let lab = Lab::with("");
    lab.revoke(SERVER, "superseded");
    let (mut nginx, address) = stapling(&lab);
    let said = shaken(&lab, address);
    assert!(said.contains("OCSP response: no response sent"), "{said}");
    nginx.wait_for("certificate status \"revoked\" in the OCSP response");
}

#[test]
fn nginx_asks_us_about_its_clients_and_refuses_the_revoked_one() {
    let lab = Lab::with("");
    lab.revoke(BAD, "keyCompromise");
    let (mut nginx, address) = start(&lab, "ssl_ocsp leaf;");
    let answer = show(&lab, address, GOOD);
    assert!(answer.ends_with(&format!("hello CN={GOOD}")), "{answer}");
    let answer = show(&lab, address, BAD);
    assert!(answer.starts_with("HTTP/1.1 400 ") && answer.contains("SSL certificate error"), "{answer}");
    nginx.wait_for("certificate revoked");
    // And from now on also the other.
    lab.revoke(GOOD, "superseded");
    let answer = show(&lab, address, GOOD);
    assert!(answer.starts_with("HTTP/1.1 400 "), "{answer}");
}
