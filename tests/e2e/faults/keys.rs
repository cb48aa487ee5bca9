//! A key that does not belong to its certificate.

use std::fs;

use super::{goes_on, recorded, run};
use crate::domain::Domain;

#[test]
fn nothing_is_signed_with_the_key_of_another_authority() {
    let domain = Domain::example("shop");
    let file = domain.authority_key("services");
    let own = fs::read(&file).unwrap();
    let others = fs::read(domain.authority_key("root")).unwrap();
    let before = recorded(&domain);
    let faults: [(&[u8], &str); 3] = [
        (&others, "does not belong to the certificate"),
        (b"garbage", "holds no private key"),
        (&own[..own.len() / 2], "services-"),
    ];
    for (octets, words) in faults {
        fs::write(&file, octets).unwrap();
        assert!(run(&domain, "ca show services").err.contains(words), "{words}");
        run(&domain, "issue a.shop.internal").must(1, words);
        run(&domain, "crl services").must(1, "`handfast ca show services` says what keeps it");
        let applied = run(&domain, "apply");
        assert_ne!(applied.code, Some(0), "{applied:?}");
        assert!(applied.err.contains("services"), "{applied:?}");
        assert!(!domain.path().join("a.shop.internal").exists());
        assert_eq!(recorded(&domain), before, "{words}");
    }
    fs::write(&file, own).unwrap();
    run(&domain, "issue a.shop.internal").must(0, "certified");
    goes_on(&domain, "the key is back");
}

#[test]
fn an_instance_with_the_key_of_another_is_found_and_mended() {
    let domain = Domain::example("shop");
    let other = domain.read("a2.shop.internal", "key.pem");
    fs::write(domain.trust("a1.shop.internal").join("key.pem"), other).unwrap();
    run(&domain, "check").must(1, "a1.shop.internal: the private key is not that of the certificate");
    goes_on(&domain, "the keys of two instances swapped");
}
