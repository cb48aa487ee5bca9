//! dehydrated, as Debian has it.

use std::path::{Path, PathBuf};

use super::ca::{Ca, run};
use super::matrix::{self, Challenge, DEHYDRATED, Does, Row};
use super::web;

#[test]
fn dehydrated() {
    matrix::each(DEHYDRATED, try_row);
}

fn try_row(row: &Row) {
    let ca = Ca::start();
    let folder = ca.folder("dehydrated");
    let config = configure(&ca, row, &folder);
    let dehydrated = |words: &[&str]| {
        run("/usr/bin/dehydrated", |command| {
            command.arg("-f").arg(&config).args(words);
        })
    };
    dehydrated(&["--register", "--accept-terms"]);
    let order = ["--cron", "--domain", row.name, "--alias", "it"];
    dehydrated(&order);
    let file = |name: &str| folder.join("certs/it").join(name);
    let first = ca.check(&file("cert.pem"), &file("chain.pem"), row.name);
    assert_eq!(row.renew, Does::Yes);
    dehydrated(&[&order[..], &["--force"]].concat());
    let second = ca.check(&file("cert.pem"), &file("chain.pem"), row.name);
    assert_ne!(first, second);
    assert_eq!(row.revoke, Does::Yes);
    dehydrated(&["--revoke", &file("cert.pem").display().to_string()]);
    assert_eq!(ca.state(&second), "revoked");
    assert_eq!(row.key_change, Does::Cannot);
}

fn configure(ca: &Ca, row: &Row, folder: &Path) -> PathBuf {
    use std::os::unix::fs::PermissionsExt as _;
    let known = folder.join("well-known");
    std::fs::create_dir(&known).unwrap();
    web::serve(ca.http, &known);
    // `deploy_challenge NAME TOKEN VALUE` and `clean_challenge NAME TOKEN VALUE`, and other words that do not matter here.
    let hook = folder.join("hook");
    let script = format!(
        "#!/bin/sh\ncase \"$1\" in\ndeploy_challenge) {0} present \"_acme-challenge.$2\" \"$4\" ;;\n\
         clean_challenge) {0} cleanup \"_acme-challenge.$2\" \"$4\" ;;\nesac\n",
        ca.hook()
    );
    std::fs::write(&hook, script).unwrap();
    std::fs::set_permissions(&hook, std::fs::Permissions::from_mode(0o755)).unwrap();
    let (here, directory, challenge) = (folder.display(), ca.directory(), row.challenge);
    let binding = ca.binding(row).map_or_else(String::new, |binding| {
        format!("EAB_KID={}\nEAB_HMAC_KEY={}\n", binding.kid, binding.hmac)
    });
    let roots = ca.roots();
    let lines = format!(
        "CA={directory}\nBASEDIR={here}\nWELLKNOWN={here}/well-known\nCHALLENGETYPE={challenge}\nHOOK={here}/hook\n\
         CURL_OPTS='--cacert {}'\n{binding}",
        roots.display()
    );
    assert_ne!(row.challenge, Challenge::TlsAlpn01);
    let config = folder.join("config");
    std::fs::write(&config, lines).unwrap();
    config
}
