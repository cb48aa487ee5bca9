//! Node.js: options of `tls` and `https` for both roles.

use super::{Bundle, file, quote};

pub(super) fn example(bundle: &Bundle) -> String {
    let server = bundle.example_server();
    bundle.heading("//", "Node.js, options for tls and https, server and client")
        + &format!(
            r#"const fs = require("node:fs");
const https = require("node:https");

const handfast = {{
  cert: fs.readFileSync({chain}),
  key: fs.readFileSync({key}),
  ca: fs.readFileSync({roots}),
  minVersion: "TLSv1.2",
  requestCert: true,
  rejectUnauthorized: true,
}};

// server
// https.createServer(handfast, (request, response) => response.end("hello\n")).listen({port});

// client
// https.get({{ ...handfast, host: {name}, port: {called} }}, (response) => response.pipe(process.stdout));
"#,
            chain = bundle.quoted(file::FULL_CHAIN),
            key = bundle.quoted(file::KEY),
            roots = bundle.quoted(file::ROOTS),
            port = bundle.port,
            name = quote(&server.name),
            called = server.port,
        )
}
