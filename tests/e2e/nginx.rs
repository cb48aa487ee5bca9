//! nginx with the file that `handfast apply` writes for it: as a server, and as the client of one.
//!
//! nginx finishes the handshake with a client that it will not serve and then answers 400, so a refusal is an answer here.

use std::net::SocketAddr;
use std::process::Command;

use crate::domain::Domain;
use crate::identity::Identity;
use crate::impostor::Impostor;
use crate::languages::programs::CLIENTS;
use crate::port;
use crate::probe::{Ending, Probe};
use crate::program::{Running, server_program};

const NGINX: &str = "nginx.languages.internal";
const CALLER: &str = "curl.languages.internal";
const REQUEST: &str = "GET / HTTP/1.1\r\nHost: nginx.languages.internal\r\nConnection: close\r\n\r\n";

fn domain() -> Domain {
    Domain::languages_and(
        r#"
[service.nginx]
instances = ["nginx.languages.internal"]
calls = ["java"]
"#,
    )
}

/// nginx with one server, whose TLS is all in the included file.
fn start(domain: &Domain, location: &str) -> (Running, SocketAddr) {
    let address = port::free();
    let folder = domain.path().display().to_string();
    let included = domain.trust(NGINX).join("nginx.conf").display().to_string();
    // One process, in the foreground, that writes nothing outside the folder.
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
        server_name {NGINX};
        include {included};
        location / {{ {location} }}
    }}
}}
"
    );
    let file = domain.path().join("main.conf");
    std::fs::write(&file, config).unwrap();
    let mut command = Command::new(server_program("nginx"));
    let mut nginx = Running::start(command.arg("-p").arg(domain.path()).arg("-c").arg(&file));
    nginx.until_listening(address);
    (nginx, address)
}

fn show(domain: &Domain, address: SocketAddr, identity: Option<&Identity>) -> String {
    let roots = domain.trust(CALLER).join("roots.pem");
    match (Probe { address, name: NGINX, roots: &roots, request: REQUEST }).show(identity) {
        Ending::Answer(answer) => answer,
        refused @ (Ending::Alert(_) | Ending::Closed) => {
            panic!("nginx answers, also when it refuses: {refused:?}")
        }
    }
}

#[test]
fn nginx_serves_whom_it_should_and_refuses_the_others() {
    let domain = domain();
    let (mut nginx, address) = start(&domain, r#"return 200 "hello $ssl_client_s_dn over $ssl_protocol";"#);

    let answer = show(&domain, address, Some(&Identity::of(&domain, CALLER)));
    assert!(answer.starts_with("HTTP/1.1 200 OK"), "{answer}");
    assert!(answer.ends_with(&format!("hello CN={CALLER} over TLSv1.3")), "{answer}");

    for client in CLIENTS {
        let output = client.run(&domain, NGINX, address);
        let hello = format!("hello CN={} over TLSv1.3", client.instance());
        assert_eq!(output.answer, hello, "{}: {}", client.name, output.message);
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
    let mut refuses = |identity: Option<&Identity>, body: &str, logged: &str| {
        let answer = show(&domain, address, identity);
        assert!(answer.starts_with("HTTP/1.1 400 Bad Request") && answer.contains(body), "{answer}");
        nginx.wait_for(logged);
    };
    refuses(Some(&stranger), "The SSL certificate error", "unable to verify the first certificate");
    refuses(Some(&expired), "The SSL certificate error", "certificate has expired");
    refuses(None, "No required SSL certificate was sent", "client sent no required SSL certificate");
}

#[test]
fn nginx_calls_whom_it_should_and_refuses_the_others() {
    const BACKEND: &str = "java.languages.internal";
    let domain = domain();
    let caller = Identity::of(&domain, CALLER);
    let call = |identity: &Identity| {
        let backend = Impostor::start(identity);
        let location = format!("proxy_pass https://{}; proxy_ssl_name {BACKEND};", backend.address);
        let (mut nginx, address) = start(&domain, &location);
        let answer = show(&domain, address, Some(&caller));
        // The impostor never answers, so nginx cannot either; what counts is whether it asked.
        assert!(answer.starts_with("HTTP/1.1 502 Bad Gateway"), "{answer}");
        let logged = nginx.wait_for("upstream");
        (backend.ending(), logged)
    };

    let (right, _) = call(&Identity::of(&domain, BACKEND));
    assert!(matches!(&right, Ending::Answer(request) if request.starts_with("GET /")), "{right:?}");

    let refuses = |identity: &Identity, words: &str| {
        let (ending, logged) = call(identity);
        assert!(!matches!(ending, Ending::Answer(_)), "{ending:?}");
        assert!(logged.contains(words), "`{logged}` does not say `{words}`");
    };
    refuses(&Identity::of_a_wrong_authority(BACKEND), "unable to verify the first certificate");
    refuses(&Identity::expired(&domain, BACKEND, "services"), "certificate has expired");
    refuses(&Identity::of(&domain, "go.languages.internal"), "upstream SSL certificate does not match");
    refuses(&Identity::of(&domain, CALLER), "unsuitable certificate purpose");
}
