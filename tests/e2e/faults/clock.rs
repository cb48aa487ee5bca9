//! A clock that jumped.

use super::{goes_on, recorded, run, wrapped};
use crate::domain::Domain;

#[test]
fn nothing_is_signed_while_the_clock_is_behind_the_record() {
    let domain = Domain::example("shop");
    let before = recorded(&domain);
    for behind in ["-1h", "-3000d"] {
        let faked = |words: &str| wrapped(&domain, &["faketime", "-f", behind], words);
        let issued = faked("issue a.shop.internal").must(1, "the clock shows");
        assert!(issued.err.contains("nothing is signed"), "{issued:?}");
        faked("crl services").must(1, "the clock shows");
        faked("audit verify").must(0, "is intact");
        assert!(!domain.path().join("a.shop.internal").exists());
    }
    assert_eq!(recorded(&domain), before);
    run(&domain, "issue a.shop.internal").must(0, "certified");
    goes_on(&domain, "the clock is right again");
}

#[test]
fn an_authority_that_has_ended_signs_nothing() {
    let domain = Domain::example("shop");
    wrapped(&domain, &["faketime", "-f", "+6000d"], "issue a.shop.internal")
        .must(1, "CN=shop.internal services CA");
    assert!(!domain.path().join("a.shop.internal").exists());
    goes_on(&domain, "a clock that was ahead");
}
