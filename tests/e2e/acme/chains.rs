//! Another chain to the same certificate, for those who trust somebody else's root: whoever prefers it is given it.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::ca::{Ca, run};
use super::matrix::HOST;
use crate::domain::handfast;
use crate::program::succeed;

/// What the root of the other company is called.
const COMPANY: &str = "company.example root CA";

/// Have the root of another company certify the key and the name of our authority. Returns that root's file.
fn certified_by_company(ca: &Ca) -> PathBuf {
    let company = ca.folder("company");
    let ours = company.parent().unwrap();
    let keys = std::fs::read_dir(ours.join(".handfast/keys")).unwrap().map(|entry| entry.unwrap().path());
    let is_services = |path: &PathBuf| path.file_name().unwrap().to_str().unwrap().starts_with("services-");
    let key = keys.into_iter().find(is_services).unwrap();
    let handfast = |directory: &Path, words: &[&str]| {
        succeed(handfast(), |command: &mut Command| {
            command.args(words).current_dir(directory);
        })
    };
    handfast(&company, &["init", ".", "--domain", "company.example"]);
    handfast(&company, &["apply"]);
    let (key, subject) = (key.to_str().unwrap(), "CN=shop.internal services CA");
    handfast(ours, &["csr", "ca.shop.internal", "--key", key, "--subject", subject, "--out", "services.csr"]);
    let request = ours.join("services.csr");
    let sign = ["ca", "sign-intermediate", request.to_str().unwrap(), "--parent", "root"];
    handfast(&company, &[&sign[..], &["--out", "by-company.pem"]].concat());
    let answer = company.join("by-company.pem");
    let import = ["ca", "import", "services-by-company", "--certificate", answer.to_str().unwrap()];
    handfast(ours, &import);
    let root = company.join("root.pem");
    std::fs::write(&root, handfast(&company, &["ca", "show", "root", "--pem"])).unwrap();
    root
}

/// Whether the chain leads from the certificate to a root of the file.
fn leads_to(roots: &Path, chain: &Path) -> bool {
    let mut openssl = Command::new("openssl");
    openssl.args(["verify", "-CAfile"]).arg(roots).arg("-untrusted").arg(chain).arg(chain);
    openssl.output().unwrap().status.success()
}

fn lego(ca: &Ca, folder: &Path, words: &[&str]) -> PathBuf {
    run("/usr/bin/lego", |command| {
        command.args(["--server", &ca.directory(), "--accept-tos", "--email", "ops@shop.internal", "--path"]);
        command.arg(folder).args(["-d", HOST, "--http", "--http.port", &ca.http.to_string(), "run"]);
        command.args(words).env("LEGO_CA_CERTIFICATES", ca.roots());
    });
    folder.join(format!("certificates/{HOST}.crt"))
}

fn certbot(ca: &Ca, folder: &Path, words: &[&str]) -> PathBuf {
    run("/usr/bin/certbot", |command| {
        command.args(["certonly", "--non-interactive", "--agree-tos", "--register-unsafely-without-email"]);
        command.args(["--standalone", "--server", &ca.directory(), "--cert-name", "it", "-d", HOST]);
        command.arg(format!("--http-01-port={}", ca.http.port()));
        command.arg(format!("--http-01-address={}", ca.http.ip()));
        for directory in ["--config-dir", "--work-dir", "--logs-dir"] {
            command.arg(directory).arg(folder);
        }
        command.args(words).env("REQUESTS_CA_BUNDLE", ca.roots());
    });
    folder.join("live/it/fullchain.pem")
}

#[test]
fn clients_are_given_the_chain_that_they_prefer() {
    let ca = Ca::start();
    let company = certified_by_company(&ca);
    for (client, program) in [("lego", lego as fn(&Ca, &Path, &[&str]) -> PathBuf), ("certbot", certbot)] {
        let preferring =
            program(&ca, &ca.folder(&format!("{client}-company")), &["--preferred-chain", COMPANY]);
        assert!(leads_to(&company, &preferring) && !leads_to(&ca.roots(), &preferring), "{client}");
        let usual = program(&ca, &ca.folder(&format!("{client}-usual")), &[]);
        assert!(leads_to(&ca.roots(), &usual) && !leads_to(&company, &usual), "{client}");
    }
}
