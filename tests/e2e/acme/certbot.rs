//! certbot: Debian's and the current one.

use std::path::{Path, PathBuf};

use super::ca::{Ca, run};
use super::matrix::{self, ADDRESS, CERTBOT, CERTBOT_DEBIAN, Challenge, Does, Row};
use super::tools;

#[test]
fn certbot_of_debian() {
    matrix::each(CERTBOT_DEBIAN, |row| try_row(Path::new("/usr/bin/certbot"), row));
}

#[test]
fn certbot_as_it_is_now() {
    let program = tools::of_pypi("certbot", "5.8.0", "certbot");
    matrix::each(CERTBOT, |row| try_row(&program, row));
}

struct Certbot<'a> {
    program: &'a Path,
    ca: &'a Ca,
    folder: PathBuf,
}

impl Certbot<'_> {
    fn run(&self, words: &[String]) -> String {
        run(self.program, |command| {
            command.args(words).args(["--non-interactive", "--server", &self.ca.directory()]);
            for folder in ["config", "work", "logs"] {
                command.arg(format!("--{folder}-dir")).arg(self.folder.join(folder));
            }
            command.env("REQUESTS_CA_BUNDLE", self.ca.roots());
        })
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.join("config/live/it").join(name)
    }
}

fn try_row(program: &Path, row: &Row) {
    let ca = Ca::start();
    let certbot = Certbot { program, ca: &ca, folder: ca.folder("certbot") };
    let words = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<String>>();
    let mut order = words("certonly --cert-name it --agree-tos --register-unsafely-without-email");
    order.extend(proof(&ca, row));
    order.extend([if row.name == ADDRESS { "--ip-address" } else { "-d" }.to_owned(), row.name.to_owned()]);
    if let Some(binding) = ca.binding(row) {
        order.extend(["--eab-kid".to_owned(), binding.kid, "--eab-hmac-key".to_owned(), binding.hmac]);
    }
    certbot.run(&order);
    let first = ca.check(&certbot.file("cert.pem"), &certbot.file("chain.pem"), row.name);

    let renew = words("renew --no-random-sleep-on-renew");
    match row.renew {
        Does::Yes => drop(certbot.run(&[renew, words("--force-renewal")].concat())),
        Does::WhenTold => {
            ca.ask_for_renewal();
            let said = certbot.run(&renew);
            assert!(said.contains("all renewals succeeded"), "{said}");
        }
        Does::Cannot => panic!("{row:?}"),
    }
    let second = ca.check(&certbot.file("cert.pem"), &certbot.file("chain.pem"), row.name);
    assert_ne!(first, second);
    let said = certbot.run(&words("renew --no-random-sleep-on-renew"));
    assert!(said.contains("not due for renewal yet"), "{said}");

    assert_eq!(row.revoke, Does::Yes);
    certbot.run(&words("revoke --cert-name it --reason superseded --no-delete-after-revoke"));
    assert_eq!(ca.state(&second), "revoked");
    assert_eq!(row.key_change, Does::Cannot);
}

fn proof(ca: &Ca, row: &Row) -> Vec<String> {
    match row.challenge {
        Challenge::Http01 => vec![
            "--standalone".to_owned(),
            format!("--http-01-port={}", ca.http.port()),
            format!("--http-01-address={}", ca.http.ip()),
        ],
        Challenge::Dns01 => {
            let hook = |what: &str| {
                format!("{} {what} _acme-challenge.$CERTBOT_DOMAIN $CERTBOT_VALIDATION", ca.hook())
            };
            vec![
                "--manual".to_owned(),
                "--preferred-challenges=dns".to_owned(),
                format!("--manual-auth-hook={}", hook("present")),
                format!("--manual-cleanup-hook={}", hook("cleanup")),
            ]
        }
        Challenge::TlsAlpn01 => panic!("certbot has no tls-alpn-01"),
    }
}
