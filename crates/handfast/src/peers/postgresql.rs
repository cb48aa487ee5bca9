//! PostgreSQL: the server's settings, who may come in, and which certificate is which user.

use std::fmt::Write as _;

use super::{Bundle, file};

/// `postgresql.conf`, and how a libpq client uses the same files.
pub(super) fn conf(bundle: &Bundle) -> String {
    let mut text = bundle.heading("#", "PostgreSQL, for postgresql.conf");
    let _ = write!(
        text,
        "ssl = on
ssl_cert_file = {chain}
ssl_key_file = {key}
ssl_ca_file = {roots}
ssl_min_protocol_version = 'TLSv1.2'

# A client (libpq) takes the same files:
#   psql \"host={server} sslmode=verify-full sslcert={chain} sslkey={key} sslrootcert={roots}\"
",
        chain = literal(&bundle.path(file::FULL_CHAIN)),
        key = literal(&bundle.path(file::KEY)),
        roots = literal(&bundle.path(file::ROOTS)),
        server = bundle.example_server().name,
    );
    text
}

/// `pg_hba.conf`: over TLS with a certificate, mapped by `pg_ident.conf`.
pub(super) fn hba(bundle: &Bundle) -> String {
    let mut text = bundle.heading("#", "PostgreSQL, for pg_hba.conf");
    text.push_str(
        "# TYPE   DATABASE  USER  ADDRESS  METHOD
hostssl  all       all   all      cert clientcert=verify-full map=handfast
",
    );
    text
}

/// `pg_ident.conf`: each caller's common name becomes the database user with the name of its service.
pub(super) fn ident(bundle: &Bundle) -> String {
    let mut text = bundle.heading("#", "PostgreSQL, for pg_ident.conf");
    text.push_str("# Each caller becomes the database user with the name of its service.\n");
    text.push_str("# MAPNAME  SYSTEM-USERNAME  PG-USERNAME\n");
    for caller in &bundle.callers {
        let _ = writeln!(text, "handfast  \"{}\"  \"{}\"", caller.name, caller.service);
    }
    text
}

/// A string literal: single quotes doubled.
fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}
