//! Commands of single certificates: `issue`, `csr`, `sign`, `renew`, `list`.

use crate::material::Domain;
use crate::support::Place;

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

fn on_record(place: &Place) -> usize {
    place.json("list --format json")["certificates"].as_array().unwrap().len()
}

#[test]
fn nothing_is_issued_where_it_could_not_be_written() {
    let place = Place::with(crate::support::SMALL);
    place.good("apply");
    place.good("csr z.shop.internal --key z.key --out z.csr");
    let before = on_record(&place);
    let told = place.talk("sign z.csr --out nowhere/z.pem");
    assert!(told.contains("nothing was issued") && told.ends_with("--- exit 1\n"), "{told}");
    let told = place.talk("renew trust/web.shop.internal");
    assert!(told.contains("run `rm trust/web.shop.internal/key.pem` and `handfast apply`"), "{told}");
    assert_eq!(on_record(&place), before);
    // What the hint says works.
    std::fs::remove_file(place.path("trust/web.shop.internal/key.pem")).unwrap();
    assert!(place.good("apply").contains("renew the certificate of `web.shop.internal`"));
}

#[test]
fn what_could_not_be_written_is_had_from_the_record() {
    let place = Place::with(crate::support::SMALL);
    place.good("apply");
    place.good("csr z.shop.internal --key z.key --out z.csr");
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let output = place.command("sign z.csr").stdout(full).output().unwrap();
    let told = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{told}");
    let (_, after) = told.split_once("`handfast show ").unwrap();
    let serial = after.split_whitespace().next().unwrap();
    let chain = place.good(&format!("show {serial} --chain"));
    assert_eq!(chain.matches("BEGIN CERTIFICATE").count(), 2);
    assert!(chain.starts_with(&place.good(&format!("show {serial} --pem"))));
    place.write("z.pem", &chain);
    assert!(place.good("show z.pem").starts_with("valid, by `services`, profile `service`"));
    assert_eq!(place.run("show 00ff").status.code(), Some(1));
}
