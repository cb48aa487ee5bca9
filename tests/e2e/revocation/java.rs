//! Java's PKIX with revocation on, by OCSP and by lists.

use super::{BAD, GOOD, Lab, SERVER, folder, source};
use crate::program::{finish, succeed, text};

#[test]
fn java_accepts_the_good_and_refuses_the_revoked_by_ocsp_and_by_lists() {
    for lines in ["", "[server.ocsp]\nresponder = \"delegate\"\n"] {
        let lab = Lab::with(lines);
        let classes = folder("java");
        succeed("javac", |command| {
            command.arg("-d").arg(&classes).arg(source("Validate.java"));
        });
        let validate = |by: &str, instance: &str| {
            let output = finish("java", |command| {
                command.args(["-XX:TieredStopAtLevel=1", "-Dcom.sun.security.enableCRLDP=true", "-cp"]);
                command.arg(&classes).args(["Validate", by]).arg(lab.file(SERVER, "roots.pem"));
                command.arg(lab.file(instance, "fullchain.pem"));
            });
            (output.status.success(), text(&output.stdout) + &text(&output.stderr))
        };
        let (accepted, said) = validate("ocsp", BAD);
        assert!(accepted, "before it is revoked: {said}");
        lab.revoke(BAD, "superseded");
        for by in ["ocsp", "nonce", "lists"] {
            let (accepted, said) = validate(by, GOOD);
            assert!(accepted, "{by}: {said}");
        }
        for by in ["ocsp", "nonce"] {
            let (accepted, said) = validate(by, BAD);
            assert!(!accepted && said.contains("REVOKED"), "{by}: {said}");
        }
        // The list follows within seconds, and each look takes about one.
        let refused = (0..60).any(|_| {
            let (accepted, said) = validate("lists", BAD);
            !accepted && said.contains("REVOKED")
        });
        assert!(refused, "no list says so");
    }
}
