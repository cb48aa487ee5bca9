//! autocert, the part of golang.org/x/crypto/acme that a server has in itself: the lines of the guide, built and run.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use hf_x509::certificate::Certificate;

use super::ca::Ca;
use super::matrix::{self, AUTOCERT, Challenge, Does, Row};
use super::tools;
use crate::program::{Running, finish, text};

/// How often a renewed certificate is asked for, [`PAUSE`] apart.
const TRIES: u32 = 150;
const PAUSE: Duration = Duration::from_millis(200);

#[test]
fn autocert() {
    matrix::each(AUTOCERT, try_row);
}

fn try_row(row: &Row) {
    assert_eq!(row.challenge, Challenge::TlsAlpn01);
    // Between the two times before the end at which the server is told to renew.
    let ca = Ca::declaring("[profile.server]\nlifetime = \"20d\"");
    let service = Service::new(&ca, row);
    let running = service.start("240 * time.Hour");
    let first = service.handshake();
    assert_eq!(service.handshake(), first);
    drop(running);
    // It is kept in a file, and in good time.
    let running = service.start("240 * time.Hour");
    assert_eq!(service.handshake(), first);
    drop(running);
    assert_eq!(row.renew, Does::Yes);
    let _running = service.start("720 * time.Hour");
    let second = service.renewed(&first);
    assert_eq!((ca.state(&first).as_str(), ca.state(&second).as_str()), ("valid", "valid"));
    assert_eq!((row.revoke, row.key_change), (Does::Cannot, Does::Cannot));
}

/// A server in Go, of the lines that the guide shows.
struct Service<'a> {
    ca: &'a Ca,
    row: &'a Row,
    folder: PathBuf,
    lines: String,
}

impl<'a> Service<'a> {
    /// With the addresses of this test in place of those of the guide.
    fn new(ca: &'a Ca, row: &'a Row) -> Self {
        let folder = ca.folder("autocert");
        std::fs::copy(ca.roots(), folder.join("roots.pem")).unwrap();
        let lines = replaced(
            &of_the_guide(),
            "https://ca.shop.internal:8443/acme/services/directory",
            &ca.directory(),
        );
        let lines = replaced(&lines, ":443", &ca.tls.to_string());
        let lines = match ca.binding(row) {
            Some(binding) => replaced(
                &replaced(&lines, "\"KID\"", &quoted(&binding.kid)),
                "\"KEY\"",
                &quoted(&binding.hmac),
            ),
            None => without_binding(&lines),
        };
        Self { ca, row, folder, lines }
    }

    /// Runs it, to renew so long before the end.
    fn start(&self, renew_before: &str) -> Running {
        let source = self.folder.join("service.go");
        let lines = replaced(&self.lines, "240 * time.Hour", renew_before);
        std::fs::write(&source, format!("{HEAD}\nfunc main() {{\n{lines}}}\n")).unwrap();
        let program = self.folder.join("service");
        tools::build_go(&source, &program);
        let mut running = Running::start(Command::new(&program).current_dir(&self.folder));
        running.until_listening(self.ca.tls);
        running
    }

    /// The certificate that is shown once it is another.
    fn renewed(&self, before: &Certificate) -> Certificate {
        for _ in 0..TRIES {
            let shown = self.handshake();
            if shown != *before {
                return shown;
            }
            std::thread::sleep(PAUSE);
        }
        panic!("{} is not renewed", self.row.name);
    }

    /// The certificate that a client is shown, which trusts the roots and asks for the name.
    fn handshake(&self) -> Certificate {
        let output = finish("openssl", |command| {
            command.args(["s_client", "-showcerts", "-verify_return_error", "-servername", self.row.name]);
            command.args(["-verify_hostname", self.row.name, "-connect", &self.ca.tls.to_string()]);
            command.arg("-CAfile").arg(self.folder.join("roots.pem"));
        });
        let said = text(&output.stdout) + &text(&output.stderr);
        assert!(output.status.success() && said.contains("Verify return code: 0 (ok)"), "{said}");
        let file = self.folder.join("shown.pem");
        std::fs::write(&file, said).unwrap();
        self.ca.check(&file, &file, self.row.name)
    }
}

/// What stands before the lines of the guide.
const HEAD: &str = r#"package main

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"log"
	"net/http"
	"os"
	"time"

	"golang.org/x/crypto/acme"
	"golang.org/x/crypto/acme/autocert"
)

// Used only where the account is bound.
var _ = base64.RawURLEncoding
"#;

/// The lines of Go in the guide.
fn of_the_guide() -> String {
    let guide = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/guide/acme-clients.md");
    let guide = std::fs::read_to_string(guide).unwrap();
    let (_, rest) = guide.split_once("```go\n").unwrap();
    rest.split_once("```").unwrap().0.to_owned()
}

/// Without those for a bound account: from the comment that says so to the next empty line.
fn without_binding(lines: &str) -> String {
    let (before, rest) = lines.split_once("// For a bound account only").unwrap();
    before.to_owned() + rest.split_once("\n\n").unwrap().1
}

/// The text with one for the other, which must be in it.
fn replaced(text: &str, from: &str, to: &str) -> String {
    assert!(text.contains(from), "no `{from}` in\n{text}");
    text.replace(from, to)
}

fn quoted(word: &str) -> String {
    format!("\"{word}\"")
}
