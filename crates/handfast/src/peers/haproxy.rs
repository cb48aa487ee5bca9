//! HAProxy: a frontend, and a backend for each server that is called.

use std::fmt::Write as _;

use super::{Bundle, file};

pub(super) fn cfg(bundle: &Bundle) -> String {
    let mut text = bundle.heading("#", "HAProxy");
    let (pem, roots) = (bundle.quoted(file::COMBINED), bundle.quoted(file::ROOTS));
    let tls = format!("crt {pem} ca-file {roots} verify required ssl-min-ver TLSv1.2");
    let _ = write!(
        text,
        "
frontend handfast-in
    mode tcp
    timeout client 30s
    bind :{port} ssl {tls}
    default_backend handfast-application

backend handfast-application
    mode tcp
    timeout connect 5s
    timeout server 30s
    server application 127.0.0.1:8080
",
        port = bundle.port
    );
    for called in &bundle.calls {
        let (name, port) = (&called.name, called.port);
        let _ = write!(
            text,
            "
backend handfast-to-{name}
    mode tcp
    timeout connect 5s
    timeout server 30s
    server {name} {name}:{port} ssl {tls} sni str({name}) verifyhost {name} init-addr libc,none
"
        );
    }
    text
}
