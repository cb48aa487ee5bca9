//! HAProxy with the file that `handfast apply` writes for it: in front of an application that knows nothing of TLS.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener};
use std::process::Command;

use rustls::AlertDescription;

use crate::domain::Domain;
use crate::identity::Identity;
use crate::languages::programs::CLIENTS;
use crate::port;
use crate::probe::{Ending, Probe};
use crate::program::{Running, server_program};

const HAPROXY: &str = "haproxy.languages.internal";
const CALLER: &str = "curl.languages.internal";
const ANSWER: &str = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 6\r\n\r\nhello\n";

fn domain(address: SocketAddr) -> Domain {
    Domain::languages_and(&format!(
        r#"
[service.haproxy]
instances = [{{ name = "{HAPROXY}", address = "{address}" }}]
calls = ["java"]
"#
    ))
}

/// HAProxy with the written file, in front of the application at `application`; its log is what it prints.
fn start(domain: &Domain, address: SocketAddr, application: SocketAddr) -> Running {
    let written = domain.read(HAPROXY, "haproxy.cfg");
    let config = format!(
        "global
    log stdout format raw local0
defaults
    log global
    option tcplog
    error-log-format \"refused: %[ssl_fc_err_str], certificate error %[ssl_c_err]\"

{}",
        written.replace("127.0.0.1:8080", &application.to_string())
    );
    let file = domain.path().join("main.cfg");
    std::fs::write(&file, config).unwrap();
    // In the foreground, one process.
    let mut haproxy = Running::start(Command::new(server_program("haproxy")).arg("-db").arg("-f").arg(&file));
    haproxy.until_listening(address);
    haproxy
}

/// A plain application behind HAProxy: one line for everybody who gets through.
fn application() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for tcp in listener.incoming() {
            let mut tcp = tcp.unwrap();
            let count = tcp.read(&mut [0; 1024]).unwrap_or(0);
            if count > 0 {
                tcp.write_all(ANSWER.as_bytes()).ok();
            }
        }
    });
    address
}

#[test]
fn haproxy_lets_through_whom_it_should_and_refuses_the_others() {
    let address = port::free();
    let domain = domain(address);
    let mut haproxy = start(&domain, address, application());
    let roots = domain.trust(CALLER).join("roots.pem");

    let probe = Probe { address, name: HAPROXY, roots: &roots, request: "hello\n" };
    let answer = probe.show(Some(&Identity::of(&domain, CALLER)));
    assert_eq!(answer, Ending::Answer(ANSWER.to_owned()));

    for client in CLIENTS {
        let output = client.run(&domain, HAPROXY, address);
        assert_eq!(output.answer, "hello\n", "{}: {}", client.name, output.message);
        let output = client.run(&domain, "other.languages.internal", address);
        assert!(
            !output.done && output.message.contains(client.wrong_name),
            "{}: {}",
            client.name,
            output.message
        );
    }

    let stranger = Identity::of_a_wrong_authority(CALLER);
    let expired = Identity::expired(&domain, CALLER, "services");
    let mut refuses = |identity: Option<&Identity>, alert: AlertDescription, words: &str| {
        let probe = Probe { address, name: HAPROXY, roots: &roots, request: "" };
        assert_eq!(probe.show(identity), Ending::Alert(alert));
        haproxy.wait_for(words);
    };
    // OpenSSL's numbers: 20 is "unable to get local issuer certificate", 10 is "certificate has expired".
    refuses(Some(&stranger), AlertDescription::UnknownCA, "certificate verify failed, certificate error 20");
    refuses(
        Some(&expired),
        AlertDescription::CertificateExpired,
        "certificate verify failed, certificate error 10",
    );
    refuses(None, AlertDescription::CertificateRequired, "peer did not return a certificate");
}
