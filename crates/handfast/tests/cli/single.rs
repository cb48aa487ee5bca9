//! Commands of single certificates: `issue`, `csr`, `sign`, `renew`, `list`.

use crate::material::Domain;

#[test]
fn a_certificate_is_issued_and_renewed() {
    let domain = Domain::new();
    insta::assert_snapshot!(domain.talk("issue a.shop.internal"));
    insta::assert_snapshot!(domain.talk("issue a.shop.internal"));
    insta::assert_snapshot!(domain.talk("issue a.other.example"));
    assert!(!domain.place.path("a.other.example").exists());
    let before = domain.place.read("a.shop.internal/key.pem");
    insta::assert_snapshot!(domain.talk("renew a.shop.internal"));
    assert_ne!(domain.place.read("a.shop.internal/key.pem"), before);
    insta::assert_snapshot!(domain.talk("renew 1234"));
}

#[test]
fn a_request_is_made_signed_and_signed_again() {
    let domain = Domain::new();
    insta::assert_snapshot!(domain.talk("csr x.shop.internal --key x.key --out x.csr"));
    insta::assert_snapshot!(domain.talk("csr -- -x --key y.key"));
    insta::assert_snapshot!(domain.talk("sign x.csr --out x.pem"));
    insta::assert_snapshot!(domain.talk("sign x.csr --name x.other.example"));
    insta::assert_snapshot!(domain.talk("sign x.pem"));
    insta::assert_snapshot!(domain.talk("renew x.pem --csr x.csr"));
    insta::assert_snapshot!(domain.talk("renew x.pem --csr x.csr --keep-key --out x.pem"));
}

#[test]
fn the_record_is_listed_by_filter_and_by_page() {
    let domain = Domain::new();
    for name in ["a", "b", "c"] {
        domain.place.good(&format!("issue {name}.shop.internal"));
    }
    domain.place.good("revoke b.shop.internal/cert.pem");
    insta::assert_snapshot!(domain.talk("list"));
    insta::assert_snapshot!(domain.talk("list --state revoked"));
    insta::assert_snapshot!(domain.talk("list --name a.shop.internal --authority services"));
    insta::assert_snapshot!(domain.talk("list --after zzz"));
    assert_eq!(domain.place.json("list --expiring 1d --format json")["certificates"], serde_json::json!([]));
    pages(&domain);
}

/// Page by page the same as all at once.
fn pages(domain: &Domain) {
    let all = domain.place.json("list --format json");
    let mut paged = Vec::new();
    let mut words = String::from("list --limit 2 --format json");
    loop {
        let page = domain.place.json(&words);
        paged.extend(page["certificates"].as_array().unwrap().clone());
        let Some(next) = page["next"].as_str() else { break };
        words = format!("list --limit 2 --format json --after {next}");
    }
    assert_eq!(all["certificates"], serde_json::Value::Array(paged));
}

#[test]
fn a_key_that_two_components_share_is_reported() {
    let domain = Domain::new();
    for name in ["x", "y"] {
        domain.place.good(&format!("csr {name}.shop.internal --key one.key --out {name}.csr"));
    }
    let reported = |words: &str| {
        let output = domain.place.run(words);
        assert!(output.status.success(), "{words}");
        String::from_utf8_lossy(&output.stderr).contains("HF-ISSUE-SHARED-KEY")
    };
    assert!(!reported("sign x.csr --out x.pem"));
    assert!(!reported("renew x.pem --csr x.csr --keep-key --out x.pem"), "a renewal is the same component");
    assert!(reported("sign y.csr --out y.pem"));
}
