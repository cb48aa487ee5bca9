//! nginx refuses a client whose certificate our published list names.

use std::process::Command;

use super::{BAD, GOOD, Lab, SERVER};
use crate::identity::Identity;
use crate::port;
use crate::probe::{Ending, Probe};
use crate::program::{Running, server_program};

const REQUEST: &str = "GET / HTTP/1.1\r\nHost: server.shop.internal\r\nConnection: close\r\n\r\n";

#[test]
fn nginx_refuses_a_client_whose_certificate_is_on_the_published_list() {
    let lab = Lab::start();
    let folder = lab.served.domain.path().display().to_string();
    let address = port::free();
    let included = lab.file(SERVER, "nginx.conf").display().to_string();
    let lists = lab.lists().display().to_string();
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
        ssl_crl {lists};
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
    let show = |instance: &str| {
        let roots = lab.file(GOOD, "roots.pem");
        let identity = Identity::of(&lab.served.domain, instance);
        match (Probe { address, name: SERVER, roots: &roots, request: REQUEST }).show(Some(&identity)) {
            Ending::Answer(answer) => answer,
            other @ (Ending::Alert(_) | Ending::Closed) => panic!("nginx answers also refusals: {other:?}"),
        }
    };
    let answer = show(GOOD);
    assert!(answer.ends_with(&format!("hello CN={GOOD}")), "{answer}");
    let answer = show(BAD);
    assert!(answer.starts_with("HTTP/1.1 400 ") && answer.contains("SSL certificate error"), "{answer}");
    nginx.wait_for("certificate revoked");
}
