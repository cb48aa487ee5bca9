//! The same commands from elsewhere: same output, and what a credential does not allow is refused.

use super::{EVERYTHING, Elsewhere, api_key, read};
use crate::program::text;
use crate::serve::Served;

#[test]
fn commands_say_the_same_here_and_elsewhere() {
    let served = Served::with("");
    let elsewhere = Elsewhere::new(&served, Some(&api_key(&served, EVERYTHING)));
    elsewhere.good("issue a.shop.internal --profile server");
    served.good("issue b.shop.internal --profile server");
    for words in [
        "list",
        "list --format json",
        "list --name a.shop.internal --state valid",
        "list --authority nobody",
        "ca list",
        "ca list --format json",
        "ca show services --chain",
        "ca show services --format json",
        "credential list",
        "crl services --latest --out latest.crl",
        "audit verify",
        "audit export",
    ] {
        if words.starts_with("crl") {
            served.good("crl services");
        }
        let (here, there) = (served.handfast(words), elsewhere.ask(words));
        assert_eq!(text(&here.stdout), text(&there.stdout), "{words}");
        assert_eq!(text(&here.stderr), text(&there.stderr), "{words}");
        assert_eq!(here.status.code(), there.status.code(), "{words}");
    }
    let refused = "issue c.shop.internal --profile server --lifetime 9000d";
    let (here, there) = (served.handfast(refused), elsewhere.ask(refused));
    assert_eq!((here.status.code(), there.status.code()), (Some(1), Some(1)));
    assert_eq!(without_times(&text(&here.stderr)), without_times(&text(&there.stderr)));
}

/// What was said, with every RFC 3339 time replaced: two requests that are refused do not ask in the same second.
fn without_times(said: &str) -> String {
    let is_time = |word: &str| {
        word.contains('T') && word.ends_with('Z') && word.starts_with(|c: char| c.is_ascii_digit())
    };
    said.split(' ').map(|word| if is_time(word.trim()) { "TIME" } else { word }).collect::<Vec<_>>().join(" ")
}

#[test]
fn a_key_that_two_components_share_is_reported_to_whoever_may_read() {
    let served = Served::with("");
    let elsewhere = Elsewhere::new(&served, Some(&api_key(&served, EVERYTHING)));
    for name in ["x", "y", "z"] {
        assert!(
            elsewhere
                .here(&format!("csr {name}.shop.internal --key one.key --out {name}.csr"))
                .status
                .success()
        );
    }
    let reported = |asker: &Elsewhere, words: &str| {
        let output = asker.ask(words);
        assert!(output.status.success(), "{words}: {}", text(&output.stderr));
        text(&output.stderr).contains("HF-ISSUE-SHARED-KEY")
    };
    assert!(!reported(&elsewhere, "sign x.csr --out x.pem"));
    assert!(!reported(&elsewhere, "renew x.pem --csr x.csr --keep-key --out x.pem"), "the same component");
    assert!(reported(&elsewhere, "sign y.csr --out y.pem"));
    assert!(reported(&elsewhere, "renew x.pem --csr x.csr --keep-key --out x.pem"));
    // Whoever may not read has its certificate, and learns nothing of others.
    let blind = Elsewhere::new(&served, Some(&api_key(&served, "--right issue")));
    std::fs::copy(elsewhere.path("z.csr"), blind.path("z.csr")).unwrap();
    let output = blind.ask("sign z.csr --out z.pem");
    assert!(output.status.success() && !text(&output.stderr).contains("warning"), "{}", text(&output.stderr));
}

#[test]
fn from_issue_to_revocation_without_the_key_ever_leaving() {
    let served = Served::with("");
    let elsewhere = Elsewhere::new(&served, Some(&api_key(&served, EVERYTHING)));
    elsewhere.good("issue web.shop.internal");
    let old = read(elsewhere.path("web.shop.internal/cert.pem"));
    let old_key = read(elsewhere.path("web.shop.internal/key.pem"));
    // The holder renews with nothing but its key: by a signature, and by mutual TLS.
    let holder = Elsewhere::new(&served, None);
    std::fs::create_dir(holder.path("web")).unwrap();
    for file in ["cert.pem", "fullchain.pem", "key.pem", "roots.pem"] {
        std::fs::copy(elsewhere.path("web.shop.internal").join(file), holder.path("web").join(file)).unwrap();
    }
    holder.good("renew web");
    assert_ne!(read(holder.path("web/cert.pem")), old);
    assert_ne!(read(holder.path("web/key.pem")), old_key);
    assert!(holder.here("csr web.shop.internal --key new.key --out new.csr").status.success());
    let client = "--client-cert web/fullchain.pem --client-key web/key.pem";
    holder.good(&format!("renew web/cert.pem --csr new.csr --out new.pem {client}"));
    let verified = holder
        .here("verify new.pem --roots web/roots.pem --intermediates web/fullchain.pem --purpose server");
    assert!(verified.status.success(), "{}", text(&verified.stderr));
    holder.refused("list", "a credential is needed");
    holder.refused(&format!("list {client}"), "lacks the right `read`");
    // Revoked is revoked: the old key proves nothing any more.
    let said = elsewhere.good("revoke web.shop.internal/cert.pem --reason superseded");
    assert!(said.contains("superseded") && said.contains("CRL number"), "{said}");
    elsewhere.refused("renew web.shop.internal", "not one of this server that is in force");
}

#[test]
fn a_credential_is_good_until_it_is_revoked_and_for_what_it_is_limited_to() {
    let served = Served::with("");
    let made = served.good(
        "credential create deploy --right issue --name team.shop.internal --profile server --format json",
    );
    let made: serde_json::Value = serde_json::from_str(&made).unwrap();
    let elsewhere = Elsewhere::new(&served, made["key"].as_str());
    elsewhere.good("issue a.team.shop.internal --profile server");
    elsewhere.refused("issue b.shop.internal --profile server", "b.shop.internal");
    elsewhere.refused("issue c.team.shop.internal --profile client", "client");
    elsewhere.refused("list", "lacks the right `read`");
    elsewhere.refused("issue sub.shop.internal --profile intermediate", "authorities");
    served.good(&format!("credential revoke {}", made["credential"]["id"].as_str().unwrap()));
    elsewhere.refused("issue d.team.shop.internal --profile server", "unknown, revoked or expired");
    // Nothing of a refused request is left behind.
    assert!(!elsewhere.path("d.team.shop.internal").exists());
}

#[test]
fn a_server_that_is_not_the_one_is_not_told_the_credential() {
    let served = Served::with("");
    let other = Served::with("");
    let key = api_key(&served, EVERYTHING);
    let mut elsewhere = Elsewhere::new(&served, Some(&key));
    elsewhere.reach[1] = format!("https://{}", other.address("api"));
    elsewhere.refused("list", "--roots FILE");
    elsewhere.reach[1] = "http://ca.shop.internal:8443".to_owned();
    elsewhere.refused("list", "not sent");
}
