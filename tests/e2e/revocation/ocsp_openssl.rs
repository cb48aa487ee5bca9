//! `openssl ocsp` as the client.

use std::os::unix::fs::PermissionsExt as _;

use super::{BAD, GOOD, Lab, SERVER};
use crate::program::{finish, succeed, text};
use crate::serve::Served;

#[test]
fn good_turns_revoked_with_the_command_that_revokes() {
    let lab = Lab::with("");
    for words in [&[][..], &["-no_nonce"], &["-sha256"], &["-sha256", "-no_nonce"]] {
        let said = lab.ask(BAD, words);
        assert!(said.contains("Response verify OK") && said.contains("cert.pem: good"), "{words:?}: {said}");
        assert!(!said.contains("WARNING"), "the nonce comes back: {words:?}: {said}");
    }
    lab.revoke(BAD, "keyCompromise");
    for words in [&[][..], &["-no_nonce"], &["-sha256"], &["-sha256", "-no_nonce"]] {
        let said = lab.ask(BAD, words);
        assert!(
            said.contains("Response verify OK") && said.contains("cert.pem: revoked"),
            "{words:?}: {said}"
        );
        assert!(said.contains("Reason: keyCompromise"), "{said}");
        assert!(lab.ask(GOOD, words).contains("cert.pem: good"));
    }
    // It is the answer of the list, too.
    let record = lab.served.good("list");
    assert!(record.contains("revoked"), "{record}");
}

#[test]
fn several_certificates_are_answered_for_at_once_and_a_forged_one_is_unknown() {
    let lab = Lab::with("");
    let issuer = lab.authority("services");
    let said = finish("openssl", |command| {
        command.args(["ocsp", "-CAfile"]).arg(lab.file(SERVER, "roots.pem"));
        command.arg("-verify_other").arg(&issuer).arg("-issuer").arg(&issuer);
        command.arg("-cert").arg(lab.file(GOOD, "cert.pem")).arg("-cert").arg(lab.file(BAD, "cert.pem"));
        command.args(["-serial", "0x7766554433221100", "-url", &lab.responder()]);
    });
    let said = text(&said.stdout) + &text(&said.stderr);
    assert_eq!(said.matches(": good").count(), 2, "{said}");
    assert!(said.contains("0x7766554433221100: unknown"), "{said}");
    // A certificate of another authority is not answered for.
    let said = finish("openssl", |command| {
        let root = lab.file(SERVER, "roots.pem");
        command.args(["ocsp", "-noverify", "-issuer"]).arg(&root).arg("-cert").arg(&root);
        command.args(["-url", &lab.responder()]);
    });
    assert!((text(&said.stdout) + &text(&said.stderr)).contains("unauthorized"), "{said:?}");
}

#[test]
fn a_delegate_answers_and_its_key_is_the_servers_alone() {
    let lab = Lab::with("[server.ocsp]\nresponder = \"delegate\"\nlifetime = \"12h\"\n");
    let said = lab.ask(GOOD, &["-text"]);
    assert!(said.contains("Response verify OK") && said.contains("cert.pem: good"), "{said}");
    for words in ["OCSP of services", "OCSP Signing", "OCSP No Check", "Digital Signature"] {
        assert!(said.contains(words), "{words}: {said}");
    }
    let directory = lab.served.domain.path().join(".handfast/ocsp");
    let mode = |path: &std::path::Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let file = directory.join("services.pem");
    assert_eq!((mode(&directory), mode(&file)), (0o700, 0o600));
    assert!(lab.served.get("admin", "/metrics").contains("handfast_ocsp_responder_expiry_seconds{"));
    // A start later it is the same one.
    let before = std::fs::read(&file).unwrap();
    let Served { domain, mut program, .. } = lab.served;
    program.stop("TERM");
    drop(program);
    let served = Served::start(domain, |_| {});
    assert_eq!(std::fs::read(&file).unwrap(), before);
    // Whoever revokes it gets another.
    let certificate = succeed("openssl", |command| {
        command.args(["x509", "-in"]).arg(&file);
    });
    let copy = served.domain.path().join("delegate.pem");
    std::fs::write(&copy, certificate).unwrap();
    served.good(&format!("revoke {} --reason keyCompromise", copy.display()));
    served.program.signal("HUP");
    // Each look at the metrics takes some milliseconds.
    let replaced = (0..3_000).any(|_| {
        served.get("admin", "/metrics");
        std::fs::read(&file).unwrap() != before
    });
    assert!(replaced, "nobody replaced it");
}

#[test]
fn nobody_can_ask_for_a_responder_certificate() {
    let lab = Lab::with("[server.ocsp]\nresponder = \"delegate\"\n");
    let output = lab.served.handfast("issue ocsp.shop.internal --profile ocsp-responder --out forged");
    assert!(!output.status.success(), "{output:?}");
    assert!(text(&output.stderr).contains("ocsp-responder"), "{}", text(&output.stderr));
    assert!(!lab.served.get("api", "/v1/openapi.json").contains("ocsp-responder"));
}
