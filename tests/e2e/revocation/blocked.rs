//! A compromised key gets no certificate any more, whichever door it knocks at. ACME's doors are tried in the crate of the
//! doors (`whoever_has_the_key_says_that_it_is_compromised_and_it_is_blocked`).

use serde_json::json;

use super::{GOOD, Lab};
use crate::domain::handfast;
use crate::program::{finish, succeed, text};

#[test]
fn a_compromised_key_is_refused_at_every_door() {
    let lab = Lab::with("[server.cfssl]\nlisten = [\"127.0.0.1:0\"]\nenable = [\"sign\"]\n");
    let place = lab.served.domain.path();
    let key = lab.file(GOOD, "key.pem");
    let openssl = |words: &[&str]| {
        succeed("openssl", |command| {
            command.current_dir(place).args(words).args(["-key"]).arg(&key);
        })
    };
    openssl(&[
        "req",
        "-new",
        "-subj",
        "/CN=x.shop.internal",
        "-addext",
        "subjectAltName=DNS:x.shop.internal",
        "-out",
        "x.csr",
    ]);
    let csr = std::fs::read_to_string(place.join("x.csr")).unwrap();
    let command = || lab.served.handfast("sign x.csr --out x.pem");
    let over = |url: String, words: &[&str], body: &serde_json::Value| {
        let output = finish("curl", |command| {
            command.args(["--silent", "--show-error", "--max-time", "20"]).args(words);
            command
                .args(["--header", "Content-Type: application/json", "--data"])
                .arg(body.to_string())
                .arg(url);
        });
        text(&output.stdout) + &text(&output.stderr)
    };
    let cfssl = || {
        let url = format!("http://{}/api/v1/cfssl/sign", lab.served.address("cfssl"));
        over(url, &[], &json!({ "certificate_request": csr }))
    };
    lab.served.good("credential create builder --right issue --out builder.key");
    let credential = std::fs::read_to_string(place.join("builder.key")).unwrap();
    let api = || {
        let url = format!("https://{}/v1/certificates", lab.served.address("api"));
        let roots = lab.file(GOOD, "roots.pem").display().to_string();
        let bearer = format!("Authorization: Bearer {}", credential.trim());
        over(url, &["--cacert", &roots, "--header", &bearer], &json!({ "csr": csr, "authority": "services" }))
    };
    // Before it is known, every door opens.
    assert!(command().status.success());
    assert!(cfssl().contains("BEGIN CERTIFICATE"), "{}", cfssl());
    assert!(api().contains("BEGIN CERTIFICATE"), "{}", api());
    lab.revoke(GOOD, "keyCompromise");
    let refused = command();
    assert_eq!(refused.status.code(), Some(1));
    assert!(text(&refused.stderr).contains("HF-KEY-BLOCKED"), "{}", text(&refused.stderr));
    assert!(api().contains("HF-KEY-BLOCKED"), "{}", api());
    let said = cfssl();
    assert!(!said.contains("BEGIN CERTIFICATE") && said.contains("\"success\":false"), "{said}");
    let renewal = finish(handfast(), |command| {
        command.args(["issue", "y.shop.internal"]).current_dir(place);
    });
    assert!(renewal.status.success(), "another key is another matter: {}", text(&renewal.stderr));
}
